"""Whose export a file is, and what its columns mean, by its headers alone. Pure. A person may always say otherwise."""

from collections.abc import Sequence

from liulian.transfer.formats import bitly, caoliao, dub, kutt, liulian, plain_csv, rebrandly, shlink, short_io, yourls
from liulian.transfer.model import ColumnOf, Field, Format, plain

FORMATS: tuple[Format, ...] = (
    liulian.FORMAT,
    yourls.FORMAT,
    shlink.FORMAT,
    kutt.FORMAT,
    dub.FORMAT,
    bitly.FORMAT,
    short_io.FORMAT,
    rebrandly.FORMAT,
    caoliao.FORMAT,
)
ANY = plain_csv.FORMAT
AUTO = "auto"
NAMES = tuple(each.name for each in (*FORMATS, ANY))


def recognise_format(columns: Sequence[str]) -> Format:
    """Return the format that fits most closely; `csv` when it is nobody's we know."""
    there = {plain(column) for column in columns}
    return max(FORMATS, key=lambda each: _fit(each, there)) if any(_fit(each, there) for each in FORMATS) else ANY


def format_named(name: str, columns: Sequence[str]) -> Format:
    """Return the format a person named, or the recognised one for `auto`. Raises KeyError for any other name."""
    if name == AUTO:
        return recognise_format(columns)
    return {each.name: each for each in (*FORMATS, ANY)}[name]


def columns_of(known: Format, columns: Sequence[str]) -> ColumnOf:
    """Return which column is meant by each field, as far as there is one. No column is used twice."""
    by_plain = {plain(column): column for column in reversed(columns)}
    found: dict[Field, str] = {}
    for field, spellings in known.columns.items():
        free = (by_plain[each] for each in spellings if each in by_plain and by_plain[each] not in found.values())
        column = next(free, None)
        if column is not None:
            found[field] = column
    return found


def _fit(known: Format, there: set[str]) -> int:
    """Return how many columns speak for a format, 0 when it is not this one."""
    return max((len(marks) for marks in known.marks if marks <= there), default=0)
