"""Passwords, addresses, recovery codes, sealed secrets: what may be chosen, and what is stored."""

import pytest

from liulian.accounts.emails import domain_of_email, email_key, parse_email
from liulian.accounts.passwords import Passwords, parse_password
from liulian.accounts.recovery import is_recovery_code, new_recovery_codes, recovery_fingerprint
from liulian.accounts.vault import SealedElsewhere, Vault
from liulian.base.errors import FieldRefused

EMAIL = "lin.zhi@example.com"


def cheap() -> Passwords:
    return Passwords(memory_kib=8, rounds=1)


async def test_password_is_right_however_its_letters_were_composed() -> None:
    passwords = cheap()
    stored = await passwords.hash("cafe\u0301 au lait")

    assert stored.startswith("$argon2id$")
    assert await passwords.is_right("café au lait", stored)
    assert not await passwords.is_right("cafe au lait", stored)


async def test_nobody_has_no_right_password() -> None:
    passwords = cheap()

    assert not await passwords.is_right("", None)
    assert not await passwords.is_right("anything", "no hash at all")


async def test_two_hashes_of_one_password_differ() -> None:
    passwords = cheap()

    assert await passwords.hash("the same password") != await passwords.hash("the same password")


async def test_hash_made_with_less_work_is_outdated() -> None:
    stored = await cheap().hash("a long password")

    assert Passwords().is_outdated(stored)
    assert not cheap().is_outdated(stored)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_too_short"),
        ("ninechars", "password_too_short"),
        ("x" * 201, "password_too_long"),
        ("Lin.Zhi@Example.com", "password_is_email"),
    ],
)
def test_password_that_is_refused(password: str, code: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        parse_password(password, email=EMAIL)
    assert refused.value.code == code


def test_part_before_the_at_sign_is_no_password_either() -> None:
    with pytest.raises(FieldRefused):
        parse_password("somebody-long", email="somebody-long@example.com")


@pytest.mark.parametrize("password", ["aaaaaaaaaa", "correct horse battery staple", "十个字的密码就够用了", " " * 10])
def test_nothing_is_asked_of_a_password_but_its_length(password: str) -> None:
    assert parse_password(password, email=EMAIL)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "lin",
        "lin@",
        "@example.com",
        "a b@example.com",
        "lin@example",
        "a@b@c.com",
        "lin@ex..com",
        "x\n@y.com",
        f"{'x' * 255}@e.com",
    ],
)
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(FieldRefused):
        parse_email(typed)


@pytest.mark.parametrize("typed", [" lin@example.com ", "lin+tea@sub.example.co", "林@例子.中国", "root@localhost"])
def test_what_is_an_address(typed: str) -> None:
    assert parse_email(typed) == typed.strip()


def test_two_spellings_of_one_address_are_one() -> None:
    assert email_key(" Lin@EXAMPLE.com") == email_key("lin@example.com")
    assert domain_of_email("Lin@EXAMPLE.com") == "example.com"


def test_recovery_codes_are_eight_and_known_however_they_are_typed() -> None:
    codes = new_recovery_codes()

    assert len(set(codes)) == 8
    first = codes[0]
    for typed in (first, first.lower(), first.replace("-", ""), first.replace("-", " ")):
        assert is_recovery_code(typed)
        assert recovery_fingerprint(typed) == recovery_fingerprint(first)
    assert not is_recovery_code("123456")
    assert recovery_fingerprint(codes[1]) != recovery_fingerprint(first)


def test_sealed_secret_opens_at_its_own_place_alone() -> None:
    vault = Vault(b"k" * 32)
    sealed = vault.seal(b"secret", about="totp:1")

    assert b"secret" not in sealed
    assert vault.open(sealed, about="totp:1") == b"secret"
    with pytest.raises(SealedElsewhere):
        vault.open(sealed, about="totp:2")
    with pytest.raises(SealedElsewhere):
        vault.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), about="totp:1")
    with pytest.raises(SealedElsewhere):
        vault.open(b"", about="totp:1")


def test_another_key_is_noticed_and_an_older_one_may_be_kept() -> None:
    old, new = b"o" * 32, b"n" * 32
    sealed = Vault(old).seal(b"secret", about="x")

    with pytest.raises(SealedElsewhere):
        Vault(new).open(sealed, about="x")
    assert Vault(new, old).open(sealed, about="x") == b"secret"
    assert Vault(new, old).seal(b"secret", about="x") != sealed
