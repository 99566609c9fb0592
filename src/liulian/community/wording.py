"""Read short texts, names, emblems and dates of a community out of JSON. Pure; on top of `reading.py`.

A field that must be there has a sentence of its own for when it is not, so that whoever builds knows what it is for.
"""

import math
import re
import unicodedata
from datetime import date

from liulian.base.errors import FieldRefused
from liulian.base.ids import decode_id
from liulian.base.zones import day_number, day_of_number
from liulian.community.days import zone_named
from liulian.community.noise import noise_in
from liulian.community.reading import Reading

NAME_LENGTH_MAX = 60
EMBLEM_LENGTH_MAX = 16  # A family of emoji has eleven characters, the flag of Scotland seven.
YEARS = range(2000, 2200)  # What a community can be about.

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_JOINER = "\u200d"
_TAGS = range(0xE0020, 0xE0080)
_SKINS = range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)


def said(reading: Reading, name: str, code: str, *, length_max: int) -> str:
    """Return a text that must say something; `code` is the fault where it does not."""
    before = len(reading.faults)
    text = reading.visible(name, length_max=length_max, default="")
    if not text and len(reading.faults) == before:
        reading.fault(name, code)
    return text


def name_of(reading: Reading, name: str = "name", *, length_max: int = NAME_LENGTH_MAX) -> str:
    """Return a name in one line."""
    text = unicodedata.normalize("NFC", said(reading, name, "field_required", length_max=length_max))
    if "\n" in text:
        reading.fault(name, "definition_text", max=length_max)
    return text


def quiet(reading: Reading, name: str, text: str) -> str:
    """Return a text, noting where it rewards sharing, following or inviting."""
    if words := noise_in(text):
        reading.fault(name, "reward_for_noise", words=words[:40])
    return text


def figure(reading: Reading, name: str, code: str) -> float:
    """Return a number that must be there; `code` is the fault where it is not."""
    if not reading.has(name):
        reading.value(name)
        reading.fault(name, code)
        return float("nan")
    return reading.number(name)


def whole(reading: Reading, name: str, *, low: int, high: int, default: int | None = None) -> int:
    """Return a whole number within bounds; `default` None: it must be there."""
    number = reading.number(name, low=low, high=high, default=default)
    if math.isnan(number):
        return low
    if number % 1:
        reading.fault(name, "field_type")
    return int(number)


def emblem_of(reading: Reading, name: str = "emblem", *, default: str | None = None) -> str:
    """Return one character or emoji."""
    text = reading.visible(name, length_max=EMBLEM_LENGTH_MAX, default=default)
    if text and not is_one_character(text):
        reading.fault(name, "emblem_invalid")
    return text


def is_one_character(text: str) -> bool:
    """Tell whether a text is what a reader sees as one character: a letter with its marks, an emoji of any build."""
    seen, is_joined, flags = 0, False, 0
    for character in text:
        point = ord(character)
        if character == _JOINER:
            is_joined = True
            continue
        if unicodedata.category(character) in ("Mn", "Mc", "Me") or point in _SKINS or point in _TAGS:
            continue
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp"):
            return False
        flags += point in _FLAGS
        seen += not is_joined
        is_joined = False
    return seen == 1 or (seen == 2 and flags == 2)


def day_of(reading: Reading, name: str, code: str) -> int | None:
    """Return a local day from `YYYY-MM-DD`; None, with a fault, where there is none."""
    value = reading.value(name)
    if value is None or value == "":
        reading.fault(name, code)
        return None
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and _DATE.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        reading.fault(name, "date_invalid")
        return None
    return day_number(day)


def shown_day(day: int) -> str:
    """Return a local day as `YYYY-MM-DD`."""
    return day_of_number(day).isoformat()


def zone_of(reading: Reading, name: str, *, default: str) -> str:
    """Return the name of a zone."""
    zone = reading.text(name, length_max=60, default=default) or default
    try:
        zone_named(zone)
    except FieldRefused as refused:
        reading.fault(name, refused.code, **refused.params)
    return zone


def id_of(reading: Reading, name: str) -> int | None:
    """Return the number behind an id, None where there is none. An id that cannot be one is a fault."""
    value = reading.value(name)
    if value is None:
        return None
    number = decode_id(value) if isinstance(value, str) else None
    if number is None:
        reading.fault(name, "part_unknown")
    return number
