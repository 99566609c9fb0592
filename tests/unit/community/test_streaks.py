"""Streaks, day by day and by hypothesis: zones, travel, clocks that change, free days, making up, pauses, replay."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from liulian.base.clock import to_micros
from liulian.base.ids import ActId, MemberId, ServiceId
from liulian.base.zones import day_number
from liulian.community.acts import ActKind
from liulian.community.challenges import Challenge
from liulian.community.days import local_day, week_of
from liulian.community.points import Deed
from liulian.community.streaks import DayMark, Mark, Streak, streak_of

TEA = ServiceId(5)
MONDAY = 20_514  # 2026-03-02.
STRICT = Challenge(task="x", days=None, freezes=0)
KIND = Challenge(task="x", days=None, freezes=2, freeze_every=7, make_up_days=2, pause_days=14)
NUMBERS = count(1)
ZONES = ["Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "Pacific/Honolulu", "Europe/Berlin", "Pacific/Apia"]


def a_deed(
    day: int,
    kind: ActKind = ActKind.CHECK_IN,
    *,
    for_day: int | None = None,
    hour: float = 12,
    value: float | None = None,
    object_id: int | None = TEA,
) -> Deed:
    at_us = int((day * 24 + hour) * 3_600_000_000)
    return Deed(ActId(next(NUMBERS)), MemberId(1), kind, object_id, day, for_day, at_us, value, None, None)


def a_deed_at(at: datetime, zone: str) -> Deed:
    return a_deed(local_day(at, ZoneInfo(zone)))._replace(at_us=to_micros(at))


def days(*numbers: int) -> list[Deed]:
    return [a_deed(MONDAY + number) for number in numbers]


def made_up(day: int, on: int) -> Deed:
    return a_deed(MONDAY + on, ActKind.MAKE_UP, for_day=MONDAY + day)


def streak(deeds: Sequence[Deed], challenge: Challenge = KIND, *, as_of: int) -> Streak:
    return streak_of(deeds, challenge, service_id=TEA, as_of=MONDAY + as_of)


def marks(found: Streak) -> str:
    """One letter for each day: d(one), u (made up), p(aused), s(kipped), f(rozen), m(issed), r(est), o(pen)."""
    return "".join("u" if each.mark is Mark.MADE_UP else each.mark.value[0] for each in found.why)


def test_nothing_done_is_no_streak_and_all_free_days() -> None:
    assert streak([], as_of=3) == Streak(freezes_left=2)


def test_today_is_open_until_it_is_over() -> None:
    found = streak(days(0, 1), as_of=2)

    assert (found.current, marks(found), found.is_done_today) == (2, "ddo", False)


def test_missed_day_takes_a_free_day_by_itself() -> None:
    found = streak(days(0, 2, 3), as_of=3)

    assert (found.current, found.freezes_left, marks(found)) == (3, 1, "dfdd")


def test_third_missed_day_ends_the_streak_and_no_free_day_is_spent_on_what_is_over() -> None:
    found = streak(days(0, 6), as_of=8)

    assert (found.current, found.longest, marks(found)) == (0, 1, "dffmmmdmo")


def test_seven_days_done_give_a_free_day_back_but_never_more_than_one_may_have() -> None:
    assert streak(days(0, 2, 3, 4, 5, 6, 7), as_of=7).freezes_left == 2
    assert streak(days(*range(20)), as_of=20).freezes_left == 2


def test_made_up_day_counts_and_gives_its_free_day_back() -> None:
    found = streak([*days(0, 2), made_up(1, on=2)], as_of=2)

    assert (found.current, found.freezes_left, marks(found)) == (3, 2, "dud")


def test_day_made_up_too_late_counts_for_nothing() -> None:
    found = streak([*days(0, 4), made_up(1, on=4)], STRICT, as_of=4)

    assert marks(found) == "dmmmd"


def test_pause_holds_a_streak_and_ends_by_itself() -> None:
    pause = a_deed(MONDAY + 1, ActKind.PAUSE, value=3)
    found = streak([*days(0, 4), pause], STRICT, as_of=5)

    assert (found.current, marks(found)) == (2, "dpppdo")
    assert streak([*days(0), pause], STRICT, as_of=2).paused_until == MONDAY + 3


def test_resuming_ends_a_pause_that_day() -> None:
    acts = [*days(0), a_deed(MONDAY + 1, ActKind.PAUSE, value=9), a_deed(MONDAY + 3, ActKind.RESUME, hour=9)]

    assert marks(streak([*acts, *days(3)], STRICT, as_of=3)) == "dppd"
    assert marks(streak(acts, STRICT, as_of=4)) == "dppmo"


def test_pause_of_everything_pauses_this_challenge_too_and_one_of_another_does_not() -> None:
    everything = a_deed(MONDAY + 1, ActKind.PAUSE, value=2, object_id=None)
    another = a_deed(MONDAY + 1, ActKind.PAUSE, value=2, object_id=99)

    assert marks(streak([*days(0), everything], STRICT, as_of=2)) == "dpp"
    assert marks(streak([*days(0), another], STRICT, as_of=2)) == "dmo"


def test_no_pause_lasts_longer_than_it_may() -> None:
    found = streak([*days(0), a_deed(MONDAY + 1, ActKind.PAUSE, value=500)], STRICT, as_of=30)

    assert marks(found).count("p") == STRICT.pause_days


def test_programme_of_three_weeks_ends_and_the_next_one_begins_with_the_next_check_in() -> None:
    course = Challenge(task="x", days=21)
    whole = days(*range(21))

    assert streak(whole, course, as_of=20).is_finished
    resting = streak(whole, course, as_of=24)
    assert (resting.programme_day, resting.current, marks(resting)[-4:]) == (21, 21, "rrrr")
    again = streak([*whole, *days(25)], course, as_of=25)
    assert (again.round, again.programme_day, again.current, again.longest) == (2, 1, 1, 21)


def test_programme_that_goes_on_the_next_day_keeps_its_streak() -> None:
    found = streak(days(*range(22)), Challenge(task="x", days=21), as_of=21)

    assert (found.round, found.programme_day, found.current) == (2, 1, 22)


def test_programme_with_one_start_for_all_counts_from_there_and_takes_nothing_before_or_after() -> None:
    together = Challenge(task="x", days=5, starts_on=MONDAY, freezes=0)
    found = streak(days(-1, 1, 2, 3, 4, 5), together, as_of=6)

    assert (found.total_days, found.programme_day, found.is_finished, marks(found)) == (4, 5, True, "ddddrr")


def test_weeks_are_kept_by_as_many_days_as_were_asked_for() -> None:
    thrice = Challenge(task="x", days=None, times_per_week=3, freezes=0)
    found = streak(days(0, 2, 4, 7, 9, 12), thrice, as_of=14)

    assert (found.current, found.longest, found.total_days, found.counts) == (2, 2, 6, "weeks")
    assert streak(days(0, 2, 4, 7, 9), thrice, as_of=14).current == 0


def test_first_week_asks_for_no_more_days_than_it_had_left() -> None:
    thrice = Challenge(task="x", days=None, times_per_week=3, freezes=0)

    assert streak(days(5, 6, 7, 8, 9), thrice, as_of=9).current == 2


def test_week_that_falls_short_takes_a_free_day_for_each_day() -> None:
    thrice = Challenge(task="x", days=None, times_per_week=3, freezes=2, freeze_every=50)
    found = streak(days(0, 2, 4, 7), thrice, as_of=14)

    assert (found.current, found.freezes_left, marks(found)[7:]) == (1, 0, "drrrrffo")


def test_week_of_a_pause_asks_for_less() -> None:
    thrice = Challenge(task="x", days=None, times_per_week=3, freezes=0)
    pause = a_deed(MONDAY + 8, ActKind.PAUSE, value=6)

    assert streak([*days(0, 2, 4, 7), pause], thrice, as_of=14).current == 2


def test_local_days_of_shanghai_are_two_where_utc_has_one() -> None:
    times = [datetime(2025, 3, 1, 15, 59, tzinfo=UTC), datetime(2025, 3, 1, 16, 1, tzinfo=UTC)]
    for zone, total in (("Asia/Shanghai", 2), ("UTC", 1)):
        deeds = [a_deed_at(at, zone) for at in times]

        assert streak_of(deeds, STRICT, service_id=TEA, as_of=deeds[-1].day).current == total


def test_hour_that_new_york_has_twice_is_one_day_and_breaks_nothing() -> None:
    new_york = ZoneInfo("America/New_York")
    twice = [datetime(2025, 11, 2, 1, 30, fold=fold, tzinfo=new_york).astimezone(UTC) for fold in (0, 1)]
    around = [datetime(2025, 11, day, 1, 30, tzinfo=new_york).astimezone(UTC) for day in (1, 3)]
    deeds = [a_deed_at(at, "America/New_York") for at in (*twice, *around)]

    found = streak_of(deeds, STRICT, service_id=TEA, as_of=day_number(date(2025, 11, 3)))
    assert (found.current, found.total_days) == (3, 3)


def test_flight_over_the_date_line_skips_a_day_and_breaks_nothing() -> None:
    thursday = datetime(2025, 6, 6, 5, tzinfo=UTC)  # Thursday evening in Honolulu; half a day later it is Saturday.
    deeds = [
        a_deed_at(thursday, "Pacific/Honolulu"),
        a_deed_at(thursday + timedelta(hours=12), "Pacific/Kiritimati"),
    ]

    found = streak_of(deeds, STRICT, service_id=TEA, as_of=deeds[-1].day)
    assert (found.current, marks(found)) == (2, "dsd")


@st.composite
def logs(draw: st.DrawFn) -> list[Deed]:
    """Return some two months of somebody's acts."""
    deeds = days(*draw(st.lists(st.integers(0, 60), max_size=40)))
    for on in draw(st.lists(st.integers(1, 60), max_size=6)):
        deeds.append(made_up(on - draw(st.integers(1, 4)), on=on))
    for on in draw(st.lists(st.integers(0, 60), max_size=2)):
        deeds.append(a_deed(MONDAY + on, ActKind.PAUSE, value=draw(st.integers(1, 20))))
        if draw(st.booleans()):
            deeds.append(a_deed(MONDAY + on + draw(st.integers(0, 9)), ActKind.RESUME, hour=20))
    return deeds


challenges = st.builds(
    Challenge,
    task=st.just("x"),
    days=st.sampled_from([None, 7, 21]),
    times_per_week=st.sampled_from([None, None, 1, 3, 6]),
    freezes=st.integers(0, 3),
    freeze_every=st.integers(1, 9),
    make_up_days=st.integers(0, 3),
)
as_ofs = st.integers(0, 70)


@given(logs(), challenges, as_ofs, st.randoms(use_true_random=False))
def test_same_log_in_any_order_and_told_twice_is_the_same_streak(log: list[Deed], challenge, as_of, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = [*log, *log[: len(log) // 2]]
    random.shuffle(shuffled)

    assert streak(shuffled, challenge, as_of=as_of) == streak(log, challenge, as_of=as_of)


@given(logs(), challenges, as_ofs)
def test_days_are_counted_once_and_no_streak_is_longer_than_the_longest(
    log: list[Deed], challenge: Challenge, as_of: int
) -> None:
    found = streak(log, challenge, as_of=as_of)

    assert 0 <= found.current <= found.longest <= found.total_days
    assert 0 <= found.freezes_left <= challenge.freezes
    assert marks(found).count("d") + marks(found).count("u") == found.total_days
    assert [each.day for each in found.why] == list(range(MONDAY + as_of + 1 - len(found.why), MONDAY + as_of + 1))


@given(logs(), challenges.filter(lambda challenge: challenge.is_daily), as_ofs)
def test_day_that_is_over_stays_what_it_was_while_nothing_new_is_heard(
    log: list[Deed], challenge: Challenge, as_of: int
) -> None:
    heard = [deed for deed in log if deed.day <= MONDAY + as_of]
    today, later = streak(heard, challenge, as_of=as_of), streak(heard, challenge, as_of=as_of + 9)

    assert later.why[: max(0, len(today.why) - 1)] == today.why[:-1]


@given(logs(), as_ofs)
def test_every_streak_can_be_told_from_its_reasons(log: list[Deed], as_of: int) -> None:
    found = streak(log, KIND, as_of=as_of)

    run = 0
    for each in found.why:
        run = 0 if each.mark is Mark.MISSED else run + (each.mark in (Mark.DONE, Mark.MADE_UP))
    assert run == found.current


@given(st.sets(st.integers(0, 60)), as_ofs)
def test_without_free_days_a_streak_is_the_days_in_a_row(done: set[int], as_of: int) -> None:
    found = streak(days(*done), STRICT, as_of=as_of)

    row, day = 0, as_of if as_of in done else as_of - 1
    while day in done:
        row, day = row + 1, day - 1
    assert found.current == row


@given(
    st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - hypothesis wants naive bounds.
    st.lists(st.tuples(st.integers(1, 24 * 60), st.sampled_from(ZONES)), min_size=1, max_size=40),
)
def test_who_checks_in_every_24_hours_keeps_the_streak_wherever_they_are(
    start: datetime, ways: list[tuple[int, str]]
) -> None:
    at, deeds = start.replace(tzinfo=UTC), []
    for minutes, zone in ways:
        at += timedelta(minutes=minutes)
        deeds.append(a_deed_at(at, zone))

    found = streak_of(deeds, STRICT, service_id=TEA, as_of=max(deed.day for deed in deeds))
    assert found.current == found.total_days == len({deed.day for deed in deeds})


@given(
    st.sampled_from(ZONES),
    st.dates(date(2011, 1, 1), date(2029, 1, 1)),
    st.lists(st.times(), min_size=1, max_size=30),
)
def test_once_on_every_local_day_is_unbroken_whatever_the_clocks_do(zone: str, first: date, times: list[time]) -> None:
    local = [datetime.combine(first + timedelta(days=n), at, ZoneInfo(zone)) for n, at in enumerate(times)]
    # A time that the clocks skip, and a day that Samoa skipped, are the next hours that there were.
    deeds = [a_deed_at(at.astimezone(UTC), zone) for at in local]

    found = streak_of(deeds, KIND, service_id=TEA, as_of=max(deed.day for deed in deeds))
    assert Mark.MISSED not in {each.mark for each in found.why}


@given(st.integers(0, 60), st.sampled_from(ZONES), st.sampled_from(ZONES))
def test_local_day_stays_as_it_was_written_down(day: int, here: str, there: str) -> None:
    at = datetime(2026, 3, 2, 12, tzinfo=UTC) + timedelta(days=day)
    written, moved = a_deed_at(at, here), a_deed_at(at + timedelta(days=1), there)

    found = streak_of([written, moved], STRICT, service_id=TEA, as_of=max(written.day, moved.day))
    assert DayMark(written.day, Mark.DONE) in found.why


@given(logs(), as_ofs)
def test_done_this_week_counts_from_monday(log: list[Deed], as_of: int) -> None:
    found = streak(log, KIND, as_of=as_of)
    kept = {each.day for each in found.why if each.mark in (Mark.DONE, Mark.MADE_UP)}

    assert found.done_this_week == len({day for day in kept if day >= week_of(MONDAY + as_of)})
