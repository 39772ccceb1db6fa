"""Which dev log entries commits bring, by the written rules and the `git` command alone.

An entry is (commit, path, heading, day): the heading's key is "" in a file without dated or numbered headings, and the
day is None where nothing states one, so that the commit's own holds.

READINGS: choices made where the rules leave room
 D1  A file is what git calls a regular one, executable or not. What becomes a link, a submodule or a folder is removed.
 D2  Old version = the parent's file at that path, and every matching file that the same commit removes.
 D3  A heading stands in an ATX line, or over a line of three or more = or -. Bold text at the start of a line (or list
     item), and a line, are headings if they hold a date and nothing else but a weekday.
 D4  Not in front matter, in fenced code, in an HTML comment that begins its line, or indented by four or more.
 D5  `03/04/2026`: if of all versions read one date can only be read with the day first, so are all; and so for the
     month; else whichever day is nearer to the commit's. `Nov 22` has the year of the heading above that is a year
     alone, else the nearest.
 D6  Day: the heading's, else front matter's `date`, else the file name's, else none.
 D7  One entry for each (lineage, path, day) without heading, each (lineage, path, heading) with one. A lineage is what
     repositories that share a commit belong to, an entry that of the commit that its commit is folded into. The first
     counts: by the entry's day, then its time, then the commit's id. Its time is the commit's if that is on its day,
     else the start of the day in the author's offset.
 D8  A heading that is new to the file is no new entry if one that is gone had the same number (`day 12`), or the same text
     below it; or if the text below it stood, line for line, in an old version above its first heading. Without headings no
     entry comes of front matter that changes, and none where what was added, without white space, is what was removed.
 D9  At the edge of a shallow clone a commit shows no entries.
"""

import os
import re
from collections import defaultdict
from datetime import date, timedelta, timezone, datetime

MONTHS = {name: number for number, names in enumerate([
    "january jan januar janvier enero ledna", "february feb februar février febrero února", "march mar märz mars marzo března",
    "april apr avril abril dubna", "may mai mayo května", "june jun juni juin junio června", "july jul juli juillet julio července",
    "august aug août agosto srpna", "september sep sept septembre septiembre září", "october oct oktober octobre octubre října",
    "november nov novembre noviembre listopadu", "december dec dezember décembre diciembre prosince"], 1) for name in names.split()}
WEEKDAYS = "|".join(name + ending for name, ending in [
    ("mon", "(?:day)?"), ("tue", "(?:sday)?"), ("wed", "(?:nesday)?"), ("thu", "(?:rsday)?"), ("fri", "(?:day)?"), ("sat", "(?:urday)?"), ("sun", "(?:day)?")])
MONTH = "(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
DATES = [re.compile(pattern + r"(?![\w/]|[-.]\d)", re.I) for pattern in [
    r"(?P<y>\d{4})(?P<sep>[-/._])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?:t[\d:]+z?)?",
    r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)",
    r"(?P<d>\d{1,2})\. ?(?P<m>\d{1,2})\. ?(?P<y>\d{4})",
    r"(?P<one>\d{1,2})/(?P<two>\d{1,2})/(?P<y>\d{4})",
    MONTH + r" (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>\d{4})",
    r"(?P<d>\d{1,2})(?:st|nd|rd|th|\.)? (?:of |de )?" + MONTH + r",?(?: de)? (?P<y>\d{4})",
    MONTH + r" (?P<d>\d{1,2})(?:st|nd|rd|th)?(?=$|[:,]| [-–|])",
    r"(?P<d>\d{1,2})(?:st|nd|rd|th|\.)? " + MONTH + r"(?=$|[:,]| [-–|])"]]
LEAD = re.compile(rf"(?:(?:{WEEKDAYS}|log|devlog|dev log)\b[,:]?|[\[(<*_`]|[^\x00-\x7f]) *", re.I)
NUMBER = re.compile(r"(?:r(?:ound )?(?P<round>\d+),? ?d(?:ay )?(?P<of>\d+)|day #?(?P<day>\d+)|(?P<wy>\d{4})-w(?P<ww>\d\d?)|week (?P<week>\d+)(?:, (?P<year>\d{4}))?)(?!\w)", re.I)


def as_date(year, month, day):
    try:
        return date(int(year), int(month), int(day)) if 1970 <= int(year) <= 2199 else None
    except ValueError:
        return None


def date_at_start(text):
    """(the readings that the date has, the match); a reading is (year or None, month, day)."""
    for pattern in DATES:
        found = pattern.match(text)
        if not found:
            continue
        part = found.groupdict()
        if "one" in part:
            readings = [(part["y"], part["one"], part["two"]), (part["y"], part["two"], part["one"])]
        else:
            month = MONTHS[part["month"].lower()] if part.get("month") else part["m"]
            readings = [(part.get("y"), month, part["d"])]
        if any(as_date(y or 2000, m, d) for y, m, d in readings):
            return readings, found
    return None


def without_lead(text):
    while (lead := LEAD.match(text)) and lead.end():
        text = text[lead.end():]
    return text


def what_heads(text, sure):
    """A list of readings of a date, a key, or None."""
    text = without_lead(text.strip())
    dated = date_at_start(text)
    if dated:
        rest = text[dated[1].end():].strip(" )]>*_`:.,")
        alone = not rest or re.fullmatch(rf"\(?(?:{WEEKDAYS})", rest, re.I)
        return dated[0] if sure or alone else None
    if not sure:
        return None
    number = NUMBER.match(text)
    if number:
        after = date_at_start(without_lead(text[number.end():].lstrip(" :-–|,(")))
        if after:
            return after[0]
        part = number.groupdict()
        if part["round"]:
            return f"r{int(part['round'])}d{int(part['of'])}"
        if part["day"]:
            return f"day {int(part['day'])}"
        year, week = part["wy"] or part["year"], int(part["ww"] or part["week"])
        return f"{year}-W{week:02d}" if year else f"week {week}"
    # Behind a title.
    for mark in re.finditer(r"[-–|:,(\[] *", text):
        dated = date_at_start(without_lead(text[mark.end():]))
        if dated and dated[0][0][0] and not without_lead(text[mark.end():])[dated[1].end():].strip(" )]>*_`:.,"):
            return dated[0]
    return None


def lines_of(text):
    return [line.rstrip(" \t\r") for line in text.removeprefix("\ufeff").split("\n")]


def front_matter(lines):
    """How many lines it has, with those that enclose it."""
    if lines[0] in ("---", "+++") and lines[0] in lines[1:]:
        return lines.index(lines[0], 1) + 1
    return 0


def written_headings(text):
    """[(what heads, the year above it)] (D3, D4)"""
    return [(what, year) for what, year, _, _ in sections(text)[1:]]


def number_of(heading):
    """`day 12` of `Day 12: 22 November 2026`, `r1d5` (D8)"""
    if day := re.match(r"\W*day\s*#?(\d+)", heading, re.I):
        return f"day {int(day[1])}"
    if both := re.match(r"\W*r(?:ound)?\s*(\d+)[ ,-]*d(?:ay)?\s*(\d+)", heading, re.I):
        return f"r{int(both[1])}d{int(both[2])}"
    return None


def squeezed(lines):
    return [line for line in (re.sub(r"[ \t\r\f\v]", "", line) for line in lines) if line]


def sections(text):
    """[(what heads, the year above it, its number, the lines below it)]; the first is what stands above all (D3, D4, D8)"""
    found, year, fence, comment, body = [], None, None, False, []
    head = (None, None, None)
    lines = lines_of(text)
    for number in range(front_matter(lines), len(lines)):
        line = lines[number]
        bare = line.lstrip(" ")
        body.append(line)
        if comment or not fence and bare.startswith("<!--"):
            comment = "-->" not in line
            continue
        if len(line) - len(bare) > 3:
            continue
        if bare[:3] in ("```", "~~~"):
            fence = None if fence == bare[0] else fence or bare[0]
            continue
        if fence or not bare:
            continue
        sure, heading = False, bare
        below = lines[number + 1].lstrip(" ") if number + 1 < len(lines) else ""
        if atx := re.match(r"#{1,6}[ \t]+(.*?)[ \t]*#*$", bare):
            sure, heading = True, atx[1]
        elif bold := re.match(r"(?:[-*] )?(\*\*|__)(.+?)\1", bare):
            heading = bold[2]
        elif re.fullmatch(r"={3,}|-{3,}", below):
            sure = True
        if sure and re.fullmatch(r"\d{4}", heading.strip()) and 1970 <= int(heading) <= 2199:
            year = int(heading)
        elif what := what_heads(heading, sure):
            found.append((*head, squeezed(body[:-1])))
            head, body = (what, year, number_of(heading) if sure else None), []
    return [*found, (*head, squeezed(body))]


def headings(new, olds, near):
    """{key: day or None} of the headings that are new; None where the new version has none at all (D5)."""
    versions = [written_headings(text) for text in [new, *olds]]
    if not versions[0]:
        return None
    slashed = [what for version in versions for what, _ in version if isinstance(what, list) and len(what) == 2]
    only = {as_date(*month_first) is not None for month_first, day_first in slashed
            if (int(month_first[1]) > 12) != (int(day_first[1]) > 12)}

    def resolved(version):
        keys = {}
        for what, year in version:
            if isinstance(what, str):
                keys.setdefault(what, None)
                continue
            if len(what) == 2 and len(only) == 1:
                what = [what[0 if True in only else 1]]
            days = []
            for y, m, d in what:
                years = [y] if y else [year] if year else [near.year - 1, near.year, near.year + 1]
                days += [as_date(one, m, d) for one in years]
            days = [day for day in days if day]
            if days:
                day = min(days, key=lambda day: abs(day - near))
                keys.setdefault(day.isoformat(), day)
        return keys

    known = {key for version in versions[1:] for key in resolved(version)}
    kept = resolved(versions[0])
    old_sections = [one for text in olds for one in sections(text)]
    gone = [one for one in old_sections if one[0] and not set(resolved([one[:2]])) & set(kept)]
    numbers = {number for _, _, number, _ in gone if number}
    loose = [body for what, _, _, body in old_sections if not what]
    fresh = {}
    for what, year, number, body in sections(new)[1:]:
        for key, day in resolved([(what, year)]).items():
            if key in known or key in fresh:
                continue
            known.add(key)
            same = body and (any(body == one[3] for one in gone)
                             or any(body == one[at:at + len(body)] for one in loose for at in range(len(one))))
            if number not in numbers and not same:
                fresh[key] = day
    return fresh


def one_day(text):
    found = date_at_start(text)
    days = {as_date(*reading) for reading in found[0] if reading[0]} - {None} if found else set()
    return days.pop() if len(days) == 1 else None


def stated_day(path, text):
    lines = lines_of(text)
    for line in lines[1:front_matter(lines)]:
        if entry := re.match(r"date *[:=] *[\"']?(.*)", line, re.I):
            # Of a time the date alone.
            day = one_day(re.sub(r"(?<=\d)[Tt ]\d\d:.*", "", entry[1].rstrip("\"'")))
            if day:
                return day
            break
    name = path.split("/")[-1]
    if day := re.match(r"(\d{4})[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)", name):
        return as_date(*day.groups())
    folders = re.search(r"(?:^|/)(\d{4})/(\d\d)/(\d\d)\.[^/]*$", path)
    return as_date(*folders.groups()) if folders else None


def adds_line(new, olds):
    def lines(text):
        all_lines = text.split("\n")
        return squeezed(all_lines[front_matter(lines_of(text)) if olds else 0:])
    before, now = [line for old in olds for line in lines(old)], lines(new)
    added = "".join(line for line in now if line not in set(before))
    return bool(added) and added != "".join(line for line in before if line not in set(now))


# ---------------------------------------------------------------------------------------------------- git

def pattern(glob):
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob)
    return re.compile("".join({"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(part, re.escape(part)) for part in parts), re.I)


def changes(git, place, ids):
    """(commit, [(path, old blob or None, new blob or None)]) of each, regular files only (D1)."""
    raw = git(place, "diff-tree", "--stdin", "-r", "--root", "-z", "--raw", "--no-renames", "--no-abbrev", stdin="".join(f"{i}\n" for i in ids).encode())
    fields = raw.decode("utf-8", "surrogateescape").split("\0")
    commit, out, at = None, defaultdict(list), 0
    while at < len(fields) - 1:
        if not fields[at].startswith(":"):
            commit, at = fields[at], at + 1
            continue
        before, after, old, new, _ = fields[at][1:].split(" ")
        out[commit].append((fields[at + 1], old if before.startswith("100") else None, new if after.startswith("100") else None))
        at += 2
    return out


def blobs(git, place, ids):
    ids = sorted(ids)
    raw, at, found = git(place, "cat-file", "--batch", stdin="".join(f"{i}\n" for i in ids).encode()), 0, {}
    for oid in ids:
        end = raw.index(b"\n", at)
        size = int(raw[at:end].split()[2])
        found[oid] = raw[end + 1:end + 1 + size].decode("utf-8", "surrogateescape")
        at = end + size + 2
    return found


def local_day(at, offset):
    try:
        return (datetime(1970, 1, 1) + timedelta(seconds=at, minutes=offset)).date()
    except (OverflowError, TypeError):
        return None


def edge_of(git, place):
    """The commits whose parents a shallow clone lacks, so that what they changed cannot be told (D8)."""
    path = git(place, "rev-parse", "--path-format=absolute", "--git-path", "shallow").decode().strip()
    if not os.path.exists(path):
        return set()
    with open(path) as file:
        return set(file.read().split())


def entries_of(git, place, views, globs):
    """{(commit, path, heading): day or None} of one repository's commits but merges."""
    patterns = [pattern(glob) for glob in globs]
    edge = edge_of(git, place)
    views = {view.id: view for view in views if len(view.parents) < 2 and view.id not in edge}
    found = {}
    changed = {commit: [file for file in files if any(p.fullmatch(file[0]) for p in patterns)]
               for commit, files in changes(git, place, views).items()}
    text = blobs(git, place, {blob for files in changed.values() for file in files for blob in file[1:] if blob})
    for commit, files in changed.items():
        removed = [text[old] for _, old, new in files if old and not new]
        near = local_day(views[commit].at, views[commit].offset) or date(1970, 1, 1)
        for path, old, new in files:
            if not new or new == old:
                continue
            olds = ([text[old]] if old else []) + removed
            stated = stated_day(path, text[new])
            fresh = headings(text[new], olds, near)
            if fresh is not None:
                found.update({(commit, path, key): day or stated for key, day in fresh.items()})
            elif adds_line(text[new], olds):
                found[commit, path, ""] = stated
    return found


# ---------------------------------------------------------------------------------------------------- verdicts

def lineages(shown):
    """{repository: the name of its lineage}; `shown` is {repository: ids of its commits} (D7)."""
    name = {where: where for where in shown}
    for one in shown:
        for other in shown:
            if name[one] != name[other] and shown[one] & shown[other]:
                old, new = name[one], name[other]
                name = {where: new if lineage == old else lineage for where, lineage in name.items()}
    return name


def judged(entries, items, shown, now):
    """`entries` as of entries_of, of all repositories; `items` are all commits, judged, by id. [{commit, path, …}]"""
    lineage = lineages(shown)
    rows, slots = [], defaultdict(list)
    for (commit, path, heading), stated in entries.items():
        item = items[commit]
        at, day = item.at, item.day
        if stated and stated != day:
            at = int((datetime.combine(stated, datetime.min.time(), timezone.utc) - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds()) - item.offset * 60
            day = stated
        row = {"commit": commit, "path": path, "heading": heading, "day": day.isoformat() if day else None, "into": None}
        rows.append(row)
        if day is None or item.reason == "impossible-date" and not stated:
            row.update(verdict="rejected", reason="impossible-date", day=None)
        elif at > now:
            row.update(verdict="rejected", reason="future")
        else:
            carrier = items[item.into or commit]
            slot = (lineage[carrier.repositories[0]], path, heading or day)
            slots[slot].append((day, at, commit, row))
    for members in slots.values():
        members.sort(key=lambda member: member[:3])
        for _, _, _, row in members:
            row["verdict"], row["into"] = "folded", members[0][2]
        members[0][3].update(verdict="counted", into=None)
    return sorted(rows, key=lambda row: (row["commit"], row["path"], row["heading"]))
