"""What happened elsewhere is told over the API: acts, files, sends, money."""

import json
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select

from liulian.base.ids import CommunityId, decode_id, encode_id
from liulian.community.identities import subject_of
from liulian.community.people import IdentityKind, MemberIdentity
from liulian.storage.act_tables import acts
from liulian.storage.database import Database
from liulian.web.parts import Site
from tests.web.api import NOON, problem, refused_fields
from tests.web.members.a_community import a_member, plant
from tests.web.one_of_each import CHALLENGE, RITUAL

TEA = encode_id(7)
HERE = f"/api/v1/communities/{TEA}"
AT = "2026-03-01T19:00:00+08:00"
KEY = Site.of(base_url=None, secret=b"secret of a test").member_key
ME = {"id": encode_id(a_member().id)}


@pytest.fixture(autouse=True)
async def planted(database: Database) -> None:
    await plant(database)
    identity = MemberIdentity(
        community_id=CommunityId(7),
        kind=IdentityKind.EMAIL,
        subject=subject_of(CommunityId(7), IdentityKind.EMAIL, "lin@example.com", key=KEY),
        member_id=a_member().id,
        created_at=NOON,
        seen_at=NOON,
    )
    async with database.write() as tx:
        await tx.member_identities.add(identity)


async def told(program: httpx2.AsyncClient, *given: Any) -> list[dict[str, Any]]:
    answer = await program.post(f"{HERE}/acts", json={"acts": given})
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


async def number_of_acts(database: Database) -> int:
    async with database.read() as tx:
        return int(await tx.connection.scalar(select(func.count()).select_from(acts)) or 0)


def an_open(key: str = "1", **more: Any) -> dict[str, Any]:
    return {"kind": "open", "key": key, "at": AT, "member": {"email": "lin@example.com"}} | more


async def test_each_act_has_a_result_of_its_own(program: httpx2.AsyncClient, database: Database) -> None:
    first = await told(program, an_open(), an_open("2", member={"email": "nobody@example.com"}), 7)
    again = await told(program, an_open())

    assert first[0] == {"index": 0, "act_id": first[0]["act_id"], "is_new": True}
    assert first[1]["problem"]["errors"][0]["field"] == "acts[1].member"
    assert first[1]["problem"]["code"] == "invalid_request"
    assert first[2]["problem"]["status"] == 422
    assert again == [{"index": 0, "act_id": first[0]["act_id"], "is_new": False}]
    assert await number_of_acts(database) == 1


@pytest.mark.parametrize("body", [{}, {"acts": []}, {"acts": [an_open()] * 1_001}, {"acts": [an_open()], "more": 1}])
async def test_what_is_no_list_of_acts_is_refused_whole(program: httpx2.AsyncClient, body: dict[str, Any]) -> None:
    assert problem(await program.post(f"{HERE}/acts", json=body)) == (422, "invalid_request")


async def test_opens_name_the_send_that_they_are_of(program: httpx2.AsyncClient, database: Database) -> None:
    wish = {"key": "mail-1", "name": "周报", "purpose": "promotion", "sent_at": AT, "stimulus": {"share": 0.1}}
    send = (await program.post(f"{HERE}/sends", json=wish | {"channel": "mail"})).json()
    again = (await program.post(f"{HERE}/sends", json=wish | {"name": "Other"})).json()

    (opened, sent) = await told(
        program,
        an_open(send_id=send["id"]),
        {"kind": "send", "key": "s1", "at": AT, "member": ME, "send_id": send["id"]},
    )

    assert again == send
    assert (send["kind"], send["stimulus"], send["channel"]) == ("external", {"share": 0.1, "amount": None}, "mail")
    assert (await program.get(f"{HERE}/sends")).json() == {"sends": [send], "next_cursor": None}
    assert (await program.get(f"{HERE}/sends/{send['id']}")).json() == send
    assert problem(await program.get(f"{HERE}/sends/{TEA}")) == (404, "not_found")
    async with database.read() as tx:
        all_acts = {encode_id(act.id): act for act in await tx.acts.list_page(CommunityId(7), after=0, limit=9)}
    assert all_acts[opened["act_id"]].source.send_id == decode_id(send["id"])
    assert all_acts[sent["act_id"]].purpose == "promotion"
    assert all_acts[sent["act_id"]].stimulus.share == 0.1
    assert sorted(act.kind.value for act in all_acts.values()) == ["open", "send", "send"]


async def test_sends_come_page_by_page(program: httpx2.AsyncClient) -> None:
    for number in range(3):
        wish = {"key": f"{number}", "name": f"{number}", "purpose": "problem", "sent_at": AT}
        await program.post(f"{HERE}/sends", json=wish)

    first = (await program.get(f"{HERE}/sends", params={"limit": 2})).json()
    second = (await program.get(f"{HERE}/sends", params={"limit": 2, "cursor": first["next_cursor"]})).json()

    assert [each["name"] for each in (*first["sends"], *second["sends"])] == ["2", "1", "0"]
    assert second["next_cursor"] is None


async def test_send_needs_purpose_name_and_time(program: httpx2.AsyncClient) -> None:
    answer = await program.post(f"{HERE}/sends", json={"key": "1", "stimulus": {"amount": -1}})

    assert refused_fields(answer) == {
        "name": "field_required",
        "purpose": "field_required",
        "sent_at": "field_required",
        "stimulus.amount": "field_range",
    }


async def test_attendance_told_from_elsewhere_and_here_is_one(program: httpx2.AsyncClient, database: Database) -> None:
    ritual = (await program.post(f"{HERE}/rituals", json=RITUAL | {"starts_at": "2026-02-25T20:00"})).json()
    usual = {"kind": "attendance", "member": ME, "ritual_id": ritual["id"], "at": "2026-02-25T20:10:00+08:00"}

    results = await told(
        program,
        usual | {"key": "1"},
        usual | {"key": "2", "occurrence": "2026-02-25T20:00"},
        usual | {"key": "3", "occurrence": "2026-02-26T20:00"},
        usual | {"key": "4", "at": "2026-02-27T20:10:00+08:00"},
    )

    assert [each.get("is_new") for each in results] == [True, False, None, None]
    assert results[0]["act_id"] == results[1]["act_id"]
    assert results[2]["problem"]["errors"][0]["code"] == "occurrence_unknown"


async def test_nobody_attended_what_had_not_begun_was_over_or_was_cancelled(program: httpx2.AsyncClient) -> None:
    ritual = (await program.post(f"{HERE}/rituals", json=RITUAL | {"starts_at": "2026-02-11T20:00"})).json()
    change = f"{HERE}/rituals/{ritual['id']}/changes/2026-02-18T20:00"
    assert (await program.put(change, json={"moved_to": None})).status_code == 200
    usual = {"kind": "attendance", "member": ME, "ritual_id": ritual["id"]}

    results = await told(
        program,
        usual | {"key": "1", "at": "2026-02-23T20:10:00+08:00", "occurrence": "2026-02-25T20:00"},
        usual | {"key": "2", "at": "2026-02-23T20:10:00+08:00", "occurrence": "2026-02-11T20:00"},
        usual | {"key": "3", "at": "2026-02-18T20:10:00+08:00", "occurrence": "2026-02-18T20:00"},
        usual | {"key": "4", "at": "2026-02-11T19:50:00+08:00", "occurrence": "2026-02-11T20:00"},
    )

    codes = [each["problem"]["errors"][0]["code"] for each in results[:3]]
    assert codes == ["occurrence_closed"] * 3
    assert results[3]["is_new"]


async def sent(program: httpx2.AsyncClient, text: str, **fields: str) -> httpx2.Response:
    return await program.post(
        f"{HERE}/evidence", data=fields, files={"file": ("orders.csv", text.encode("gb18030"), "text/csv")}
    )


ORDERS = """订单号,下单时间,邮箱,实付金额
1001,2026-02-28 20:00,lin@example.com,¥80
1002,2026-02-28 21:00,nobody@example.com,12
1003,gestern,lin@example.com,
"""


async def test_file_is_counted_row_by_row_with_reasons_and_adds_nothing_twice(
    program: httpx2.AsyncClient, database: Database
) -> None:
    tried = (await sent(program, ORDERS, kind="purchase", dry_run="true")).json()
    assert await number_of_acts(database) == 0
    first = (await sent(program, ORDERS, kind="purchase")).json()
    again = (await sent(program, ORDERS, kind="purchase")).json()

    assert tried == first | {"dry_run": True}
    assert (first["rows"], first["created"], first["known"], first["failed"]) == (3, 1, 0, 2)
    assert (again["created"], again["known"]) == (0, 1)
    assert first["mapping"] == {"订单号": "key", "下单时间": "at", "邮箱": "email", "实付金额": "value"}
    reasons = {each["row"]: [one["code"] for one in each["problem"]["errors"]] for each in first["failures"]}
    assert reasons == {2: ["evidence_member_unknown"], 3: ["import_date_unknown", "field_required"]}
    async with database.read() as tx:
        (act,) = await tx.acts.list_page(CommunityId(7), after=0, limit=9)
    assert act.at.isoformat() == "2026-02-28T12:00:00+00:00"


async def test_mapping_zone_and_kind_of_a_file_can_be_said(program: httpx2.AsyncClient, database: Database) -> None:
    mapping = json.dumps({"when": "at", "who": "member_id", "what": "group"})
    text = f"when,who,what\n2026-02-28 20:00,{ME['id']},春天的茶友群\n"

    done = (await sent(program, text, kind="quit", mapping=mapping, zone="America/New_York")).json()

    assert (done["created"], done["failed"]) == (1, 0), done
    async with database.read() as tx:
        (act,) = await tx.acts.list_page(CommunityId(7), after=0, limit=9)
    assert (act.kind, act.detail, act.at.hour) == ("quit", {"group": "春天的茶友群"}, 1)
    assert "春天" not in act.key


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"mapping": "{"}, "mapping"),
        ({"mapping": '{"nowhere": "at"}'}, "mapping.nowhere"),
        ({"zone": "Mars"}, "zone"),
        ({"kind": "check_in"}, "kind"),
        ({"dry_run": "maybe"}, "dry_run"),
    ],
)
async def test_what_is_said_of_a_file_is_checked(
    program: httpx2.AsyncClient, fields: dict[str, str], field: str
) -> None:
    assert list(refused_fields(await sent(program, ORDERS, **fields))) == [field]


async def test_money_is_entered_once_listed_and_added_up_per_module(program: httpx2.AsyncClient) -> None:
    module = (await program.post(f"{HERE}/services", json=CHALLENGE)).json()["id"]
    entries = [
        {"key": "1", "day": "2026-03-01", "service_id": module, "cost": 100, "note": "Tea"},
        {"key": "2", "day": "2026-03-02", "service_id": module, "cost": 50, "income": 20},
        {"key": "3", "day": "2026-03-02", "income": 7.5},
        {"key": "4", "day": "2026-03-02", "income": 9, "currency": "EUR"},
        {"key": "5", "day": "yesterday", "service_id": TEA},
    ]

    results = (await program.post(f"{HERE}/money", json={"entries": entries})).json()["results"]
    again = (await program.post(f"{HERE}/money", json={"entries": entries[:1]})).json()["results"]

    assert [each.get("is_new") for each in results] == [True, True, True, True, None]
    assert {error["field"]: error["code"] for error in results[4]["problem"]["errors"]} == {
        "entries[4].day": "date_invalid",
        "entries[4].cost": "money_none",
        "entries[4].service_id": "part_unknown",
    }
    assert again == [{"index": 0, "id": results[0]["id"], "is_new": False}]
    sums = (await program.get(f"{HERE}/money/sums")).json()["sums"]
    assert sums == [
        {"service_id": None, "currency": "CNY", "cost": 0, "income": 7.5},
        {"service_id": None, "currency": "EUR", "cost": 0, "income": 9},
        {"service_id": module, "currency": "CNY", "cost": 150, "income": 20},
    ]
    some = {"service_id": module, "from": "2026-03-02", "until": "2026-03-02"}
    (only,) = (await program.get(f"{HERE}/money", params=some)).json()["entries"]
    assert (only["key"], only["cost"], only["day"]) == ("2", 50, "2026-03-02")
    first = (await program.get(f"{HERE}/money", params={"limit": 3})).json()
    rest = (await program.get(f"{HERE}/money", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [each["key"] for each in (*first["entries"], *rest["entries"])] == ["4", "3", "2", "1"]
