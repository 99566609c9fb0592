"""Read a foreign file row by row, in little memory, whatever its encoding and separator. First step of an import.

Chinese services and Excel write GB18030 and separate by commas or tabs, others UTF-16 or semicolons: what the file
is, its bytes tell. Rows are counted from 1, without the header and without empty lines.
"""

import codecs
import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from liulian.base.errors import AppError
from liulian.transfer.json_rows import NoRows, json_objects
from liulian.transfer.model import Row

CHUNK_BYTES = 256 << 10
FIELD_LENGTH_MAX = 64 << 10  # A destination has 8 KiB at most; what is longer is no cell but a missing quote.
COLUMNS_MAX = 200
JSON_PROBED = 100  # Objects whose members are the columns; one may lack what the next one has.
SEPARATORS = ",;\t|"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NAMES = ("name", "fullName", "hostname", "slug")  # By which of its members an object is called.


class UnreadableFile(AppError):
    """The file holds no table that we can read."""

    status, code = 422, "import_unreadable"


class EmptyFile(AppError):
    """The file has a header at most: there is nothing to import."""

    status, code = 422, "import_empty"


class TooManyColumns(AppError):
    """The table is wider than any list of links."""

    status, code = 422, "import_columns"


class BrokenRow(AppError):
    """From this row on the file cannot be read."""

    status, code = 422, "import_row_broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file that was looked into. `encoding` and `separator` are None for JSON."""

    path: Path
    columns: tuple[str, ...]
    encoding: str | None
    separator: str | None


def open_table(path: Path) -> Table:
    """Look into a file. Raises UnreadableFile, TooManyColumns, or EmptyFile when there is not a single row."""
    with path.open("rb") as file:
        probe = file.read(CHUNK_BYTES)
    if not probe.strip(b"\xef\xbb\xbf\xff\xfe \r\n\t\0"):
        raise EmptyFile
    is_json = probe.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"[", b"{")
    table = _json_table(path) if is_json else _csv_table(path, probe)
    if len(table.columns) > COLUMNS_MAX:
        raise TooManyColumns(max=COLUMNS_MAX)
    if not any(table.columns):
        raise UnreadableFile
    if next(rows_of(table), None) is None:
        raise EmptyFile
    return table


def rows_of(table: Table, *, after: int = 0) -> Iterator[tuple[int, Row]]:
    """Yield number and cells of each row behind row `after`. Raises BrokenRow where a row cannot be read."""
    rows = _json_rows(table.path) if table.encoding is None else _csv_rows(table)
    number = 0
    while True:
        try:
            row = next(rows, None)
        except (NoRows, csv.Error, UnicodeError) as problem:
            raise BrokenRow(row=number + 1) from problem
        if row is None:
            return
        number += 1
        if number > after:
            yield number, row


def count_rows(table: Table) -> int:
    """Return how many rows there are, up to the first that cannot be read. Reads the whole file."""
    number = 0
    try:
        for number, _ in rows_of(table):  # noqa: B007 - The last one is the count.
            pass
    except BrokenRow:
        pass
    return number


def _csv_table(path: Path, probe: bytes) -> Table:
    encoding = _encoding_of(path, probe)
    first = codecs.getincrementaldecoder(encoding)("replace").decode(probe).lstrip("\ufeff\r\n").partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    table = Table(path=path, columns=(), encoding=encoding, separator=separator)
    with _opened(table) as text:
        try:
            columns = next(_filled_lines(text, table), [])
        except (csv.Error, UnicodeError) as problem:
            raise UnreadableFile from problem
    return Table(path=path, columns=tuple(_unique(columns)), encoding=encoding, separator=separator)


def _csv_rows(table: Table) -> Iterator[Row]:
    with _opened(table) as text:
        lines = _filled_lines(text, table)
        next(lines, None)
        for cells in lines:
            yield dict(zip(table.columns, (cell.strip() for cell in cells), strict=False))


def _filled_lines(text: IO[str], table: Table) -> Iterator[list[str]]:
    csv.field_size_limit(FIELD_LENGTH_MAX)
    lines = csv.reader(text, delimiter=table.separator or ",", strict=False)
    return (cells for cells in lines if any(cell.strip() for cell in cells))


def _opened(table: Table) -> io.TextIOWrapper:
    return table.path.open(encoding=table.encoding, errors="strict", newline="")


def _encoding_of(path: Path, probe: bytes) -> str:
    """Return the encoding in which the whole file makes sense. Raises UnreadableFile."""
    for bom, encoding in _BOMS:
        if probe.startswith(bom):
            return encoding
    if b"\0" in probe[:2]:
        return "utf-16-be" if probe[0] == 0 else "utf-16-le"
    if b"\0" in probe:
        raise UnreadableFile  # A spreadsheet's own format, a picture.
    for encoding in ("utf-8", "gb18030"):
        if _makes_sense(path, encoding):
            return encoding
    raise UnreadableFile


def _makes_sense(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _unique(columns: Sequence[str]) -> list[str]:
    """Return names that can tell columns apart: a second `URL` becomes `URL (2)`."""
    seen: dict[str, int] = {}
    names = []
    for column in (each.strip().lstrip("\ufeff") for each in columns):
        seen[column] = seen.get(column, 0) + 1
        names.append(column if seen[column] == 1 else f"{column} ({seen[column]})")
    return names


def _json_table(path: Path) -> Table:
    columns: dict[str, None] = {}
    try:
        for row in islice(_json_rows(path), JSON_PROBED):
            columns.update(dict.fromkeys(row))
    except (NoRows, UnicodeError) as problem:
        if not columns:  # Else what can be read is, up to the row that cannot.
            raise UnreadableFile from problem
    return Table(path=path, columns=tuple(columns), encoding=None, separator=None)


def _json_rows(path: Path) -> Iterator[Row]:
    for each in json_objects(path):
        yield {name: cell for member, value in each.items() for name, cell in _cells(str(member), value)}


def _cells(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield the cells of one member; those of an object that has no name are also there by themselves."""
    yield name, _cell(value)
    if isinstance(value, dict) and not _name_of(value):
        for inner, each in value.items():
            if not isinstance(each, dict | list):
                yield f"{name}.{inner}", _cell(each)


def _cell(value: Any) -> str:
    """Return a value as a cell of a table: a list as a line of CSV, of objects their names."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return _name_of(value) or json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        written = io.StringIO()
        csv.writer(written, lineterminator="").writerow([_cell(each) for each in value])
        return written.getvalue()
    return str(value).strip()


def _name_of(value: Mapping[str, Any]) -> str:
    return next((str(value[key]) for key in _NAMES if isinstance(value.get(key), str)), "")
