"""Read the instants that other services, spreadsheets and people write. Pure.

Understood are RFC 3339 and its relatives, seconds, milliseconds and microseconds since 1970, `2024/1/5 8:30`,
`2024年1月5日`, `Jan 5, 2024`, and what JavaScript and mail write. `05/01/2024` means two days, so it means none.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from email.utils import parsedate_to_datetime

_NONE = frozenset(
    {"", "-", "--", "0", "null", "none", "nil", "never", "n/a", "永久", "长期", "长期有效", "永久有效", "无"}
)
_NUMBER = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{12,13})|(\d{15,16})", re.ASCII)
_PARTS = re.compile(
    r"(\d{4})[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})日?"
    r"(?:[T\s]*(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2})(?:\.(\d{1,9}))?秒?)?)?分?"
    r"\s*(Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})", re.ASCII)
_SCRIPT = re.compile(r"\w{3} (\w{3} \d{1,2} \d{4} \d\d:\d\d:\d\d GMT[+-]\d{4})(?: \(.*\))?", re.ASCII)
_NAMED = ("%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%b %d %Y")
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %I:%M %p", ", %H:%M", ", %I:%M:%S %p")


class UnknownDate(ValueError):
    """No instant is written like this, or it could be two."""


def read_instant(text: str, *, zone: tzinfo, is_end: bool = False) -> datetime | None:
    """Return the instant (UTC) that is meant; None where nothing is. Raises UnknownDate.

    `zone` is where times without one are from. A day alone is its beginning, or with `is_end` the end of it.
    """
    text = " ".join(text.split())
    if text.casefold() in _NONE or text.startswith("0000-00-00"):
        return None
    try:
        found = _number(text) or _written(text, zone=zone, is_end=is_end) or _foreign(text, zone=zone, is_end=is_end)
        if found is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):  # No calendar has it.
        pass
    raise UnknownDate(text)


def _number(text: str) -> datetime | None:
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    seconds, millis, micros = found.groups()
    since = timedelta(seconds=float(text)) if seconds else timedelta(microseconds=int(micros or int(millis) * 1000))
    return datetime(1970, 1, 1, tzinfo=UTC) + since


def _written(text: str, *, zone: tzinfo, is_end: bool) -> datetime | None:
    """Return what is written year first."""
    if compact := _COMPACT.fullmatch(text):
        return _day(date(*map(int, compact.groups())), zone=zone, is_end=is_end)
    found = _PARTS.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    on = date(int(year), int(month), int(day))
    if hour is None and offset is None:
        return _day(on, zone=zone, is_end=is_end)
    micros = int((fraction or "0")[:6].ljust(6, "0"))
    at = time(int(hour or 0), int(minute or 0), int(second or 0), micros)
    return datetime.combine(on, at, tzinfo=_zone(offset) if offset else zone)


def _zone(offset: str) -> tzinfo:
    found = _OFFSET.search(offset)
    if found is None:
        return UTC
    return datetime.strptime(f"{found[1]}{found[2]}{found[3]}", "%z").tzinfo or UTC


def _foreign(text: str, *, zone: tzinfo, is_end: bool) -> datetime | None:
    """Return what is written with the name of a month."""
    if script := _SCRIPT.fullmatch(text):
        return datetime.strptime(script[1], "%b %d %Y %H:%M:%S GMT%z")
    for day in _NAMED:
        for hour in _TIMES:
            try:
                found = datetime.strptime(text, day + hour)  # noqa: DTZ007 - The zone is given below.
            except ValueError:
                continue
            return found.replace(tzinfo=zone) if hour else _day(found.date(), zone=zone, is_end=is_end)
    found = parsedate_to_datetime(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _day(on: date, *, zone: tzinfo, is_end: bool) -> datetime:
    return datetime.combine(on + timedelta(days=int(is_end)), time(), tzinfo=zone)
