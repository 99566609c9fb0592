"""The weekly broadcast and the progress of goals, as operators have them."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from liulian.base.ids import CommunityId, encode_id
from liulian.community.acts import ActKind
from liulian.community.model import Reach, Take
from liulian.storage.database import Database
from tests.store.test_checkins import ASKING, a_challenge
from tests.store.test_feedback import a_goal, act_of
from tests.web.api import BASE, api_key, client_of, problem
from tests.web.members.a_community import NOON
from tests.web.people import V1, Clock

TEA = f"{V1}/communities/{encode_id(7)}"


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = NOON
    return clock


@pytest.fixture
async def editor(database: Database, clock: Clock) -> AsyncIterator[httpx2.AsyncClient]:
    """A program of the workspace whose community it is."""
    async with client_of(database, base_url=BASE, clock=clock, token=await api_key(database)) as client:
        yield client


async def plant(database: Database) -> None:
    async with database.write() as tx:
        await tx.communities.add(ASKING.community)
        await tx.members.add(ASKING.member)
        await tx.communities.services.add(a_challenge(proof="number", unit="杯"))
        await tx.communities.goals.add(a_goal(2, Reach.TOGETHER, Take.SUM))
    await act_of(database, now=NOON, value=4.0)


async def test_draft_says_what_all_did_together_and_what_that_comes_to(
    editor: httpx2.AsyncClient, database: Database
) -> None:
    await plant(database)

    draft = (await editor.get(f"{TEA}/broadcasts/draft")).json()

    assert (draft["week"], draft["is_sent"], draft["name"]) == ("2026-02-23", False, "茶饮健康 · 本周播报")
    assert draft["body"].splitlines() == [
        "这一周有 1 位主人在行动，一共打卡 1 次。",
        "我们一起换成茶：4 杯，约合 0.2 公斤糖（来源：GB 28050）",
    ]
    assert draft["sums"]["goals"][0]["meaning"] == {"amount": 0.2, "unit": "公斤糖", "source": "GB 28050"}


async def test_operator_edits_and_publishes_once_a_week(
    editor: httpx2.AsyncClient, database: Database, clock: Clock
) -> None:
    await plant(database)
    wish: dict[str, Any] = {"name": "播报", "body": "本周少喝 4 杯\n谢谢", "purpose": "problem"}

    sent = await editor.post(f"{TEA}/broadcasts", json=wish)

    assert sent.status_code == 201, sent.text
    assert (sent.json()["body"], sent.json()["sums"]["check_ins"]) == ("本周少喝 4 杯\n谢谢", 1)
    assert problem(await editor.post(f"{TEA}/broadcasts", json=wish)) == (409, "broadcast_sent")
    assert (await editor.get(f"{TEA}/broadcasts/draft")).json()["is_sent"]
    async with database.read() as tx:
        acts = await tx.acts.list_page(CommunityId(7), after=0, limit=100)
    (send,) = [act for act in acts if act.kind is ActKind.SEND]
    assert (encode_id(send.object_id or 0), send.member_id, send.purpose) == (sent.json()["id"], None, "problem")
    clock.pass_by(days=1)  # Monday.
    assert (await editor.post(f"{TEA}/broadcasts", json=wish)).status_code == 201
    listed = (await editor.get(f"{TEA}/broadcasts", params={"limit": 1})).json()
    assert listed["broadcasts"][0]["week"] == "2026-03-02"
    rest = (await editor.get(f"{TEA}/broadcasts", params={"limit": 1, "cursor": listed["next_cursor"]})).json()
    assert ([each["week"] for each in rest["broadcasts"]], rest["next_cursor"]) == (["2026-02-23"], None)


async def test_broadcast_without_words_is_refused_field_by_field(
    editor: httpx2.AsyncClient, database: Database, clock: Clock
) -> None:
    await plant(database)

    answer = await editor.post(f"{TEA}/broadcasts", json={"name": " ", "body": "x" * 2001, "loud": True})

    assert {error["field"]: error["code"] for error in answer.json()["errors"]} == {
        "name": "field_required",
        "body": "broadcast_text",
        "loud": "field_unknown",
    }
    assert problem(await editor.post(f"{TEA}/broadcasts", json={"name": "x", "body": "  "})) == (422, "invalid_request")


async def test_progress_of_goals_tells_how_far_and_what_it_means(
    editor: httpx2.AsyncClient, database: Database, clock: Clock
) -> None:
    await plant(database)

    (goal,) = (await editor.get(f"{TEA}/goals/progress")).json()["goals"]

    assert (goal["done"], goal["needed"], goal["share"], goal["week"]) == (4.0, 20.0, 0.2, 4.0)
    assert (goal["pace"], round(goal["per_day"], 2)) == ("behind", 0.52)
