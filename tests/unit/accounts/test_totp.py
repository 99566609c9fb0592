"""Codes of authenticator apps: the present one and its neighbours, by the test vectors of RFC 6238."""

from base64 import b32encode
from datetime import UTC, datetime, timedelta

import pytest

from liulian.accounts.totp import matching_step, new_secret, uri_of

SECRET = b32encode(b"12345678901234567890")
# RFC 6238, appendix B, cut to six digits.
VECTORS = [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")]


@pytest.mark.parametrize(("second", "code"), VECTORS)
def test_code_of_the_standard_is_right(second: int, code: str) -> None:
    assert matching_step(SECRET, code, now=datetime.fromtimestamp(second, UTC)) == second // 30


@pytest.mark.parametrize(("off_s", "counts"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_clock_may_be_one_step_off(off_s: int, counts: bool) -> None:
    at = datetime.fromtimestamp(1234567890, UTC) + timedelta(seconds=off_s)

    assert (matching_step(SECRET, "005924", now=at) is not None) is counts


@pytest.mark.parametrize("code", ["", "5924", "00592", "0059240", "００５９２４", "abcdef", "-05924"])
def test_what_is_no_code(code: str) -> None:
    assert matching_step(SECRET, code, now=datetime.fromtimestamp(1234567890, UTC)) is None


def test_spaces_are_no_part_of_a_code() -> None:
    assert matching_step(SECRET, " 005 924 ", now=datetime.fromtimestamp(1234567890, UTC)) is not None


def test_app_is_told_whose_secret_it_is() -> None:
    uri = uri_of(new_secret(), email="lin@example.com", issuer="Liulian s.example")

    assert uri.startswith("otpauth://totp/")
    assert "issuer=Liulian%20s.example" in uri
