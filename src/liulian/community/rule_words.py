"""Say a rule of recurrence as people do: 每周三 20:00, "Every Wednesday at 20:00". In the zone of the rule."""

from collections.abc import Sequence

from liulian.base.i18n import Language, text
from liulian.community.recurrence import DAYS, DayInRule, Frequency, Rule, rrule_text

_EACH_DAY = tuple(DayInRule(day) for day in range(len(DAYS)))
_WORKDAYS = _EACH_DAY[:5]
_NTH = (1, 2, 3, 4, 5, -1)  # For which there are words.


def rule_words(rule: Rule, language: Language) -> str:
    """Return a rule in words; one that nobody would say so is given as it is written."""
    said = _said(rule, language) or text(language, "member.rule.other", rule=rrule_text(rule), time=_time(rule))
    if rule.count is not None:
        return text(language, "member.rule.times", rule=said, number=rule.count)
    if rule.until is not None:
        return text(language, "member.rule.until", rule=said, date=rule.until.date().isoformat())
    return said


def joined(words: Sequence[str], language: Language) -> str:
    """Return words as a list in a sentence: 周一、周三和周五."""
    if len(words) < 2:
        return "".join(words)
    comma = text(language, "member.rule.comma").strip("|")
    return text(language, "member.rule.and", first=comma.join(words[:-1]), last=words[-1])


def _said(rule: Rule, language: Language) -> str | None:
    if rule.positions:
        return None
    match rule.frequency:
        case Frequency.DAILY:
            return None if rule.months or rule.days else _every(rule, language, "daily")
        case Frequency.WEEKLY:
            return None if rule.months else _weekly(rule, language)
        case Frequency.MONTHLY:
            which = None if rule.months else _which(rule, language)
            return which and _every(rule, language, "monthly", which=which)
        case Frequency.YEARLY:
            return _yearly(rule, language)


def _weekly(rule: Rule, language: Language) -> str:
    days = rule.days or (DayInRule(rule.starts_at.weekday()),)
    if days == _EACH_DAY and rule.interval == 1:
        return _every(rule, language, "daily")
    if days == _WORKDAYS:
        return _every(rule, language, "weekly", days=text(language, "member.rule.workdays"))
    return _every(rule, language, "weekly", days=joined([_day(each, language) for each in days], language))


def _yearly(rule: Rule, language: Language) -> str | None:
    months = rule.months or (() if rule.month_days or rule.days else (rule.starts_at.month,))
    which = _which(rule, language)
    if len(months) != 1 or which is None:
        return None
    month = text(language, f"member.rule.month_{months[0]}")
    return _every(rule, language, "yearly", month=month, which=which)


def _which(rule: Rule, language: Language) -> str | None:
    """Return which days of a month are meant, None where there are no plain words for them."""
    if rule.days and (rule.month_days or any(each.nth not in _NTH for each in rule.days)):
        return None
    if rule.days:
        words = [
            text(language, f"member.rule.nth_{'last' if each.nth < 0 else each.nth}", day=_day(each, language))
            for each in rule.days
        ]
        return joined(words, language)
    days = rule.month_days or (rule.starts_at.day,)
    if any(day < -1 for day in days):
        return None
    words = [text(language, "member.rule.day", number=day) for day in days if day > 0]
    return joined(words + ([text(language, "member.rule.last_day")] if -1 in days else []), language)


def _every(rule: Rule, language: Language, kind: str, **words: str) -> str:
    several = {"daily": "days", "weekly": "weeks", "monthly": "months", "yearly": "years"}[kind]
    key = kind if rule.interval == 1 else several
    return text(language, f"member.rule.{key}", time=_time(rule), number=rule.interval, **words)


def _day(each: DayInRule, language: Language) -> str:
    return text(language, f"member.rule.weekday_{each.day}")


def _time(rule: Rule) -> str:
    return f"{rule.starts_at:%H:%M}"
