"""Wishes are checked all at once."""

from datetime import UTC, datetime

import pytest

from liulian.accounts.model import Anonymous
from liulian.base.errors import FieldError, FieldRefused
from liulian.links.audience import EVERYONE, Audience
from liulian.links.check import CheckedChange, check_change, check_title
from liulian.links.guard import NO_GUARD, PRESETS, Guard, Mode
from liulian.links.model import LinkChange, LinkDraft
from liulian.links.screened import check_drafts
from liulian.links.slugs import is_reserved
from liulian.links.store import ScreenVerdict


def test_accepted_wishes_come_back_in_normal_form() -> None:
    wished = LinkChange(
        destination=" https://Example.com ",
        slug="e\u0301",
        title="  Tea ",
        guard={"mode": "GUIDE"},
        audience={"forms": ["Mobile"]},
        expires_at="2026-03-02T00:00:00+08:00",
    )

    assert check_change(wished, own_hosts=()) == CheckedChange(
        wished=wished,
        destination="https://example.com/",
        slug="é",
        title="Tea",
        guard=Guard(mode=Mode.GUIDE, apps=PRESETS["wechat_qq"]),
        audience=Audience(forms=frozenset({"mobile"})),
        expires_at=datetime(2026, 3, 1, 16, tzinfo=UTC),
    )


def test_every_refusal_is_named() -> None:
    wished = LinkChange(
        destination="x",
        slug="a b",
        title="a\nb",
        guard={"mode": "hide", "apps": ["qq", "icq"], "colour": 1},
        audience={"systems": ["BeOS"], "forms": "mobile", "containers": ["bot"]},
        expires_at="tomorrow",
        errors=(FieldError("domain", "field_unknown"),),
    )

    assert {error.field: error.code for error in check_change(wished, own_hosts=()).errors} == {
        "domain": "field_unknown",
        "destination": "destination_not_a_url",
        "slug": "slug_characters",
        "title": "title_characters",
        "guard.mode": "choice_unknown",
        "guard.apps[1]": "choice_unknown",
        "guard.colour": "field_unknown",
        "audience.systems[0]": "choice_unknown",
        "audience.forms": "field_type",
        "audience.containers[0]": "choice_unknown",
        "expires_at": "expires_at_form",
    }


def test_what_is_not_wished_is_not_checked() -> None:
    assert check_change(LinkChange(), own_hosts=()) == CheckedChange(wished=LinkChange())


def test_what_is_wished_away_is_the_usual() -> None:
    checked = check_change(LinkChange(guard=None, audience=None, expires_at=None), own_hosts=())

    assert (checked.guard, checked.audience, checked.expires_at) == (NO_GUARD, EVERYONE, None)


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


@pytest.mark.parametrize(
    "destination",
    [
        "https://s.example/c/tea?ch=22222222222",
        "https://s.example/c/tea/rituals/abc",
        "http://127.0.0.1:8000/c/%E8%8C%B6",
        "https://S.example./c/tea#top",
    ],
)
def test_link_may_lead_to_a_page_of_a_community_here(destination: str) -> None:
    checked = check_change(LinkChange(destination=destination), own_hosts={"s.example", "127.0.0.1"})

    assert checked.errors == ()
    assert checked.destination is not None


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/c",
        "/c/",
        "/c//",
        "/abc",
        "/C/tea",
        "/c/../abc",
        "/c/%2e%2e/abc",
        "/c/tea/../../abc",
        "/%63/tea",
        "/api/c/x",
    ],
)
def test_no_other_page_of_ours_is_a_destination_so_that_no_link_leads_to_a_link(path: str) -> None:
    checked = check_change(LinkChange(destination=f"https://s.example{path}"), own_hosts={"s.example"})

    assert [error.code for error in checked.errors] == ["destination_own"]


def test_first_part_of_those_pages_is_no_slug_of_a_link() -> None:
    assert is_reserved("c")
    assert is_reserved("C")


async def test_page_of_a_community_is_not_screened() -> None:
    class Refuses:
        async def check(self, url: str, *, stranger: bool) -> ScreenVerdict:
            raise AssertionError(url)

    draft = LinkDraft(destination="http://127.0.0.1:8000/c/tea")
    (checked,) = await check_drafts([draft], Anonymous(), own_hosts={"127.0.0.1"}, screen=Refuses())

    assert checked.errors == ()
    assert checked.is_screened
