#!/usr/bin/env python3
"""Examples worked by hand that hold the oracle to the rules: python3 -m unittest test_evaluate

The weeks used most: 2026-11-09 is a Monday (W46), 11-16 (W47), 11-23 (W48). Unless a test says otherwise the machine
and all items are in UTC, days start at midnight and weeks on Monday.
"""

import os
import sys
import tempfile
import unittest
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import evaluate
import random_fixture


def commits(*days, n=1, **more):
    """One item of n commits at noon of each day."""
    return "".join(f'[[evidence]]\nat = "{d if "T" in d else d + "T12:00"}"\ncommits = {n}\n'
                   + "".join(f"{k} = {v}\n" for k, v in more.items()) for d in days)


def metric(at, value, name="stars"):
    return f'[[evidence]]\nat = "{at}"\nmetric = "{name}"\nvalue = {value}\n'


def minutes(at, n, kind="sync"):
    return f'[[evidence]]\nat = "{at}"\nminutes = {n}\nkind = "{kind}"\n'


def ask(rhythm, evidence="", at="2026-11-18T18:00", period=None, recorded="2026-11-09T09:00", zone="UTC", config="",
        vacation="", reload="", blind="", metrics="", name="r"):
    """The answer for one rhythm."""
    text = (f'recorded = "{recorded}"\n[machine]\nzone = "{zone}"\n[config]\n{config}\n{metrics}\n'
            f'[[config.rhythm]]\nid = "r"\n{rhythm}\n{vacation}\n{reload}\n{evidence}\n{blind}\n'
            f'[[expect]]\nat = "{at}"\nrhythm = "{name}"\n' + (f'period = "{period}"\n' if period else ""))
    return evaluate.evaluate(text)[0]


def vacation(first, last, rhythms=None):
    return f'[[config.vacation]]\nfrom = "{first}"\nto = "{last}"\nwhy = "w"\n' + (f"rhythms = {rhythms}\n" if rhythms else "")


def reload(at, *rhythms, config=""):
    return f'[[reload]]\nat = "{at}"\n[reload.config]\n{config}\n' + "".join(f"[[reload.config.rhythm]]\n{r}\n" for r in rhythms)


class Case(unittest.TestCase):
    def has(self, answer, **wanted):
        self.assertEqual({k: answer.get(k) for k in wanted}, wanted, answer)


WEEKLY = 'every = "week"\nmeasure = "commits"\nat_least = 5'


class Days(Case):
    def test_small_hours_belong_to_the_day_before(self):
        # 11-16 is a Monday. 03:59 − 4 h = 11-15 23:59: Sunday of W46. 04:00 − 4 h = 11-16 00:00: W47.
        config = 'day_starts_at = "04:00"'
        evidence = commits("2026-11-16T03:59") + commits("2026-11-16T04:00", n=2)
        self.has(ask(WEEKLY, evidence, config=config), period="2026-W47", have=2)
        self.has(ask(WEEKLY, evidence, config=config, period="2026-W46"), have=1)

    def test_the_author_s_offset_decides_the_day_and_the_machine_decides_today(self):
        # 2026-11-16 00:30 +14:00 is 11-15 10:30 UTC: author's Monday (W47), the machine's Sunday (W46).
        evidence = commits("2026-11-16T00:30+14:00", n=3)
        now = "2026-11-15T11:00"
        self.has(ask(WEEKLY, evidence, at=now), period="2026-W46", have=0)
        self.has(ask(WEEKLY, evidence, at=now, config='zone = "local"'), period="2026-W46", have=3)
        self.has(ask(WEEKLY, evidence), period="2026-W47", have=3)

    def test_a_day_ahead_of_today_counts_in_an_open_week(self):
        # Machine Saturday 11-14 11:00 UTC; author's 11-15 00:30 +14:00 (= 11-14 10:30 UTC) is Sunday of the same week.
        self.has(ask(WEEKLY, commits("2026-11-15T00:30+14:00"), at="2026-11-14T11:00"), period="2026-W46", have=1)

    def test_items_after_now_do_not_exist_and_equal_ones_do(self):
        evidence = commits("2026-11-18T18:00") + commits("2026-11-18T18:01")
        self.has(ask(WEEKLY, evidence), have=1)

    def test_a_day_alone_is_its_last_second(self):
        # Prague (+01:00), days from 04:00: 2026-11-22 ends at 11-23 03:59:59 local = 02:59:59 UTC.
        evidence = commits("2026-11-23T02:59:59+00:00") + commits("2026-11-23T03:00:00+00:00", n=10)
        self.has(ask(WEEKLY, evidence, zone="Europe/Prague", config='zone = "local"\nday_starts_at = "04:00"', at="2026-11-22"),
                 period="2026-W47", have=1)

    def test_no_offset_is_the_machine_s(self):
        # New York is -05:00: 23:30 local on Sunday 11-15 is 11-16 04:30 UTC, and its day is still the 15th.
        self.has(ask(WEEKLY, commits("2026-11-15T23:30"), zone="America/New_York", at="2026-11-16T12:00", period="2026-W46"), have=1)

    def test_apia_never_lived_2011_12_30(self):
        # 12-29 23:59:59 -10:00 is followed by 12-31 00:00 +14:00. With days from 04:00 the 30th is what 00:00...03:59
        # of the 31st less 4 h gives: four hours; from midnight there is none, but the calendar has the day.
        zone = ZoneInfo("Pacific/Apia")
        start = evaluate.start_of_day(date(2011, 12, 30), zone, timedelta(hours=4))
        after = evaluate.start_of_day(date(2011, 12, 31), zone, timedelta(hours=4))
        self.assertEqual(start, datetime(2011, 12, 30, 10, tzinfo=timezone.utc))
        self.assertEqual(after - start, timedelta(hours=4))
        self.assertEqual(evaluate.start_of_day(date(2011, 12, 30), zone, timedelta(0)), evaluate.start_of_day(date(2011, 12, 31), zone, timedelta(0)))
        got = ask('every = "day"\nmeasure = "commits"', commits("2011-12-30T01:00+00:00"), zone="Pacific/Apia", recorded="2011-12-28T12:00",
                  at="2011-12-31T12:00", period="2011-12-30", config='zone = "UTC"')
        self.has(got, have=1, state="excused")

    def test_a_clock_put_back(self):
        # Prague, 2026-10-25: 03:00 +02:00 becomes 02:00 +01:00, so the day has 25 h. With days from 02:30 the clock reads
        # 02:30 at 00:30 UTC already; at 01:00 UTC it reads 02:00 again, which less 02:30 is the 24th once more.
        zone, shift = ZoneInfo("Europe/Prague"), timedelta(hours=2, minutes=30)
        self.assertEqual(evaluate.start_of_day(date(2026, 10, 25), zone, shift), datetime(2026, 10, 25, 0, 30, tzinfo=timezone.utc))
        days = [evaluate.day_in_zone(datetime(2026, 10, 25, h, m, tzinfo=timezone.utc), zone, shift).day for h, m in [(0, 29), (0, 30), (1, 0), (1, 30)]]
        self.assertEqual(days, [24, 25, 24, 25])

    def test_a_day_that_begins_in_a_skipped_hour(self):
        # Prague, 2026-03-29: 02:00 becomes 03:00 at 01:00 UTC. Days from 02:30 begin at that moment.
        self.assertEqual(evaluate.start_of_day(date(2026, 3, 29), ZoneInfo("Europe/Prague"), timedelta(hours=2, minutes=30)),
                         datetime(2026, 3, 29, 1, tzinfo=timezone.utc))


class Ids(Case):
    def test_week_53_and_a_sunday_week(self):
        # 2020-12-28 is a Monday, its Thursday 12-31 is in ISO week 53 of 2020. The Sunday week 12-27...01-02 has the
        # Wednesday 12-30 as its fourth day: W53 too.
        for start, first in [("monday", date(2020, 12, 28)), ("sunday", date(2020, 12, 27))]:
            self.assertEqual(evaluate.calendar_period("week", date(2021, 1, 1), start)[0], first)
            self.assertEqual(evaluate.period_id("week", first), "2020-W53")
        # A Sunday week from 2021-01-03: Wednesday 01-06 is in W01 of 2021, though the Sunday is in ISO's W53.
        self.assertEqual(evaluate.period_id("week", date(2021, 1, 3)), "2021-W01")

    def test_quarters_and_leap_days(self):
        self.assertEqual(evaluate.calendar_period("quarter", date(2024, 2, 29), "monday"), (date(2024, 1, 1), date(2024, 3, 31)))
        self.assertEqual(evaluate.calendar_period("month", date(2024, 2, 10), "monday")[1], date(2024, 2, 29))
        self.assertEqual(evaluate.period_id("quarter", date(2026, 10, 1)), "2026-Q4")

    def test_errors(self):
        self.assertEqual(ask(WEEKLY, name="x"), {"error": "unknown rhythm"})
        self.assertEqual(ask(WEEKLY, period="2026-W48"), {"error": "unknown period"})
        later = reload("2026-11-19T12:00", f'id = "r"\n{WEEKLY}', f'id = "s"\n{WEEKLY}')
        self.assertEqual(ask(WEEKLY, reload=later, name="s"), {"error": "unknown rhythm"})


class Measures(Case):
    def test_active_days(self):
        # Three items on two days: 2.
        evidence = commits("2026-11-16T10:00", "2026-11-16T11:00", "2026-11-17", n=4)
        self.has(ask('every = "week"\nmeasure = "active-days"', evidence), have=2)

    def test_minutes_are_an_entry_too_and_an_entry_of_devlog_is_a_devlog(self):
        evidence = minutes("2026-11-16T10:00", 20) + minutes("2026-11-16T11:00", 25) + '[[evidence]]\nat = "2026-11-16T12:00"\nentries = "devlog"\n'
        self.has(ask('every = "week"\nminutes = "sync"\nat_least = 60', evidence), have=45)
        self.has(ask('every = "week"\nentries = "sync"', evidence), have=2)
        self.has(ask('every = "week"\nmeasure = "devlog"', evidence), have=1)
        self.has(ask('every = "week"\nentries = "devlog"', evidence + '[[evidence]]\nat = "2026-11-16T12:00"\ndevlog = 1\n'), have=1)

    def test_a_counter_with_a_reset(self):
        # 100 (the first: 0), 130 (+30), 10 (lower: +10), 10 (0), 15 (+5): 45. By weeks: W46 has 100 and 130, so 30.
        evidence = "".join(metric(at, v) for at, v in [("2026-11-10T10:00", 100), ("2026-11-11T10:00", 130), ("2026-11-16T10:00", 10),
                                                       ("2026-11-16T11:00", 10), ("2026-11-17T10:00", 15)])
        counter = '[config.metrics.stars]\nkind = "counter"'
        self.has(ask('every = "week"\nmetric = "stars"\nat_least = 5', evidence, metrics=counter), have=15)
        self.has(ask('every = "week"\nmetric = "stars"\nat_least = 5', evidence, metrics=counter, period="2026-W46"), have=30)

    def test_a_gauge_is_the_last_reading_up_to_the_period_s_end(self):
        evidence = metric("2026-11-10T10:00", 100) + metric("2026-11-11T10:00", 42.5)
        self.has(ask('every = "week"\nmetric = "stars"\nat_least = 42', evidence), period="2026-W47", have=42.5, state="met", pace=None)

    def test_a_gauge_goes_by_the_instant_not_by_the_day(self):
        # 11-16 20:00 UTC read as 11-17 10:00 +14:00 (day 17), then 11-16 22:00 UTC, day 16: the later instant wins.
        evidence = metric("2026-11-17T10:00+14:00", 1) + metric("2026-11-16T22:00+00:00", 2)
        self.has(ask('every = "week"\nmetric = "stars"', evidence), have=2)
        # Of the days up to the 16th (a daily rhythm) only the second exists; of the 17th, the second as well.
        self.has(ask('every = "day"\nmetric = "stars"', evidence, period="2026-11-16"), have=2)

    def test_globs(self):
        matches = evaluate.path_matches
        self.assertEqual([matches("src/**", p) for p in ["src/a", "src/a/b", "src", "x/src/a"]], [True, True, False, False])
        self.assertEqual([matches("*.md", p) for p in ["a.md", "d/a.md", ".md", "a.MD"]], [True, False, True, False])
        self.assertEqual([matches("**/*.md", p) for p in ["a.md", "d/a.md", "d/e/a.md"]], [True, True, True])
        self.assertEqual([matches("a/**/b", p) for p in ["a/b", "a/x/b", "a/x/y/b", "a/xb"]], [True, True, True, False])
        self.assertEqual([matches("r?ythm", p) for p in ["rhythm", "rythm"]], [True, False])

    def test_filters(self):
        # Passing: repository rhythm-web and a path under src. Not: another repository, no repository, no path.
        evidence = (commits("2026-11-16", repository='"rhythm-web"', paths='["x", "src/a"]') + commits("2026-11-16", repository='"notes"', paths='["src/a"]')
                    + commits("2026-11-16", paths='["src/a"]') + commits("2026-11-16", repository='"rhythm"'))
        self.has(ask(WEEKLY + '\nrepositories = ["rhythm*"]\npaths = ["src/**"]', evidence), have=1)


class Begin(Case):
    def test_the_earlier_of_evidence_and_record(self):
        # Recorded Monday 11-16, evidence on Thursday 11-12: the first week is W46, asked 12...15: 4 of 7 days.
        # ceil(5 × 4 / 7) = ceil(20/7) = ceil(2.86) = 3.
        got = ask(WEEKLY, commits("2026-11-12", n=3), recorded="2026-11-16T09:00", period="2026-W46")
        self.has(got, first_day="2026-11-09", last_day="2026-11-15", target=3, have=3, state="met")
        self.has(ask(WEEKLY, recorded="2026-11-16T09:00", period="2026-W46"), period=None)     # does not exist

    def test_evidence_that_the_filters_refuse_begins_nothing(self):
        got = ask(WEEKLY + '\nrepositories = ["rhythm"]', commits("2026-11-12", repository='"notes"'), recorded="2026-11-16T09:00", period="2026-W46")
        self.assertEqual(got, {"error": "unknown period"})

    def test_starts_overrides_and_earlier_days_of_that_week_are_off(self):
        # starts Saturday 11-14: asked 14 and 15, ceil(5 × 2 / 7) = ceil(1.43) = 2; Friday's commit is in `have` (A5).
        got = ask(WEEKLY + '\nstarts = "2026-11-14"', commits("2026-11-03", "2026-11-13", "2026-11-14"), period="2026-W46")
        self.has(got, target=2, have=2, state="met")

    def test_before_the_beginning(self):
        got = ask(WEEKLY + '\nstarts = "2026-11-20"')
        self.has(got, period="2026-W47", state="excused", target=0, need=0, streak=0, strength=0)

    def test_ends(self):
        # ends Wednesday 11-11: the last period is W46, closed by 11-18. Asked 9...11: ceil(5 × 3 / 7) = ceil(2.14) = 3.
        got = ask(WEEKLY + '\nends = "2026-11-11"', commits("2026-11-10", n=2))
        self.has(got, period="2026-W46", target=3, have=2, need=1, state="missed")


class Targets(Case):
    def test_a_vacation_shortens(self):
        # 11-10...11-14: asked are Monday and Sunday: ceil(5 × 2 / 7) = 2. Work on holiday counts.
        got = ask(WEEKLY, commits("2026-11-11", n=2), vacation=vacation("2026-11-10", "2026-11-14"), period="2026-W46")
        self.has(got, target=2, have=2, state="met")

    def test_a_vacation_of_others(self):
        self.has(ask(WEEKLY, vacation=vacation("2026-11-09", "2026-11-15", '["x"]'), period="2026-W46"), target=5, state="missed")

    def test_a_whole_week_off_is_excused(self):
        self.has(ask(WEEKLY, vacation=vacation("2026-11-09", "2026-11-15"), period="2026-W46"), target=0, need=0, state="excused")

    def test_rest_days_do_not_shorten_the_target(self):
        # 5 of 7 days asked of a week with two rest days is still the whole week: target 5.
        self.has(ask(WEEKLY, config='rest_days = ["saturday", "sunday"]', period="2026-W46"), target=5)

    def test_only_rest_days_asked(self):
        # Off Monday to Friday, rest on the week-end: asked 2, ceil(5 × 2 / 7) = 2; met by two commits, else excused.
        for n, state in [(2, "met"), (1, "excused")]:
            got = ask(WEEKLY, commits("2026-11-14", n=n), config='rest_days = ["saturday", "sunday"]',
                      vacation=vacation("2026-11-09", "2026-11-13"), period="2026-W46")
            self.has(got, target=2, state=state)

    def test_a_daily_rest_day(self):
        daily = 'every = "day"\nmeasure = "commits"'
        self.has(ask(daily, config='rest_days = ["wednesday"]'), period="2026-11-18", state="excused", target=1)
        self.has(ask('every = "day"\nmeasure = "commits"\nat_most = 1', commits("2026-11-18", n=3), config='rest_days = ["wednesday"]'), state="excused")

    def test_gauges_are_not_shortened(self):
        got = ask('every = "week"\nmetric = "stars"\nat_least = 70', metric("2026-11-10T10:00", 20), vacation=vacation("2026-11-10", "2026-11-15"), period="2026-W46")
        self.has(got, target=70, state="missed")

    def test_a_rolling_window_before_the_beginning(self):
        # Begins 11-16; on 11-18 the window is 11-12...11-18, asked 16, 17, 18: ceil(7 × 3 / 7) = 3.
        got = ask('rolling = 7\nmeasure = "commits"\nat_least = 7', commits("2026-11-17", n=3), recorded="2026-11-16T09:00")
        self.has(got, period="2026-11-18", first_day="2026-11-12", last_day="2026-11-18", target=3, have=3, state="met")
        # On its first day: ceil(7 × 1 / 7) = 1.
        self.has(ask('rolling = 7\nmeasure = "commits"\nat_least = 7', recorded="2026-11-16T09:00", period="2026-11-16"), target=1, state="missed")

    def test_at_most_is_shortened_as_well(self):
        # Off 11-11...11-15: asked 2 of 7, ceil(10 × 2 / 7) = ceil(2.86) = 3; 4 commits exceed it.
        got = ask('every = "week"\nmeasure = "commits"\nat_most = 10', commits("2026-11-09", n=4), vacation=vacation("2026-11-11", "2026-11-15"), period="2026-W46")
        self.has(got, target=3, state="missed", need=0)


class States(Case):
    def test_the_four_of_an_open_week(self):
        # 5 wanted, 3 there: need 2. History: 1 commit a day on two days (09, 10), and 16: the day totals in the 56 days
        # before 11-17 are 1, 1, 3: median 1. So 2 days: last safe day Saturday 11-21, at risk from 11-20, due 11-22.
        evidence = commits("2026-11-09", "2026-11-10") + commits("2026-11-16", n=3)
        for at, state in [("2026-11-17", "on-track"), ("2026-11-19", "on-track"), ("2026-11-20", "at-risk"), ("2026-11-21", "at-risk"), ("2026-11-22", "due")]:
            self.has(ask(WEEKLY, evidence, at=at), state=state, have=3, need=2, pace=1, last_safe_day="2026-11-21", due_day="2026-11-22", at_risk_from="2026-11-20")
        self.has(ask(WEEKLY, evidence, at="2026-11-23", period="2026-W47"), state="missed", last_safe_day=None, pace=None)

    def test_the_median_of_an_even_number_and_today_left_out(self):
        # Totals 1 and 4 before today, 20 today (not counted): pace 2.5. Target 30, have 25: need 5, 5 / 2.5 = 2 days.
        evidence = commits("2026-11-16") + commits("2026-11-17", n=4) + commits("2026-11-18T09:00", n=20)
        self.has(ask('every = "week"\nmeasure = "commits"\nat_least = 30', evidence), pace=2.5, need=5, last_safe_day="2026-11-21")

    def test_the_pace_looks_back_56_days(self):
        # today 11-18: from 09-23 on. 09-22 (9 commits) is too old, 09-23 (3) counts although before `starts`.
        evidence = commits("2026-09-22", n=9) + commits("2026-09-23", n=3)
        self.has(ask(WEEKLY + '\nstarts = "2026-11-09"', evidence), pace=3)
        self.has(ask(WEEKLY + '\nstarts = "2026-11-09"', commits("2026-09-22", n=9)), pace=1)

    def test_minutes_without_history_need_one_day(self):
        self.has(ask('every = "week"\nminutes = "sync"\nat_least = 90'), pace=None, need=90, last_safe_day="2026-11-22", at_risk_from="2026-11-21", state="on-track")

    def test_rest_days_are_not_available(self):
        # Available Mon...Fri (5). Need 5 at pace 1: 5 days: the fifth last is Monday 11-16, a day earlier is before the
        # week, so at risk from 11-16; due on Friday 11-20, and on Saturday still due.
        for at, state in [("2026-11-16", "at-risk"), ("2026-11-20", "due"), ("2026-11-21", "due")]:
            self.has(ask(WEEKLY, at=at, config='rest_days = ["saturday", "sunday"]'), state=state, last_safe_day="2026-11-16", due_day="2026-11-20", at_risk_from="2026-11-16")

    def test_more_days_needed_than_there_are(self):
        got = ask('every = "week"\nmeasure = "commits"\nat_least = 50', at="2026-11-16")
        self.has(got, state="at-risk", last_safe_day="2026-11-16", at_risk_from="2026-11-16")

    def test_a_vacation_at_the_end_moves_the_due_day(self):
        # Off 20...22: asked 16...19, ceil(5 × 4 / 7) = 3, need 3: last safe day = third last of 16, 17, 18, 19 = 17.
        got = ask(WEEKLY, vacation=vacation("2026-11-20", "2026-11-22"))
        self.has(got, target=3, due_day="2026-11-19", last_safe_day="2026-11-17", at_risk_from="2026-11-16", state="at-risk")

    def test_a_daily_is_due_at_once(self):
        self.has(ask('every = "day"\nmeasure = "commits"\nat_least = 3', at="2026-11-18T00:00"), state="due", at_risk_from="2026-11-18", last_safe_day="2026-11-18")

    def test_rolling_is_due_even_when_today_is_a_rest_day(self):
        # Wednesday 11-18 rests: available in 12...18 the days to Tuesday 17, due on the 17th, so due. The first commit of
        # three is on 11-12, need 2 at pace 1: last safe day 16.
        got = ask('rolling = 7\nmeasure = "commits"\nat_least = 3', commits("2026-11-12"), config='rest_days = ["wednesday"]')
        self.has(got, state="due", due_day="2026-11-17", last_safe_day="2026-11-16", at_risk_from="2026-11-17")

    def test_at_most_open_and_closed(self):
        limit = 'every = "week"\nmeasure = "commits"\nat_most = 3'
        for n, state, after in [(2, "on-track", "met"), (3, "at-risk", "met"), (4, "missed", "missed")]:
            self.has(ask(limit, commits("2026-11-17", n=n)), state=state, need=0, due_day=None, streak=0 if n == 4 else 1)
            self.has(ask(limit, commits("2026-11-17", n=n), at="2026-11-24", period="2026-W47"), state=after)
        self.has(ask('every = "week"\nmeasure = "commits"\nat_most = 0'), state="on-track")

    def test_gauges(self):
        level = 'every = "week"\nmetric = "stars"\nat_least = 50'
        self.has(ask(level), have=0, need=50, state="on-track", pace=None, last_safe_day="2026-11-22", at_risk_from="2026-11-21")
        self.has(ask(level, period="2026-W46"), state="unverified")
        # A later reading does not mend a week that ended before it.
        self.has(ask(level, metric("2026-11-17T10:00", 60), period="2026-W46"), state="unverified")
        self.has(ask(level, metric("2026-11-10T10:00", 49.5), period="2026-W46"), state="missed", need=0.5)

    def test_an_at_most_gauge(self):
        level = 'every = "week"\nmetric = "weight"\nat_most = 80'
        self.has(ask(level, metric("2026-11-17T10:00", 80, "weight")), state="met")
        self.has(ask(level, metric("2026-11-17T10:00", 81, "weight")), state="on-track", need=0, due_day="2026-11-22", at_risk_from="2026-11-21")
        self.has(ask(level, metric("2026-11-17T10:00", 81, "weight"), at="2026-11-22"), state="due")
        self.has(ask(level, metric("2026-11-17T10:00", 81, "weight"), at="2026-11-23", period="2026-W47"), state="missed")
        self.has(ask(level, at="2026-11-23", period="2026-W47"), state="unverified")

    def test_blind(self):
        # Blind since Sunday 11-15: W46's last day is that day, so it is unverified; W45 stays missed.
        spot = '[[blind]]\nfrom = "2026-11-15T08:00"\nto = "2026-11-19T00:00"\n'
        early = "2026-11-02T09:00"
        self.has(ask(WEEKLY, blind=spot, recorded=early, period="2026-W46"), state="unverified")
        self.has(ask(WEEKLY, blind=spot, recorded=early, period="2026-W45"), state="missed")
        self.has(ask(WEEKLY, blind=spot, recorded=early, period="2026-W46", at="2026-11-19T00:00"), state="missed")     # seen again
        self.has(ask(WEEKLY, commits("2026-11-10", n=5), blind=spot, period="2026-W46"), state="met")
        limit = 'every = "week"\nmeasure = "commits"\nat_most = 3'
        self.has(ask(limit, blind=spot, period="2026-W46"), state="unverified")
        self.has(ask(limit, commits("2026-11-10", n=4), blind=spot, period="2026-W46"), state="missed")
        self.has(ask(limit, blind=spot), state="on-track")                                                              # open


class Compounds(Case):
    ANY = 'every = "week"\nany_of = [{ measure = "commits", at_least = 5 }, { minutes = "sync", at_least = 60 }]'
    ALL = ANY.replace("any_of", "all_of")

    def test_any_of_shows_the_part_that_is_nearest(self):
        # 2/5 = 0.4 against 30/60 = 0.5: the minutes. Days: commits need 3 at pace 2 (one day of 2): 2 days; minutes need
        # 30 at pace 30: 1 day. The least is 1: last safe day Sunday 22, at risk from 21.
        evidence = commits("2026-11-16", n=2) + minutes("2026-11-17T10:00", 30)
        self.has(ask(self.ANY, evidence), have=30, target=60, need=30, state="on-track", last_safe_day="2026-11-22", at_risk_from="2026-11-21", pace=None)
        # all_of: no part met, the greatest is 2: last safe day 21, at risk from 20.
        self.has(ask(self.ALL, evidence), have=0, target=2, need=2, last_safe_day="2026-11-21", at_risk_from="2026-11-20")

    def test_equal_parts_show_the_first(self):
        self.has(ask(self.ANY), have=0, target=5)

    def test_all_of_counts_met_parts(self):
        # Commits 5/5 are met; the minutes (need 60, no history: 60 a day) take one day.
        self.has(ask(self.ALL, commits("2026-11-17", n=5)), have=1, target=2, need=1, state="on-track", last_safe_day="2026-11-22")
        self.has(ask(self.ALL, commits("2026-11-17", n=5) + minutes("2026-11-17T10:00", 60)), have=2, need=0, state="met")

    def test_parts_are_shortened_one_by_one(self):
        # 2 of 7 days asked: ceil(5 × 2/7) = 2 commits, ceil(60 × 2/7) = ceil(17.14) = 18 minutes.
        got = ask(self.ALL, commits("2026-11-09", n=2) + minutes("2026-11-10T10:00", 17), vacation=vacation("2026-11-11", "2026-11-15"), period="2026-W46")
        self.has(got, have=1, target=2, state="missed")
        got = ask(self.ANY, minutes("2026-11-10T10:00", 18), vacation=vacation("2026-11-11", "2026-11-15"), period="2026-W46")
        self.has(got, have=18, target=18, state="met")

    def test_a_part_s_target_is_the_rhythm_s_unless_it_says(self):
        got = ask('every = "week"\nat_least = 3\nany_of = [{ measure = "releases" }, { measure = "devlog", at_least = 9 }]')
        self.has(got, target=3)


class Freezes(Case):
    def test_the_oldest_are_frozen_until_the_budget_is_spent(self):
        # Weeks W41 (10-05) ... W46 all missed. One freeze a month, by the period's last day: W41 ends 10-11: frozen;
        # W42 (10-18), W43 (10-25) missed; W44 ends 11-01, in November: frozen; W45, W46 missed.
        states = [ask(WEEKLY + '\nfreezes = 1\nfreezes_per = "month"', recorded="2026-10-05T09:00", period=f"2026-W{w}")["state"] for w in range(41, 47)]
        self.assertEqual(states, ["excused", "missed", "missed", "excused", "missed", "missed"])

    def test_hard_is_hard(self):
        self.has(ask(WEEKLY + "\nfreezes = 3\nhard = true", period="2026-W46"), state="missed")

    def test_default_is_a_quarter(self):
        # W39 ends 09-27 (Q3), W40 ends 10-04 (Q4), W41 10-11 (Q4): frozen, frozen, missed.
        states = [ask(WEEKLY + "\nfreezes = 1", recorded="2026-09-21T09:00", period=f"2026-W{w}")["state"] for w in (39, 40, 41)]
        self.assertEqual(states, ["excused", "excused", "missed"])

    def test_an_open_excess_is_not_frozen(self):
        self.has(ask('every = "week"\nmeasure = "commits"\nat_most = 0\nfreezes = 5', commits("2026-11-17")), state="missed")


class Streaks(Case):
    def test_streaks(self):
        # W43 met, W44 met, W45 missed, W46 met, W47 open and unmet: streak 1, longest 2; met: 2.
        evidence = commits("2026-10-20", "2026-10-27", "2026-11-10", n=5)
        self.has(ask(WEEKLY, evidence, recorded="2026-10-19T09:00"), streak=1, longest=2)
        self.has(ask(WEEKLY, evidence + commits("2026-11-17", n=5), recorded="2026-10-19T09:00"), streak=2, longest=2)

    def test_excused_and_unverified_keep_it(self):
        # W44 met, W45 off, W46 unverified (blind since 11-15), W47 met: 2.
        got = ask(WEEKLY, commits("2026-10-27", "2026-11-17", n=5), vacation=vacation("2026-11-02", "2026-11-08"),
                  blind='[[blind]]\nfrom = "2026-11-15T08:00"\n', recorded="2026-10-26T09:00")
        self.has(got, streak=2, longest=2)

    def test_an_exceeded_open_limit_breaks_it(self):
        got = ask('every = "week"\nmeasure = "commits"\nat_most = 0', commits("2026-11-17"))
        self.has(got, streak=0, longest=1)


class Strength(Case):
    def test_a_daily_done_twice(self):
        # n = 1: m = 0.5^(1/13). Two full days from 0: 1 − m² = 1 − 0.5^(2/13).
        got = ask('every = "day"\nmeasure = "commits"', commits("2026-11-17", "2026-11-18T09:00"), recorded="2026-11-17T09:00")
        self.has(got, strength=round(1 - 0.5 ** (2 / 13), 6))

    def test_today_does_not_lower_it(self):
        # Done on the 17th, not (yet) on the 18th: 1 − m. On the 19th the 18th has lowered it: (1 − m) × m.
        m = 0.5 ** (1 / 13)
        rhythm = 'every = "day"\nmeasure = "commits"'
        self.has(ask(rhythm, commits("2026-11-17"), recorded="2026-11-17T09:00"), strength=round(1 - m, 6))
        self.has(ask(rhythm, commits("2026-11-17"), recorded="2026-11-17T09:00", at="2026-11-19T12:00"), strength=round((1 - m) * m, 6))

    def test_a_weekly_slides_over_seven_days(self):
        # n = 7, target 2, begins 11-09 with 1 commit: values from the 9th to the 15th are 0.5 (1 of 2 in seven days), on
        # the 16th the commit is 7 days old and out: 0. On the 16th (today) the step would lower it, so it is not taken.
        m = 0.5 ** ((1 / 7) ** 0.5 / 13)
        score = 0.0
        for _ in range(7):
            score = score * m + 0.5 * (1 - m)
        got = ask('every = "week"\nmeasure = "commits"\nat_least = 2', commits("2026-11-09"), at="2026-11-16T12:00")
        self.has(got, strength=round(score, 6))

    def test_off_days_are_skipped_and_rest_days_only_for_dailies(self):
        m = 0.5 ** (1 / 13)
        # 16 off, 17 rests (Tuesday), 18 done: one step.
        more = {"config": 'rest_days = ["tuesday"]', "vacation": vacation("2026-11-16", "2026-11-16"), "recorded": "2026-11-16T09:00"}
        self.has(ask('every = "day"\nmeasure = "commits"', commits("2026-11-18T09:00"), **more), strength=round(1 - m, 6))
        # Weekly: 17 and 18 count: target 1, the commit of 16 is in both windows: 1 − m².
        w = 0.5 ** ((1 / 7) ** 0.5 / 13)
        self.has(ask('every = "week"\nmeasure = "commits"', commits("2026-11-16"), **more), strength=round(1 - w * w, 6))

    def test_at_most_starts_at_one(self):
        # Limit 2, 3 commits on the 17th: value 1 − (3 − 2)/2 = 0.5 on 17; 18 is today: a lower step, not taken.
        w = 0.5 ** ((1 / 7) ** 0.5 / 13)
        got = ask('every = "week"\nmeasure = "commits"\nat_most = 2', commits("2026-11-17", n=3), recorded="2026-11-16T09:00")
        self.has(got, strength=round(1 * w + 0.5 * (1 - w), 6))

    def test_the_target_is_not_shortened(self):
        # Begins today, 2 of 4: value 0.5, although the shortened target ceil(4 × 5/7) = 3.
        w = 0.5 ** ((1 / 7) ** 0.5 / 13)
        got = ask('every = "week"\nmeasure = "commits"\nat_least = 4', commits("2026-11-18", n=2), recorded="2026-11-18T09:00")
        self.has(got, strength=round(0.5 * (1 - w), 6), target=3)

    def test_all_of_is_the_mean(self):
        # Commits 5/5 = 1, minutes 15/60 = 0.25: mean 0.625; any_of: 1. One step (begins today).
        w = 0.5 ** ((1 / 7) ** 0.5 / 13)
        evidence = commits("2026-11-18", n=5) + minutes("2026-11-18T10:00", 15)
        self.has(ask(Compounds.ALL, evidence, recorded="2026-11-18T09:00"), strength=round(0.625 * (1 - w), 6))
        self.has(ask(Compounds.ANY, evidence, recorded="2026-11-18T09:00"), strength=round(1 - w, 6))


def weekly(n, every="week", **more):
    return f'id = "r"\nevery = "{every}"\nmeasure = "commits"\nat_least = {n}\n' + "".join(f"{k} = {v}\n" for k, v in more.items())


class Versions(Case):
    def test_a_new_target_holds_for_the_open_week_and_not_for_closed_ones(self):
        change = reload("2026-11-18T12:00", weekly(9))
        self.has(ask(WEEKLY, reload=change), target=9)
        self.has(ask(WEEKLY, reload=change, period="2026-W46"), target=5)
        self.has(ask(WEEKLY, reload=change, at="2026-11-18T11:59"), target=5)

    def test_a_reload_at_the_very_end_of_a_week(self):
        # Sunday's last second is before the start of Monday: W46 has the new target; Monday 00:00 is not.
        self.has(ask(WEEKLY, reload=reload("2026-11-15T23:59:59", weekly(9)), period="2026-W46"), target=9)
        self.has(ask(WEEKLY, reload=reload("2026-11-16T00:00:00", weekly(9)), period="2026-W46"), target=5)

    def test_week_to_month(self):
        # Recorded 11-09; on Wednesday 11-18 monthly. W46 9...15 stays; the next starts on 11-16 as a week, becomes
        # 2026-11, 16...30: 15 of 30 days, ceil(9 × 15 / 30) = ceil(4.5) = 5.
        got = ask(WEEKLY, reload=reload("2026-11-18T12:00", weekly(9, "month")))
        self.has(got, period="2026-11", first_day="2026-11-16", last_day="2026-11-30", target=5)
        self.has(ask(WEEKLY, reload=reload("2026-11-18T12:00", weekly(9, "month")), period="2026-W46"), last_day="2026-11-15", target=5)

    def test_month_to_week_makes_the_first_period_longer(self):
        # Begins 11-10, monthly; weekly from Wednesday 11-18. The nominal week is 16...22, and the very first period's first
        # day is min(11-16, 11-10) = 11-10: 10...22, 13 days of a nominal 7, target as it is. Id W47.
        got = ask('every = "month"\nmeasure = "commits"\nat_least = 20', recorded="2026-11-10T09:00", reload=reload("2026-11-18T12:00", weekly(5)))
        self.has(got, period="2026-W47", first_day="2026-11-10", last_day="2026-11-22", target=5)

    def test_month_to_week_in_a_later_month(self):
        # Begins in October: 2026-10, then from 11-01 the month that becomes the week: 11-01...11-22, W47.
        change = reload("2026-11-18T12:00", weekly(5))
        got = ask('every = "month"\nmeasure = "commits"\nat_least = 20', recorded="2026-10-10T09:00", reload=change, at="2026-11-25")
        self.has(got, period="2026-W48", first_day="2026-11-23")
        got = ask('every = "month"\nmeasure = "commits"\nat_least = 20', recorded="2026-10-10T09:00", reload=change, at="2026-11-25", period="2026-W47")
        self.has(got, first_day="2026-11-01", last_day="2026-11-22", target=5)

    def test_a_new_week_start(self):
        # From Wednesday 11-18 weeks start on Sunday: the nominal week of 11-18 is 15...21 (its Wednesday is in W47); the
        # period begins where W46 ended: 16...21, 6 of 7 days: ceil(5 × 6 / 7) = ceil(4.29) = 5. Then 22...28, W48.
        change = reload("2026-11-18T12:00", weekly(5), config='week_start = "sunday"')
        self.has(ask(WEEKLY, reload=change), period="2026-W47", first_day="2026-11-16", last_day="2026-11-21", target=5)
        self.has(ask(WEEKLY, reload=change, at="2026-11-22"), period="2026-W48", first_day="2026-11-22", last_day="2026-11-28")

    def test_two_reloads_in_one_period(self):
        # 11-16 as a week; Tuesday 17: monthly (16...30, November); Friday 20: weekly with target 7, anchor 20: nominal
        # 16...22 and the first day stays 11-16.
        change = reload("2026-11-17T12:00", weekly(9, "month")) + reload("2026-11-20T12:00", weekly(7))
        self.has(ask(WEEKLY, reload=change, at="2026-11-21"), period="2026-W47", first_day="2026-11-16", last_day="2026-11-22", target=7)

    def test_a_name_alone_is_no_version(self):
        change = reload("2026-11-18T12:00", 'name = "N"\n' + weekly(5))
        fixture = evaluate.Fixture(evaluate.tomllib.loads(
            f'[config]\n[[config.rhythm]]\n{weekly(5)}\n{change}\n[[expect]]\nat = "2026-11-19"\nrhythm = "r"\n'))
        self.assertEqual(len(evaluate.Rhythm(fixture, "r", fixture.expectations[0].at).versions), 1)

    def test_a_rhythm_that_was_removed(self):
        # Away since Wednesday 11-18: W47 is not there; W46 (missed) is the newest.
        other = 'id = "x"\nevery = "week"\nmeasure = "commits"'
        self.has(ask(WEEKLY, reload=reload("2026-11-18T12:00", other)), period="2026-W46", state="missed")
        self.assertEqual(ask(WEEKLY, reload=reload("2026-11-18T12:00", other), period="2026-W47"), {"error": "unknown period"})
        self.has(ask(WEEKLY, reload=reload("2026-11-18T12:00", other), at="2026-11-18T11:00"), period="2026-W47")

    def test_a_rhythm_that_was_brought_back(self):
        # Away from Wednesday 11-11 (W46) to Tuesday 11-24 (W48): W46 and W47 excused with target 0, W48 is asked in full.
        other = 'id = "x"\nevery = "week"\nmeasure = "commits"'
        change = reload("2026-11-11T12:00", other) + reload("2026-11-24T12:00", weekly(5))
        for period, state, target in [("2026-W45", "met", 5), ("2026-W46", "excused", 0), ("2026-W47", "excused", 0), ("2026-W48", "on-track", 5)]:
            got = ask(WEEKLY, commits("2026-11-03", n=5), reload=change, recorded="2026-11-02T09:00", at="2026-11-25", period=period)
            # W48: need 5 at pace 5: one day, the 29th; at risk from the 28th.
            self.has(got, state=state, target=target, streak=1)
        # Days between are skipped: 7 days of W45 (0 on Monday, 1 for the six others: the commits were on the 3rd, target 5),
        # then Monday 11-23 and Tuesday 24 with 0; Wednesday 25, today, is not taken.
        m = 0.5 ** ((1 / 7) ** 0.5 / 13)
        self.assertEqual(got["strength"], round((1 - m ** 6) * m ** 2, 6))

    def test_gone_and_back_in_one_week(self):
        other = 'id = "x"\nevery = "week"\nmeasure = "commits"'
        change = reload("2026-11-16T12:00", other) + reload("2026-11-18T12:00", weekly(5))
        # Need 5 at pace 1: the fifth last day is the 18th, so at risk from the 17th.
        self.has(ask(WEEKLY, reload=change), period="2026-W47", target=5, state="at-risk", last_safe_day="2026-11-18")

    def test_new_rest_days_leave_the_past_alone(self):
        # As of Wednesday 11-18 Wednesday is a rest day for the daily rhythm: that day, and not Wednesday 11-11.
        change = reload("2026-11-18T12:00", 'id = "r"\nevery = "day"\nmeasure = "commits"', config='rest_days = ["wednesday"]')
        self.has(ask('every = "day"\nmeasure = "commits"', reload=change, period="2026-11-11"), state="missed")
        self.has(ask('every = "day"\nmeasure = "commits"', reload=change, period="2026-11-18"), state="excused")

    def test_the_first_filters_say_when_it_began(self):
        # 11-03's commit is in notes. At first it counts: begins 11-03, and a filter made later takes no week away.
        change = reload("2026-11-18T12:00", weekly(5, repositories='["rhythm"]'))
        evidence = commits("2026-11-03", repository='"notes"')
        self.has(ask(WEEKLY, evidence, reload=change, period="2026-W45", at="2026-11-18T11:00"), state="missed", have=1)
        self.has(ask(WEEKLY, evidence, reload=change, period="2026-W45"), state="missed", have=1)


class Random(Case):
    def test_a_seed_is_a_fixture(self):
        for seed in (1, 2, 3):
            text = random_fixture.Random(seed).fixture()
            self.assertEqual(text, random_fixture.Random(seed).fixture())
            self.assertGreaterEqual(len(evaluate.evaluate(text)), 3)


if __name__ == "__main__":
    unittest.main()
