"""Names and codes of members: what is taken, what is made up, how a code is read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liulian.base.errors import FieldRefused
from liulian.base.ids import CommunityId
from liulian.community.codes import PAIR_LENGTH, PAIR_LETTERS, plain_pair_code, written_pair_code
from liulian.community.identities import masked_email, subject_of
from liulian.community.joining import (
    NICKNAME_LENGTH_MAX,
    generated_nickname,
    kind_nickname,
    parse_nickname,
    usable_zone,
)
from liulian.community.people import IdentityKind
from tests.web.members.a_community import a_community

KEY = b"key"


@given(st.text(max_size=200))
def test_name_from_elsewhere_always_becomes_one_that_we_take(name: str) -> None:
    nickname = kind_nickname(name)

    assert parse_nickname(nickname) == nickname
    assert len(nickname) <= NICKNAME_LENGTH_MAX


def test_generated_name_begins_with_what_members_are_called() -> None:
    names = {generated_nickname(a_community()) for _ in range(50)}

    assert len(names) > 10
    assert all(name.startswith("主人·") and parse_nickname(name) == name for name in names)


@pytest.mark.parametrize("nickname", ["x" * 25, "a\u202eb", "zero\u200bwidth"])
def test_name_that_is_too_long_or_hides_something_is_refused(nickname: str) -> None:
    with pytest.raises(FieldRefused):
        parse_nickname(nickname)


@pytest.mark.parametrize("zone", ["", "Nowhere/City", "../../etc/passwd", "x" * 500, "\0"])
def test_zone_that_is_none_is_the_communitys(zone: str) -> None:
    assert usable_zone(zone, otherwise="Asia/Shanghai") == "Asia/Shanghai"


@given(st.text(alphabet=PAIR_LETTERS, min_size=PAIR_LENGTH, max_size=PAIR_LENGTH))
def test_pair_code_is_understood_as_it_is_written_and_in_small_letters(letters: str) -> None:
    assert plain_pair_code(written_pair_code(letters)) == letters
    assert plain_pair_code(f" {written_pair_code(letters).lower()} ") == letters


@given(st.text())
def test_whatever_is_typed_is_no_longer_than_a_code(typed: str) -> None:
    assert len(plain_pair_code(typed)) <= PAIR_LENGTH


def test_address_is_one_however_it_is_spelt_and_another_in_another_community() -> None:
    one = subject_of(CommunityId(1), IdentityKind.EMAIL, "Lin@Example.com", key=KEY)

    assert one == subject_of(CommunityId(1), IdentityKind.EMAIL, " lin@example.com", key=KEY)
    assert one != subject_of(CommunityId(2), IdentityKind.EMAIL, "lin@example.com", key=KEY)
    assert one != subject_of(CommunityId(1), IdentityKind.OIDC, "lin@example.com", key=KEY)


@pytest.mark.parametrize(("email", "shown"), [("lin@a.cn", "l***n@a.cn"), ("ab@a.cn", "a***@a.cn")])
def test_address_is_shown_to_its_owner_alone(email: str, shown: str) -> None:
    assert masked_email(email) == shown
