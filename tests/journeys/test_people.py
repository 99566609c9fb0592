"""From the first start to a team: the printed link, the first account, and an administrator at the terminal."""

import re
import urllib.error
from pathlib import Path
from typing import Any

import pytest

from tests.installation import Installation

PASSWORD = "a long enough password"
SETUP = re.compile(r"http://127\.0\.0\.1:\d+/console/setup#(\S+)")
RESET = re.compile(r"/console/reset#(\S+)")


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "data", workers=1)


def post(installation: Installation, path: str, **body: str) -> Any:
    return installation.request(f"/api/v1/{path}", method="POST", body=body)


def refused(installation: Installation, path: str, **body: str) -> int:
    with pytest.raises(urllib.error.HTTPError) as answer:
        post(installation, path, **body)
    answer.value.close()
    return answer.value.code


def test_link_is_printed_until_somebody_has_an_account(installation: Installation) -> None:
    installation.start()
    token = SETUP.findall(installation.log.read_text())[0]
    state = post(installation, "setup", token=token, email="lin@example.com", name="Lin", password=PASSWORD)
    assert state["workspaces"][0]["role"] == "owner"
    installation.stop()

    installation.start()
    try:
        assert len(SETUP.findall(installation.log.read_text())) == 1, "the second start prints none"
        assert post(installation, "session", email="lin@example.com", password=PASSWORD)["state"] == "signed_in"
    finally:
        installation.stop()


def test_database_that_is_away_is_no_reason_to_print_a_link(tmp_path: Path) -> None:
    away = f"postgresql://nobody@/nothing?host={tmp_path}"
    installation = Installation(tmp_path / "data", workers=1, LIULIAN_DATABASE_URL=away)
    installation.start()
    installation.stop()

    assert not SETUP.findall(installation.log.read_text())


def test_administrator_makes_resets_and_disables_accounts_at_the_terminal(installation: Installation) -> None:
    made = installation.run("user", "create", "mo@example.com", "--name", "Mo", "--role", "admin")
    assert made.returncode == 0, made.stderr
    first = RESET.findall(made.stdout)[0]
    assert "The account mo@example.com is made" in made.stdout
    assert installation.run("user", "create", "MO@example.com", "--name", "Mo").returncode == 1
    assert "analyst" in installation.run("user", "create", "x@example.com", "--name", "X", "--role", "king").stderr
    second = RESET.findall(installation.run("user", "reset", "MO@example.com").stdout)[0]
    assert installation.run("user", "reset", "nobody@example.com").returncode == 1

    installation.start()
    try:
        assert not SETUP.findall(installation.log.read_text())
        assert refused(installation, "password-resets/confirm", token=first, password=PASSWORD) == 410
        assert post(installation, "password-resets/confirm", token=second, password=PASSWORD) is None
        state = post(installation, "session", email="mo@example.com", password=PASSWORD)
        assert (state["user"]["name"], state["workspaces"][0]["role"]) == ("Mo", "admin")

        assert "is disabled" in installation.run("user", "disable", "mo@example.com").stdout
        assert refused(installation, "session", email="mo@example.com", password=PASSWORD) == 401
        listed = installation.run("user", "list").stdout
        assert re.fullmatch(r"mo@example\.com  \d{4}-\d\d-\d\d  Mo  disabled\n", listed)
        installation.run("user", "enable", "mo@example.com")
        assert post(installation, "session", email="mo@example.com", password=PASSWORD)["state"] == "signed_in"
    finally:
        installation.stop()


def test_key_made_at_the_terminal_may_do_what_was_said(installation: Installation) -> None:
    assert "links:read" in installation.run("api-key", "create", "--name", "x", "--scope", "links:fly").stderr
    narrow = installation.run("api-key", "create", "--name", "x", "--scope", "links:read").stdout.strip()
    usual = installation.run("api-key", "create", "--name", "x").stdout.strip()

    installation.start()
    try:
        shown = [installation.request("/api/v1/workspace", token=token)["scopes"] for token in (narrow, usual)]
    finally:
        installation.stop()
    assert shown[0] == ["links:read"]
    assert "links:write" in shown[1]
    assert "keys:write" not in shown[1]
