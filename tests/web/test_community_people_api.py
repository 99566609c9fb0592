"""Connectors and members of communities, as operators meet them."""

import csv
import io
from typing import Any

import httpx2
import pytest

from liulian.base.ids import ChannelId, CommunityId, LinkId, MemberId, encode_id
from liulian.community.connectors import ConnectorKind
from liulian.community.model import MemberState
from liulian.storage.database import Database
from liulian.web.parts import Site
from tests.web.api import BASE, problem, refused_fields
from tests.web.members.a_community import a_community, a_member
from tests.web.members.browsers import CHANNEL

HERE = f"/api/v1/communities/{encode_id(7)}"
WECHAT: dict[str, Any] = {"values": {"app_id": "wx520c15f417810387"}, "secret": "of-the-account"}


@pytest.fixture(autouse=True)
async def _community(database: Database) -> None:
    async with database.write() as tx:
        await tx.communities.add(a_community())


async def put(client: httpx2.AsyncClient, kind: str, **wish: Any) -> httpx2.Response:
    return await client.put(f"{HERE}/connectors/{kind}", json=wish)


async def test_connector_is_shown_without_its_secret_and_kept_sealed(
    program: httpx2.AsyncClient, database: Database
) -> None:
    made = await put(program, "wechat", **WECHAT)
    listed = await program.get(f"{HERE}/connectors")
    async with database.read() as tx:
        kept = await tx.connectors.find(CommunityId(7), ConnectorKind.WECHAT)

    assert made.status_code == 200, made.text
    assert made.json()["callback_url"] == f"{BASE}/c/tea/oauth/wechat/callback"
    assert made.json()["values"] == {"app_id": "wx520c15f417810387", "scope": "snsapi_base"}
    assert listed.json()["connectors"] == [made.json()]
    assert "of-the-account" not in made.text + listed.text
    assert kept is not None
    assert b"of-the-account" not in kept.sealed
    assert kept.secret(Site.of(base_url=BASE, secret=b"secret of a test").vault) == "of-the-account"


async def test_secret_stays_with_the_account_it_was_given_for(program: httpx2.AsyncClient) -> None:
    await put(program, "wechat", **WECHAT)

    same = await put(program, "wechat", values={"app_id": "wx520c15f417810387", "scope": "snsapi_userinfo"})
    another = await put(program, "wechat", values={"app_id": "wx0000000000000000"})

    assert same.status_code == 200
    assert refused_fields(another) == {"secret": "field_required"}


@pytest.mark.parametrize(
    ("kind", "values", "field", "code"),
    [
        ("wechat", {"app_id": "gh_123"}, "app_id", "connector_app_id"),
        ("wechat", {"app_id": "wx520c15f417810387", "scope": "everything"}, "scope", "connector_scope"),
        ("wecom", {"corp_id": "1", "agent_id": "1"}, "corp_id", "connector_corp_id"),
        ("wecom", {"corp_id": "ww0123456789abcdef", "agent_id": "one"}, "agent_id", "connector_agent_id"),
        ("oidc", {"issuer": "ftp://id.example", "client_id": "a", "name": "b"}, "issuer", "connector_issuer"),
        ("oidc", {"issuer": "https://id.example", "client_id": "a b", "name": "b"}, "client_id", "connector_client_id"),
        ("oidc", {"issuer": "https://id.example", "client_id": "a", "name": ""}, "name", "field_required"),
        ("wechat", {"app_id": "wx520c15f417810387", "more": "1"}, "more", "field_unknown"),
    ],
)
async def test_connector_that_cannot_work_is_refused_at_its_field(
    program: httpx2.AsyncClient, kind: str, values: dict[str, str], field: str, code: str
) -> None:
    answer = await put(program, kind, values=values, secret="secret")

    assert refused_fields(answer) == {field: code}


async def test_connector_is_taken_away_once(program: httpx2.AsyncClient) -> None:
    await put(program, "wechat", **WECHAT)

    assert (await program.delete(f"{HERE}/connectors/wechat")).status_code == 204
    assert problem(await program.delete(f"{HERE}/connectors/wechat")) == (404, "not_found")
    assert problem(await program.delete(f"{HERE}/connectors/nonsense")) == (404, "not_found")


async def some_members(database: Database) -> None:
    channel = ChannelId(CHANNEL.id)
    async with database.write() as tx:
        await tx.communities.channels.add(CHANNEL)
        await tx.members.add(a_member(id=MemberId(1), channel_id=channel, link_id=LinkId(3_000)))
        await tx.members.add(a_member(id=MemberId(2), state=MemberState.LEFT, nickname="=1+1"))
        await tx.members.add(a_member(id=MemberId(3), channel_id=channel))
        await tx.members.add(a_member(id=MemberId(9), community_id=CommunityId(8)))


async def test_members_are_listed_page_by_page_with_what_brought_them(
    program: httpx2.AsyncClient, database: Database
) -> None:
    await some_members(database)

    first = (await program.get(f"{HERE}/members?limit=2")).json()
    rest = (await program.get(f"{HERE}/members?limit=2&cursor={first['next_cursor']}")).json()

    assert [member["id"] for member in first["members"]] == [encode_id(1), encode_id(2)]
    assert first["members"][0] | {"id": ""} == {
        "id": "",
        "nickname": "阿茶",
        "state": "active",
        "role": "member",
        "channel": encode_id(CHANNEL.id),
        "channel_name": "Poster",
        "link": encode_id(3_000),
        "joined_at": "2026-03-01T04:00:00.000000Z",
        "joined_on": "2026-03-01",
        "last_seen_at": None,
        "left_at": None,
    }
    assert [member["id"] for member in rest["members"]] == [encode_id(3)]
    assert rest["next_cursor"] is None


async def test_members_of_a_state_or_a_channel_alone(program: httpx2.AsyncClient, database: Database) -> None:
    await some_members(database)

    left = (await program.get(f"{HERE}/members?state=left")).json()
    brought = (await program.get(f"{HERE}/members?channel={encode_id(CHANNEL.id)}")).json()
    nonsense = await program.get(f"{HERE}/members?channel=nonsense")

    assert [member["id"] for member in left["members"]] == [encode_id(2)]
    assert [member["id"] for member in brought["members"]] == [encode_id(1), encode_id(3)]
    assert refused_fields(nonsense) == {"channel": "field_form"}


async def test_file_of_members_computes_nothing_in_a_spreadsheet(
    program: httpx2.AsyncClient, database: Database
) -> None:
    await some_members(database)

    answer = await program.get(f"{HERE}/members.csv")

    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["nickname"] for row in rows] == ["阿茶", "'=1+1", "阿茶"]
    assert rows[0]["channel_name"] == "Poster"
