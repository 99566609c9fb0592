"""What operators learn of self-tests and rituals."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from liulian.accounts.permissions import ROLE_SCOPES, Role
from liulian.base.ids import ActId, CommunityId, MemberId, encode_id
from liulian.community.answers import Attempt
from liulian.community.attendance import attend
from liulian.community.model import ServiceVersion
from liulian.community.recording import record
from liulian.storage.database import Database
from tests.unit.community.a_ritual import FIRST, SECOND, a_ritual
from tests.unit.community.a_ritual import a_member as a_person
from tests.web.api import BASE, api_key, client_of, ids, problem
from tests.web.members.a_community import a_community, a_member
from tests.web.members.test_rituals import BEGIN
from tests.web.members.test_tests import DEFINITION, TEST, a_service

HERE = f"/api/v1/communities/{encode_id(7)}"
RESULTS, SHARED = f"{HERE}/services/{encode_id(77)}/results", f"{HERE}/shared-answers"


@pytest.fixture
async def operator(database: Database) -> AsyncIterator[httpx2.AsyncClient]:
    """A client with a key to the workspace of a community that has a self-test and a ritual."""
    async with database.write() as tx:
        await tx.communities.add(a_community())
        await tx.communities.services.add(a_service())
        version = ServiceVersion(service_id=TEST, version=1, definition=DEFINITION, created_at=BEGIN)
        await tx.communities.add_version(version)
        await tx.communities.rituals.add(a_ritual())
    later = BEGIN + timedelta(days=8)
    async with client_of(database, base_url=BASE, token=await api_key(database), clock=lambda: later) as client:
        yield client


async def attempted(database: Database, *, member: int, band: str, **changed: Any) -> Attempt:
    fields: dict[str, Any] = {"score": 6.0, "answers": {"sweet": 2.0, "cups": 4.0, "when": (1.0, 2.0)}} | changed
    attempt = Attempt(
        id=ActId(ids()),
        community_id=CommunityId(7),
        member_id=MemberId(member),
        service_id=TEST,
        version=1,
        band=band,
        created_at=BEGIN,
        **fields,
    )
    async with database.write() as tx:
        await tx.attempts.add(attempt)
    return attempt


async def test_results_are_counts_of_members_by_band(operator: httpx2.AsyncClient, database: Database) -> None:
    for member in range(70, 75):
        await attempted(database, member=member, band="high")
    await attempted(database, member=74, band="low")

    answer = (await operator.get(RESULTS)).json()

    assert answer["attempts"] == 6
    assert answer["versions"] == [
        {
            "version": 1,
            "members": 5,
            "bands": [{"key": "low", "name": "清爽", "members": 1}, {"key": "high", "name": "偏甜", "members": 4}],
        }
    ]
    assert "sweet" not in str(answer)


async def test_of_few_members_no_bands_are_told(operator: httpx2.AsyncClient, database: Database) -> None:
    for member in range(70, 74):
        await attempted(database, member=member, band="high")

    (version,) = (await operator.get(RESULTS)).json()["versions"]

    assert (version["members"], version["bands"]) == (4, None)


async def test_only_shared_answers_are_listed_page_by_page(operator: httpx2.AsyncClient, database: Database) -> None:
    async with database.write() as tx:
        await tx.members.add(a_member())
    shared = [await attempted(database, member=70, band="high", is_shared=True) for _ in range(3)]
    await attempted(database, member=71, band="high")

    first = (await operator.get(SHARED, params={"limit": 2})).json()
    rest = (await operator.get(SHARED, params={"limit": 2, "cursor": first["next_cursor"]})).json()

    found = first["shared"] + rest["shared"]
    assert [each["id"] for each in found] == [encode_id(each.id) for each in reversed(shared)]
    assert rest["next_cursor"] is None
    assert (found[0]["nickname"], found[0]["name"], found[0]["band"]) == ("阿茶", "甜度自测", "偏甜")
    assert {each["item"]: each["said"] for each in found[0]["answers"]} == {
        "sweet": ["每天"],
        "cups": ["4 杯"],
        "when": ["早上", "深夜"],
    }


async def test_attendance_is_counted_by_occurrence(operator: httpx2.AsyncClient, database: Database) -> None:
    async with database.write() as tx:
        await tx.members.add(a_member())
        for member in (70, 71):
            act = attend(a_person(id=MemberId(member)), a_ritual(), [], code="", ids=ids, now=BEGIN)
            await record([act], log=tx.log, now=BEGIN)

    answer = (await operator.get(f"{HERE}/rituals/{encode_id(5)}/attendance")).json()

    assert [(each["occurrence"], each["members"]) for each in answer["occurrences"]] == [(SECOND, 0), (FIRST, 2)]
    assert answer["members_now"] == 1


async def test_who_may_not_see_people_sees_no_answers(operator: httpx2.AsyncClient, database: Database) -> None:
    token = await api_key(database, scopes=ROLE_SCOPES[Role.ANALYST])
    async with client_of(database, base_url=BASE, token=token) as analyst:
        refused, counted = await analyst.get(SHARED), await analyst.get(RESULTS)

    assert problem(refused) == (403, "forbidden")
    assert counted.status_code == 200


async def test_what_is_no_self_test_or_of_others_is_not_found(operator: httpx2.AsyncClient, database: Database) -> None:
    other = await api_key(database, workspace=2)
    async with client_of(database, base_url=BASE, token=other) as foreigner:
        foreign = [(await foreigner.get(path)).status_code for path in (RESULTS, SHARED)]

    assert foreign == [404, 404]
    assert (await operator.get(f"{HERE}/services/{encode_id(5)}/results")).status_code == 404
    assert (await operator.get(f"{HERE}/rituals/{encode_id(77)}/attendance")).status_code == 404
    assert (await operator.get(SHARED, params={"cursor": "nonsense"})).status_code == 422
