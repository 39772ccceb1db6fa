"""Dev logs as people keep them, at random: written on, spelt otherwise, renamed, split, joined, trimmed.

Each part of a log ends in a line that says what it is of, so that it can be found again and be spelt in another way.
"""

import os
import re
from datetime import datetime, timezone

END = re.compile(r"Written of (\S+), as `(.*)`\.")
STARTS = ["", "# Log\n\n", "---\ntitle: x\ndate: 2023-03-04\n---\n", "---\nkind: x\n---\n", "\ufeff"]
NAMES = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
GERMAN = ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"]


def is_log(path):
    return path.lower() == "devlog.md" or path.lower().startswith("devlog/")


def names(at):
    day = datetime.fromtimestamp(at, timezone.utc)
    return ["DEVLOG.md", "devlog/log.md", "devlog/other/Log.md", "devlog/plain.md", f"devlog/{day:%Y-%m-%d}.md",
            f"devlog/{day:%Y/%m/%d}.md", f"devlog/{day:%Y%m%d}-title.md"]


def spelt(rng, key):
    """A heading; `key` is a day, or `r1d5`, `day 12` or `week 7`."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", key):
        ways = {"r": [f"# {key.upper()}", f"## {key}: more", "# Round " + key[1:].replace("d", ", Day ")],
                "d": [f"## {key.title()}", f"### {key.title()}: a title", f"# Day #{key[4:]}"], "w": [f"## {key.title()}"]}
        return rng.choice(ways[key[0]])
    y, m, d = (int(part) for part in key.split("-"))
    full = datetime(y, m, d)
    th = "th" if 11 <= d <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(d % 10, "th")
    return rng.choice([
        f"## {key}", f"# {key} what was done", f"### Day {rng.randint(1, 90)}: {NAMES[m - 1]} {d}, {y}", f"**{d}.{m}.{y}**", f"## {y}/{m:02d}/{d:02d}",
        f"## {NAMES[m - 1][:3]} {d}{th}, {y}", f"## {d} {NAMES[m - 1]} {y}", f"## [{key}]", f"## {y}{m:02d}{d:02d}", f"{key}\n==========",
        f"A title - {key}\n---", f"## [1.{d}.0] - {key}", f"## {full:%A}, {NAMES[m - 1]} {d}{th}, {y}", f"## {key} ({full:%a})", f"  ## {key} ##",
        f"# R1D{d} {key}", f"## {d}. {GERMAN[m - 1]} {y}", f"## Log: {key}", key, f"- **{key}**", f"## 📅 {key}\r", f"## The title ({d} {NAMES[m - 1]} {y})",
        f"## {m:02d}/{d:02d}/{y}" if d > 12 else f"## {key}", f"## {d:02d}/{m:02d}/{y}" if d > 12 else f"## {key}:"])


def noise(rng, key, mark):
    """Lines that head nothing."""
    date = key if re.fullmatch(r"\d{4}-\d\d-\d\d", key) else "2024-02-29"
    return rng.choice([
        "", f"Mended what broke on {date}.", f"```\n## {date}9\n## 1999-12-31\n```\n", "## What I learned", "    ## 1999-12-30", "## 2024-13-01",
        "## Version 1.2.2024", f"| {date} | x |", f"- {date}: a list", "# 1.2.3", f"{mark}", "## Since 1999-12-29", "~~~\n# R9D9\n~~~"])


def part(rng, key, mark):
    """A part of a log; of a plain one the key is `-`."""
    head = spelt(rng, key) + "\n\n" if key != "-" else ""
    lines = [noise(rng, key, mark) for _ in range(rng.randint(0, 2))]
    return head + "".join(f"{line}\n" for line in lines) + f"\nWritten of {key.replace(' ', '_')}, as `{mark}`.\n"


def read(path):
    """[(key, mark, text)]"""
    if not os.path.isfile(path):
        return []
    with open(path, newline="", errors="surrogateescape") as file:
        text = file.read()
    text = text.removeprefix(max((start for start in STARTS if text.startswith(start)), key=len))
    parts, lines = [], []
    for line in text.splitlines(keepends=True):
        lines.append(line)
        if end := END.match(line):
            parts.append((end[1].replace("_", " "), end[2], "".join(lines)))
            lines = []
    return parts


def write(rng, path, parts):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", newline="", errors="surrogateescape") as file:
        file.write(rng.choice(STARTS) + "\n".join(text for _, _, text in parts))


def change(rng, place, there, at, mark):
    day = f"{datetime.fromtimestamp(at, timezone.utc):%Y-%m-%d}"
    kind = rng.random()
    if kind < 0.55 or not there:
        # Something new.
        path = os.path.join(place, rng.choice(there + names(at)))
        if any(os.path.isfile(parent) for parent in parents(path, place)) or os.path.isdir(path):
            return
        parts = read(path)
        plain = "plain" in path or not parts and rng.random() < 0.15 or parts and parts[0][0] == "-" and rng.random() < 0.9
        key = "-" if plain else rng.choice([day] * 6 + [f"r1d{rng.randint(1, 9)}", f"day {rng.randint(1, 99)}", f"week {rng.randint(1, 52)}"])
        fresh = (key, mark, part(rng, key, mark))
        write(rng, path, [fresh] + parts if rng.random() < 0.4 else parts + [fresh])
        return
    path = os.path.join(place, rng.choice(there))
    parts = read(path)
    if kind < 0.7:
        # Spelt in another way, and perhaps in another order.
        rng.shuffle(parts)
        write(rng, path, [(key, old, part(rng, key, old)) for key, old, _ in parts])
    elif kind < 0.85:
        # Moved, joined to another, or split.
        other = os.path.join(place, rng.choice(there + names(at)))
        if other == path or any(os.path.isfile(parent) for parent in parents(other, place)) or os.path.isdir(other):
            return
        os.remove(path)
        if rng.random() < 0.3:
            half = path + ".2.md"
            write(rng, half, parts[::2])
            parts = parts[1::2]
        write(rng, other, read(other) + parts)
    elif kind < 0.92:
        # Some of it thrown away.
        write(rng, path, parts[1:])
    elif kind < 0.96:
        os.remove(path)
    else:
        with open(path, "ab") as file:
            file.write(rng.choice([b"\xff\xfe bytes\n", b"\r\n", b"   \n", b"more\n", b"#\n##\n# # #\n"]))


def parents(path, top):
    while (path := os.path.dirname(path)) != top:
        yield path
