"""What changed by an act, in words with a number, as members read it; and days and numbers as people write them.

The values are `community.feedback`'s; the words are in the catalogues, and what members are called comes from the
community. Never computes anything.
"""

from dataclasses import dataclass

from liulian.base.i18n import Language, text
from liulian.base.ids import encode_id
from liulian.base.zones import day_of_number
from liulian.community.challenges import Challenge
from liulian.community.feedback import Feedback, Moved
from liulian.community.goals_progress import Meaning, Pace, Progress
from liulian.community.model import Reach
from liulian.community.streaks import Counts, Streak

SENTENCES_MAX = 6  # Under a thumb: what is more is on the page.


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySaid:
    """One day of a streak for `parts.marks`."""

    state: str
    label: str
    day: str


def number_said(number: float) -> str:
    """Return a number as it is read: no more decimals than it has, two at most."""
    said = f"{number:,.2f}".rstrip("0").rstrip(".")
    return "0" if said in ("-0", "") else said


def day_said(day: int, language: Language) -> str:
    """Return a day of the year: 3月1日, 1 March."""
    date = day_of_number(day)
    return text(language, "member.day", month=text(language, f"member.month.{date.month}"), day=date.day)


def month_said(year: int, month: int, language: Language) -> str:
    """Return a month: 2026年3月, March 2026."""
    return text(language, "member.month_of", year=year, month=text(language, f"member.month.{month}"))


def weekday_said(day: int, language: Language) -> str:
    """Return one letter for a weekday."""
    return text(language, f"member.weekday.{day_of_number(day).isoweekday()}")


def streak_said(streak: Streak, language: Language) -> str:
    """Return how long a streak is."""
    unit = "weeks" if streak.counts is Counts.WEEKS else "days"
    return text(language, f"member.streak.{unit}", number=streak.current)


def programme_said(streak: Streak, language: Language) -> str:
    """Return how far a programme is, empty where it has no end or has not begun."""
    if streak.programme_days is None or not streak.programme_day:
        return ""
    key = "member.streak.finished" if streak.is_finished else "member.streak.programme"
    return text(language, key, day=streak.programme_day, days=streak.programme_days)


def marks_said(streak: Streak, language: Language, *, last: int) -> list[DaySaid]:
    """Return the last days of a streak, oldest first."""
    return [
        DaySaid(
            state=each.mark.value,
            label=weekday_said(each.day, language),
            day=day_said(each.day, language),
        )
        for each in streak.why[-last:]
    ]


def meaning_said(meaning: Meaning | None, language: Language) -> str:
    """Return what an amount comes to, with the source of the factor; empty without one."""
    if meaning is None:
        return ""
    amount = number_said(meaning.amount)
    return text(language, "member.goal.meaning", amount=amount, unit=meaning.unit, source=meaning.source)


def pace_said(progress: Progress, language: Language) -> str:
    """Return how a goal stands against its time."""
    left = number_said(progress.per_day)
    if progress.pace is Pace.AHEAD_OF_TIME:
        return text(language, "member.pace.ahead_of_time", day=day_said(progress.goal.starts_on, language))
    return text(language, f"member.pace.{progress.pace.value}", number=left, unit=progress.goal.unit)


def sentences_of(feedback: Feedback, language: Language) -> list[str]:
    """Return what an act changed, the most important first, SENTENCES_MAX at most."""
    if not feedback.is_new:
        return [text(language, "member.feedback.known"), *_streak(feedback, language)]
    said = [
        *_streak(feedback, language),
        *(text(language, "member.feedback.badge", emblem=each.emblem, name=each.name) for each in feedback.badges),
        *_goals(feedback, language),
        *_rank(feedback, language),
    ]
    if feedback.title is not None:
        said.append(text(language, "member.feedback.title", title=feedback.title.name))
    return (said or [text(language, "member.feedback.taken")])[:SENTENCES_MAX]


def _streak(feedback: Feedback, language: Language) -> list[str]:
    streak = feedback.streak
    if streak is None:
        return []
    if streak.paused_until is not None:
        return [text(language, "member.feedback.paused", day=day_said(streak.paused_until, language))]
    programme = programme_said(streak, language)
    parts = [streak_said(streak, language) if streak.current else "", programme]
    between = f" {text(language, 'member.feedback.and')} "
    return [between.join(part for part in parts if part)] if any(parts) else []


def _goals(feedback: Feedback, language: Language) -> list[str]:
    """Return one sentence of what all did, and one of what is one's own."""
    ours = [moved for moved in feedback.goals if moved.progress.goal.reach is Reach.TOGETHER]
    mine = [moved for moved in feedback.goals if moved.progress.goal.reach is Reach.MEMBER]
    is_over = feedback.is_week_over
    said = [_ours(moved, language, is_over=is_over) for moved in ours[:1]]
    return [*said, *(_mine(moved, language) for moved in mine[:1])]


def _ours(moved: Moved, language: Language, *, is_over: bool) -> str:
    goal, key = moved.progress.goal, "member.feedback.ours_before" if is_over else "member.feedback.ours"
    return text(language, key, goal=goal.name, number=number_said(moved.week or 0.0), unit=goal.unit)


def _mine(moved: Moved, language: Language) -> str:
    progress = moved.progress
    key = "member.feedback.mine_reached" if progress.share >= 1 else "member.feedback.mine"
    done, needed = number_said(progress.done), number_said(progress.needed)
    return text(language, key, goal=progress.goal.name, done=done, needed=needed, unit=progress.goal.unit)


def _rank(feedback: Feedback, language: Language) -> list[str]:
    if feedback.rank is None:
        return []
    rank, of = feedback.rank, feedback.competitors
    if feedback.is_week_over:
        return [text(language, "member.feedback.rank_before", rank=rank, number=of)]
    if feedback.rank_before is None:
        return [text(language, "member.feedback.placed", rank=rank, number=of)]
    if feedback.rank < feedback.rank_before:
        risen = feedback.rank_before - feedback.rank
        return [text(language, "member.feedback.risen", rank=rank, number=of, places=risen)]
    return [text(language, "member.feedback.rank", rank=rank, number=of)]


def feedback_fields(feedback: Feedback, language: Language) -> dict[str, object]:
    """Return the answer to an act as a page's script reads it."""
    streak = feedback.streak
    return {
        "act": encode_id(feedback.act_id),
        "is_new": feedback.is_new,
        "sentences": sentences_of(feedback, language),
        "points": feedback.points,
        "week_points": feedback.week_points,
        "rank": feedback.rank,
        "rank_before": feedback.rank_before,
        "competitors": feedback.competitors,
        "streak": None if streak is None else _streak_fields(streak),
        "goals": [_goal_fields(moved) for moved in feedback.goals],
        "badges": [{"id": encode_id(each.id), "name": each.name, "emblem": each.emblem} for each in feedback.badges],
        "title": None if feedback.title is None else feedback.title.name,
    }


def _streak_fields(streak: Streak) -> dict[str, object]:
    return {
        "current": streak.current,
        "longest": streak.longest,
        "total_days": streak.total_days,
        "counts": streak.counts.value,
        "freezes_left": streak.freezes_left,
        "programme_day": streak.programme_day,
        "programme_days": streak.programme_days,
        "is_finished": streak.is_finished,
        "is_done_today": streak.is_done_today,
    }


def _goal_fields(moved: Moved) -> dict[str, object]:
    progress = moved.progress
    return {
        "id": encode_id(progress.goal.id),
        "name": progress.goal.name,
        "reach": progress.goal.reach.value,
        "unit": progress.goal.unit,
        "added": moved.added,
        "done": progress.done,
        "needed": progress.needed,
        "share": progress.share,
        "week": moved.week,
    }


def times_said(challenge: Challenge, language: Language) -> str:
    """Return how often a challenge asks for something."""
    if challenge.times_per_week is None:
        return text(language, "member.challenge.daily")
    return text(language, "member.challenge.weekly", number=challenge.times_per_week)
