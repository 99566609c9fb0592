"""When rituals take place, and who was there."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liulian.base.ids import IdSource, RitualId
from liulian.community.acts import ActKind, ObjectKind
from liulian.community.attendance import (
    CLOSES_AFTER,
    OPENS_BEFORE,
    AttendanceClosed,
    WrongCode,
    adherence,
    attend,
    attended_of,
    open_now,
)
from liulian.community.model import Attend
from liulian.community.occurrences import occurrences_between
from tests.unit.community.a_ritual import FIRST, NOON, SECOND, THIRD, a_change, a_member, a_ritual

BEGIN = datetime(2026, 3, 4, 12, tzinfo=UTC)  # 20:00 in Shanghai.
WEEK = timedelta(days=7)
ids = IdSource()


def names(*changes: object, days: int = 21, **changed: object) -> list[tuple[str, str, bool]]:
    found = occurrences_between(
        a_ritual(**changed),
        changes,  # type: ignore[arg-type] # Tests name what they change.
        from_at=NOON,
        until_at=NOON + timedelta(days=days),
    )
    shanghai = ZoneInfo("Asia/Shanghai")
    return [(each.wall, f"{each.starts_at.astimezone(shanghai):%m-%d %H:%M}", each.is_cancelled) for each in found]


def test_rule_without_changes() -> None:
    assert names() == [(FIRST, "03-04 20:00", False), (SECOND, "03-11 20:00", False), (THIRD, "03-18 20:00", False)]


def test_moved_occurrence_keeps_its_name_and_takes_its_place_in_time() -> None:
    moved = a_change(FIRST, "2026-03-12T19:00")

    assert names(moved)[:2] == [(SECOND, "03-11 20:00", False), (FIRST, "03-12 19:00", False)]


def test_occurrence_is_found_where_it_was_moved_to_however_far() -> None:
    assert names(a_change("2026-05-06T20:00", "2026-03-05T20:00"), days=7) == [
        (FIRST, "03-04 20:00", False),
        ("2026-05-06T20:00", "03-05 20:00", False),
    ]
    assert names(a_change(FIRST, "2026-05-07T20:00"), days=7) == []


def test_cancelled_occurrence_is_told() -> None:
    assert names(a_change(SECOND))[1] == (SECOND, "03-11 20:00", True)


def test_change_of_what_the_rule_no_longer_has_means_nothing() -> None:
    assert len(names(a_change("2026-03-05T20:00", "2026-03-06T20:00"))) == 3
    assert len(names(a_change(FIRST, None, ritual_id=RitualId(6)))) == 3


def test_rule_that_is_no_longer_taken_takes_no_page_down() -> None:
    assert names(rrule="FREQ=SECONDLY") == []


@given(
    zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tehran"]),
    days=st.integers(0, 700),
    width=st.integers(1, 60),
)
def test_windows_side_by_side_have_each_occurrence_once(zone: str, days: int, width: int) -> None:
    ritual = a_ritual(rrule="FREQ=DAILY", starts_at="2026-01-01T02:30", zone=zone)
    begin = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days)
    edges = [begin, begin + timedelta(hours=5 * width), begin + timedelta(days=width, hours=3)]

    whole = occurrences_between(ritual, [], from_at=edges[0], until_at=max(edges))
    middle = sorted(edges)[1]
    parts = [
        *occurrences_between(ritual, [], from_at=edges[0], until_at=middle),
        *occurrences_between(ritual, [], from_at=middle, until_at=max(edges)),
    ]

    assert parts == whole
    assert len({each.wall for each in whole}) == len(whole)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (BEGIN - OPENS_BEFORE - timedelta(seconds=1), False),
        (BEGIN - OPENS_BEFORE, True),
        (BEGIN + timedelta(minutes=30) + CLOSES_AFTER, True),
        (BEGIN + timedelta(minutes=30, seconds=1) + CLOSES_AFTER, False),
    ],
)
def test_attendance_is_open_from_a_quarter_before_to_two_hours_after(at: datetime, is_open: bool) -> None:
    assert (open_now(a_ritual(), [], now=at) is not None) == is_open


def test_attendance_is_one_act_for_each_occurrence() -> None:
    first = attend(a_member(), a_ritual(), [], code="", ids=ids, now=BEGIN)
    again = attend(a_member(), a_ritual(), [], code="", ids=ids, now=BEGIN + timedelta(minutes=5))
    next_week = attend(a_member(), a_ritual(), [], code="", ids=ids, now=BEGIN + WEEK)

    assert (first.kind, first.object_kind, first.object_id) == (ActKind.ATTENDANCE, ObjectKind.RITUAL, 5)
    assert first.detail == {"occurrence": FIRST}
    assert first.key == again.key != next_week.key
    assert attended_of([first, again, next_week], RitualId(5)) == {FIRST, SECOND}


def test_cancelled_occurrence_cannot_be_attended() -> None:
    with pytest.raises(AttendanceClosed):
        attend(a_member(), a_ritual(), [a_change(FIRST)], code="", ids=ids, now=BEGIN)


@pytest.mark.parametrize("typed", ["山茶 8", "山茶８", " 山茶8 "])
def test_code_is_what_the_host_says_however_it_is_typed(typed: str) -> None:
    ritual = a_ritual(attend=Attend.CODE, code="山茶8")

    assert attend(a_member(), ritual, [], code=typed, ids=ids, now=BEGIN).detail == {"occurrence": FIRST}
    with pytest.raises(WrongCode):
        attend(a_member(), ritual, [], code="山茶9", ids=ids, now=BEGIN)


def test_faithfulness_counts_what_took_place_since_somebody_joined() -> None:
    after = BEGIN + 3 * WEEK + timedelta(days=1)
    changes = [a_change(SECOND)]

    def counted(attended: set[str], joined_at: datetime = NOON, now: datetime = after) -> tuple[int, int]:
        found = adherence(a_ritual(), changes, attended, joined_at=joined_at, now=now)
        return found.attended, found.possible

    assert counted({FIRST}) == (1, 3)  # Of four, one was cancelled.
    assert counted({FIRST, "2020-01-01T20:00"}) == (1, 3)
    assert counted(set(), joined_at=BEGIN + WEEK) == (0, 2)
    assert counted(set(), now=BEGIN + timedelta(minutes=1)) == (0, 0)  # It can still be attended.
    assert counted({FIRST}, now=BEGIN + timedelta(minutes=1)) == (1, 1)


def test_without_an_occurrence_there_is_no_share() -> None:
    assert adherence(a_ritual(), [], set(), joined_at=NOON, now=NOON).share is None
