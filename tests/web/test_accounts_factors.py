"""Second factors: codes of an app, recovery codes, passkeys."""

from datetime import timedelta
from typing import Any

import httpx2
import pyotp
import pytest

from liulian.accounts.permissions import Role
from liulian.storage.database import Database
from tests.web.api import BASE, problem
from tests.web.authenticator import Authenticator
from tests.web.people import EMAIL, PASSWORD, V1, Town, a_town, actions

ME, SESSION = f"{V1}/me", f"{V1}/session"


@pytest.fixture
async def town(database: Database) -> Town:
    town = a_town(database)
    await town.person(EMAIL, Role.OWNER, name="Lin")
    return town


def code(secret: str, town: Town, *, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(town.clock.now + timedelta(seconds=30 * steps))


async def with_totp(browser: httpx2.AsyncClient, town: Town) -> tuple[str, list[str]]:
    """Turn codes on; return the secret and the recovery codes."""
    secret = (await browser.post(f"{ME}/totp")).json()["secret"]
    answer = await browser.post(f"{ME}/totp/confirm", json={"code": code(secret, town)})
    assert answer.status_code == 200, answer.text
    return secret, answer.json()["recovery_codes"]


async def enter(town: Town, totp: str | None = None) -> httpx2.Response:
    async with town.browser() as browser:
        body = {"email": EMAIL, "password": PASSWORD} | ({"totp": totp} if totp is not None else {})
        return await browser.post(SESSION, json=body)


async def test_code_is_asked_for_once_one_was_confirmed(town: Town) -> None:
    async with town.signed_in() as browser:
        offer = (await browser.post(f"{ME}/totp")).json()
        assert offer["uri"].startswith("otpauth://totp/")
        assert offer["qr_svg"].startswith("<svg")
        assert (await enter(town)).status_code == 200, "it does not count yet"
        wrong = await browser.post(f"{ME}/totp/confirm", json={"code": "000000"})
        assert problem(wrong) == (403, "code_wrong")
        recovery = await browser.post(f"{ME}/totp/confirm", json={"code": code(offer["secret"], town)})
        assert len(set(recovery.json()["recovery_codes"])) == 8
        assert (await browser.get(ME)).json()["totp_enabled"] is True
        town.clock.pass_by(seconds=30)

    assert problem(await enter(town)) == (401, "totp_required")
    assert problem(await enter(town, "000000")) == (401, "sign_in_failed")
    assert (await enter(town, code(offer["secret"], town))).status_code == 200
    assert await actions(town) == ["member.joined", "user.totp_enabled"]


async def test_wrong_password_does_not_tell_that_there_is_a_second_factor(town: Town) -> None:
    async with town.signed_in() as browser:
        await with_totp(browser, town)
    async with town.browser() as browser:
        answer = await browser.post(SESSION, json={"email": EMAIL, "password": "wrong password"})
    assert problem(answer) == (401, "sign_in_failed")


async def test_no_code_works_twice_not_even_an_earlier_one(town: Town) -> None:
    async with town.signed_in() as browser:
        secret, _ = await with_totp(browser, town)
    assert problem(await enter(town, code(secret, town))) == (401, "sign_in_failed"), "it was used to confirm"
    assert (await enter(town, code(secret, town, steps=1))).status_code == 200, "the next one of a fast clock"
    assert problem(await enter(town, code(secret, town, steps=1))) == (401, "sign_in_failed")
    town.clock.pass_by(seconds=30)
    assert problem(await enter(town, code(secret, town, steps=-1))) == (401, "sign_in_failed")
    town.clock.pass_by(seconds=30)
    assert (await enter(town, code(secret, town))).status_code == 200


async def test_asking_for_the_code_is_no_failed_attempt_but_a_wrong_code_is(town: Town) -> None:
    async with town.signed_in() as browser:
        secret, _ = await with_totp(browser, town)
    for _ in range(25):
        assert problem(await enter(town)) == (401, "totp_required")
    for _ in range(20):
        assert problem(await enter(town, "123456")) == (401, "sign_in_failed")
    town.clock.pass_by(seconds=60)
    assert problem(await enter(town, code(secret, town))) == (429, "too_many_attempts")


async def test_recovery_code_works_once_however_it_is_typed(town: Town) -> None:
    async with town.signed_in() as browser:
        _, (first, second, *_) = await with_totp(browser, town)
    assert (await enter(town, first.lower().replace("-", " "))).status_code == 200
    assert problem(await enter(town, first)) == (401, "sign_in_failed")
    assert (await enter(town, second)).status_code == 200
    assert (await actions(town)).count("user.recovery_code_used") == 2


async def test_secret_is_sealed_in_the_database(town: Town) -> None:
    async with town.signed_in() as browser:
        secret, codes = await with_totp(browser, town)
    async with town.database.read() as tx:
        rows = (await tx.connection.exec_driver_sql("SELECT * FROM users")).all()
        stored = (await tx.connection.exec_driver_sql("SELECT * FROM recovery_codes")).all()

    assert secret.encode() not in b"".join(cell for row in rows for cell in row if isinstance(cell, bytes))
    assert not [each for each in codes if each in str(stored) or each.replace("-", "") in str(stored)]


async def test_codes_are_turned_off_by_the_password_or_a_code(town: Town) -> None:
    async with town.signed_in() as browser:
        _, codes = await with_totp(browser, town)
        assert problem(await browser.post(f"{ME}/totp")) == (409, "totp_enabled_already")
        for body, why in (
            ({}, "password_wrong"),
            ({"password": "wrong"}, "password_wrong"),
            ({"code": "1"}, "code_wrong"),
        ):
            assert problem(await browser.request("DELETE", f"{ME}/totp", json=body)) == (403, why)
        assert (await browser.request("DELETE", f"{ME}/totp", json={"password": PASSWORD})).status_code == 204
        assert (await browser.get(ME)).json()["totp_enabled"] is False
        assert (await enter(town)).status_code == 200

        town.clock.pass_by(seconds=60)
        _, codes = await with_totp(browser, town)
        assert (await browser.request("DELETE", f"{ME}/totp", json={"code": codes[0]})).status_code == 204
    assert (await enter(town)).status_code == 200


async def test_code_is_confirmed_only_for_a_secret_that_waits(town: Town) -> None:
    async with town.signed_in() as browser:
        answer = await browser.post(f"{ME}/totp/confirm", json={"code": "123456"})
        assert problem(answer) == (409, "totp_not_started")


async def add_passkey(browser: httpx2.AsyncClient, device: Authenticator) -> httpx2.Response:
    offer = (await browser.post(f"{ME}/passkeys/options")).json()
    body = {"token": offer["token"], "credential": device.create(offer["options"]), "name": "phone"}
    return await browser.post(f"{ME}/passkeys", json=body)


async def enter_by(town: Town, device: Authenticator, **different: Any) -> httpx2.Response:
    async with town.browser() as browser:
        offer = (await browser.post(f"{SESSION}/passkey/options")).json()
        body = {"token": offer["token"], "credential": device.get(offer["options"])} | different
        return await browser.post(f"{SESSION}/passkey", json=body)


@pytest.fixture
async def device(town: Town) -> Authenticator:
    """A device with a passkey of the usual person."""
    device = Authenticator(origin=BASE)
    async with town.signed_in() as browser:
        assert (await add_passkey(browser, device)).status_code == 201
    return device


async def test_passkey_signs_in_without_address_password_or_code(town: Town, device: Authenticator) -> None:
    async with town.signed_in() as browser:
        await with_totp(browser, town)
    answer = await enter_by(town, device)

    assert answer.status_code == 200
    assert answer.json()["user"]["email"] == EMAIL
    (passkey,) = answer.json()["user"]["passkeys"]
    assert passkey["name"] == "phone"
    assert passkey["last_used_at"] is not None
    assert "user.passkey_added" in await actions(town)


async def test_answer_of_a_device_counts_once(town: Town, device: Authenticator) -> None:
    async with town.browser() as browser:
        offer = (await browser.post(f"{SESSION}/passkey/options")).json()
        body = {"token": offer["token"], "credential": device.get(offer["options"])}
        assert (await browser.post(f"{SESSION}/passkey", json=body)).status_code == 200
        assert problem(await browser.post(f"{SESSION}/passkey", json=body)) == (410, "token_invalid")
        other = (await browser.post(f"{SESSION}/passkey/options")).json()["token"]
        replayed = await browser.post(f"{SESSION}/passkey", json=body | {"token": other})
        assert problem(replayed) == (401, "sign_in_failed"), "another challenge"


async def test_copy_of_a_device_is_noticed_by_its_counter(town: Town, device: Authenticator) -> None:
    for _ in range(2):
        assert (await enter_by(town, device)).status_code == 200
    device.count -= 1
    assert problem(await enter_by(town, device)) == (401, "sign_in_failed")


async def test_device_that_does_not_count_is_fine(town: Town) -> None:
    device = Authenticator(origin=BASE, counts=False)
    async with town.signed_in() as browser:
        assert (await add_passkey(browser, device)).status_code == 201
    for _ in range(2):
        assert (await enter_by(town, device)).status_code == 200


async def test_device_must_have_checked_its_owner(town: Town, device: Authenticator) -> None:
    device.verifies = False
    assert problem(await enter_by(town, device)) == (401, "sign_in_failed")
    async with town.signed_in() as browser:
        careless = Authenticator(origin=BASE, verifies=False)
        assert problem(await add_passkey(browser, careless)) == (422, "passkey_refused")


async def test_passkey_given_to_another_site_is_refused(town: Town, device: Authenticator) -> None:
    device.origin = "https://evil.example"
    assert problem(await enter_by(town, device)) == (401, "sign_in_failed")
    async with town.signed_in() as browser:
        phished = Authenticator(origin="https://evil.example")
        assert problem(await add_passkey(browser, phished)) == (422, "passkey_refused")


async def test_unknown_device_and_disabled_person_stay_out(town: Town, device: Authenticator) -> None:
    assert problem(await enter_by(town, Authenticator(origin=BASE))) == (401, "sign_in_failed")
    async with town.database.write() as tx:
        user = await tx.users.find_by_email(EMAIL)
        assert user is not None
        await tx.users.update(user.id, disabled_at=town.clock())
    assert problem(await enter_by(town, device)) == (401, "sign_in_failed")


@pytest.mark.parametrize(
    "credential", [{}, {"rawId": 1}, {"rawId": "x", "response": {}}, {"rawId": "AAAA", "response": 1}]
)
async def test_nonsense_from_a_device_is_a_plain_refusal(town: Town, device: Authenticator, credential: object) -> None:
    assert problem(await enter_by(town, device, credential=credential)) == (401, "sign_in_failed")
    async with town.signed_in() as browser:
        offer = (await browser.post(f"{ME}/passkeys/options")).json()
        body = {"token": offer["token"], "credential": credential, "name": "x"}
        assert problem(await browser.post(f"{ME}/passkeys", json=body)) == (422, "passkey_refused")


async def test_options_of_one_person_add_no_passkey_to_another(town: Town) -> None:
    await town.person("other@example.com")
    device = Authenticator(origin=BASE)
    async with town.signed_in() as mine, town.signed_in("other@example.com") as theirs:
        offer = (await mine.post(f"{ME}/passkeys/options")).json()
        body = {"token": offer["token"], "credential": device.create(offer["options"]), "name": "x"}
        assert problem(await theirs.post(f"{ME}/passkeys", json=body)) == (422, "passkey_refused")


async def test_passkey_is_renamed_and_removed_by_its_owner_alone(town: Town, device: Authenticator) -> None:
    await town.person("other@example.com")
    async with town.signed_in() as mine, town.signed_in("other@example.com") as theirs:
        (passkey,) = (await mine.get(ME)).json()["passkeys"]
        address = f"{ME}/passkeys/{passkey['id']}"
        assert problem(await theirs.patch(address, json={"name": "x"})) == (404, "not_found")
        assert problem(await theirs.delete(address)) == (404, "not_found")
        assert (await mine.patch(address, json={"name": "tablet"})).status_code == 204
        assert (await mine.get(ME)).json()["passkeys"][0]["name"] == "tablet"
        assert problem(await add_passkey(mine, device)) == (409, "passkey_known")
        assert (await mine.delete(address)).status_code == 204
    assert problem(await enter_by(town, device)) == (401, "sign_in_failed")


async def test_page_opened_by_an_address_is_told_to_use_a_name(database: Database) -> None:
    town = a_town(database, base_url="http://192.0.2.1:8000")
    async with town.browser() as browser:
        assert problem(await browser.post(f"{SESSION}/passkey/options")) == (409, "passkey_needs_host")
    local = a_town(database, base_url="http://localhost:8000")
    async with local.browser() as browser:
        offer = (await browser.post(f"{SESSION}/passkey/options")).json()
        assert offer["options"]["rpId"] == "localhost"


async def test_other_browsers_are_signed_out_when_codes_are_turned_on(town: Town) -> None:
    async with town.signed_in() as here, town.signed_in() as there:
        await with_totp(here, town)
        assert problem(await there.get(ME)) == (401, "not_signed_in")
    async with town.browser() as browser:
        town.clock.pass_by(seconds=30)
        assert problem(await browser.post(SESSION, json={"email": EMAIL, "password": PASSWORD})) == (
            401,
            "totp_required",
        )
