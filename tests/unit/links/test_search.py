"""A link is found by the words that people remember of it, in Chinese too."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liulian.links.search import (
    WANTED_MAX,
    WORD_LENGTH_MAX,
    WORDS_MAX,
    Wanted,
    beginnings,
    is_found_by,
    link_words,
    tag_word,
    title_key,
    wanted_words,
    words_of,
)

LATIN = st.text("abcdefghijklmnopqrstuvwxyzäéñøß0123456789АБВабв", min_size=1, max_size=30)
CHINESE = st.text("茶饮健康亲子共读无糖生活𠮷ひらがな한국", min_size=1, max_size=20)


def finds(text: str, **link: Any) -> bool:
    usual: dict[str, Any] = {"slug": "AbC2xyz", "destination": "https://example.com/"}
    words = link_words(**usual | link)
    return all(is_found_by(wanted, words) for wanted in wanted_words(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Summer Sale", ["summer", "sale"]),
        ("夏日茶饮", ["夏", "日", "茶", "饮", "夏日", "日茶", "茶饮"]),
        ("茶Tea饮2026", ["茶", "tea", "饮", "2026"]),
        ("ＡＢＣ　１２３", ["abc", "123"]),
        ("snake_case-kebab.dot/slash", ["snake", "case", "kebab", "dot", "slash"]),
        ("🍵 —— ！", []),
        ("", []),
    ],
)
def test_text_is_split_into_words(text: str, words: list[str]) -> None:
    assert list(words_of(text)) == words


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("茶饮", {"title": "夏日茶饮健康"}),
        ("茶", {"title": "夏日茶饮健康"}),
        ("日茶饮健", {"title": "夏日茶饮健康"}),
        ("茶饮 sum", {"title": "Summer 茶饮"}),
        ("SUMM", {"note": "for the summer"}),
        ("abc2", {}),
        ("exam", {}),
        ("shop example", {"destination": "https://shop.example.com/"}),
        ("落地", {"destination": "https://example.com/%E8%90%BD%E5%9C%B0%E9%A1%B5"}),
        ("例子", {"destination": "https://xn--fsqu00a.com/"}),
        ("https://example.com/", {}),
        (
            "https://shop.example.com/落地页?x=1",
            {"destination": "https://shop.example.com/%E8%90%BD%E5%9C%B0%E9%A1%B5/x/1"},
        ),
    ],
)
def test_link_is_found_by_what_is_remembered_of_it(text: str, link: dict[str, str]) -> None:
    assert finds(text, **link)


@pytest.mark.parametrize("text", ["饮茶", "ummer", "example org", "茶 咖"])
def test_link_is_not_found_by_other_words(text: str) -> None:
    assert not finds(text, title="summer 茶饮")


def test_short_url_of_ours_means_its_slug() -> None:
    assert wanted_words("https://s.example:8000/AbC2xyz?from=timeline", own_hosts=["s.example"]) == (
        Wanted("abc2xyz", is_beginning=True),
    )
    assert wanted_words("S.example/AbC2xyz+", own_hosts=["s.example"]) == (Wanted("abc2xyz", is_beginning=True),)


def test_tag_is_found_by_its_number_and_no_text_looks_like_one() -> None:
    words = link_words(slug="tea", destination="https://example.com/", tag_ids=[7])

    assert words[0] == tag_word(7)
    assert tag_word(7) not in words_of(f"{tag_word(7)} 7")


def test_longest_title_and_note_are_never_cut_off() -> None:
    every = "".join(map(chr, range(0x4E00, 0x4E00 + 1200)))

    words = link_words(
        slug="tea", destination="https://example.com/" + "a/" * 4000, title=every[:200], note=every[200:]
    )

    assert len(words) <= WORDS_MAX
    assert every[-2:] in words


def test_search_is_bounded() -> None:
    assert len(wanted_words("w " + " ".join(map(str, range(100))))) == WANTED_MAX
    assert wanted_words("x" * 1000) == (Wanted("x" * WORD_LENGTH_MAX, is_beginning=True),)


def test_titles_are_sorted_without_regard_to_capitals_and_the_slug_stands_in() -> None:
    assert title_key("Tea", "x") == title_key("tea", "y")
    assert title_key(None, "Slug") == b"slug"


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    words = list(words_of(text))

    assert all(0 < len(word) <= WORD_LENGTH_MAX for word in words)
    assert not any(
        re.search(r"[\x00-\x2f:-@\[-`{-\x7f\s\u00a7\u00b7\ud800-\udfff]", word) for word in words
    )  # What stores use.
    wanted_words(text, own_hosts=["s.example"])


@given(LATIN | CHINESE, LATIN | CHINESE)
def test_whatever_is_in_a_title_is_found_by_any_part_of_it(before: str, text: str) -> None:
    title = f"{before} {text}"

    assert finds(text, title=title)
    assert finds(title, title=title)


@given(st.lists(LATIN | CHINESE, max_size=5))
def test_beginnings_are_just_those_of_the_words(texts: list[str]) -> None:
    words = [word for text in texts for word in words_of(text)]
    ready = beginnings(words)

    assert set(words) <= set(ready)
    assert all(any(word.startswith(each) for word in words) for each in ready)
    for wanted in wanted_words(" ".join(texts)):
        if len(wanted.word) in range(2, 11):
            assert wanted.word in ready
