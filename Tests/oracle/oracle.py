#!/usr/bin/env python3
"""An independent oracle for Rhythm: which commits count, for whom, on which day, in which week, and what that means
for a weekly rhythm.

It is derived from the written rules (DESIGN sections 3, 4 and 10) and from the `git` command alone; it shares no code
with Rhythm. Where both disagree, one of them is wrong: the readings below say which choice this side made.

    oracle.py [options] REPO...
      --weeks --days --items --evaluate   what to print (any of them; default --weeks), as one JSON object
      --author EMAIL        only this author (repeatable; canonical address); default: every author
      --identity EMAIL      instead of authors one user, with these addresses ("Name <email>" too; repeatable)
      --identity-from-config   ... and with each repository's effective user.email, in that repository only
      --isolated            no system and no user git configuration
      --now EPOCH           default: the clock
      --zone author|machine|IANA     whose day (default author)
      --machine-zone IANA   for `now` and the edges of periods (default UTC)
      --day-starts-at HH:MM --week-starts iso|monday|sunday|saturday
      --target N --recorded-at EPOCH --starts YYYY-MM-DD    for --evaluate
      --parents git|object  (R5)   --fold-across-emails (R9)
      --devlog GLOB         also the dev log entries that everybody's commits bring (repeatable; rules in devlogs.py)

READINGS: choices made where the rules leave room
 R1  Reachable = `git log --branches --remotes --tags` + the HEAD of every worktree, also of one whose folder is gone
     while `git worktree list` still lists it, and also a detached one. Not refs/stash, refs/notes, refs/bisect,
     refs/original, refs/pull, nor reflogs. A branch or HEAD that is unborn adds nothing. Any failing git command
     is an error, never a smaller number.
 R2  Replace refs, grafts and shallow boundaries are seen as git sees them (an id replaced has the replacement's
     author, date, subject and parents).
 R3  The mailmap is the one `git log` uses when started in the main worktree (in a bare repository: HEAD's); a
     linked worktree given as REPO is answered for by its main one. Addresses are compared after str.lower().
 R4  Several repositories: an object counts once per author. Repositories may map the same object to different
     canonical addresses; then it is an item of each of them. One user (--identity): it is one item if any
     repository's view matches that repository's view of the identity; its address is then the smallest that matched.
 R5  Merge = more than one parent in the view with the MOST parents among the given repositories (so a merge at the
     edge of a shallow clone is a merge as soon as a deeper clone is given, and no merge in the shallow one alone,
     which is what `git log --no-merges` says there). `--parents object` reads the commit object's own parents
     instead, edges or not. Between equally long views the first repository given wins; the same for all other fields.
 R6  Author time is %at: git's reading. Empty (no date, no zone, a negative number) is impossible; so is a time
     whose year, in UTC or in the zone that decides the day, is outside 1..9999.
 R7  Reasons, first that applies: merge, impossible-date, future (author time > now; equal to now is not future).
 R8  The author's offset is git's number hhmm: hours = n / 100, minutes = n % 100 (minutes may exceed 59). 24 h or
     more in magnitude is UTC. -0000 is UTC.
 R9  Folding pool = commits not rejected, with the same lower-cased canonical address (a user's two addresses are
     two authors, unless --fold-across-emails) and the same author time in seconds; the offset does not matter.
     The pool spans all repositories given.
 R10 Order (committer date, id). An unreadable committer date is 0. Each commit is compared with every member of a
     group, not only with its carrier. Earliest group = the one founded first. Folded `into` = the group's founder,
     which is counted, and whose day (its own offset) is the only one that counts.
 R11 Same subject = %s in UTF-8, byte for byte; two empty subjects are the same. Same first parent needs one.
 R12 Ancestry follows first parents while each next commit is stored (in the same repositories, same author in the
     sense of R9, same author time); merges are links, not members. One step to another author or time ends it.
 R13 Day: the day d is [first instant whose local clock reads d HH:MM or later, the same for d+1), HH:MM being
     --day-starts-at. At a fixed offset that is plain arithmetic; in an IANA zone a clock put back over HH:MM does
     not reopen yesterday, and HH:MM inside a skipped hour means the moment of the skip.
 R14 Week: of the shifted day. ISO label (2026-W53) for Monday weeks, else the date of the first day.
 R15 `now` is read in --machine-zone with the same day start, whatever --zone says.
 R16 Items whose day lies after today but in this week count for this week; in a later week they wait (they are in
     --weeks and --days, but not in --evaluate).
 R17 The rhythm begins on the earlier of the earliest day of a COUNTED item and the machine-zone day of
     --recorded-at (without evidence and without that: no periods); --starts overrides both. Items before --starts are not evaluated
     (their weeks are excused), but do make pace. The first day is covered wholly. A first week begun on its first
     day is whole.
 R18 Pace = median of counted items per active day in the 56 days before today (today not included), the mean of
     the middle two for an even number; kept as a fraction; 1 without history. It is that of the rhythm's own items.
 R19 days = ceil(need / pace), last safe moment = start of the days-th last day of the period: for days > 7 that lies before
     the period and is given so; at-risk starts one calendar day earlier, but not before the week's first day.
     State by today: last day -> due; from the at-risk day on -> at-risk; else on-track. No rest days, no vacations.
 R20 Streak: an open met week counts in current and longest; an open unmet one is skipped.
 R21 Bots, Co-authored-by and identity by name alone are not modelled; nor is kept credit for what is unreachable.
"""

import argparse
import json
import math
import os
import re
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time as clock_time, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

import devlogs

UTC = timezone.utc
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# ---------------------------------------------------------------------------------------------------- git

class GitError(Exception):
    pass


class Git:
    def __init__(self, isolated=False):
        env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        env.update(GIT_OPTIONAL_LOCKS="0", GIT_TERMINAL_PROMPT="0", LC_ALL="C", TZ="UTC", GIT_NO_LAZY_FETCH="1")
        if isolated:
            env.update(GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL=os.devnull, HOME="/nonexistent",
                       XDG_CONFIG_HOME="/nonexistent", GIT_CONFIG_COUNT="1",
                       GIT_CONFIG_KEY_0="safe.directory", GIT_CONFIG_VALUE_0="*")
        else:
            env.update({k: v for k, v in os.environ.items() if k.startswith("GIT_CONFIG")})
        self.env = env

    def __call__(self, where, *args, stdin=None, allowed=(0,)):
        done = subprocess.run(["git", "-C", where, *args], env=self.env, input=stdin, capture_output=True)
        if done.returncode not in allowed:
            raise GitError(f"{where}: git {' '.join(args)}: exit {done.returncode}: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout


def text(raw):
    return raw.decode("utf-8", "surrogateescape")


def worktrees(git, where):
    """(path, HEAD or None, bare) of every worktree, the main one first."""
    found = []
    for block in text(git(where, "worktree", "list", "--porcelain", "-z")).split("\0\0"):
        lines = [line for line in block.split("\0") if line]
        if not lines:
            continue
        entry = dict(line.partition(" ")[::2] for line in lines)
        head = entry.get("HEAD")
        if head and set(head) == {"0"}:
            head = None
        found.append((entry["worktree"], head, "bare" in entry))
    return found


def main_place(git, where):
    """The folder from which `git log` sees the main worktree's mailmap (R3)."""
    flags = text(git(where, "rev-parse", "--is-bare-repository", "--is-inside-work-tree")).split()
    own, common = text(git(where, "rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir")).splitlines()
    linked = os.path.realpath(own) != os.path.realpath(common)
    if not linked and flags[1] == "true":
        return text(git(where, "rev-parse", "--show-toplevel")).rstrip("\n")
    if not linked and flags[0] == "true":
        return own
    return worktrees(git, where)[0][0]


@dataclass
class View:
    """A commit as one repository shows it."""
    id: str
    parents: tuple
    email: str
    name: str
    at: int | None
    offset: int                 # minutes
    committed: int
    subject: bytes


FORMAT = "%H%x00%P%x00%aE%x00%aN%x00%at%x00%ad%x00%ct%x00%s"


def offset_minutes(zone):
    """+hhmm as git reads it, 24 h and more being UTC (R8)."""
    number = int(zone)
    minutes = abs(number) // 100 * 60 + abs(number) % 100
    if minutes >= 24 * 60:
        return 0
    return -minutes if number < 0 else minutes


def read_views(git, where, parents="git"):
    place = main_place(git, where)
    tips = []
    for _, head, bare in worktrees(git, place):
        if head:
            tips.append(head)
    head = text(git(place, "rev-parse", "-q", "--verify", "HEAD^{commit}", allowed=(0, 1, 128))).strip()
    if head:
        tips.append(head)
    raw = git(place, "-c", "log.showSignature=false", "log", "-z", "--no-color", "--no-notes", "--no-patch", "--encoding=UTF-8", "--date=raw",
              f"--format=tformat:{FORMAT}", "--branches", "--remotes", "--tags", *sorted(set(tips)), "--")
    fields = raw.split(b"\0")
    assert fields.pop() == b"" and len(fields) % 8 == 0, f"{where}: {len(fields)} fields"
    views = []
    for i in range(0, len(fields), 8):
        oid, parent_ids, email, name, at, dated, committed = map(text, fields[i:i + 7])
        readable = re.fullmatch(r"[0-9]+", at) is not None
        views.append(View(
            id=oid, parents=tuple(parent_ids.split()), email=email.lower(), name=name,
            at=int(at) if readable else None,
            offset=offset_minutes(dated.split()[1]) if readable and len(dated.split()) == 2 else 0,
            committed=int(committed) if re.fullmatch(r"[0-9]+", committed) else 0,
            subject=fields[i + 7]))
    if parents == "object" and views:
        own = object_parents(git, place, [v.id for v in views])
        for view in views:
            view.parents = own[view.id]
    return place, views


def object_parents(git, place, ids):
    raw = git(place, "--no-replace-objects", "cat-file", "--batch", stdin="\n".join(ids).encode() + b"\n")
    found, at = {}, 0
    for oid in ids:
        end = raw.index(b"\n", at)
        size = int(raw[at:end].split()[2])
        header = raw[end + 1:end + 1 + size].split(b"\n\n")[0]
        found[oid] = tuple(text(line[7:]) for line in header.split(b"\n") if line.startswith(b"parent "))
        at = end + 1 + size + 1
    return found


def identities_in(git, place, identities, from_config):
    """The canonical, lower-cased addresses of the user in this repository."""
    asked = list(identities)
    if from_config:
        email = text(git(place, "config", "--get", "user.email", allowed=(0, 1))).rstrip("\n")
        if email:
            asked.append(email)
    if not asked:
        return set()
    lines = [entry if "<" in entry else f"<{entry}>" for entry in asked]
    answers = text(git(place, "check-mailmap", "--stdin", stdin="".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")))
    return {line[line.rindex("<") + 1:line.rindex(">")].lower() for line in answers.splitlines()}


# ---------------------------------------------------------------------------------------------------- calendar

class Calendar:
    """Which day an instant belongs to (R13)."""

    def __init__(self, day_starts_at="00:00", week_starts="iso"):
        hours, minutes = map(int, day_starts_at.split(":"))
        self.starts = clock_time(hours, minutes)
        self.first = {"iso": 0, "monday": 0, "saturday": 5, "sunday": 6}[week_starts]

    def begin(self, day, zone):
        """The instant at which `day` begins, in epoch seconds."""
        wanted = datetime.combine(day, self.starts)

        def instant(fold):
            return int((wanted.replace(tzinfo=zone, fold=fold) - EPOCH).total_seconds())

        def reads(at):
            return (EPOCH + timedelta(seconds=at)).astimezone(zone).replace(tzinfo=None, fold=0)

        early = instant(0)
        if reads(early) == wanted:
            return early
        low, high = instant(1), early       # inside a gap: reads(low) < wanted <= reads(high)
        while high - low > 1:
            middle = (low + high) // 2
            if reads(middle) >= wanted:
                high = middle
            else:
                low = middle
        return high

    def day(self, at, zone):
        """The date of the day that holds the instant; None where there is none in years 1..9999."""
        try:
            local = (EPOCH + timedelta(seconds=at)).astimezone(zone)
            day = local.date()
            if isinstance(zone, timezone):
                return day if local.time() >= self.starts else day - timedelta(days=1)
            if at < self.begin(day, zone):
                return day - timedelta(days=1)
            if day < date.max and at >= self.begin(day + timedelta(days=1), zone):
                return day + timedelta(days=1)
            return day
        except OverflowError:
            return None

    def week_start(self, day):
        return day - timedelta(days=(day.weekday() - self.first) % 7)

    def week_label(self, day):
        start = self.week_start(day)
        if self.first == 0:
            year, week, _ = start.isocalendar()
            return f"{year:04d}-W{week:02d}"
        return start.isoformat()


# ---------------------------------------------------------------------------------------------------- verdicts

@dataclass
class Item:
    id: str
    email: str
    name: str
    at: int | None
    offset: int
    committed: int
    parents: tuple
    subject: bytes
    repositories: list = field(default_factory=list)
    day: date | None = None
    verdict: str = ""
    into: str | None = None
    reason: str | None = None

    def json(self):
        out = {"id": self.id, "email": self.email, "name": self.name, "at": self.at, "offset": self.offset, "committed": self.committed,
               "subject": text(self.subject), "day": self.day.isoformat() if self.day else None,
               "repositories": self.repositories, "verdict": self.verdict}
        if self.into:
            out["into"] = self.into
        if self.reason:
            out["reason"] = self.reason
        return out


def judge(items, now, calendar, zone, one_author=False):
    """Sets day and verdict of one author's (or one user's) items, an object appearing once."""
    for item in items:
        impossible = True
        if item.at is not None:
            try:
                EPOCH + timedelta(seconds=item.at)
                item.day = calendar.day(item.at, zone or timezone(timedelta(minutes=item.offset)))
                impossible = item.day is None
            except OverflowError:
                pass
        if len(item.parents) > 1:
            item.verdict, item.reason = "rejected", "merge"
        elif impossible:
            item.verdict, item.reason = "rejected", "impossible-date"
        elif item.at > now:
            item.verdict, item.reason = "rejected", "future"
    pools = defaultdict(list)
    for item in items:
        if item.at is not None:
            pools["" if one_author else item.email, item.at].append(item)
    for pool in pools.values():
        fold(pool)


def fold(stored):
    """The folding rule over all stored commits of one author and author time, rejected ones being links only (R9-R12)."""
    by_id = {item.id: item for item in stored}

    def ancestors(item):
        seen = set()
        while item.parents and item.parents[0] in by_id and item.parents[0] not in seen:
            item = by_id[item.parents[0]]
            seen.add(item.id)
        return seen

    above = {item.id: ancestors(item) for item in stored} if len(stored) > 1 else {}

    def related(a, b):
        return a.id in above[b.id] or b.id in above[a.id]

    def matches(a, b):
        return a.subject == b.subject or (bool(a.parents) and bool(b.parents) and a.parents[0] == b.parents[0])

    groups = []
    for item in sorted((i for i in stored if i.verdict != "rejected"), key=lambda i: (i.committed, i.id)):
        for group in groups:
            if any(matches(item, member) for member in group) and not any(related(item, member) for member in group):
                group.append(item)
                item.verdict, item.into = "folded", group[0].id
                break
        else:
            groups.append([item])
            item.verdict = "counted"


# ---------------------------------------------------------------------------------------------------- collection

def collect(repositories, isolated=False, parents="git", identities=(), from_config=False):
    """{author: [Item]}; with identities or from_config one key "user"."""
    git = Git(isolated)
    one_user = bool(identities) or from_config
    shown = []                                   # (repository, View)
    longest = {}
    for where in repositories:
        place, views = read_views(git, where, parents)
        wanted = identities_in(git, place, identities, from_config) if one_user else None
        for view in views:
            if len(view.parents) > len(longest.get(view.id, ())):
                longest[view.id] = view.parents
            if wanted is None or view.email in wanted:
                shown.append((where, view))
    items = {}
    for where, view in shown:
        key = view.id if one_user else (view.id, view.email)
        if key not in items:
            items[key] = Item(view.id, view.email, view.name, view.at, view.offset, view.committed, longest.get(view.id, ()), view.subject)
        item = items[key]
        item.email = min(item.email, view.email)
        item.repositories.append(where)
    authors = {"user": []} if one_user else defaultdict(list)
    for item in items.values():
        authors["user" if one_user else item.email].append(item)
    return dict(authors)


def devlog_entries(repositories, globs, authors, now, isolated=False, parents="git"):
    """Everybody being one user; `authors` are judged already."""
    git = Git(isolated)
    entries, shown = {}, {}
    for where in repositories:
        place, views = read_views(git, where, parents)
        shown[where] = {view.id for view in views}
        entries.update(devlogs.entries_of(git, place, views, globs))
    items = {item.id: item for _, author in sorted(authors.items()) for item in author}
    return devlogs.judged(entries, items, shown, now)


def zone_named(name, machine):
    """None for the author's own offset."""
    if name == "author":
        return None
    if name == "machine":
        return machine
    return zone(name)


def zone(name):
    return UTC if name == "UTC" else ZoneInfo(name)


# ---------------------------------------------------------------------------------------------------- evaluation

def evaluate(per_day, target, now, calendar, machine=UTC, recorded_at=None, starts=None):
    """A weekly rhythm over {date: counted} (R15-R20)."""
    one = timedelta(days=1)
    today = calendar.day(now, machine)
    begins = [day for day, n in per_day.items() if n > 0]
    if recorded_at is not None:
        begins.append(calendar.day(recorded_at, machine))
    if starts is not None:
        begins = [starts]
    weeks = []
    if begins and min(begins) <= calendar.week_start(today) + 6 * one:
        begin = min(begins)
        start = calendar.week_start(begin)
        while start <= today:
            days = [start + i * one for i in range(7)]
            covered = sum(day >= begin for day in days)
            asked = math.ceil(Fraction(target * covered, 7))
            have = sum(per_day.get(day, 0) for day in days if day >= begin)
            is_open = days[6] >= today
            week = {"week": calendar.week_label(start), "start": days[0].isoformat(), "end": days[6].isoformat(), "have": have,
                    "target": asked, "need": max(0, asked - have), "covered_days": covered, "open": is_open}
            if have >= asked:
                week["state"] = "met"
            elif not is_open:
                week["state"] = "missed"
            if is_open:
                week.update(outlook(week, days, today, per_day, calendar, machine))
            weeks.append(week)
            start += 7 * one
    current = longest = run = 0
    for week in weeks:
        if week["state"] == "met":
            run += 1
            longest = max(longest, run)
        elif week["state"] == "missed":
            run = 0
        current = run
    return {"today": today.isoformat(), "weeks": weeks, "streak": {"current": current, "longest": longest}}


def pace(per_day, today):
    active = sorted(n for day, n in per_day.items() if n > 0 and today - timedelta(days=56) <= day < today)
    if not active:
        return Fraction(1)
    middle = len(active) // 2
    return Fraction(active[middle]) if len(active) % 2 else Fraction(active[middle - 1] + active[middle], 2)


def outlook(week, days, today, per_day, calendar, machine):
    typical = pace(per_day, today)
    out = {"pace": float(typical), "due_at": calendar.begin(days[6], machine)}
    if week["need"] == 0:
        return out
    needed = math.ceil(Fraction(week["need"]) / typical)
    safe = days[6] - timedelta(days=needed - 1)
    risk = max(safe - timedelta(days=1), days[0])
    out.update(days_needed=needed, last_safe_day=safe.isoformat(), last_safe_at=calendar.begin(safe, machine),
               at_risk_day=risk.isoformat(), at_risk_at=calendar.begin(risk, machine))
    out["state"] = "due" if today == days[6] else "at-risk" if today >= risk else "on-track"
    return out


# ---------------------------------------------------------------------------------------------------- command line

def per_day(items):
    days = defaultdict(int)
    for item in items:
        if item.verdict == "counted":
            days[item.day] += 1
    return dict(sorted(days.items()))


def report(authors, args, now):
    calendar = Calendar(args.day_starts_at, args.week_starts)
    machine = zone(args.machine_zone)
    out = {}
    for author, items in sorted(authors.items()):
        if args.author and author not in {a.lower() for a in args.author}:
            continue
        judge(items, now, calendar, zone_named(args.zone, machine), args.fold_across_emails)
        days = per_day(items)
        entry = out[author] = {"totals": {
            verdict: sum(i.verdict == verdict for i in items) for verdict in ("counted", "folded", "rejected")}}
        if args.weeks:
            weeks = defaultdict(int)
            for day, n in days.items():
                weeks[calendar.week_label(day)] += n
            entry["weeks"] = dict(weeks)
        if args.days:
            entry["days"] = {day.isoformat(): n for day, n in days.items()}
        if args.items:
            items.sort(key=lambda i: (i.at is None, i.at or 0, i.committed, i.id))
            entry["items"] = [item.json() for item in items]
        if args.evaluate:
            entry["evaluation"] = evaluate(days, args.target, now, calendar, machine, args.recorded_at,
                                           date.fromisoformat(args.starts) if args.starts else None)
    return out


def main(argv=None):
    parser = argparse.ArgumentParser(description="what counts, by git and the written rules alone", epilog="the readings are in the file's head")
    parser.add_argument("repositories", nargs="+", metavar="REPO")
    for flag in ("weeks", "days", "items", "evaluate", "isolated", "fold-across-emails", "identity-from-config"):
        parser.add_argument(f"--{flag}", action="store_true")
    parser.add_argument("--author", action="append", default=[])
    parser.add_argument("--identity", action="append", default=[])
    parser.add_argument("--devlog", action="append", default=[])
    parser.add_argument("--now", type=int)
    parser.add_argument("--zone", default="author")
    parser.add_argument("--machine-zone", default="UTC")
    parser.add_argument("--day-starts-at", default="00:00")
    parser.add_argument("--week-starts", default="iso", choices=["iso", "monday", "sunday", "saturday"])
    parser.add_argument("--target", type=int, default=5)
    parser.add_argument("--recorded-at", type=int)
    parser.add_argument("--starts")
    parser.add_argument("--parents", default="git", choices=["git", "object"])
    args = parser.parse_args(argv)
    if not (args.weeks or args.days or args.items or args.evaluate):
        args.weeks = True
    now = args.now if args.now is not None else int(time.time())
    try:
        authors = collect(args.repositories, args.isolated, args.parents, args.identity, args.identity_from_config)
    except GitError as error:
        print(error, file=sys.stderr)
        return 1
    out = {"now": now, "repositories": args.repositories, "authors": report(authors, args, now)}
    if args.devlog:
        out["devlogs"] = devlog_entries(args.repositories, args.devlog, authors, now, args.isolated, args.parents)
    json.dump(out, sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
