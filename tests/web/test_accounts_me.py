"""What people change about themselves, and how they get back in."""

import re
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from liulian.accounts.people import Identity, Passkey
from liulian.accounts.permissions import Role
from liulian.accounts.profile import offer_reset
from liulian.base.ids import PasskeyId
from liulian.storage.database import Database
from tests.web.api import BASE, NOON, problem, refused_fields
from tests.web.people import EMAIL, PASSWORD, V1, LetterBox, Town, a_town, actions, sign_in

ME = f"{V1}/me"
RESETS = f"{V1}/password-resets"
NEW = "another long password"


@pytest.fixture
def letters() -> LetterBox:
    return LetterBox()


@pytest.fixture
async def town(database: Database, letters: LetterBox) -> Town:
    town = a_town(database, mailer=letters)
    await town.person(EMAIL, Role.OWNER, name="Lin")
    return town


async def test_people_see_themselves_without_a_secret(town: Town) -> None:
    async with town.signed_in() as browser:
        me = (await browser.get(ME)).json()

    assert me.pop("id")
    assert me == {
        "email": EMAIL,
        "name": "Lin",
        "language": "en",
        "has_password": True,
        "totp_enabled": False,
        "passkeys": [],
        "identities": [],
    }


async def test_name_and_language_are_changed_at_will(town: Town) -> None:
    async with town.signed_in() as browser:
        assert (await browser.patch(ME, json={"name": " 林 ", "language": "zh-CN"})).json()["name"] == "林"
        changed = (await browser.patch(ME, json={"language": None})).json()
        assert (changed["name"], changed["language"]) == ("林", None)
        assert refused_fields(await browser.patch(ME, json={"name": "", "language": "fr"})).keys() == {"language"}
        assert refused_fields(await browser.patch(ME, json={"name": ""})) == {"name": "name_invalid"}


async def test_another_address_needs_the_password(town: Town) -> None:
    await town.person("taken@example.com")
    async with town.signed_in() as browser:
        for password in ({}, {"password": "wrong password"}):
            refused = await browser.patch(ME, json={"email": "new@example.com"} | password)
            assert problem(refused) == (403, "password_wrong")
        taken = await browser.patch(ME, json={"email": "Taken@example.com", "password": PASSWORD})
        assert problem(taken) == (409, "email_taken")
        changed = await browser.patch(ME, json={"email": "new@example.com", "password": PASSWORD})
        assert changed.json()["email"] == "new@example.com"
    async with town.browser() as browser:
        await sign_in(browser, "new@example.com")
    async with town.database.read() as tx:
        user = await tx.users.find_by_email("new@example.com")
    assert user is not None
    assert user.email_verified_at is None, "nobody has shown that it is theirs"
    assert "user.email_changed" in await actions(town)


async def test_new_password_signs_every_other_browser_out(town: Town) -> None:
    async with town.signed_in() as here, town.signed_in() as there:
        refused = await here.post(f"{ME}/password", json={"current": "wrong password", "new": NEW})
        assert problem(refused) == (403, "password_wrong")
        weak = await here.post(f"{ME}/password", json={"current": PASSWORD, "new": EMAIL})
        assert refused_fields(weak) == {"new": "password_is_email"}

        assert (await here.post(f"{ME}/password", json={"current": PASSWORD, "new": NEW})).status_code == 204
        assert (await here.get(ME)).status_code == 200
        assert problem(await there.get(ME)) == (401, "not_signed_in")
    async with town.browser() as browser:
        await sign_in(browser, password=NEW)
    assert "user.password_changed" in await actions(town)


async def test_password_cannot_be_guessed_in_an_open_browser_either(town: Town) -> None:
    async with town.signed_in() as browser:
        for _ in range(20):
            await browser.post(f"{ME}/password", json={"current": "wrong password", "new": NEW})
        refused = await browser.post(f"{ME}/password", json={"current": PASSWORD, "new": NEW})
        assert problem(refused) == (429, "too_many_attempts")


async def test_who_has_no_password_sets_one_only_just_after_signing_in(town: Town) -> None:
    async with town.signed_in() as browser:
        async with town.database.write() as tx:
            user = await tx.users.find_by_email(EMAIL)
            assert user is not None
            await tx.users.update(user.id, password_hash=None)
        town.clock.pass_by(minutes=10)
        assert problem(await browser.post(f"{ME}/password", json={"new": NEW})) == (403, "sign_in_again")
        town.clock.pass_by(minutes=-1)
        assert (await browser.post(f"{ME}/password", json={"new": NEW})).status_code == 204


async def test_sessions_are_listed_and_ended_one_by_one(town: Town) -> None:
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.42"
    await town.person("other@example.com")
    async with town.signed_in() as here, town.browser(**{"User-Agent": phone}) as there:
        await sign_in(there)
        town.clock.pass_by(minutes=1)
        await there.get(ME)
        listed = (await here.get(f"{ME}/sessions")).json()["sessions"]
        assert (listed[0]["app"], listed[0]["system"]) == ("wechat", "iOS")
        assert [each["current"] for each in listed] == [False, True]
        assert listed[0]["last_seen_at"] > listed[0]["created_at"]

        async with town.signed_in("other@example.com") as stranger:
            assert problem(await stranger.delete(f"{ME}/sessions/{listed[0]['id']}")) == (404, "not_found")
        assert (await here.delete(f"{ME}/sessions/{listed[0]['id']}")).status_code == 204
        assert problem(await there.get(ME)) == (401, "not_signed_in")
        assert problem(await here.delete(f"{ME}/sessions/{listed[0]['id']}")) == (404, "not_found")


async def test_all_other_sessions_are_ended_at_once(town: Town) -> None:
    async with town.signed_in() as here, town.signed_in() as there, town.signed_in() as elsewhere:
        assert (await here.delete(f"{ME}/sessions")).status_code == 204
        assert (await here.get(ME)).status_code == 200
        for other in (there, elsewhere):
            assert problem(await other.get(ME)) == (401, "not_signed_in")


def token_in(text: str) -> str:
    found = re.search(rf"{BASE}/console/reset#(\S+)", text)
    assert found, text
    return found[1]


async def test_forgotten_password_is_set_anew_by_a_letter(town: Town, letters: LetterBox) -> None:
    async with town.signed_in() as elsewhere, town.browser() as browser:
        assert (await browser.get(f"{V1}/session")).json()["password_reset_by_mail"] is True
        assert (await browser.post(RESETS, json={"email": EMAIL.upper()})).status_code == 202
        (letter,) = letters.letters
        assert letter.to == EMAIL
        assert "Lin" in letter.text
        token = token_in(letter.text)

        weak = await browser.post(f"{RESETS}/confirm", json={"token": token, "password": EMAIL})
        assert refused_fields(weak) == {"password": "password_is_email"}
        set_anew = await browser.post(f"{RESETS}/confirm", json={"token": token, "password": NEW})
        assert set_anew.status_code == 204
        again = await browser.post(f"{RESETS}/confirm", json={"token": token, "password": PASSWORD})
        assert problem(again) == (410, "token_invalid")

        assert problem(await elsewhere.get(ME)) == (401, "not_signed_in")
        await sign_in(browser, password=NEW)
    assert "user.password_reset" in await actions(town)


async def test_answer_to_a_forgotten_password_tells_nothing(town: Town, letters: LetterBox) -> None:
    await town.person("gone@example.com", disabled_at=town.clock())
    answers = []
    async with town.browser() as browser:
        for email in (EMAIL, "nobody@example.com", "gone@example.com"):
            answer = await browser.post(RESETS, json={"email": email})
            answers.append((answer.status_code, answer.content))

    assert set(answers) == {(202, b"")}
    assert [letter.to for letter in letters.letters] == [EMAIL]


async def test_mail_server_that_is_away_changes_nothing_about_the_answer(town: Town, letters: LetterBox) -> None:
    letters.is_away = True
    async with town.browser() as browser:
        assert (await browser.post(RESETS, json={"email": EMAIL})).status_code == 202


async def test_letters_are_few(town: Town, letters: LetterBox) -> None:
    async with town.browser() as browser:
        for _ in range(3):
            assert (await browser.post(RESETS, json={"email": EMAIL})).status_code == 202
        assert problem(await browser.post(RESETS, json={"email": EMAIL})) == (429, "too_many_attempts")
    assert len(letters.letters) == 3


async def test_newer_letter_makes_the_older_one_useless_and_both_age(town: Town, letters: LetterBox) -> None:
    async with town.browser() as browser:
        for _ in range(2):
            await browser.post(RESETS, json={"email": EMAIL})
        old, new = (token_in(letter.text) for letter in letters.letters)
        assert problem(await confirm(browser, old)) == (410, "token_invalid")
        town.clock.now += timedelta(hours=2)
        assert problem(await confirm(browser, new)) == (410, "token_invalid")


async def confirm(browser: httpx2.AsyncClient, token: str) -> Any:
    return await browser.post(f"{RESETS}/confirm", json={"token": token, "password": NEW})


async def test_without_mail_the_link_of_the_command_line_works_too(database: Database) -> None:
    town = a_town(database)
    user = await town.person(EMAIL, Role.OWNER, password_hash=None, email_verified_at=None)
    async with town.database.write() as tx:
        token = await offer_reset(user, desk=town.desk(tx))
    async with town.browser() as browser:
        assert (await browser.get(f"{V1}/session")).json()["password_reset_by_mail"] is False
        assert (await browser.post(RESETS, json={"email": EMAIL})).status_code == 202
        assert (await confirm(browser, token)).status_code == 204
        await sign_in(browser, password=NEW)
    async with town.database.read() as tx:
        present = await tx.users.find(user.id)
    assert present is not None
    assert present.email_verified_at is not None


async def test_two_step_sign_in_outlives_a_new_password(town: Town) -> None:
    user = await town.person("careful@example.com", totp_enabled_at=town.clock(), totp_secret=b"x")
    async with town.database.write() as tx:
        token = await offer_reset(user, desk=town.desk(tx))
    async with town.browser() as browser:
        assert (await confirm(browser, token)).status_code == 204
        answer = await browser.post(f"{V1}/session", json={"email": "careful@example.com", "password": NEW})
        assert problem(answer) == (401, "totp_required")


async def test_letter_takes_every_other_way_in_from_who_made_the_account_of_somebody_else(town: Town) -> None:
    user = await town.person(
        "early@example.com", totp_enabled_at=town.clock(), totp_secret=b"x", email_verified_at=None
    )
    passkey = Passkey(
        id=PasskeyId(9), user_id=user.id, credential_id=b"c", public_key=b"k", sign_count=1, name="x", created_at=NOON
    )
    async with town.database.write() as tx:
        await tx.users.add_passkey(passkey)
        await tx.users.replace_recovery_codes(user.id, [b"a"])
        await tx.users.add_identity(
            Identity(issuer="https://i", subject="s", user_id=user.id, email=None, created_at=NOON)
        )
        token = await offer_reset(user, desk=town.desk(tx))
    async with town.browser() as browser:
        assert (await confirm(browser, token)).status_code == 204
        await sign_in(browser, "early@example.com", NEW)
    async with town.database.write() as tx:
        assert await tx.users.list_passkeys(user.id) == []
        assert await tx.users.list_identities(user.id) == []
        assert not await tx.users.use_recovery_code(user.id, b"a")


async def test_letter_leaves_passkeys_and_single_sign_on_to_whoever_the_address_belongs(town: Town) -> None:
    user = await town.person("careful@example.com")
    identity = Identity(issuer="https://i", subject="s", user_id=user.id, email=None, created_at=NOON)
    async with town.database.write() as tx:
        await tx.users.add_identity(identity)
        token = await offer_reset(user, desk=town.desk(tx))
    async with town.browser() as browser:
        assert (await confirm(browser, token)).status_code == 204
    async with town.database.read() as tx:
        assert await tx.users.list_identities(user.id) == [identity]
