"""Wishes are checked all at once."""

import pytest

from liulian.base.errors import FieldRefused
from liulian.links.check import check_change, check_title
from liulian.links.model import LinkChange


def test_accepted_wishes_come_back_in_normal_form() -> None:
    wished = LinkChange(destination=" https://Example.com ", slug="e\u0301", title="  Tea ", sets_title=True)

    checked, errors = check_change(wished, own_hosts=())

    assert errors == ()
    assert checked == LinkChange(destination="https://example.com/", slug="é", title="Tea", sets_title=True)


def test_every_refusal_is_named() -> None:
    wished = LinkChange(destination="x", slug="a b", title="a\nb", sets_title=True)

    _, errors = check_change(wished, own_hosts=())

    assert [(error.field, error.code) for error in errors] == [
        ("destination", "destination_not_a_url"),
        ("slug", "slug_characters"),
        ("title", "title_characters"),
    ]


def test_what_is_not_wished_is_not_checked() -> None:
    assert check_change(LinkChange(), own_hosts=()) == (LinkChange(), ())


def test_empty_title_is_none() -> None:
    assert check_title("  ") is None


def test_title_of_spaces_and_then_words_keeps_its_words() -> None:
    assert check_title(" " * 5000 + "tea") == "tea"


@pytest.mark.parametrize("title", ["x" * 201, "x" * 100_000])
def test_long_title_is_refused(title: str) -> None:
    with pytest.raises(FieldRefused, match="title_too_long"):
        check_title(title)


def test_title_may_have_emoji_that_are_joined() -> None:
    assert check_title("👩‍👧 茶") == "👩‍👧 茶"
