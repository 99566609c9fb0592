"""Files are read as their services write them, whatever their encoding, and refused with a reason."""

import json
from pathlib import Path

import pytest

from liulian.base.errors import AppError
from liulian.transfer.reading import (
    BrokenRow,
    EmptyFile,
    TooManyColumns,
    UnreadableFile,
    count_rows,
    open_table,
    rows_of,
)
from tests.unit.transfer.foreign_files import CAOLIAO, SMALL_CODE, write

LINES = "url,title\nhttps://example.com/1,茶饮\nhttps://example.com/2,two\n"


def cells(path: Path, *, after: int = 0) -> list[tuple[int, dict[str, str]]]:
    return [(number, dict(row)) for number, row in rows_of(open_table(path), after=after)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    found = cells(write(tmp_path, LINES, encoding=encoding))

    assert found[0] == (1, {"url": "https://example.com/1", "title": "茶饮"})


def test_encoding_is_found_also_where_the_first_chinese_letter_comes_late(tmp_path: Path) -> None:
    lines = "url,title\n" + "https://example.com/,plain\n" * 30_000 + "https://example.com/,茶饮\n"

    *_, last = cells(write(tmp_path, lines, encoding="gb18030"))

    assert last == (30_001, {"url": "https://example.com/", "title": "茶饮"})


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separator_is_found(tmp_path: Path, separator: str) -> None:
    found = cells(write(tmp_path, LINES.replace(",", separator)))

    assert found[1] == (2, {"url": "https://example.com/2", "title": "two"})


def test_quoted_cells_may_have_lines_and_separators(tmp_path: Path) -> None:
    path = write(tmp_path, 'url,note\r\nhttps://example.com/,"one, ""two""\r\nthree"\r\n')

    assert cells(path) == [(1, {"url": "https://example.com/", "note": 'one, "two"\r\nthree'})]


def test_empty_lines_are_no_rows_and_short_rows_lack_cells(tmp_path: Path) -> None:
    path = write(tmp_path, "\nurl,title\n\n,\nhttps://example.com/\n")

    assert cells(path) == [(1, {"url": "https://example.com/"})]


def test_equal_columns_are_told_apart(tmp_path: Path) -> None:
    assert open_table(write(tmp_path, "URL,URL,\na,b,c\n")).columns == ("URL", "URL (2)", "")


def test_reading_goes_on_behind_a_row(tmp_path: Path) -> None:
    path = write(tmp_path, LINES)

    assert [number for number, _ in cells(path, after=1)] == [2]
    assert count_rows(open_table(path)) == 2


def test_two_hundred_columns_are_read_and_no_more(tmp_path: Path) -> None:
    wide = ",".join(f"c{number}" for number in range(200))

    assert len(open_table(write(tmp_path, f"{wide}\n{wide}\n")).columns) == 200
    with pytest.raises(TooManyColumns):
        open_table(write(tmp_path, f"{wide},one\n{wide},one\n"))


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", EmptyFile),
        (b"\xef\xbb\xbf \r\n", EmptyFile),
        ("url,title\n", EmptyFile),
        ("url,title", EmptyFile),
        ("[]", UnreadableFile),
        ("{}", UnreadableFile),
        ("[1, 2]", UnreadableFile),
        ('{"data": [', UnreadableFile),
        ('[{"url": ', UnreadableFile),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00", UnreadableFile),
        (b"url\n\xff\xfe\xff\xff\xff", UnreadableFile),
        ('a"' + "b" * 70_000 + "\nc\n", UnreadableFile),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: object, refusal: type[AppError]) -> None:
    with pytest.raises(refusal):
        open_table(write(tmp_path, content))


def test_missing_quote_is_named_by_its_row(tmp_path: Path) -> None:
    rest = "https://example.com/,two\n" * 5_000
    table = open_table(write(tmp_path, 'url,title\nhttps://example.com/,one\nhttps://example.com/,"' + rest))
    found = rows_of(table)

    assert next(found)[0] == 1
    with pytest.raises(BrokenRow) as broken:
        next(found)
    assert broken.value.params == {"row": 2}
    assert count_rows(table) == 1


def test_json_that_breaks_off_is_named_by_its_row(tmp_path: Path) -> None:
    path = write(tmp_path, '[{"url": "https://example.com/1"}, {"url": "https://exam')
    found = rows_of(open_table(path))

    assert next(found) == (1, {"url": "https://example.com/1"})
    with pytest.raises(BrokenRow):
        next(found)


ROW = {"url": "https://example.com/", "n": 1, "none": None, "tags": ["a", "b, c"], "folder": {"id": "x", "name": "F"}}
READ = {"url": "https://example.com/", "n": "1", "none": "", "tags": 'a,"b, c"', "folder": "F"}


@pytest.mark.parametrize(
    "content",
    [
        [ROW, ROW],
        {"data": [ROW, ROW], "total": 2},
        {"page": {"number": 1}, "links": {"data": [ROW, ROW]}},
        json.dumps(ROW) + "\n" + json.dumps(ROW) + "\n",
        "\ufeff" + json.dumps([ROW, ROW], indent=4),
    ],
)
def test_json_is_read_wherever_its_list_is(tmp_path: Path, content: object) -> None:
    assert cells(write(tmp_path, content)) == [(1, READ), (2, READ)]


@pytest.mark.parametrize("wrap", [lambda rows: rows, lambda rows: {"a": 1, "data": rows}], ids=["list", "inside"])
def test_long_json_is_read_as_short_json_is(tmp_path: Path, wrap: object) -> None:
    assert callable(wrap)
    many = [ROW | {"n": number, "text": '茶"[{' * 5} for number in range(3_000)]

    found = cells(write(tmp_path, wrap(many)))

    assert [row["n"] for _, row in found] == [str(number) for number in range(3_000)]


def test_long_yourls_answer_is_read(tmp_path: Path) -> None:
    links = {f"link_{number}": {"url": f"https://example.com/{number}", "clicks": "1"} for number in range(3_000)}

    found = cells(write(tmp_path, {"links": links, "statusCode": 200}))

    assert [row["url"] for _, row in found] == [f"https://example.com/{number}" for number in range(3_000)]


@pytest.mark.parametrize("content", [CAOLIAO, SMALL_CODE])
def test_chinese_files_are_read_as_windows_writes_them(tmp_path: Path, content: str) -> None:
    path = write(tmp_path, content.replace("\n", "\r\n"), encoding="gb18030")

    assert "春季茶饮" in cells(path)[0][1].values()
