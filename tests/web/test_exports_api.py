"""Everything can be taken away at any time, by whoever may see it, and opens as it is."""

import csv
import io
import json
import zipfile

import httpx2
import pytest

from liulian.accounts.permissions import Scope
from liulian.storage.database import Database
from liulian.transfer import exporting
from tests.web.api import BASE, api_key, client_of, make, problem

EXPORTS = "/api/v1/exports"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


async def test_links_are_a_table_that_excel_shows_and_does_not_compute(program: httpx2.AsyncClient) -> None:
    await make(program, slug="tea", title="=1+1", tags=["茶饮"])

    answer = await program.get(f"{EXPORTS}/links.csv")

    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="links.csv"'
    (row,) = rows(answer.text)
    assert (row["slug"], row["title"], row["tags"]) == ("tea", "'=1+1", "茶饮")
    assert (row["short_url"], row["clicks"], row["guard"]) == (f"{BASE}/tea", "0", "")


async def test_all_pages_are_in_the_file(program: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "PAGE", 2)
    made = [(await make(program, slug=f"slug-{number}"))["id"] for number in range(5)]
    await program.post(f"/api/v1/links/{made[1]}/archive")
    await program.delete(f"/api/v1/links/{made[2]}")

    slugs = [row["slug"] for row in rows((await program.get(f"{EXPORTS}/links.csv")).text)]
    links = (await program.get(f"{EXPORTS}/links.json")).json()["links"]

    assert sorted(slugs) == sorted(link["slug"] for link in links) == ["slug-0", "slug-1", "slug-3", "slug-4"]


async def test_workspace_without_links_has_empty_files(program: httpx2.AsyncClient) -> None:
    assert rows((await program.get(f"{EXPORTS}/links.csv")).text) == []
    assert (await program.get(f"{EXPORTS}/links.json")).json() == {"links": []}


async def test_everything_is_in_the_archive(program: httpx2.AsyncClient) -> None:
    await make(program, slug="tea", tags=["茶饮"])
    await program.post("/api/v1/folders", json={"name": "Shop"})

    answer = await program.get(f"{EXPORTS}/everything.zip")

    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    others = ["domains", "folders", "imports", "members", "tags", "utm_templates", "views"]
    assert sorted(archive.namelist()) == sorted(["links.csv", "links.json", *(f"{name}.json" for name in others)])
    assert [link["slug"] for link in json.loads(archive.read("links.json"))["links"]] == ["tea"]
    assert json.loads(archive.read("tags.json"))["tags"][0]["name"] == "茶饮"
    assert json.loads(archive.read("folders.json"))["folders"][0]["name"] == "Shop"


async def test_nobody_gets_more_than_they_may_see(database: Database) -> None:
    token = await api_key(database, scopes=frozenset({Scope.LINKS_READ}))
    async with client_of(database, base_url=BASE, token=token) as reader:
        names = zipfile.ZipFile(io.BytesIO((await reader.get(f"{EXPORTS}/everything.zip")).content)).namelist()
    assert not {"members.json", "domains.json"} & set(names)

    token = await api_key(database, scopes=frozenset({Scope.STATS_READ}))
    async with client_of(database, base_url=BASE, token=token) as other:
        assert problem(await other.get(f"{EXPORTS}/links.csv")) == (403, "forbidden")
    async with client_of(database, base_url=BASE) as stranger:
        assert problem(await stranger.get(f"{EXPORTS}/links.csv")) == (401, "not_signed_in")


async def test_links_of_others_are_not_in_the_file(program: httpx2.AsyncClient, database: Database) -> None:
    await make(program)
    async with client_of(database, base_url=BASE, token=await api_key(database, workspace=2)) as other:
        assert rows((await other.get(f"{EXPORTS}/links.csv")).text) == []


async def test_export_is_in_the_audit_log(program: httpx2.AsyncClient) -> None:
    await program.get(f"{EXPORTS}/links.csv")

    (entry,) = (await program.get("/api/v1/audit")).json()["entries"]
    assert (entry["action"], entry["details"]) == ("export.started", {"file": "links.csv"})
