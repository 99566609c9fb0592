"""Each service's export is recognised by its headers, and each row becomes the wish that is meant."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from liulian.links.model import UNSET, LinkDraft
from liulian.transfer.model import Field, plain
from liulian.transfer.reading import open_table, rows_of
from liulian.transfer.recognise import ANY, FORMATS, NAMES, columns_of, format_named, recognise_format
from liulian.transfer.rows import Understanding, Wish, host_alone, read_wish, split_short_url, split_tags
from liulian.transfer.task import Options
from tests.unit.transfer import foreign_files as files

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BOTH = ("drinks", "green tea")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc] # Year, month, day and so on.


def understanding(columns: tuple[str, ...], *, source: str = "auto", **options: Any) -> Understanding:
    known = format_named(source, columns)
    return Understanding(
        format=known,
        columns=columns_of(known, columns),
        options=Options(**options),
        zone=SHANGHAI,
        own_hosts={"s.test", "go.test"},
        now=NOW,
    )


def wish_in(place: Path, content: object, **options: Any) -> tuple[str, Wish]:
    """Return the recognised source and the wish of the first row."""
    table = open_table(files.write(place, content))
    about = understanding(table.columns, **options)
    _, row = next(rows_of(table))
    return about.format.name, read_wish(row, about=about)


def wish_of(row: dict[str, str], **options: Any) -> Wish:
    return read_wish(row, about=understanding(tuple(row), **options))


@pytest.mark.parametrize(
    ("content", "source", "expected"),
    [
        (files.YOURLS, "yourls", {"title": "Tea & cups", "created_at": utc(2019, 3, 5, 8, 30)}),
        (files.PHP_MY_ADMIN, "yourls", {"title": "Tea & cups", "created_at": utc(2019, 3, 5, 8, 30)}),
        (files.YOURLS_API, "yourls", {"title": None, "created_at": utc(2019, 3, 5, 8, 30)}),
        (files.SHLINK, "shlink", {"tags": BOTH, "domain": "s.test", "created_at": utc(2021, 10, 3, 12, 53, 40)}),
        (files.SHLINK_IMPORTER, "shlink", {"tags": BOTH, "title": "Tea & cups"}),
        (files.SHLINK_API, "shlink", {"tags": BOTH, "expires_at": "2030-01-01T00:00:00+00:00"}),
        (files.KUTT, "kutt", {"note": "Tea & cups", "created_at": utc(2021, 10, 3, 12, 53, 40)}),
        (files.DUB, "dub", {"tags": BOTH, "created_at": utc(2024, 1, 5, 8, 30)}),
        (files.DUB_API, "dub", {"tags": ("drinks", "green, tea"), "note": "for spring", "title": "Tea & cups"}),
        (files.BITLY, "bitly", {"tags": BOTH, "domain": "go.test", "created_at": utc(2018, 6, 5, 14, 53, 40)}),
        (files.SHORT_IO, "short_io", {"tags": BOTH, "expires_at": UNSET, "domain": "s.test"}),
        (files.REBRANDLY, "rebrandly", {"domain": None, "created_at": utc(2016, 7, 13, 10, 54, 12)}),
        (files.CAOLIAO, "caoliao", {"tags": ("茶饮", "春季"), "created_at": utc(2024, 1, 5, 0, 30)}),
        (files.SMALL_CODE, "caoliao", {"title": "春季茶饮", "created_at": utc(2024, 1, 5, 0, 30)}),
        (files.LIULIAN, "liulian", {"title": "=Tea", "tags": ("drinks", "green, tea"), "guard": {"mode": "guide"}}),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isalpha() else "",
)  # fmt: skip
def test_export_is_recognised_and_read(tmp_path: Path, content: object, source: str, expected: dict[str, Any]) -> None:
    recognised, wish = wish_in(tmp_path, content)

    assert recognised == source
    assert (wish.draft.destination, wish.draft.slug) == ("https://example.com/tea", "tea")
    assert {name: getattr(wish.draft, name) for name in expected} == expected
    assert wish.draft.errors == ()
    assert wish.notices == ()


def test_folder_of_a_row_is_meant_by_its_name(tmp_path: Path) -> None:
    _, wish = wish_in(tmp_path, files.CAOLIAO, folder="23456789ABC")

    assert (wish.folder, wish.draft.folder) == ("门店海报", None)


def test_every_format_names_its_columns_in_plain_spelling() -> None:
    for known in (*FORMATS, ANY):
        for spelling in (*(name for names in known.columns.values() for name in names), *(set().union(*known.marks))):
            assert spelling == plain(spelling)


def test_no_column_means_two_things() -> None:
    columns = ("url", "title", "name", "URL 2")

    assert columns_of(ANY, columns) == {Field.DESTINATION: "url", Field.TITLE: "title"}
    assert recognise_format(columns) is ANY


def test_a_person_may_name_the_source() -> None:
    assert format_named("bitly", ("url",)).name == "bitly"
    with pytest.raises(KeyError):
        format_named("nobody", ("url",))
    assert len(NAMES) == len(set(NAMES))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://bit.test/2xYz9", ("bit.test", "2xYz9")),
        ("bit.test/2xYz9?s=1#top", ("bit.test", "2xYz9")),
        ('["https://go.test/tea","https://go.test/cup"]', ("go.test", "tea")),
        ("https://s.test:8080/%E8%8C%B6/", ("s.test", "茶")),
        ("https://s.test", ("s.test", "")),
        ("", ("", "")),
    ],
)
def test_short_url_is_host_and_slug(text: str, found: tuple[str, str]) -> None:
    assert split_short_url(text) == found


def test_host_is_what_is_left_of_a_domain() -> None:
    assert [host_alone(text) for text in ("https://S.test/", "s.test:80", " s.test ")] == ["s.test"] * 3


def test_tags_are_split_at_what_a_service_writes_between_them() -> None:
    assert split_tags("a, b;c", separators=",") == ["a", "b;c"]
    assert split_tags("a、b，c", separators="、，") == ["a", "b", "c"]
    assert split_tags('a,"b, c"', separators=",") == ["a", "b, c"]
    assert split_tags("['a', 'b']", separators=",") == ["a", "b"]
    assert split_tags("", separators=",") == []


def test_tags_of_the_import_come_on_top_and_none_comes_twice() -> None:
    assert wish_of({"url": "u", "tags": "Tea, cup"}, tags=("tea", "new")).draft.tags == ("Tea", "new", "cup")


def test_domain_of_others_is_left_behind_and_the_chosen_one_comes_first() -> None:
    row = {"url": "u", "short url": "https://bit.test/tea"}

    assert wish_of(row).draft == wish_of({"url": "u", "slug": "tea"}).draft
    assert wish_of(row, domain="go.test").draft.domain == "go.test"


def test_row_without_destination_says_so() -> None:
    draft = wish_of({"url": "", "slug": "tea"}).draft

    assert draft.destination is None
    assert [error.code for error in draft.errors] == ["destination_empty"]


def test_long_title_is_cut_and_said() -> None:
    wish = wish_of({"url": "u", "title": "two\nlines " + "x" * 300})

    assert wish.draft.title is not None
    assert (len(wish.draft.title), wish.draft.title[:10]) == (200, "two lines ")
    assert [notice.code for notice in wish.notices] == ["import_text_cut"]


def test_unknown_day_of_making_is_left_out_and_of_ending_is_an_error() -> None:
    wish = wish_of({"url": "u", "created": "01/02/2024", "expires": "01/02/2024"})

    assert wish.draft.created_at is None
    assert [notice.code for notice in wish.notices] == ["import_date_left_out"]
    assert [(error.field, error.code) for error in wish.draft.errors] == [("expires_at", "import_date_unknown")]


def test_nothing_was_made_in_the_future() -> None:
    assert wish_of({"url": "u", "created": "2030-01-01"}).draft.created_at is None


def test_guard_that_is_no_json_is_an_error() -> None:
    columns = {"destination": "u", "slug": "", "short_url": "", "human_clicks": "", "guard": "{"}

    assert [error.field for error in wish_of(columns).draft.errors] == ["guard"]


def test_row_without_anything_else_is_the_plainest_wish() -> None:
    assert wish_of({"url": "https://example.com/"}).draft == LinkDraft(destination="https://example.com/", tags=())
