"""Operators read what waits and what was reported, decide with a reason, answer appeals; nobody learns who reported."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from liulian.accounts.permissions import Scope
from liulian.base.ids import FlagId, decode_id, encode_id
from liulian.community.reports import FlagObject, ReportReason, appeal, report
from liulian.storage.database import Database
from tests.store.test_order import (
    ANNA,
    BERT,
    a_check_in,
    a_question,
    an_answer,
    by,
    plant,
    points,
    reporting,
)
from tests.web.api import BASE, api_key, client_of, problem, refused_fields
from tests.web.members.a_community import a_community

TEA = f"/api/v1/communities/{encode_id(a_community().id)}"


@pytest.fixture
async def operator(database: Database) -> AsyncIterator[httpx2.AsyncClient]:
    await plant(database)
    token = await api_key(database, scopes=frozenset({Scope.COMMUNITIES_PEOPLE}))
    async with client_of(database, base_url=BASE, token=token) as client:
        yield client


async def reported(database: Database, kind: FlagObject = FlagObject.POST) -> str:
    """Return the id of a flag on something of Anna's that Bert reported."""
    async with database.write() as tx:
        what = (await a_question(tx)).id if kind is FlagObject.POST else await a_check_in(tx)
        flag = await report(await by(tx, BERT), kind, what, reason=ReportReason.RUDE, note="a note", desk=reporting(tx))
    assert flag is not None
    return encode_id(flag.id)


async def test_reported_post_goes_through_the_queue_and_back_by_an_appeal(
    operator: httpx2.AsyncClient, database: Database
) -> None:
    flag = await reported(database)
    (listed,) = (await operator.get(f"{TEA}/flags")).json()["flags"]
    unreasoned = await operator.post(f"{TEA}/flags/{flag}/decision", json={"do": "uphold", "measure": "hide"})
    upheld = await operator.post(
        f"{TEA}/flags/{flag}/decision", json={"do": "uphold", "measure": "hide", "why": "Too harsh"}
    )
    again = await operator.post(f"{TEA}/flags/{flag}/decision", json={"do": "dismiss"})
    async with database.write() as tx:
        await appeal(await by(tx, ANNA), FlagId(_number(flag)), "It was a joke", flags=tx.flags)
    (waiting,) = (await operator.get(f"{TEA}/flags", params={"state": "appealed"})).json()["flags"]
    granted = await operator.post(f"{TEA}/flags/{flag}/decision", json={"do": "grant", "why": "You are right"})

    assert (listed["kind"], listed["member"], listed["reasons"], listed["note"]) == (
        "report",
        encode_id(ANNA),
        ["rude"],
        "a note",
    )
    assert encode_id(BERT) not in str(listed)
    assert refused_fields(unreasoned) == {"why": "post_text"}
    assert upheld.json()["post"]["state"] == "hidden"
    assert problem(again) == (409, "flag_closed")
    assert waiting["appeal"] == "It was a joke"
    assert granted.json()["post"]["state"] == "shown"
    assert granted.json()["verdict"] == {"measure": "hide", "why": "Too harsh", "answer": "You are right"}


async def test_check_in_is_voided_by_a_decision_and_its_points_go(
    operator: httpx2.AsyncClient, database: Database
) -> None:
    flag = await reported(database, FlagObject.ACT)
    done = await operator.post(
        f"{TEA}/flags/{flag}/decision", json={"do": "uphold", "measure": "unfit", "why": "Not tea"}
    )

    assert done.status_code == 200, done.text
    async with database.read() as tx:
        assert await points(tx, ANNA) == 0


async def test_posts_are_listed_by_state_page_by_page_and_decided(
    operator: httpx2.AsyncClient, database: Database
) -> None:
    async with database.write() as tx:
        question = await a_question(tx)
        helped = await an_answer(tx, question)
    first = (await operator.get(f"{TEA}/posts", params={"state": "shown", "limit": 1})).json()
    second = (await operator.get(f"{TEA}/posts", params={"state": "shown", "cursor": first["next_cursor"]})).json()
    removed = await operator.post(
        f"{TEA}/posts/{encode_id(helped.id)}/decision", json={"do": "remove", "why": "An advertisement"}
    )
    back = await operator.post(f"{TEA}/posts/{encode_id(helped.id)}/decision", json={"do": "approve"})

    assert [each["id"] for each in (*first["posts"], *second["posts"])] == [
        encode_id(question.id),
        encode_id(helped.id),
    ]
    assert second["next_cursor"] is None
    assert (removed.json()["state"], removed.json()["reason"]) == ("removed", "An advertisement")
    assert back.json()["state"] == "shown"


async def test_member_becomes_a_host_and_another_is_silenced_with_a_reason(
    operator: httpx2.AsyncClient, database: Database
) -> None:
    host = await operator.patch(f"{TEA}/members/{encode_id(BERT)}", json={"role": "host"})
    unreasoned = await operator.patch(f"{TEA}/members/{encode_id(ANNA)}", json={"is_silenced": True})
    silenced = await operator.patch(f"{TEA}/members/{encode_id(ANNA)}", json={"is_silenced": True, "why": "Spam"})
    again = await operator.patch(f"{TEA}/members/{encode_id(ANNA)}", json={"is_silenced": False})
    nobody = await operator.patch(f"{TEA}/members/{encode_id(999)}", json={"role": "host"})

    assert host.json() == {"id": encode_id(BERT), "nickname": "Bert", "role": "host", "is_silenced": False}
    assert refused_fields(unreasoned) == {"why": "post_text"}
    assert (silenced.json()["is_silenced"], again.json()["is_silenced"]) == (True, False)
    assert nobody.status_code == 404


def _number(written: str) -> int:
    return decode_id(written) or 0
