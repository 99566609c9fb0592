"""Keys and tokens: one for each purpose, and a secret of the installation that nobody replaces."""

import os
from pathlib import Path

import pytest

from liulian.base.secrets import derive_key, fingerprint, is_signed, random_token, read_or_create_secret, sign

KEY = derive_key(b"secret", purpose="test")


def test_each_purpose_and_each_secret_has_its_own_key() -> None:
    keys = {derive_key(secret, purpose=purpose) for secret in (b"a", b"b") for purpose in ("x", "y")}

    assert len(keys) == 4
    assert {len(key) for key in keys} == {32}


def test_a_key_is_what_rfc_5869_says() -> None:
    """Appendix A.3 of the RFC: no salt, no info, and of 42 bytes the first 32."""
    expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"

    assert derive_key(b"\x0b" * 22, purpose="").hex() == expected


def test_a_tag_fits_its_message_and_its_key_only() -> None:
    tag = sign(KEY, b"message")

    assert is_signed(KEY, b"message", tag)
    assert not is_signed(KEY, b"massage", tag)
    assert not is_signed(derive_key(b"secret", purpose="other"), b"message", tag)


@pytest.mark.parametrize("tag", ["", "x", "é" * 43, "\udcff", sign(KEY, b"message")[:-1], sign(KEY, b"message") + "="])
def test_anything_else_is_no_tag_and_no_error(tag: str) -> None:
    assert not is_signed(KEY, b"message", tag)


def test_tokens_are_long_safe_in_an_address_and_never_the_same() -> None:
    tokens = {random_token() for _ in range(100)}

    assert len(tokens) == 100
    assert all(len(token) == 43 and token.replace("-", "").replace("_", "").isalnum() for token in tokens)


def test_what_is_stored_of_a_token_is_not_the_token() -> None:
    token = random_token()

    assert fingerprint(token) == fingerprint(token)
    assert len(fingerprint(token)) == 32
    assert token.encode() not in fingerprint(token)
    assert fingerprint("\udcff") != fingerprint(token), "bytes from a header that are no UTF-8 are no error"


def test_the_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"

    first = read_or_create_secret(path)

    assert len(first) == 43
    assert read_or_create_secret(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret.key"]


def test_a_secret_written_by_hand_is_read_without_its_line_end(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_bytes(b"by hand\n")

    assert read_or_create_secret(tmp_path / "secret.key") == b"by hand"


def test_of_two_that_start_together_both_get_the_secret_of_the_faster_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, link = tmp_path / "secret.key", os.link

    def link_too_late(draft: Path, target: Path) -> None:
        target.write_bytes(b"of the faster one")
        link(draft, target)

    monkeypatch.setattr(os, "link", link_too_late)

    assert read_or_create_secret(path) == b"of the faster one"
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret.key"]
