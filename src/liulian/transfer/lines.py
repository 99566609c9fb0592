"""Lines of CSV that spreadsheets show as they are: Chinese as Chinese, and no cell that computes. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"  # Without it Excel takes UTF-8 for something else.
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # What makes a spreadsheet compute instead of show.


def csv_lines(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as lines. None is an empty cell; whatever would be taken for a formula gets an apostrophe."""
    written = io.StringIO()
    csv.writer(written).writerows([_cell(value) for value in row] for row in rows)
    return written.getvalue()


def list_cell(values: Iterable[str]) -> str:
    """Return several texts as one cell: a line of CSV of its own."""
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow(list(values))
    return written.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return "'" + text if isinstance(value, str) and text.startswith(FORMULA) else text
