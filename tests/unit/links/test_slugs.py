"""Slugs: made, checked, and found again in whatever way a browser spells them."""

import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liulian.base.errors import FieldRefused
from liulian.base.ids import ALPHABET
from liulian.links.slugs import SLUG_LENGTH, check_custom_slug, is_reserved, random_slug, slug_of_path, slug_path


def refusal(text: str) -> str:
    with pytest.raises(FieldRefused) as refused:
        check_custom_slug(text)
    return refused.value.code


def test_random_slugs_have_seven_unambiguous_characters_and_differ() -> None:
    made = {random_slug() for _ in range(1000)}

    assert len(made) == 1000
    assert {len(slug) for slug in made} == {SLUG_LENGTH}
    assert set("".join(made)) <= set(ALPHABET)


def test_random_slug_is_never_a_reserved_word(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = iter("metricsmEtRiCSsummer7")
    monkeypatch.setattr("liulian.links.slugs.secrets.choice", lambda _: next(letters))

    assert random_slug() == "summer7"


@pytest.mark.parametrize(
    "slug",
    [
        "a",
        "A-b_9",
        "夏日",
        "été",
        "чай",
        "茶-2026",
        "x" * 128,
        "ｆｕｌｌ",
        "٣",
        "हिन्दी",
        "भाषा-2",
        "ไทย",
        "น้ำชา",
        "தமிழ்",
    ],
)
def test_letters_and_digits_of_any_script_make_a_slug(slug: str) -> None:
    assert check_custom_slug(slug) == slug


def test_slug_is_kept_in_its_composed_form() -> None:
    assert check_custom_slug(" e\u0301te\u0301 ") == "été"


def test_space_around_a_slug_is_no_part_of_it_however_long() -> None:
    assert check_custom_slug(" " * 600 + "tea" + "\n" * 600) == "tea"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "slug_empty"),
        ("  ", "slug_empty"),
        ("x" * 129, "slug_too_long"),
        ("x" * 100_000, "slug_too_long"),
        ("x" + " " * 600 + "y", "slug_too_long"),
        ("e" + "\u0301" * 600, "slug_too_long"),
        ("a b", "slug_characters"),
        ("a/b", "slug_characters"),
        ("a.b", "slug_characters"),
        ("a+", "slug_characters"),
        ("a%20", "slug_characters"),
        ("🍵", "slug_characters"),
        ("a\u200bb", "slug_characters"),
        ("a\u202eb", "slug_characters"),
        ("\u3164", "slug_characters"),
        ("½", "slug_characters"),
        ("\u093fक", "slug_characters"),
        ("1\u0301", "slug_characters"),
        ("a-\u0e31", "slug_characters"),
        ("क" + "\u093f" * 5, "slug_characters"),
        ("茶\ufe00", "slug_characters"),
        ("a\u034f", "slug_characters"),
        ("a\U000e0100", "slug_characters"),
        ("क\u20dd", "slug_characters"),
        ("a\x00", "slug_characters"),
        ("\ud800", "slug_characters"),
        ("api", "slug_reserved"),
        ("API", "slug_reserved"),
        ("MP_verify_abc", "slug_reserved"),
        ("ww_VERIFY_x", "slug_reserved"),
        ("q", "slug_reserved"),
    ],
)
def test_each_refusal_has_its_own_code(typed: str, code: str) -> None:
    assert refusal(typed) == code


@pytest.mark.parametrize(
    "word",
    [
        "api", "c", "q", "js", "static", "expand", "metrics", "console", ".well-known", "robots.txt", "favicon.ico",
        "sitemap.xml", "docs", "health", "admin", "login", "MP_verify_x.txt", "WW_verify_y.txt", "Robots.TXT",
    ],
)  # fmt: skip
def test_words_of_ours_are_reserved_in_any_case(word: str) -> None:
    assert is_reserved(word)


def test_a_word_that_only_begins_like_one_of_ours_is_free() -> None:
    assert not is_reserved("apiary")
    assert not is_reserved("cc")


@pytest.mark.parametrize(
    ("slug", "path"),
    [("Tea-1_x", b"/Tea-1_x"), ("茶", b"/%E8%8C%B6"), ("é", b"/%C3%A9"), ("कि", b"/%E0%A4%95%E0%A4%BF")],
)
def test_canonical_path_of_a_slug(slug: str, path: bytes) -> None:
    assert slug_path(slug) == path
    assert slug_of_path(path) == slug


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        (b"/%e8%8c%b6", "茶"),
        (b"/%54ea", "Tea"),
        (b"/e%CC%81", "é"),
        ("/茶".encode(), "茶"),
        (b"/T%65a", "Tea"),
        (b"/Tea%2D1", "Tea-1"),
        (b"/%e0%a4%95%e0%A4%BF", "कि"),
        ("/ไทย".encode(), "ไทย"),
    ],
)
def test_every_legal_spelling_means_the_same_slug(path: bytes, slug: str) -> None:
    assert slug_of_path(path) == slug


@pytest.mark.parametrize(
    "path",
    [
        b"", b"/", b"Tea", b"/a/b", b"/a+", b"/a.b", b"/%", b"/%4", b"/%zz", b"/%FF", b"/a%2Fb", b"/a%20b", b"/a%00",
        b"//a", b"/a?b", b"/" + b"x" * 129, b"/" + b"%E8%8C%B6" * 129, b"/" + b"x" * 100_000, b"/api", b"/API",
        b"/%61pi", b"/MP_verify_x", b"/%C0%80", b"/%ED%A0%80", b"/%E0%A4%BF", b"/%E8%8C%B6%EF%B8%80",
    ],
)  # fmt: skip
def test_what_cannot_be_a_slug_is_none(path: bytes) -> None:
    assert slug_of_path(path) is None


LETTERS = st.text(st.characters(categories=["Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Mn", "Mc"]), min_size=1, max_size=128)


@given(LETTERS)
def test_path_of_a_legal_slug_leads_back_to_it(text: str) -> None:
    try:
        slug = check_custom_slug(text)
    except FieldRefused:
        return
    assert slug_of_path(slug_path(slug)) == slug
    decomposed = quote(unicodedata.normalize("NFD", slug), safe="").encode()
    assert slug_of_path(b"/" + decomposed) == slug


@given(st.binary(max_size=60))
def test_any_path_gives_a_legal_slug_or_none(path: bytes) -> None:
    slug = slug_of_path(b"/" + path)

    assert slug is None or check_custom_slug(slug) == slug
