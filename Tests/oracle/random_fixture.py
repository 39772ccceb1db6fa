#!/usr/bin/env python3
"""Prints a random valid fixture: random_fixture.py SEED

The same seed gives the same fixture. Where the rules are silent the generator stays away, so that a difference
between two readers is a mistake of one of them (the names A1... are the readings in evaluate.py):
 - zone and day_starts_at are always written and the same in all configs; ambiguous and skipped local times are written
   with an offset (A2); where a clock put back reopens a day, no reload, `recorded` or day alone is near (A3)
 - a day alone never names a day without any instant (Apia's 2011-12-30 with day_starts_at 00:00)
 - gauges in compounds have a reading before everything else (A11); a metric has no two readings at one instant
 - a reload changes neither starts nor ends, nor at_least into at_most, nor every into rolling, nor a metric's kind (A7, A17)
 - a reload that takes a rhythm away keeps the week start if another one follows (A8)
 - an id that two periods have is not asked for (A14); compounds have filters in their parts only (A15)
 - filters on what FILTERS says; no entry or minutes of kind "devlog" with minutes (A16); begins is never after ends (A18)
"""

import random
import sys
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import evaluate
from evaluate import DAY, UTC, WEEKDAYS, day_in_zone, start_of_day

ZONES = ["Europe/Prague", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati",
         "America/St_Johns", "UTC"]
CADENCES = ["day", "week", "week", "week", "month", "month", "quarter", "year"]
MEASURES = ["commits", "commits", "active-days", "devlog", "releases", "roadmap-ticks", "entries", "minutes",
            "gauge", "counter"]
REPOSITORIES = ["rhythm", "rhythm-web", "notes", "blog"]
REPOSITORY_GLOBS = ["rhythm", "notes", "rhythm*", "*", "*o*", "blog", "r?ythm"]
PATHS = ["src/a.swift", "src/deep/b.swift", "README.md", "docs/guide.md", "docs/a/b/c.md", "Package.swift", "src.md"]
PATH_GLOBS = ["src/**", "*.md", "docs/**", "**/*.md", "src/*", "**/b.swift", "docs/**/*.md", "R?ADME.md"]
# What a rhythm's filters may be, by its measure.
FILTERS = {"commits": ("repositories", "paths"), "active-days": ("repositories", "paths"), "devlog": ("repositories",),
           "releases": ("repositories",), "roadmap-ticks": ("repositories",)}
KINDS = ["win", "sync", "read", "devlog"]          # minutes: sync and read only
GAUGES, COUNTERS = ["stars", "weight"], ["downloads", "pages"]
OFFSETS = [-720, -600, -300, -210, -150, -60, 0, 0, 60, 120, 330, 345, 525, 630, 780, 840]      # minutes


class Random:
    def __init__(self, seed):
        self.rng = random.Random(seed)

    # ------------------------------------------------------------------------------------------------ times

    def choose_time(self):
        r = self.rng
        self.zone_name = r.choice(ZONES)
        self.day_starts_at = r.choice(["00:00", "00:00", "04:00", "04:00", "03:00", "05:30", "01:30"])
        theme = r.choice(["any", "any", "dst", "dst", "year-end", "leap", "apia"])
        if theme == "apia":
            self.zone_name = "Pacific/Apia"
        elif theme == "dst":
            self.zone_name = r.choice(["Europe/Prague", "America/New_York", "Australia/Lord_Howe", "America/St_Johns"])
        self.zone = ZoneInfo(self.zone_name)
        self.shift = evaluate.parse_clock(self.day_starts_at)
        if theme == "apia":
            centre = date(2011, 12, 30)
        elif theme == "year-end":
            centre = r.choice([date(2020, 12, 31), date(2020, 12, 31), date(2021, 1, 3), date(2026, 12, 31), date(2024, 12, 30)])
        elif theme == "leap":
            centre = r.choice([date(2024, 2, 29), date(2028, 2, 29)])
        else:
            centre = date(r.choice([2010, 2019, 2023, 2025, 2026]), 1, 1) + r.randrange(365) * DAY
        length = r.choice([40, 90, 150, 250, 400])
        before = r.randint(length // 4, length - 5)
        self.first, self.last = centre - before * DAY, centre + (length - before) * DAY
        changes = self.clock_changes()
        if theme == "dst" and changes:
            change = r.choice(changes)
            centre = change.astimezone(self.zone).date()
            if r.random() < 0.5:                    # to where the day reopens, or nearly
                self.day_starts_at = r.choice(["00:00", "01:30", "02:00", "02:30", "03:00"])
                self.shift = evaluate.parse_clock(self.day_starts_at)
        self.hot = [self.edge(centre + r.randint(-4, 4) * DAY) for _ in range(3)] + changes
        for _ in range(4):
            self.hot.append(self.edge(self.some_day()))
        for _ in range(4):
            every = r.choice(CADENCES)
            first, last = evaluate.calendar_period(every, self.some_day(), r.choice(WEEKDAYS))
            self.hot.append(self.edge(max(self.first, min(self.last, r.choice([first, last + DAY])))))
        self.centre = centre

    def some_day(self):
        return self.first + self.rng.randint(0, (self.last - self.first).days) * DAY

    def edge(self, day):
        return start_of_day(day, self.zone, self.shift)

    def clock_changes(self):
        changes = []
        moment = datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC)
        end = datetime(self.last.year, self.last.month, self.last.day, tzinfo=UTC)
        while moment < end:
            after = moment + timedelta(hours=1)
            if moment.astimezone(self.zone).utcoffset() != after.astimezone(self.zone).utcoffset():
                changes.append(after)
            moment = after
        return changes

    def reopens_near(self, instant):
        """Whether a clock put back makes yesterday begin again around this instant."""
        if instant.astimezone(self.zone).utcoffset() == max(
                (instant + h * timedelta(hours=6)).astimezone(self.zone).utcoffset() for h in range(-20, 21)) == min(
                (instant + h * timedelta(hours=6)).astimezone(self.zone).utcoffset() for h in range(-20, 21)):
            return False
        before, moment = date.min, instant - 3 * DAY
        while moment < instant + 3 * DAY:
            day = day_in_zone(moment, self.zone, self.shift)
            if day < before:
                return True
            before, moment = day, moment + timedelta(minutes=1)
        return False

    def near(self, instant):
        r = self.rng
        kind = r.random()
        if kind < 0.25:
            return instant + timedelta(seconds=r.choice([-1, 0, 1, -60, 60]))
        if kind < 0.6:
            return instant + timedelta(minutes=r.randint(-180, 180))
        if kind < 0.85:
            return instant + timedelta(minutes=r.randint(-1560, 1560))
        return instant + timedelta(minutes=r.randint(-6 * 1440, 6 * 1440))

    def moment(self):
        r = self.rng
        low, high = self.edge(self.first), self.edge(self.last)
        if r.random() < 0.6:
            found = self.near(r.choice(self.hot))
        else:
            found = low + timedelta(minutes=r.randint(0, (self.last - self.first).days * 1440))
        return max(low, min(high, found))

    def calm_moment(self):
        while True:
            found = self.moment()
            if not self.reopens_near(found):
                return found

    def spell(self, instant, offset_minutes=None):
        """The instant as text: with this offset, or as the machine's local time where that is one and clear."""
        if offset_minutes is None:
            local = instant.astimezone(self.zone)
            naive = local.replace(tzinfo=None, fold=0)
            readings = {naive.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
            if readings == {instant}:
                return self.clock(naive)
            offset_minutes = int(local.utcoffset().total_seconds() // 60)
        zone = timezone(timedelta(minutes=offset_minutes))
        sign = "-" if offset_minutes < 0 else "+"
        hours, minutes = divmod(abs(offset_minutes), 60)
        return f"{self.clock(instant.astimezone(zone).replace(tzinfo=None))}{sign}{hours:02d}:{minutes:02d}"

    def clock(self, naive):
        return naive.strftime("%Y-%m-%dT%H:%M:%S" if naive.second else "%Y-%m-%dT%H:%M")

    # ------------------------------------------------------------------------------------------------ rhythms

    def filters(self, measure):
        r = self.rng
        table = {}
        for name in FILTERS.get(measure, ()):
            if r.random() < 0.25:
                globs = REPOSITORY_GLOBS if name == "repositories" else PATH_GLOBS
                table[name] = r.sample(globs, r.choice([1, 1, 2]))
        return table

    def what(self, measure):
        r = self.rng
        if measure == "entries":
            return {"entries": r.choice(KINDS)}
        if measure == "minutes":
            return {"minutes": r.choice(["sync", "read"])}
        if measure in ("gauge", "counter"):
            return {"metric": r.choice(GAUGES if measure == "gauge" else COUNTERS)}
        return {"measure": measure}

    def target(self, measure, small=False):
        r = self.rng
        if measure == "minutes":
            return r.choice([15, 30, 60, 100, 240])
        if measure == "gauge":
            return r.choice([5, 20, 42, 60])
        if measure == "counter":
            return r.choice([1, 5, 20, 60])
        return r.choice([1, 1, 2, 3]) if small else r.choice([1, 1, 2, 3, 4, 5, 8, 12])

    def cadence(self):
        r = self.rng
        if r.random() < 0.22:
            return {"rolling": r.choice([2, 3, 7, 7, 10, 14, 30, 90, 366])}
        return {"every": r.choice(CADENCES)}

    def rhythm(self, name, no_ends_before=None):
        r = self.rng
        table = {"id": name}
        if r.random() < 0.5:
            table["name"] = name.title()
        table |= self.cadence()
        small = table.get("every") == "day" or table.get("rolling", 99) < 7
        shape = r.random()
        if shape < 0.16 or shape >= 0.9:
            parts = []
            for _ in range(r.choice([2, 2, 3])):
                measure = r.choice(MEASURES)
                part = self.what(measure)
                if r.random() < 0.75:
                    part["at_least"] = self.target(measure, small)
                parts.append(part | self.filters(measure))
            if r.random() < 0.4:
                table["at_least"] = r.choice([1, 2, 3])
            table["any_of" if r.random() < 0.5 else "all_of"] = parts
        else:
            measure = r.choice(MEASURES)
            table |= self.what(measure)
            if r.random() < 0.25:
                table["at_most"] = r.choice([0, self.target(measure, small), self.target(measure)])
            elif r.random() < 0.9:
                table["at_least"] = self.target(measure, small)
            table |= self.filters(measure)
        if r.random() < 0.12:
            table["hard"] = True
        if r.random() < 0.25:
            table["starts"] = (self.first + r.randint(-10, (self.last - self.first).days * 2 // 3) * DAY).isoformat()
        if r.random() < 0.12:
            earliest = no_ends_before or self.first + 7 * DAY
            if "starts" in table:
                earliest = max(earliest, date.fromisoformat(table["starts"]))
            table["ends"] = (earliest + r.randint(0, max(1, (self.last - earliest).days)) * DAY).isoformat()
        if r.random() < 0.35:
            table["freezes"] = r.choice([1, 1, 2, 3])
            if r.random() < 0.7:
                table["freezes_per"] = r.choice(["week", "month", "quarter", "year"])
        if table.get("hard"):
            table.pop("freezes", None)
            table.pop("freezes_per", None)
        return table

    def day_choices(self, config):
        """The parts of a config about days that may change with a reload."""
        r = self.rng
        for name in ("rest_days", "vacation"):
            config.pop(name, None)
        if r.random() < 0.4:
            config["rest_days"] = r.choice([["saturday", "sunday"], ["sunday"], ["wednesday"], ["friday", "saturday"],
                                            ["monday", "tuesday", "thursday"]])
        vacations = []
        for _ in range(r.choice([0, 0, 1, 1, 2])):
            first = r.choice([self.some_day(), self.centre + r.randint(-10, 5) * DAY])
            vacation = {"from": first.isoformat(), "to": (first + r.choice([0, 0, 2, 6, 9, 31]) * DAY).isoformat(), "why": "Holidays"}
            ids = [t["id"] for t in config["rhythm"]]
            if r.random() < 0.35 and ids:
                vacation["rhythms"] = r.sample(ids, r.randint(1, len(ids)))
            vacations.append(vacation)
        if vacations:
            config["vacation"] = vacations

    def changed(self, table):
        r = self.rng
        table = dict(table)
        for change in r.sample(["target", "target", "every", "every", "name", "freezes", "hard", "filters", "what"], r.choice([1, 1, 2])):
            if change == "target":
                for key in ("at_least", "at_most"):
                    if key in table:
                        table[key] = max(1 if key == "at_least" else 0, table[key] + r.choice([-2, -1, 1, 2, 10]))
                for key in ("any_of", "all_of"):
                    if key in table:
                        table[key] = [part | {"at_least": r.choice([1, 2, 3, 20])} for part in table[key]]
            elif change == "every" and "every" in table:
                table["every"] = r.choice(CADENCES)
            elif change == "every":
                table["rolling"] = r.choice([2, 3, 7, 14, 30])
            elif change == "name":
                table["name"] = "Another name"
            elif change == "freezes":
                table["freezes"] = r.choice([1, 2, 4])
                if r.random() < 0.5:
                    table["freezes_per"] = r.choice(["week", "month", "quarter", "year"])
            elif change == "hard":
                table["hard"] = r.random() < 0.5
            elif "measure" in table:
                measure = table["measure"]
                if change == "what" and r.random() < 0.4:
                    measure = table["measure"] = r.choice(["commits", "devlog", "active-days"])
                for key in ("repositories", "paths"):
                    table.pop(key, None)
                table |= self.filters(measure)
        if table.get("hard"):
            table.pop("freezes", None)
            table.pop("freezes_per", None)
        return table

    def build_configs(self):
        r = self.rng
        names = r.sample(["commits", "win", "level-2", "daily", "long"], r.choice([1, 2, 2, 3]))
        recorded = None
        if r.random() < 0.4:
            recorded = min(self.calm_moment(), self.calm_moment())
        recorded_day = None if recorded is None else day_in_zone(recorded, self.zone, self.shift)
        config = {"zone": r.choice(["author", "author", "author", "local", "Europe/Prague", "America/St_Johns", "Pacific/Kiritimati"]),
                  "day_starts_at": self.day_starts_at}
        if r.random() < 0.6:
            config["week_start"] = r.choice(WEEKDAYS)
        config["metrics"] = {name: {"kind": "gauge"} for name in GAUGES if r.random() < 0.5}
        config["metrics"] |= {name: {"kind": "counter"} for name in COUNTERS}
        config["rhythm"] = [self.rhythm(name, recorded_day) for name in names]
        self.day_choices(config)
        configs = [config]
        known = {t["id"]: t for t in config["rhythm"]}
        early = self.first
        while self.reopens_near(self.edge(early)):
            early += DAY
        low = recorded or self.edge(early)
        count = r.choice([0, 0, 1, 1, 2, 2])
        times = sorted({t for t in (self.calm_moment() for _ in range(count)) if t > low})
        for number, at in enumerate(times):
            before, config = config, dict(config)
            rhythms, removed = [], False
            here = {t["id"] for t in before["rhythm"]}
            for name, table in known.items():
                if name in here and r.random() < 0.3 and len(rhythms) + len(here) > 1:
                    removed = True
                    continue
                if name not in here and r.random() < 0.25:
                    continue
                rhythms.append(self.changed(table) if r.random() < 0.6 else table)
            if r.random() < 0.12 or not rhythms:
                rhythms.append(self.rhythm(f"new-{number}", day_in_zone(at, self.zone, self.shift)))
            config["rhythm"] = rhythms
            known |= {t["id"]: t for t in rhythms}
            if not (removed and number + 1 < len(times)) and r.random() < 0.4:
                config["week_start"] = r.choice(WEEKDAYS)
            if r.random() < 0.4:
                self.day_choices(config)
            else:                                    # vacations name rhythms that this config has
                vacations = []
                for vacation in config.get("vacation", []):
                    left = [name for name in vacation.get("rhythms", []) if name in {t["id"] for t in rhythms}]
                    if "rhythms" not in vacation:
                        vacations.append(vacation)
                    elif left:
                        vacations.append(vacation | {"rhythms": left})
                config.pop("vacation", None)
                if vacations:
                    config["vacation"] = vacations
            configs.append(config)
        if recorded is None and (times or any("ends" in t for config in configs for t in config["rhythm"])):
            recorded = low                       # so that it is not after a reload, nor after an end
        return recorded, configs, times

    # ------------------------------------------------------------------------------------------------ evidence

    def wanted(self, configs):
        """What the rhythms measure, so that most of the evidence is of use."""
        found, gauges_in_compounds = [], []
        for config in configs:
            for table in config["rhythm"]:
                parts = table.get("any_of") or table.get("all_of") or [table]
                for part in parts:
                    found.append(part)
                    if part is not table and part.get("metric") in GAUGES:
                        gauges_in_compounds.append(part["metric"])
        return found, sorted(set(gauges_in_compounds))

    def some_item(self, part):
        r = self.rng
        if part is None:
            measure = r.choice(MEASURES)
            part = self.what(measure)
        table = {}
        if "entries" in part:
            if part["entries"] in ("sync", "read") and r.random() < 0.3:
                table |= {"minutes": r.choice([5, 15, 25, 30, 60]), "kind": part["entries"]}
            else:
                table["entries"] = part["entries"]
        elif "minutes" in part:
            table |= {"minutes": r.choice([5, 15, 25, 30, 60]), "kind": part["minutes"]}
        elif "metric" in part:
            return {"metric": part["metric"]}
        elif part["measure"] == "devlog" and r.random() < 0.3:
            table["entries"] = "devlog"
        elif part["measure"] == "active-days":
            table["commits"] = r.choice([1, 2])
        else:
            table[part["measure"]] = r.choice([1, 1, 1, 2, 3, 7])
        if "entries" not in table and "minutes" not in table:
            if r.random() < 0.8:
                fits = [n for n in REPOSITORIES if any(evaluate.repository_matches(g, n) for g in part.get("repositories", []))]
                table["repository"] = r.choice(fits if fits and r.random() < 0.7 else REPOSITORIES)
            if "commits" in table and r.random() < 0.8:
                fits = [p for p in PATHS if any(evaluate.path_matches(g, p) for g in part.get("paths", []))]
                table["paths"] = r.sample(PATHS, r.choice([1, 1, 2]))
                if fits and r.random() < 0.6:
                    table["paths"] = sorted({*table["paths"], r.choice(fits)})
        return table

    def build_evidence(self, configs):
        r = self.rng
        parts, early_gauges = self.wanted(configs)
        count = r.choice([5, 8, 12, 20, 30, 40, 50])
        clusters = [self.moment() for _ in range(r.choice([1, 2, 3, 4]))]
        items, taken = [], set()
        levels = {}
        times = []
        for _ in range(count):
            if r.random() < 0.55:
                at = r.choice(clusters) + timedelta(minutes=r.randint(-9 * 1440, 9 * 1440))
            else:
                at = self.moment()
            offset = None if r.random() < 0.35 else r.choice(OFFSETS)
            if offset is not None and r.random() < 0.35:         # near an edge of the author's own day
                own = at + timedelta(minutes=offset)
                midnight = datetime(own.year, own.month, own.day, tzinfo=UTC) + self.shift
                at = midnight - timedelta(minutes=offset) + timedelta(seconds=r.choice([-60, -1, 0, 1, 60, 600]))
            times.append((at, offset))
        times.sort(key=lambda pair: pair[0])
        for name in early_gauges:
            at = self.edge(self.first) - 30 * DAY + timedelta(minutes=r.randint(0, 600))
            items.append({"at": self.spell(at, 0), "metric": name, "value": r.choice([1.0, 10.0, 30.5])})
        for at, offset in times:
            item = {"at": self.spell(at, offset)} | self.some_item(r.choice(parts) if r.random() < 0.85 else None)
            if "metric" in item:
                name = item["metric"]
                if (name, at) in taken:
                    continue
                taken.add((name, at))
                level = levels.get(name, r.choice([0, 10, 40]))
                level = r.choice([0, 3, 7.5]) if r.random() < 0.1 else level + r.choice([0, 1, 2.5, 10, 30])
                if name in GAUGES and r.random() < 0.4:
                    level = r.choice([1, 5, 19.5, 20, 42, 42.5, 61])
                levels[name] = level
                item["value"] = float(level)
            items.append(item)
        if r.random() < 0.3:
            r.shuffle(items)
        return items

    # ------------------------------------------------------------------------------------------------ the rest

    def build_blind(self):
        r = self.rng
        spots = []
        for _ in range(r.choice([0, 0, 0, 1, 1, 2])):
            at = self.moment()
            spot = {"from": self.spell(at)}
            if r.random() < 0.65:
                spot["to"] = self.spell(at + timedelta(minutes=r.randint(60, 20 * 1440)), r.choice([None, None, 0]))
            spots.append(spot)
        return spots

    def build_instants(self):
        """The instants of the expectations, as written."""
        r = self.rng
        found = []
        for _ in range(r.choice([3, 4, 5, 6, 8])):
            if r.random() < 0.4:
                while True:
                    day = r.choice([self.some_day(), self.centre + r.randint(-8, 8) * DAY])
                    start, end = self.edge(day), self.edge(day + DAY)
                    if start < end and not self.reopens_near(end):
                        break
                found.append((day.isoformat(), end - timedelta(seconds=1)))
            else:
                at = self.moment()
                if r.random() < 0.4:
                    low = self.edge(self.first + (self.last - self.first) // 2)
                    at = max(at, low)
                found.append((self.spell(at, r.choice([None, None, r.choice(OFFSETS)])), at))
        return found

    def build_expectations(self, instants, text):
        """What to ask: the periods that exist are found with evaluate.py."""
        r = self.rng
        fixture = evaluate.Fixture(evaluate.tomllib.loads(text))
        names = sorted({t["id"] for _, config in fixture.configs for t in config["rhythm"]})
        expectations = []
        for written, at in instants:
            for name in r.sample(names, r.choice([1, 1, min(2, len(names))])):
                ask = {"at": written, "rhythm": name}
                if r.random() < 0.02:
                    ask["rhythm"] = "nobody"
                elif r.random() < 0.55:
                    try:
                        ids = [p.id for p in evaluate.Rhythm(fixture, name, at).periods]
                    except evaluate.Unknown:
                        ids = []
                    ids = [i for i in ids if ids.count(i) == 1]
                    if ids and r.random() < 0.96:
                        ask["period"] = r.choice(ids[-6:]) if r.random() < 0.5 else r.choice(ids)
                    else:
                        ask["period"] = r.choice(["2001", "2019-W53", "2031-04", "2000-01-01"])
                expectations.append(ask)
        return expectations

    def fixture(self):
        self.choose_time()
        recorded, configs, times = self.build_configs()
        lines = ["[machine]", f"zone = {spell_value(self.zone_name)}", ""]
        if recorded is not None:
            lines = [f"recorded = {spell_value(self.spell(recorded))}", ""] + lines
        lines += spell_config("config", configs[0])
        for at, config in zip(times, configs[1:]):
            lines += ["[[reload]]", f"at = {spell_value(self.spell(at))}"] + spell_config("reload.config", config)
        for item in self.build_evidence(configs):
            lines += ["[[evidence]]"] + spell_table(item) + [""]
        for spot in self.build_blind():
            lines += ["[[blind]]"] + spell_table(spot) + [""]
        instants = self.build_instants()
        without = "\n".join(lines + [line for written, _ in instants
                                     for line in ["[[expect]]", f"at = {spell_value(written)}", 'rhythm = "x"', ""]])
        for ask in self.build_expectations(instants, without):
            # Something has to be expected; what the answers are compared with is another judge's.
            lines += ["[[expect]]"] + spell_table(ask | {"have": 0}) + [""]
        return "\n".join(lines)


# ---------------------------------------------------------------------------------------------------- TOML

def spell_value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return "[" + ", ".join(spell_value(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {spell_value(v)}" for k, v in value.items()) + " }"
    return str(value)


def spell_table(table):
    return [f"{key} = {spell_value(value)}" for key, value in table.items()]


def spell_config(name, config):
    lines = [f"[{name}]"] + spell_table({k: v for k, v in config.items() if k not in ("rhythm", "metrics", "vacation")}) + [""]
    for metric, table in config["metrics"].items():
        lines += [f"[{name}.metrics.{metric}]"] + spell_table(table) + [""]
    for key in ("rhythm", "vacation"):
        for table in config.get(key, []):
            lines += [f"[[{name}.{key}]]"] + spell_table(table) + [""]
    return lines


def main():
    if len(sys.argv) != 2:
        raise SystemExit("usage: random_fixture.py SEED")
    print(Random(int(sys.argv[1])).fixture())


if __name__ == "__main__":
    main()
