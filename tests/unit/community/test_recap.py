"""The recap of a month, as a function of the log."""

from liulian.base.ids import ActId, BadgeId, MemberId, ServiceId
from liulian.community.acts import ActKind
from liulian.community.challenges import Challenge
from liulian.community.points import Deed
from liulian.community.recap import Counts, Month, community_recap, member_recap

MARCH = Month(2026, 3)
TEA = ServiceId(50)
ME = MemberId(1)


def a_deed(day: int, kind: ActKind = ActKind.CHECK_IN, *, for_day: int | None = None, value: float = 2.0) -> Deed:
    """Return an act of a day of March, the first one is 1."""
    counts_for = None if for_day is None else MARCH.first_day + for_day - 1
    day_number = MARCH.first_day + day - 1
    return Deed(ActId(day * 10), ME, kind, TEA, day_number, counts_for, day, value, None, None)


def test_months_follow_one_another_over_the_year() -> None:
    assert Month(2025, 12).after == Month(2026, 1)
    assert Month(2026, 1).before == Month(2025, 12)
    assert (str(MARCH), MARCH.last_day - MARCH.first_day) == ("2026-03", 30)
    assert Month.read("2026-03") == MARCH
    assert [Month.read(text) for text in ("2026-3", "2026-13", "", "9999-12")] == [None] * 4


def test_member_recap_counts_days_rows_and_sums_of_the_month() -> None:
    deeds = [a_deed(-1), a_deed(0), a_deed(1), a_deed(2), a_deed(4, for_day=3, kind=ActKind.MAKE_UP), a_deed(40)]

    found = member_recap(
        deeds,
        MARCH,
        member_id=ME,
        challenges={TEA: Challenge(task="x", days=None, freezes=0)},
        badges={BadgeId(1): MARCH.first_day, BadgeId(2): MARCH.first_day - 1},
    )

    assert (found.days, found.check_ins, found.points, found.badges) == (3, 3, 5, (1,))
    (tea,) = found.services
    assert (tea.days, tea.longest, tea.total) == (3, 5, 6.0)


def test_month_without_acts_is_empty() -> None:
    assert member_recap([], MARCH, member_id=ME, challenges={}, badges={}).is_empty
    assert community_recap(MARCH, Counts(), joined=0, goals=[], totals={}).check_ins == 0
