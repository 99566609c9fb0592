"""Files with links over the API: sent, arranged, started, watched; nothing of it is seen by others."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest

from liulian.accounts.permissions import Scope
from liulian.links.screened import NO_SCREEN
from liulian.storage.database import Database
from liulian.storage.plant import plant_of
from liulian.transfer.run import work_on_next
from liulian.web.api import uploads
from tests.web.api import BASE, NOON, api_key, bearer, client_of, ids, make, problem, refused_fields

IMPORTS = "/api/v1/imports"
ROWS = "url,slug,标题\nhttps://example.com/1,tea,茶饮\nhttps://example.com/2,console,\n=1+1,cup,\n"


@dataclass
class Desk:
    """A program that imports, and the worker beside it."""

    client: httpx2.AsyncClient
    database: Database
    folder: Path

    async def send(self, content: str | bytes = ROWS, **fields: str) -> httpx2.Response:
        data = content.encode() if isinstance(content, str) else content
        return await self.client.post(IMPORTS, files={"file": ("links.csv", data, "text/csv")}, data=fields)

    async def sent(self, content: str = ROWS, **fields: str) -> dict[str, Any]:
        answer = await self.send(content, **fields)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def post(self, task: dict[str, Any], act: str, **body: Any) -> httpx2.Response:
        return await self.client.post(f"{IMPORTS}/{task['id']}/{act}", json=body if act == "start" else None)

    async def work(self) -> None:
        plant = plant_of(
            self.database,
            screen=NO_SCREEN,
            folder=self.folder,
            zone=ZoneInfo("Asia/Shanghai"),
            clock=lambda: NOON,
            ids=ids,
        )
        await work_on_next(plant, asyncio.Event())

    async def get(self, path: str, **params: Any) -> Any:
        answer = await self.client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> AsyncIterator[Desk]:
    folder = tmp_path / "imports"
    async with client_of(database, base_url=BASE, token=await api_key(database), imports_dir=folder) as client:
        yield Desk(client, database, folder)


async def test_file_is_sent_looked_into_and_kept_from_others(desk: Desk) -> None:
    answer = await desk.send()

    made = answer.json()
    assert answer.headers["Location"] == f"{IMPORTS}/{made['id']}"
    assert (made["state"], made["source"], made["total"]) == ("ready", "csv", 3)
    assert made["columns"] == ["url", "slug", "标题"]
    assert made["mapping"] == {"destination": "url", "slug": "slug", "title": "标题"}
    assert made["sample"][0] == {"url": "https://example.com/1", "slug": "tea", "标题": "茶饮"}
    (file,) = desk.folder.iterdir()
    assert file.read_bytes() == ROWS.encode()
    assert file.stat().st_mode & 0o777 == 0o600
    assert desk.folder.stat().st_mode & 0o777 == 0o700


async def test_import_runs_and_says_what_became_of_each_row(desk: Desk) -> None:
    task = await desk.sent()
    started = await desk.post(task, "start")
    assert started.json()["state"] == "running"
    await desk.work()

    done = await desk.get(f"{IMPORTS}/{task['id']}")
    assert (done["state"], done["created"], done["skipped"], done["failed"]) == ("done", 1, 0, 2)
    rows = (await desk.get(f"{IMPORTS}/{task['id']}/rows"))["rows"]
    assert [row["state"] for row in rows] == ["created", "failed", "failed"]
    assert rows[1]["reason"] == {
        "code": "slug_reserved",
        "message": "“console” is reserved for the system. Try another one.",
    }
    link = await desk.get(f"/api/v1/links/{rows[0]['link_id']}")
    assert (link["slug"], link["title"], link["destination"]) == ("tea", "茶饮", "https://example.com/1")


async def test_rows_are_listed_by_state_and_page_by_page(desk: Desk) -> None:
    task = await desk.sent()
    await desk.post(task, "start")
    await desk.work()

    first = await desk.get(f"{IMPORTS}/{task['id']}/rows", state="failed", limit=1)
    rest = await desk.get(f"{IMPORTS}/{task['id']}/rows", state="failed", limit=1, cursor=first["next_cursor"])

    assert [row["row"] for row in first["rows"] + rest["rows"]] == [2, 3]
    assert rest["next_cursor"] is None


async def test_failures_are_a_file_that_computes_nothing(desk: Desk) -> None:
    task = await desk.sent()
    await desk.post(task, "start")
    await desk.work()

    answer = await desk.client.get(f"{IMPORTS}/{task['id']}/failures.csv")

    assert answer.text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [(row["row"], row["code"]) for row in rows] == [("2", "slug_reserved"), ("3", "destination_not_a_url")]
    assert rows[1]["destination"] == "'=1+1"


async def test_dry_run_makes_nothing_and_is_followed_by_a_true_one(desk: Desk) -> None:
    task = await desk.sent()
    await desk.post(task, "start", dry_run=True)
    await desk.work()

    tried = await desk.get(f"{IMPORTS}/{task['id']}")
    assert (tried["state"], tried["dry_run"], tried["created"]) == ("done", True, 1)
    assert (await desk.get("/api/v1/links"))["links"] == []
    assert (await desk.post(task, "start")).json()["dry_run"] is False
    await desk.work()
    assert len((await desk.get("/api/v1/links"))["links"]) == 1
    assert problem(await desk.post(task, "start")) == (409, "import_state")


async def test_file_without_known_columns_waits_for_a_mapping(desk: Desk) -> None:
    task = await desk.sent("where,what\nhttps://example.com/,tea\n")
    assert (task["state"], task["mapping"]) == ("waiting_for_mapping", {})
    assert problem(await desk.post(task, "start")) == (409, "import_needs_destination")

    wish = {
        "mapping": {"destination": "where", "title": "what"},
        "options": {"tags": ["new"], "on_taken_slug": "random"},
    }
    changed = await desk.client.patch(f"{IMPORTS}/{task['id']}", json=wish)

    assert changed.json()["state"] == "ready"
    assert changed.json()["options"] == {"on_taken_slug": "random", "domain": None, "tags": ["new"], "folder": None}
    assert (await desk.post(task, "start")).status_code == 200


async def test_every_wrong_wish_is_named(desk: Desk) -> None:
    task = await desk.sent()
    wish = {
        "mapping": {"destination": "nowhere", "slug": "url", "title": "url", "colour": "url"},
        "options": {"domain": "others.test", "folder": "23456789ABC", "tags": ["\x00"]},
    }

    answer = await desk.client.patch(f"{IMPORTS}/{task['id']}", json=wish)

    assert refused_fields(answer) == {
        "mapping.colour": "field_unknown",
        "mapping.destination": "import_mapping",
        "mapping.slug": "import_mapping",
        "mapping.title": "import_mapping",
        "options.domain": "domain_unknown",
        "options.folder": "folder_unknown",
        "options.tags": "label_name",
    }


async def test_import_is_paused_resumed_and_cancelled(desk: Desk) -> None:
    task = await desk.sent()
    assert problem(await desk.post(task, "pause")) == (409, "import_state")
    await desk.post(task, "start")

    assert (await desk.post(task, "pause")).json()["state"] == "paused"
    assert (await desk.post(task, "resume")).json()["state"] == "running"
    cancelled = (await desk.post(task, "cancel")).json()
    assert (cancelled["state"], cancelled["finished_at"]) == ("cancelled", "2026-03-01T12:00:00.000000Z")
    assert problem(await desk.post(task, "resume")) == (409, "import_state")


async def test_imports_are_listed_newest_first_without_their_rows(desk: Desk) -> None:
    first, second = await desk.sent(), await desk.sent()

    page = await desk.get(IMPORTS, limit=1)
    rest = await desk.get(IMPORTS, cursor=page["next_cursor"])

    assert [each["id"] for each in page["imports"] + rest["imports"]] == [second["id"], first["id"]]
    assert page["imports"][0]["sample"] == []


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        ("", (422, "import_empty")),
        ("url\n", (422, "import_empty")),
        (b"PK\x03\x04\x00\x00", (422, "import_unreadable")),
        (",".join(map(str, range(201))) + "\n1\n", (422, "import_columns")),
    ],
)
async def test_what_is_no_table_is_refused_and_not_kept(
    desk: Desk, content: str | bytes, refusal: tuple[int, str]
) -> None:
    assert problem(await desk.send(content)) == refusal
    assert list(desk.folder.iterdir()) == []


async def test_unknown_source_is_refused(desk: Desk) -> None:
    assert refused_fields(await desk.send(source="nobody")) == {"source": "import_source"}
    assert (await desk.sent(source="bitly"))["source"] == "bitly"


async def test_what_is_no_upload_is_refused(desk: Desk) -> None:
    assert problem(await desk.client.post(IMPORTS, json={})) == (415, "upload_type")
    assert refused_fields(await desk.client.post(IMPORTS, files={"other": b"x"})) == {"file": "field_required"}


async def test_longer_file_is_refused_as_soon_as_that_is_known(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liulian.web.api.imports.FILE_BYTES_MAX", 2 << 20)
    monkeypatch.setattr(uploads, "WRAPPING_BYTES_MAX", 1_000)

    async def endless() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
        for _ in range(3):
            yield b"x" * (1 << 20)
        raise AssertionError("read on")

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await desk.client.post(IMPORTS, content=endless(), headers=headers)

    assert problem(answer) == (413, "too_large")
    assert "2 MB" in answer.json()["detail"]
    assert problem(await desk.send(b"x" * (3 << 20))) == (413, "too_large")


async def test_no_more_than_ten_files_wait(desk: Desk) -> None:
    tasks = [await desk.sent() for _ in range(10)]

    assert problem(await desk.send()) == (409, "imports_limit")
    await desk.post(tasks[0], "cancel")
    assert (await desk.send()).status_code == 201


async def test_import_of_another_workspace_is_not_there(desk: Desk) -> None:
    task = await desk.sent()
    other = bearer(await api_key(desk.database, workspace=2))
    path = f"{IMPORTS}/{task['id']}"

    for way in ("", "/rows", "/failures.csv"):
        assert problem(await desk.client.get(path + way, headers=other)) == (404, "not_found")
    for way in ("start", "pause", "resume", "cancel"):
        assert problem(await desk.client.post(f"{path}/{way}", json={}, headers=other)) == (404, "not_found")
    assert problem(await desk.client.patch(path, json={}, headers=other)) == (404, "not_found")
    assert (await desk.client.get(IMPORTS, headers=other)).json()["imports"] == []


async def test_who_may_only_look_imports_nothing_and_a_stranger_neither(desk: Desk) -> None:
    reader = bearer(await api_key(desk.database, scopes=frozenset({Scope.LINKS_READ})))

    assert problem(await desk.client.post(IMPORTS, files={"file": b"x"}, headers=reader)) == (403, "forbidden")
    assert problem(await desk.client.get(IMPORTS, headers=reader)) == (403, "forbidden")
    async with client_of(desk.database, base_url=BASE, imports_dir=desk.folder) as stranger:
        assert problem(await stranger.post(IMPORTS, files={"file": b"x"})) == (401, "not_signed_in")


async def test_own_export_comes_back_whole(desk: Desk) -> None:
    guarded = {"guard": {"mode": "guide", "preset": "china"}, "audience": {"systems": ["iOS"]}}
    before = await make(desk.client, slug="tea", title="=茶", note="two\nlines", tags=["a, b", "c"], **guarded)

    for name in ("links.csv", "links.json"):
        exported = (await desk.client.get(f"/api/v1/exports/{name}")).content
        slug = name.replace(".", "-")
        task = await desk.sent(exported.decode().replace("/tea", f"/{slug}").replace("tea", slug))
        assert task["source"] == "liulian"
        await desk.post(task, "start")
        await desk.work()
        row = (await desk.get(f"{IMPORTS}/{task['id']}/rows"))["rows"][0]
        after = await desk.get(f"/api/v1/links/{row['link_id']}")
        for same in ("title", "note", "guard", "audience", "destination", "tags", "created_at"):
            assert after[same] == before[same], same
