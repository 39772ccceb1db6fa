#!/usr/bin/env python3
"""Hand-worked examples that hold the oracle to the rules: python3 -m unittest discover -s Tests/oracle"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from collections import Counter
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mutate_repo
import oracle
import random_repo
from oracle import Calendar, Item, evaluate, judge
from repo_ops import environment

NOW = 1_800_000_000


def utc(*parts):
    return int(datetime(*parts, tzinfo=timezone.utc).timestamp())


def commit(oid, parents="", subject="wip", at=1000, committed=None, email="a@x", offset=0):
    return Item(oid, email, "A", at, offset, at if committed is None else committed, tuple(parents.split()), subject.encode())


def verdicts(*items, now=NOW, **options):
    judge(list(items), now, Calendar(), None, **options)
    return " ".join(f"{i.id}:{'+' if i.verdict == 'counted' else '>' + i.into if i.into else '-' + i.reason}" for i in items)


class Folding(unittest.TestCase):
    def test_five_wips_in_one_second_are_five(self):
        self.assertEqual(verdicts(commit("a"), commit("b", "a"), commit("c", "b"), commit("d", "c"), commit("e", "d")), "a:+ b:+ c:+ d:+ e:+")

    def test_an_amended_message_folds_by_first_parent(self):
        self.assertEqual(verdicts(commit("b", "p", "one"), commit("a", "p", "two", committed=1060)), "b:+ a:>b")

    def test_the_first_carrier_is_the_earliest_committed_then_the_smallest_id(self):
        self.assertEqual(verdicts(commit("a", "p", committed=2000), commit("z", "p", committed=1500)), "a:>z z:+")
        self.assertEqual(verdicts(commit("z", "p"), commit("a", "p")), "z:>a a:+")

    def test_a_rebase_of_three(self):
        old = [commit("a", "p", "1", 1000), commit("b", "a", "2", 1001), commit("c", "b", "3", 1002)]
        new = [commit("x", "q", "1", 1000, 9000), commit("y", "x", "2", 1001, 9000), commit("z", "y", "3", 1002, 9000)]
        self.assertEqual(verdicts(*old, *new), "a:+ b:+ c:+ x:>a y:>b z:>c")

    def test_a_rebase_of_three_wips_of_one_second_folds_one_to_one(self):
        # x cannot know whether it was a, b or c: it joins the earliest. y is x's child, so it is not in x's group.
        old = [commit("a", "p"), commit("b", "a"), commit("c", "b")]
        new = [commit("x", "q", committed=9000), commit("y", "x", committed=9000), commit("z", "y", committed=9000)]
        self.assertEqual(verdicts(*old, *new), "a:+ b:+ c:+ x:>a y:>b z:>c")

    def test_a_cherry_pick_folds_by_subject_but_not_in_another_second_or_by_another_author(self):
        self.assertEqual(verdicts(commit("a", "p", "s"), commit("b", "q", "s", committed=1500)), "a:+ b:>a")
        self.assertEqual(verdicts(commit("a", "p", "s"), commit("b", "q", "s", 1001)), "a:+ b:+")
        self.assertEqual(verdicts(commit("a", "p", "s"), commit("b", "q", "s", email="b@x")), "a:+ b:+")
        self.assertEqual(verdicts(commit("a", "p", "s"), commit("b", "q", "s", email="b@x"), one_author=True), "a:+ b:>a")

    def test_an_amended_amend_joins_through_any_member(self):
        # c shares no subject and no parent with a, but its subject with b, which is in a's group by its parent.
        self.assertEqual(verdicts(commit("a", "p", "1"), commit("b", "p", "2", committed=1100), commit("c", "q", "2", committed=1200)), "a:+ b:>a c:>a")

    def test_an_ancestor_in_the_group_keeps_a_commit_out(self):
        # c is a's child: not in the group of a, though b in it has c's subject. Nor does b's twin of c bring it in.
        self.assertEqual(verdicts(commit("a", "p", "1"), commit("b", "p", "2", committed=1001), commit("c", "a", "2", committed=1002)), "a:+ b:>a c:+")

    def test_two_roots_match_by_subject_only(self):
        self.assertEqual(verdicts(commit("a", "", "1"), commit("b", "", "2")), "a:+ b:+")
        self.assertEqual(verdicts(commit("a", "", "1"), commit("b", "", "1")), "a:+ b:>a")

    def test_a_merge_is_a_link_and_not_a_member(self):
        # a - m - b along first parents, all in one second: b has the ancestor a through the merge m.
        self.assertEqual(verdicts(commit("a", "p"), commit("m", "a s"), commit("b", "m")), "a:+ m:-merge b:+")
        # the second parent is no ancestor here: s and b are the same work by the rule
        self.assertEqual(verdicts(commit("a", "p", "1"), commit("s", "p", "s"), commit("m", "a s", "m"), commit("b", "m", "s")), "a:+ s:>a m:-merge b:+")

    def test_another_time_between_breaks_the_ancestry(self):
        # a - t - b, t authored a second later: the chain of one author time is cut, a and b look like one work
        self.assertEqual(verdicts(commit("a", "p"), commit("t", "a", "other", 1001), commit("b", "t", committed=1002)), "a:+ t:+ b:>a")

    def test_rejections(self):
        self.assertEqual(verdicts(commit("a", at=NOW), commit("b", at=NOW + 1), commit("c", at=None), commit("d", at=253402300800), commit("m", "p q", at=None)),
                         "a:+ b:-future c:-impossible-date d:-impossible-date m:-merge")
        self.assertEqual(verdicts(commit("a", at=253402300799), commit("b", at=253402300799, offset=1), now=1 << 40), "a:+ b:-impossible-date")
        self.assertEqual(verdicts(commit("a", at=10 ** 30)), "a:-impossible-date")


class Days(unittest.TestCase):
    def day(self, at, zone=timezone.utc, starts="00:00"):
        return Calendar(starts).day(at, zone).isoformat()

    def test_the_authors_offset_decides(self):
        items = [commit("a", at=utc(2024, 1, 1, 11), offset=14 * 60, subject="1"), commit("b", at=utc(2024, 1, 1, 11), offset=-720, subject="2"),
                 commit("c", at=utc(2024, 1, 1, 11), offset=0, subject="3")]
        judge(items, NOW, Calendar(), None)
        self.assertEqual([str(i.day) for i in items], ["2024-01-02", "2023-12-31", "2024-01-01"])
        judge(items, NOW, Calendar(), ZoneInfo("Europe/Prague"))
        self.assertEqual({str(i.day) for i in items}, {"2024-01-01"})

    def test_offsets(self):
        self.assertEqual([oracle.offset_minutes(z) for z in ["+0545", "-0330", "+1400", "+2359", "+2400", "-9900", "+0099", "-0000", "-0030"]],
                         [345, -210, 840, 1439, 0, 0, 99, 0, -30])

    def test_the_day_starts_at_four(self):
        self.assertEqual(self.day(utc(2024, 3, 1, 3, 59, 59), starts="04:00"), "2024-02-29")
        self.assertEqual(self.day(utc(2024, 3, 1, 4), starts="04:00"), "2024-03-01")
        items = [commit("a", at=utc(2024, 3, 1, 2, 30), offset=60), commit("b", at=utc(2024, 3, 1, 2, 30) + 1, offset=120)]
        judge(items, NOW, Calendar("04:00"), None)
        self.assertEqual([str(i.day) for i in items], ["2024-02-29", "2024-03-01"])

    def test_daylight_saving(self):
        prague, calendar = ZoneInfo("Europe/Prague"), Calendar()
        hours = [(calendar.begin(d + timedelta(days=1), prague) - calendar.begin(d, prague)) // 3600 for d in (date(2024, 3, 31), date(2024, 4, 1), date(2024, 10, 27))]
        self.assertEqual(hours, [23, 24, 25])
        self.assertEqual(self.day(utc(2024, 3, 31, 21, 59, 59), prague), "2024-03-31")
        self.assertEqual(self.day(utc(2024, 3, 31, 22), prague), "2024-04-01")
        # 02:30 is skipped on 31 March: the day begins with the skip, at 01:00 UTC
        self.assertEqual(self.day(utc(2024, 3, 31, 0, 59, 59), prague, "02:30"), "2024-03-30")
        self.assertEqual(self.day(utc(2024, 3, 31, 1), prague, "02:30"), "2024-03-31")
        # 02:30 comes twice on 27 October (00:30 and 01:30 UTC): the first begins the day, and 02:10 after it is no yesterday
        self.assertEqual(self.day(utc(2024, 10, 27, 0, 29), prague, "02:30"), "2024-10-26")
        self.assertEqual(self.day(utc(2024, 10, 27, 0, 30), prague, "02:30"), "2024-10-27")
        self.assertEqual(self.day(utc(2024, 10, 27, 1, 10), prague, "02:30"), "2024-10-27")

    def test_a_day_that_a_zone_skipped_and_a_midnight_that_was_skipped(self):
        self.assertEqual(self.day(utc(2011, 12, 30, 9, 59), ZoneInfo("Pacific/Apia")), "2011-12-29")
        self.assertEqual(self.day(utc(2011, 12, 30, 10), ZoneInfo("Pacific/Apia")), "2011-12-31")
        self.assertEqual(self.day(utc(2018, 11, 4, 3), ZoneInfo("America/Sao_Paulo")), "2018-11-04")       # 00:00 does not exist
        self.assertEqual(self.day(utc(2018, 11, 4, 2, 59), ZoneInfo("America/Sao_Paulo")), "2018-11-03")

    def test_weeks(self):
        iso = Calendar()
        self.assertEqual([iso.week_label(d) for d in (date(2020, 12, 31), date(2021, 1, 3), date(2021, 1, 4), date(2018, 12, 31), date(2027, 1, 1))],
                         ["2020-W53", "2020-W53", "2021-W01", "2019-W01", "2026-W53"])
        self.assertEqual(Calendar(week_starts="sunday").week_label(date(2024, 3, 2)), "2024-02-25")
        self.assertEqual(Calendar(week_starts="sunday").week_label(date(2024, 3, 3)), "2024-03-03")
        self.assertEqual(Calendar(week_starts="saturday").week_label(date(2024, 3, 2)), "2024-03-02")


MONDAY = date(2024, 1, 1)         # a Monday; weeks 2024-W01 …


def days(**counts):
    """w1mon=5: five on Monday of the first week."""
    names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    return {MONDAY + timedelta(days=7 * (int(k[1]) - 1) + names.index(k[2:])): n for k, n in counts.items()}


class Evaluation(unittest.TestCase):
    def evaluate(self, now, target=5, recorded_at=None, starts=None, **counts):
        out = evaluate(days(**counts), target, now, Calendar(), timezone.utc, recorded_at, starts)
        return " ".join(w["state"] for w in out["weeks"]), out["streak"]["current"], out["streak"]["longest"], out["weeks"]

    def test_streaks(self):
        past = dict(w1mon=5, w2mon=5, w3mon=4, w4mon=6)
        self.assertEqual(self.evaluate(utc(2024, 1, 29), **past)[:3], ("met met missed met on-track", 1, 2))
        self.assertEqual(self.evaluate(utc(2024, 1, 30), **past, w5mon=5)[:3], ("met met missed met met", 2, 2))
        self.assertEqual(self.evaluate(utc(2024, 1, 15), w1mon=5, w2mon=5, w3mon=5)[:3], ("met met met", 3, 3))
        self.assertEqual(self.evaluate(utc(2024, 1, 22), w1mon=5, w2mon=5)[:3], ("met met missed on-track", 0, 2))
        self.assertEqual(self.evaluate(utc(2024, 1, 22))[:3], ("", 0, 0))

    def test_the_first_week_is_partial(self):
        # begun on Thursday: 4 days, ceil(5 * 4 / 7) = 3
        states, _, _, weeks = self.evaluate(utc(2024, 1, 8), w1thu=3)
        # the second week needs 5 at 3 a day: two days, from Saturday; Monday is early
        self.assertEqual((states, weeks[0]["target"], weeks[1]["target"]), ("met on-track", 3, 5))
        self.assertEqual(self.evaluate(utc(2024, 1, 8), w1thu=2)[0].split()[0], "missed")
        self.assertEqual(self.evaluate(utc(2024, 1, 8), w1sun=1)[3][0]["target"], 1)
        self.assertEqual(self.evaluate(utc(2024, 1, 8), w1mon=1)[3][0]["target"], 5)
        # recorded before the first evidence: the earlier of both; without evidence that alone
        self.assertEqual(self.evaluate(utc(2024, 1, 8), recorded_at=utc(2024, 1, 2, 15), w1thu=3)[3][0]["target"], 5)      # 30/7 rounded up
        self.assertEqual(self.evaluate(utc(2024, 1, 7), recorded_at=utc(2024, 1, 6))[0], "due")
        # declared to start later: earlier evidence is no part of it
        states, _, _, weeks = self.evaluate(utc(2024, 1, 14), starts=date(2024, 1, 13), w1mon=9, w2mon=9, w2sat=2)
        self.assertEqual((states, weeks[0]["have"], weeks[0]["target"]), ("met", 2, 2))

    def test_states_of_an_open_week_without_history(self):
        # one commit this Monday: pace 1, need 4 -> Thursday to Sunday, last safe moment Thursday 00:00, at risk from Wednesday
        for day, state in [(1, "on-track"), (2, "on-track"), (3, "at-risk"), (6, "at-risk"), (7, "due")]:
            states, _, _, weeks = self.evaluate(utc(2024, 1, day, 12), w1mon=1)
            self.assertEqual((states, weeks[0]["last_safe_at"], weeks[0]["at_risk_at"], weeks[0]["due_at"]),
                             (state, utc(2024, 1, 4), utc(2024, 1, 3), utc(2024, 1, 7)), day)
        # every second counts at the edges: Tuesday 23:59:59 and Sunday 00:00
        self.assertEqual(self.evaluate(utc(2024, 1, 2, 23, 59, 59), w1mon=1)[0], "on-track")
        self.assertEqual(self.evaluate(utc(2024, 1, 7), w1mon=1)[0], "due")

    def test_pace_is_the_median_of_the_active_days_of_eight_weeks(self):
        # Monday of the ninth week: 56 days before it are weeks 1 to 8, today is not among them
        history = dict(w1mon=9, w2mon=2, w3mon=3, w4mon=1)
        nine = {**days(**history), date(2024, 2, 26): 2}
        self.assertEqual(oracle.pace(nine, date(2024, 2, 26)), 2.5)          # 1 2 3 9
        self.assertEqual(oracle.pace(nine, date(2024, 2, 27)), 2)            # 1 2 2 3: the nine is 57 days ago
        week = self.evaluate(utc(2024, 2, 26), target=8, **history)[3][-1]
        self.assertEqual((week["days_needed"], week["last_safe_day"], week["at_risk_day"], week["state"]), (4, "2024-02-29", "2024-02-28", "on-track"))
        # 20 at 2.5 a day: eight days; at risk from the start of the week, never before it
        week = self.evaluate(utc(2024, 2, 26), target=20, **history)[3][-1]
        self.assertEqual((week["days_needed"], week["last_safe_day"], week["at_risk_day"], week["state"]), (8, "2024-02-25", "2024-02-26", "at-risk"))

    def test_now_is_read_in_the_machines_zone(self):
        sunday_evening = utc(2024, 1, 7, 22, 30)                             # 23:30 in Prague, Monday in Athens
        for zone, starts, weeks in [("Europe/Prague", "00:00", 1), ("Europe/Athens", "00:00", 2), ("Europe/Athens", "04:00", 1)]:
            self.assertEqual(len(evaluate(days(w1mon=5), 5, sunday_evening, Calendar(starts), ZoneInfo(zone))["weeks"]), weeks)

    def test_an_item_of_a_week_not_yet_begun_waits(self):
        out = evaluate(days(w1mon=4, w2mon=1), 5, utc(2024, 1, 7, 12), Calendar())
        self.assertEqual([(w["have"], w["state"]) for w in out["weeks"]], [(4, "due")])
        self.assertEqual(evaluate(days(w2mon=1), 5, utc(2024, 1, 7, 12), Calendar())["weeks"], [])


class Repositories(unittest.TestCase):
    """The oracle over real repositories."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.env = environment(self.folder.name)
        self.a = self.make("a")

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def make(self, name):
        subprocess.run(["git", "init", "-q", self.path(name)], env=self.env, check=True)
        return self.path(name)

    def git(self, where, *args, email="ada@x", at=1_700_000_000, committed=None):
        env = {**self.env, "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": email, "GIT_AUTHOR_DATE": f"@{at} +0000",
               "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": email, "GIT_COMMITTER_DATE": f"@{committed or at} +0000"}
        return subprocess.run(["git", "-C", where, *args], env=env, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, where, subject, **options):
        self.git(where, "commit", "-q", "--allow-empty", "-m", subject, **options)
        return self.git(where, "rev-parse", "HEAD")

    def judged(self, *repositories, **options):
        authors = oracle.collect(repositories, True, **options)
        for items in authors.values():
            judge(items, NOW, Calendar(), None)
        return {author: dict(Counter(i.verdict for i in items)) for author, items in authors.items()}

    def test_what_is_reachable(self):
        self.commit(self.a, "one")
        self.commit(self.a, "tagged", at=1_700_000_001)
        self.git(self.a, "tag", "-a", "-m", "t", "v1")
        self.git(self.a, "tag", "-a", "-m", "t", "v2", "v1")
        self.git(self.a, "tag", "-d", "v1")
        self.git(self.a, "reset", "-q", "--hard", "HEAD~1")                   # reachable by the nested tag alone
        self.git(self.a, "worktree", "add", "-q", "--detach", self.path("wt"))
        self.commit(self.path("wt"), "detached in a worktree", at=1_700_000_002)
        self.commit(self.a, "lost", at=1_700_000_003)
        self.git(self.a, "reset", "-q", "--hard", "HEAD~1")                   # in the reflog alone
        self.commit(self.a, "in a note", at=1_700_000_004)
        self.git(self.a, "update-ref", "refs/pull/1/head", "HEAD")
        self.git(self.a, "reset", "-q", "--hard", "HEAD~1")
        self.git(self.a, "notes", "add", "-m", "note", at=1_700_000_005)
        with open(os.path.join(self.a, "f"), "w") as out:
            out.write("f")
        self.git(self.a, "add", "f")
        self.git(self.a, "stash", "push", "-q", at=1_700_000_006)
        for asked in (self.a, self.path("wt"), os.path.join(self.a, ".git")):
            self.assertEqual(self.judged(asked), {"ada@x": {"counted": 3}})

    def test_a_reworded_root_is_a_second_commit(self):
        self.commit(self.a, "one")
        self.git(self.folder.name, "clone", "-q", self.a, "b")
        self.assertEqual(self.judged(self.a, self.path("b")), {"ada@x": {"counted": 1}})
        self.git(self.path("b"), "commit", "-q", "--amend", "--allow-empty", "-m", "reworded", committed=1_700_000_900)
        self.assertEqual(self.judged(self.a, self.path("b")), {"ada@x": {"counted": 2}})

    def test_an_amend_in_a_clone_folds_by_its_parent(self):
        self.commit(self.a, "root")
        self.commit(self.a, "one", at=1_700_000_100)
        self.git(self.folder.name, "clone", "-q", self.a, "b")
        self.git(self.path("b"), "commit", "-q", "--amend", "--allow-empty", "-m", "reworded", committed=1_700_000_900)
        self.git(self.path("b"), "update-ref", "-d", "refs/remotes/origin/main")
        self.assertEqual(self.judged(self.a, self.path("b")), {"ada@x": {"counted": 2, "folded": 1}})
        self.assertEqual(self.judged(self.path("b")), {"ada@x": {"counted": 2}})

    def test_mailmap_and_identity(self):
        self.commit(self.a, "one", email="ADA@X")
        self.commit(self.a, "two", email="old@x", at=1_700_000_001)
        self.commit(self.a, "three", email="other@x", at=1_700_000_002)
        with open(os.path.join(self.a, ".mailmap"), "w") as out:
            out.write("<Ada@X> <old@x>\n")
        self.assertEqual(self.judged(self.a), {"ada@x": {"counted": 2}, "other@x": {"counted": 1}})
        self.assertEqual(self.judged(self.a, identities=["OLD@x"]), {"user": {"counted": 2}})
        self.git(self.a, "config", "user.email", "other@x")
        self.assertEqual(self.judged(self.a, from_config=True), {"user": {"counted": 1}})
        # a bare clone has no .mailmap in HEAD
        self.git(self.folder.name, "clone", "-q", "--bare", self.a, "bare")
        self.assertEqual(self.judged(self.path("bare"), identities=["old@x"]), {"user": {"counted": 1}})
        # the object `two` has two addresses now; each author counts it
        self.assertEqual(self.judged(self.a, self.path("bare")), {"ada@x": {"counted": 2}, "old@x": {"counted": 1}, "other@x": {"counted": 1}})

    def test_a_merge_at_the_edge_of_a_shallow_clone(self):
        self.commit(self.a, "root")
        self.git(self.a, "checkout", "-q", "-b", "side")
        self.commit(self.a, "side", at=1_700_000_001)
        self.git(self.a, "checkout", "-q", "main")
        self.git(self.a, "merge", "-q", "--no-ff", "-m", "merge", "side", at=1_700_000_002)
        self.git(self.folder.name, "clone", "-q", "--depth", "1", f"file://{self.a}", "shallow")
        shallow = self.path("shallow")
        self.assertEqual(self.judged(shallow), {"ada@x": {"counted": 1}})
        self.assertEqual(self.judged(shallow, parents="object"), {"ada@x": {"rejected": 1}})
        for order in ((shallow, self.a), (self.a, shallow)):
            self.assertEqual(self.judged(*order), {"ada@x": {"counted": 2, "rejected": 1}})

    def test_dates_that_only_hash_object_writes(self):
        root = self.commit(self.a, "root")
        tree = self.git(self.a, "rev-parse", "HEAD^{tree}")
        for i, stamp in enumerate([" 1700000000", "", " -5 +0000", " 99999999999999999999 +0000", " 1700000000 +9900", " 0 -1200"]):
            raw = f"tree {tree}\nparent {root}\nauthor Ada <ada@x>{stamp}\ncommitter C <c@x> 1700000000 +0000\n\nodd {i}\n"
            made = subprocess.run(["git", "-C", self.a, "hash-object", "-t", "commit", "-w", "--literally", "--stdin"], env=self.env, input=raw.encode(), capture_output=True, check=True)
            self.git(self.a, "branch", f"odd{i}", made.stdout.decode().strip())
        items = oracle.collect([self.a], True)["ada@x"]
        judge(items, NOW, Calendar(), None)
        found = {i.subject.decode(): (i.verdict, str(i.day)) for i in items}
        bad, utc_day = ("rejected", "None"), "2023-11-14"
        self.assertEqual([found[f"odd {i}"] for i in range(4)], [bad] * 4)
        self.assertEqual(found["odd 5"], ("counted", "1969-12-31"))
        self.assertEqual((found["odd 4"][1], found["root"]), (utc_day, ("counted", utc_day)))

    def test_an_empty_and_a_broken_repository(self):
        self.assertEqual(self.judged(self.a), {})
        oid = self.commit(self.a, "one")
        self.commit(self.a, "two", at=1_700_000_001)
        os.remove(os.path.join(self.a, ".git", "objects", oid[:2], oid[2:]))
        with self.assertRaises(oracle.GitError):
            self.judged(self.a)

    def test_the_command_line(self):
        self.commit(self.a, "one", at=utc(2024, 1, 1, 12))
        self.commit(self.a, "two", at=utc(2024, 1, 8, 12))
        done = subprocess.run([sys.executable, oracle.__file__, "--isolated", "--weeks", "--days", "--items", "--evaluate", "--target", "1",
                               "--now", str(utc(2024, 1, 9)), self.a], capture_output=True, text=True, check=True)
        ada = json.loads(done.stdout)["authors"]["ada@x"]
        self.assertEqual(ada["weeks"], {"2024-W01": 1, "2024-W02": 1})
        self.assertEqual(ada["days"], {"2024-01-01": 1, "2024-01-08": 1})
        self.assertEqual(ada["evaluation"]["streak"], {"current": 2, "longest": 2})
        self.assertEqual(len(ada["items"]), 2)
        self.assertEqual(subprocess.run([sys.executable, oracle.__file__, self.folder.name], capture_output=True).returncode, 1)


class Random(unittest.TestCase):
    def refs(self, manifest):
        env = environment("/nonexistent")
        return [subprocess.run(["git", "-C", r["path"], "for-each-ref", "--format=%(refname) %(objectname)"], env=env, capture_output=True, text=True, check=True).stdout
                for r in manifest["repositories"]]

    def test_the_same_seed_gives_the_same_commits_and_nothing_is_lost_in_folding(self):
        with tempfile.TemporaryDirectory() as folder:
            made = [random_repo.build(7, os.path.join(folder, name), 40) for name in ("one", "another-name")]
            self.assertEqual(self.refs(made[0]), self.refs(made[1]))
            made = [mutate_repo.mutate(3, [r["path"] for r in m["repositories"]], 12) for m in made]
            self.assertEqual(self.refs(made[0]), self.refs(made[1]))
            paths = [r["path"] for r in made[0]["repositories"]]
            for items in oracle.collect(paths, True).values():
                judge(items, made[0]["now"], Calendar(), None)
                counted = {i.id for i in items if i.verdict == "counted"}
                self.assertTrue(all(i.into in counted for i in items if i.verdict == "folded"))
            # the order of the repositories changes no verdict
            totals = []
            for order in (paths, paths[::-1]):
                authors = oracle.collect(order, True)
                for author, items in authors.items():
                    judge(items, made[0]["now"], Calendar(), None)
                totals.append({(author, i.id): (i.verdict, i.into) for author, items in authors.items() for i in items})
            self.assertEqual(totals[0], totals[1])


if __name__ == "__main__":
    unittest.main()
