#!/usr/bin/env python3
"""An independent oracle for Rhythm: what every rhythm, period by period, comes to at an instant.

    evaluate.py FIXTURE.toml      prints one JSON array, one object for each [[expect]], in the file's order

It is derived from the written rules (rules.md) alone and shares no code with Rhythm. Where both disagree, one of them
is wrong: the readings below say which choice this side made where the rules leave room.

READINGS
 A1  Defaults: zone "author", day_starts_at "00:00", week_start "monday".
 A2  A local time that a clock shows twice is the first of the two; one that it never shows is read with the offset
     that held before the gap.
 A3  The start of day D is the first instant at which the machine's wall clock, less day_starts_at, reads D or later.
     A clock put back over day_starts_at reopens yesterday for `today` and for items, but does not move that start. The
     last second of D is the one before the start of D + 1 (also when D has no instant of its own).
 A4  "First evidence": the earliest day of any item, not the day of the earliest instant.
 A5  `have` is all items on all days of the period, off days and days before `begins` or after `ends` too.
 A6  begins > today, and periods between removal and return: excused, target 0, need 0; `have` is what is there.
 A7  The kinds of metrics are those of the newest definition (config) at `at`. Measure, filters, targets, starts, ends,
     freezes and hard are those of the period's own version, as is the definition strength uses for a day.
 A8  A rhythm that is removed at `at` is known; its periods end before the one that was open at the removal. If
     none is left, asking for it is "unknown period". While it is away, a new week start makes no version. Its
     strength runs to the end of its last period.
 A9  A period is excused as "between" if the last thing that happened to the rhythm before that period's end was its
     removal: so the one in which it went is, the one in which it came back is not. Its coming back is always a version.
 A10 Compounds with nothing asked: the any_of part shown and the all_of parts met are found with the full targets.
 A11 The blind rule holds for every rhythm. A compound is never unverified for want of a reading of one part (a part
     without a reading has 0), only when blind.
 A12 A gauge in a compound needs 1 day. An at_most gauge without a reading is not satisfied while open.
 A13 streak, longest, strength are those of the rhythm at `at`, whatever period is asked about.
 A14 An id that two periods have (after a change of week start): the newer one.
 A15 A rhythm's own filters and its part's filters must both pass. Items without a repository fail any `repositories`,
     items without paths fail any `paths`. Filters hold for every measure.
 A16 A `devlog` item is no entry, and `minutes` with kind "devlog" is an entry of "devlog" but no devlog item.
 A17 A version with `rolling` next to one with `every`: its nominal period, when tiling, is the one day.
 A18 begins after `ends`: one period, the one laid from `begins`.
 A19 Laying periods, a period that is not the first begins on `day` even where no later version moved it (which can
     only be after a change of week start or `every` on that very day).
 A20 The score starts at 1 if the definition of the first day (without any day: the newest) is at_most.
"""

import json
import math
import sys
import tomllib
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

UTC = timezone.utc
DAY = timedelta(days=1)
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
PLAIN_MEASURES = ["commits", "active-days", "devlog", "releases", "roadmap-ticks"]


# ---------------------------------------------------------------------------------------------------- instants, days

def parse_instant(text, zone):
    """(the instant in UTC, the offset it was written with). Without an offset: the zone's local time."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC), moment.utcoffset()


def parse_clock(text):
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def parse_day(value):
    return value if type(value) is date else date.fromisoformat(value)


def day_with_offset(instant, offset, day_starts_at):
    return (instant.replace(tzinfo=None) + offset - day_starts_at).date()


def day_in_zone(instant, zone, day_starts_at):
    return day_with_offset(instant, instant.astimezone(zone).utcoffset(), day_starts_at)


@lru_cache(maxsize=None)
def start_of_day(day, zone, day_starts_at):
    """The first instant at which the zone's wall clock, less day_starts_at, reads `day` or later."""
    wall = datetime(day.year, day.month, day.day) + day_starts_at
    offsets = [(wall + timedelta(hours=h)).replace(tzinfo=UTC).astimezone(zone).utcoffset() for h in range(-30, 31)]
    moment = (wall - max(offsets)).replace(tzinfo=UTC)      # no clock of this zone has come so far any earlier
    while moment.astimezone(zone).replace(tzinfo=None) < wall:
        moment += timedelta(minutes=1)
    return moment


def days_between(first, last):
    days = []
    day = first
    while day <= last:
        days.append(day)
        day += DAY
    return days


# ---------------------------------------------------------------------------------------------------- the calendar

def calendar_period(every, day, week_start):
    """(first day, last day) of the calendar period that holds `day`."""
    if every == "day":
        return day, day
    if every == "week":
        first = day
        while WEEKDAYS[first.weekday()] != week_start:
            first -= DAY
        return first, first + 6 * DAY
    if every == "month":
        first = day.replace(day=1)
        months = 1
    elif every == "quarter":
        first = day.replace(day=1, month=(day.month - 1) // 3 * 3 + 1)
        months = 3
    elif every == "year":
        first = day.replace(day=1, month=1)
        months = 12
    else:
        raise ValueError(f"every = {every!r}")
    next_month = first.month + months
    if next_month <= 12:
        after = first.replace(month=next_month)
    else:
        after = first.replace(year=first.year + 1, month=next_month - 12)
    return first, after - DAY


def period_id(every, first):
    """The id of the calendar period that begins on `first`."""
    if every == "day":
        return first.isoformat()
    if every == "week":
        year, week, _ = (first + 3 * DAY).isocalendar()
        return f"{year:04d}-W{week:02d}"
    if every == "month":
        return f"{first.year:04d}-{first.month:02d}"
    if every == "quarter":
        return f"{first.year:04d}-Q{(first.month - 1) // 3 + 1}"
    return f"{first.year:04d}"


# ---------------------------------------------------------------------------------------------------- globs

def component_matches(pattern, text):
    """`*` any run of characters, `?` one character, anything else itself."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return component_matches(pattern[1:], text) or (bool(text) and component_matches(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and component_matches(pattern[1:], text[1:])


def components_match(patterns, texts):
    if not patterns:
        return not texts
    if patterns[0] == "**":
        if len(patterns) == 1:
            return len(texts) >= 1
        return any(components_match(patterns[1:], texts[skipped:]) for skipped in range(len(texts) + 1))
    return bool(texts) and component_matches(patterns[0], texts[0]) and components_match(patterns[1:], texts[1:])


def path_matches(glob, path):
    return components_match(glob.split("/"), path.split("/"))


def repository_matches(glob, repository):
    if "/" not in glob:
        repository = repository.split("/")[-1]
    return path_matches(glob, repository)


# ---------------------------------------------------------------------------------------------------- definitions

@dataclass(frozen=True)
class Part:
    """One thing that is measured. A rhythm without any_of or all_of has exactly one, whose target is the rhythm's."""
    measure: str                # one of PLAIN_MEASURES, or entries, minutes, metric
    name: str = None            # of the kind or the metric
    target: int = 1
    filters: tuple = ()         # ((globs of repositories or None, globs of paths or None), ...), all of which must pass

    def passes(self, item):
        for repositories, paths in self.filters:
            if repositories is not None:
                if item.repository is None or not any(repository_matches(g, item.repository) for g in repositories):
                    return False
            if paths is not None:
                if not any(path_matches(g, p) for g in paths for p in item.paths):
                    return False
        return True


@dataclass(frozen=True)
class Definition:
    every: str                  # or None
    rolling: int                # or None
    compound: str               # None, any_of, all_of
    parts: tuple
    at_most: bool
    hard: bool
    starts: date
    ends: date
    freezes: int
    freezes_per: str


def read_filters(table):
    repositories, paths = table.get("repositories"), table.get("paths")
    return (None if repositories is None else tuple(repositories), None if paths is None else tuple(paths))


def read_part(table, target, filters):
    if "measure" in table:
        return Part(table["measure"], None, target, filters)
    for measure in ("entries", "minutes", "metric"):
        if measure in table:
            return Part(measure, table[measure], target, filters)
    raise ValueError(f"nothing to measure in {table}")


def read_definition(table):
    target = table["at_most"] if "at_most" in table else table.get("at_least", 1)
    own = read_filters(table)
    compound = next((key for key in ("any_of", "all_of") if key in table), None)
    if compound:
        parts = tuple(read_part(t, t.get("at_least", target), (own, read_filters(t))) for t in table[compound])
    else:
        parts = (read_part(table, target, (own,)),)
    starts, ends = table.get("starts"), table.get("ends")
    return Definition(
        every=table.get("every"), rolling=table.get("rolling"), compound=compound, parts=parts,
        at_most="at_most" in table, hard=table.get("hard", False),
        starts=None if starts is None else parse_day(starts), ends=None if ends is None else parse_day(ends),
        freezes=table.get("freezes", 0), freezes_per=table.get("freezes_per", "quarter"))


# ---------------------------------------------------------------------------------------------------- the fixture

@dataclass
class Item:
    at: datetime
    offset: timedelta           # as written; else the machine's at that instant
    what: str                   # commits, devlog, releases, roadmap-ticks, entries, minutes, metric
    name: str                   # the kind of an entry or of minutes, the name of a metric
    amount: Fraction
    repository: str
    paths: tuple
    day: date = None


@dataclass
class Expectation:
    at: datetime
    rhythm: str
    period: str
    table: dict


class Fixture:
    def __init__(self, table):
        self.zone = ZoneInfo(table.get("machine", {}).get("zone", "UTC"))
        # All configs of a fixture agree on where days begin (if not, the first one's say is taken for `at`).
        self.day_starts_at = parse_clock(table.get("config", {}).get("day_starts_at", "00:00"))
        self.items = [self.read_item(t) for t in table.get("evidence", [])]
        self.blind = [(self.instant(t["from"]), self.instant(t["to"]) if "to" in t else None) for t in table.get("blind", [])]
        self.expectations = [Expectation(self.instant(t["at"]), t["rhythm"], t.get("period"), t) for t in table.get("expect", [])]
        instants = [i.at for i in self.items] + [e.at for e in self.expectations]
        recorded = self.instant(table["recorded"]) if "recorded" in table else min(instants, default=None)
        self.configs = [(recorded, table.get("config", {}))]
        self.configs += [(self.instant(t["at"]), t.get("config", {})) for t in table.get("reload", [])]

    def instant(self, text):
        if len(text) == 10:                                          # a day alone: its last second
            return start_of_day(parse_day(text) + DAY, self.zone, self.day_starts_at) - timedelta(seconds=1)
        return parse_instant(text, self.zone)[0]

    def read_item(self, table):
        at, offset = parse_instant(table["at"], self.zone)
        repository, paths = table.get("repository"), tuple(table.get("paths", []))
        for what in ("commits", "devlog", "releases", "roadmap-ticks"):
            if what in table:
                return Item(at, offset, what, None, Fraction(table[what]), repository, paths)
        if "entries" in table:
            return Item(at, offset, "entries", table["entries"], Fraction(1), repository, paths)
        if "minutes" in table:
            return Item(at, offset, "minutes", table["kind"], Fraction(table["minutes"]), repository, paths)
        return Item(at, offset, "metric", table["metric"], Fraction(table["value"]), repository, paths)


# ---------------------------------------------------------------------------------------------------- evidence

class Evidence:
    """The items that exist at `now`, by part."""

    def __init__(self, fixture, now, config):
        day_starts_at = parse_clock(config.get("day_starts_at", "00:00"))
        where = config.get("zone", "author")
        self.items = []
        for item in fixture.items:
            if item.at > now:
                continue
            if where == "author":
                day = day_with_offset(item.at, item.offset, day_starts_at)
            else:
                day = day_in_zone(item.at, fixture.zone if where == "local" else ZoneInfo(where), day_starts_at)
            self.items.append(replace(item, day=day))
        self.items.sort(key=lambda item: item.at)               # of equal instants, the file's order stays
        self.kinds = {name: t.get("kind", "gauge") for name, t in config.get("metrics", {}).items()}
        self.known = {}

    def is_gauge(self, part):
        return part.measure == "metric" and self.kinds.get(part.name, "gauge") == "gauge"

    def items_of(self, part):
        def is_of(item):
            if part.measure in ("commits", "active-days"):
                return item.what == "commits"
            if part.measure == "devlog":
                return item.what == "devlog" or (item.what == "entries" and item.name == "devlog")
            if part.measure == "entries":
                return item.what in ("entries", "minutes") and item.name == part.name
            if part.measure in ("minutes", "metric"):
                return item.what == part.measure and item.name == part.name
            return item.what == part.measure
        return [item for item in self.items if is_of(item) and part.passes(item)]

    def daily_totals(self, part):
        """day -> what that day adds (not for gauges)."""
        if part in self.known:
            return self.known[part]
        totals = defaultdict(Fraction)
        previous = None
        for item in self.items_of(part):
            if part.measure == "active-days":
                totals[item.day] = Fraction(1)
            elif part.measure == "entries":
                totals[item.day] += 1
            elif part.measure == "metric":                      # a counter
                if previous is None:
                    rise = Fraction(0)
                elif item.amount < previous:
                    rise = item.amount                          # it was reset
                else:
                    rise = item.amount - previous
                previous = item.amount
                totals[item.day] += rise
            else:
                totals[item.day] += item.amount
        self.known[part] = dict(totals)
        return self.known[part]

    def reading(self, part, last):
        """The gauge's last reading whose day is `last` or before, or None."""
        found = None
        for item in self.items_of(part):
            if item.day <= last:
                found = item.amount
        return found

    def have(self, part, first, last):
        """What the part came to over these days; None for a gauge without a reading."""
        if self.is_gauge(part):
            return self.reading(part, last)
        return sum((n for day, n in self.daily_totals(part).items() if first <= day <= last), Fraction(0))

    def pace(self, part, today):
        """What a usual active day brings; None for all that is needed."""
        totals = self.daily_totals(part)
        active = sorted(n for day, n in totals.items() if today - 56 * DAY <= day <= today - DAY and n > 0)
        if active:
            middle = len(active) // 2
            return active[middle] if len(active) % 2 == 1 else (active[middle - 1] + active[middle]) / 2
        return None if part.measure in ("minutes", "metric") else Fraction(1)


# ---------------------------------------------------------------------------------------------------- one rhythm

@dataclass
class Version:
    recorded: datetime
    definition: Definition      # while the rhythm is away: its last one
    week_start: str
    rest_days: frozenset = frozenset()
    away: bool = False


@dataclass
class Period:
    id: str
    first: date                 # of a rolling window: its first day
    last: date
    tile_first: date            # the days that no other period holds are tile_first...last
    length: int                 # nominal, in days
    version: Version
    asked: bool = True          # false: begins > today, or the rhythm was away
    state: str = None
    have: Fraction = None
    target: Fraction = None
    need: Fraction = Fraction(0)
    pace: Fraction = None
    last_safe_day: date = None
    due_day: date = None
    at_risk_from: date = None


class Unknown(Exception):
    pass


class Rhythm:
    """One rhythm as it stands at one instant."""

    def __init__(self, fixture, rhythm_id, now):
        self.fixture, self.id, self.now = fixture, rhythm_id, now
        self.zone, self.day_starts_at = fixture.zone, fixture.day_starts_at
        self.today = self.day_of(now)
        configs = [fixture.configs[0]] + [(at, config) for at, config in fixture.configs[1:] if at <= now]
        self.config = configs[-1][1]
        self.versions = self.read_versions(configs)
        if not self.versions:
            raise Unknown("unknown rhythm")
        self.newest = self.versions[-1].definition
        self.evidence = Evidence(fixture, now, self.config)
        self.vacations = [(parse_day(v["from"]), parse_day(v["to"])) for v in self.config.get("vacation", [])
                          if rhythm_id in v.get("rhythms", [rhythm_id])]
        self.begins = self.find_begin()
        self.periods = self.lay_periods()
        self.blind_since = self.find_blind()
        for period in self.periods:
            self.judge(period)
        self.spend_freezes()

    def day_of(self, instant):
        return day_in_zone(instant, self.zone, self.day_starts_at)

    def start_of(self, day):
        return start_of_day(day, self.zone, self.day_starts_at)

    # ------------------------------------------------------------------------------------------------ versions

    def read_versions(self, configs):
        versions = []
        for at, config in configs:
            table = next((t for t in config.get("rhythm", []) if t["id"] == self.id), None)
            week_start = config.get("week_start", "monday")
            rest_days = frozenset(config.get("rest_days", []))
            last = versions[-1] if versions else None
            if table is None:
                if last is not None and not last.away:
                    versions.append(Version(at, last.definition, last.week_start, last.rest_days, away=True))
                continue
            definition = read_definition(table)
            if last is None or last.away or (last.definition, last.week_start, last.rest_days) != (definition, week_start, rest_days):
                versions.append(Version(at, definition, week_start, rest_days))
        return versions

    def find_begin(self):
        oldest = self.versions[0].definition
        if oldest.starts is not None:
            return oldest.starts
        days = [self.day_of(self.versions[0].recorded)]
        for part in oldest.parts:
            days += [item.day for item in self.evidence.items_of(part)]
        return min(days)

    # ------------------------------------------------------------------------------------------------ periods

    def nominal(self, version, day):
        every = version.definition.every or "day"
        return calendar_period(every, day, version.week_start)

    def lay_one(self, day, is_first):
        index = 0
        for i, version in enumerate(self.versions):
            if i > 0 and version.recorded < self.start_of(day + DAY):
                index = i
        nominal_first, last = self.nominal(self.versions[index], day)
        first = nominal_first
        while index + 1 < len(self.versions) and self.versions[index + 1].recorded < self.start_of(last + DAY):
            index += 1
            anchor = max(day, self.day_of(self.versions[index].recorded))
            nominal_first, last = self.nominal(self.versions[index], anchor)
            first = min(nominal_first, day) if is_first else day
        if not is_first:
            first = day
        version = self.versions[index]
        definition = version.definition
        if definition.rolling:
            return Period(last.isoformat(), last - (definition.rolling - 1) * DAY, last, first, definition.rolling,
                          version, not version.away)
        return Period(period_id(definition.every, nominal_first), first, last, first,
                      (last - nominal_first).days + 1, version, not version.away)

    def lay_periods(self):
        if self.begins > self.today:
            only = self.lay_one(self.today, True)
            only.asked = False
            periods = [only]
        else:
            periods = []
            day = self.begins
            while True:
                period = self.lay_one(day, not periods)
                periods.append(period)
                day = period.last + DAY
                if period.last >= self.today:
                    break
            for period in periods:
                starts = period.version.definition.starts
                if starts is not None and starts > self.today:
                    period.asked = False
                if period.length == 1 and self.start_of(period.first) == self.start_of(period.last + DAY):
                    period.asked = False    # a day that the zone left out
        gone = self.versions[-1]
        if gone.away:
            periods = [period for period in periods if period.version is not gone]
        while len(periods) > 1 and periods[-1].version.definition.ends is not None:
            last = periods[-1]
            own = last.last if last.version.definition.rolling else last.first
            if own <= last.version.definition.ends:
                break
            periods.pop()
        return periods

    # ------------------------------------------------------------------------------------------------ judging

    def on_vacation(self, day):
        return any(first <= day <= last for first, last in self.vacations)

    def is_off(self, day, definition):
        early = day < self.begins or definition.starts is not None and day < definition.starts
        late = definition.ends is not None and day > definition.ends
        return early or late or self.on_vacation(day)

    def is_rest(self, day, period):
        return WEEKDAYS[day.weekday()] in period.version.rest_days

    def find_blind(self):
        """The day since which a repository cannot be read, or None."""
        open_spots = [start for start, end in self.fixture.blind if start <= self.now and (end is None or self.now < end)]
        return self.day_of(min(open_spots)) if open_spots else None

    def judge(self, period):
        definition = period.version.definition
        evidence = self.evidence
        asked = [day for day in days_between(period.first, period.last) if not self.is_off(day, definition)]
        available = [day for day in asked if not self.is_rest(day, period)]
        nothing_asked = not asked or not period.asked
        closed = period.last < self.today

        readings = [evidence.have(part, period.first, period.last) for part in definition.parts]
        haves = [Fraction(0) if reading is None else reading for reading in readings]
        targets = []
        for part in definition.parts:
            target = Fraction(part.target)
            if not nothing_asked and len(asked) < period.length and not evidence.is_gauge(part):
                target = Fraction(math.ceil(target * len(asked) / period.length))
            targets.append(target)
        unmet = [i for i in range(len(targets)) if haves[i] < targets[i]]

        if definition.compound == "all_of":
            period.have, period.target = Fraction(len(targets) - len(unmet)), Fraction(len(targets))
            satisfied = not unmet
        elif definition.compound == "any_of":
            best = 0
            for i in range(len(targets)):
                if haves[i] / targets[i] > haves[best] / targets[best]:
                    best = i
            period.have, period.target = haves[best], targets[best]
            satisfied = len(unmet) < len(targets)
        else:
            period.have, period.target = haves[0], targets[0]
            satisfied = not unmet

        single_gauge = definition.compound is None and evidence.is_gauge(definition.parts[0])
        no_reading = single_gauge and readings[0] is None
        blind = self.blind_since is not None and period.last >= self.blind_since

        if nothing_asked:
            period.target = Fraction(0)
            period.state = "excused"
            return
        if not definition.at_most:
            period.need = max(Fraction(0), period.target - period.have)
        if not available:
            period.state = "met" if satisfied and not definition.at_most else "excused"
            period.need = Fraction(0)
            return

        if definition.at_most:
            limit = targets[0]
            if closed:
                if period.have > limit:
                    period.state = "missed"
                else:
                    period.state = "unverified" if blind or no_reading else "met"
                return
            if not single_gauge:
                if period.have > limit:
                    period.state = "missed"
                elif period.have == limit and limit > 0:
                    period.state = "at-risk"
                else:
                    period.state = "on-track"
                return
            satisfied = not no_reading and period.have <= limit

        if satisfied:
            period.state = "met"
            return
        if closed:
            period.state = "unverified" if blind or no_reading else "missed"
            return

        # Open and unmet: how many more days does it take, and which are the last ones for it?
        needed = []
        for i in range(len(targets)) if definition.at_most else unmet:
            part, need = definition.parts[i], targets[i] - haves[i]
            if evidence.is_gauge(part):
                needed.append(1)
                continue
            pace = evidence.pace(part, self.today)
            needed.append(1 if pace is None else max(1, math.ceil(need / pace)))
            if definition.compound is None:
                period.pace = pace
        count = min(needed) if definition.compound == "any_of" else max(needed)
        period.due_day = available[-1]
        period.last_safe_day = available[-count] if count <= len(available) else available[0]
        if definition.every == "day" or definition.rolling:
            period.at_risk_from = period.due_day
        else:
            period.at_risk_from = max(period.first, period.last_safe_day - DAY)
        if self.today >= period.due_day:
            period.state = "due"
        elif self.today >= period.at_risk_from:
            period.state = "at-risk"
        else:
            period.state = "on-track"

    def spend_freezes(self):
        spent = []                                               # the last days of the periods that were frozen
        for period in self.periods:
            definition = period.version.definition
            if period.last >= self.today or period.state != "missed" or definition.freezes == 0 or definition.hard:
                continue
            first, last = calendar_period(definition.freezes_per, period.last, period.version.week_start)
            if sum(1 for day in spent if first <= day <= last) < definition.freezes:
                spent.append(period.last)
                period.state = "excused"

    # ------------------------------------------------------------------------------------------------ totals

    def streaks(self):
        """(the streak, the longest)"""
        streak = longest = 0
        for period in self.periods:
            if period.state == "met":
                streak += 1
            elif period.state == "missed":
                streak = 0
            longest = max(longest, streak)
        return streak, longest

    def value(self, definition, day, length):
        """How good the `length` days that end with `day` were, from 0 to 1."""
        values = []
        for part in definition.parts:
            total = self.evidence.have(part, day - (length - 1) * DAY, day)
            target = part.target
            if total is None:
                values.append(Fraction(0))
            elif not definition.at_most:
                values.append(min(Fraction(1), total / target))
            elif target > 0:
                values.append(min(Fraction(1), max(Fraction(0), 1 - (total - target) / target)))
            else:
                values.append(Fraction(0 if total > 0 else 1))
        return float(max(values) if definition.compound == "any_of" else sum(values) / len(values))

    def strength(self):
        score = None
        for period in self.periods:
            definition = period.version.definition
            if score is None:
                score = 1.0 if definition.at_most else 0.0
            if not period.asked:
                continue
            for day in days_between(period.tile_first, min(period.last, self.today)):
                if self.is_off(day, definition) or (definition.every == "day" and self.is_rest(day, period)):
                    continue
                m = 0.5 ** (math.sqrt(1 / period.length) / 13)
                after = score * m + self.value(definition, day, period.length) * (1 - m)
                if day == self.today and after < score:
                    continue
                score = after
        return score if score is not None else (1.0 if self.newest.at_most else 0.0)

    def period(self, wanted):
        if wanted is None:
            found = self.periods
        else:
            found = [period for period in self.periods if period.id == wanted]
        if not found:
            raise Unknown("unknown period")
        return found[-1]


# ---------------------------------------------------------------------------------------------------- answers

def number(value):
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def iso(day):
    return None if day is None else day.isoformat()


def answer(rhythm, wanted):
    period = rhythm.period(wanted)
    streak, longest = rhythm.streaks()
    return {
        "period": period.id, "first_day": iso(period.first), "last_day": iso(period.last), "state": period.state,
        "have": number(period.have), "target": number(period.target), "need": number(period.need),
        "streak": streak, "longest": longest, "strength": number(round(rhythm.strength(), 6)),
        "pace": number(period.pace), "last_safe_day": iso(period.last_safe_day), "due_day": iso(period.due_day),
        "at_risk_from": iso(period.at_risk_from),
    }


def evaluate(text):
    fixture = Fixture(tomllib.loads(text))
    answers = []
    for expectation in fixture.expectations:
        try:
            answers.append(answer(Rhythm(fixture, expectation.rhythm, expectation.at), expectation.period))
        except Unknown as error:
            answers.append({"error": str(error)})
    return answers


def main():
    if len(sys.argv) != 2:
        raise SystemExit("usage: evaluate.py FIXTURE.toml")
    with open(sys.argv[1], encoding="utf-8") as file:
        answers = evaluate(file.read())
    print("[\n " + ",\n ".join(json.dumps(a) for a in answers) + "\n]")


if __name__ == "__main__":
    main()
