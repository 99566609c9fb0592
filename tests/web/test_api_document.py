"""What is unknown, forbidden or broken is said as a problem; what can be asked is written in the document."""

import subprocess
import sys

import httpx2
import pytest
from fastapi import FastAPI

from liulian.storage.database import Database
from liulian.web.errors import install_errors
from tests.web.api import LINKS, client_of, problem


@pytest.mark.parametrize("path", ["/api", "/api/v2/links", "/api/v1/nothing", f"{LINKS}/", f"{LINKS}/a/b"])
async def test_unknown_api_address_is_a_problem(stranger: httpx2.AsyncClient, path: str) -> None:
    assert problem(await stranger.get(path)) == (404, "not_found")


async def test_other_unknown_address_is_a_page(stranger: httpx2.AsyncClient) -> None:
    answer = await stranger.get("/a/b")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "style-src 'sha256-" in answer.headers["Content-Security-Policy"]


async def test_wrong_method_names_the_right_ones(stranger: httpx2.AsyncClient) -> None:
    answer = await stranger.put(LINKS, json={})

    assert problem(answer) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, POST"


async def test_fault_of_ours_tells_nothing() -> None:
    app = FastAPI()
    install_errors(app)

    @app.get("/api/broken")
    async def broken() -> None:
        raise LookupError("a secret")

    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://s.example") as client:
        answer = await client.get("/api/broken")

    assert problem(answer) == (500, "internal")
    assert "secret" not in answer.text


async def test_document_is_openapi_3_1_and_describes_every_refusal(stranger: httpx2.AsyncClient) -> None:
    document = (await stranger.get("/api/openapi.json")).json()

    assert document["openapi"] == "3.1.0"
    create = document["paths"][LINKS]["post"]
    assert set(create["responses"]) >= {"201", "400", "401", "409", "413", "415", "422", "503", "default"}
    assert create["security"] == [{}, {"bearer": []}, {"session": []}]
    assert "HTTPValidationError" not in str(document)
    names = set(document["components"]["schemas"])
    assert {"LinkCreate", "LinkPatch", "LinkBulk", "Link", "NewLink", "LinkPage", "BulkAnswer", "Problem"} <= names


async def test_page_of_the_document_loads_nothing_from_elsewhere(stranger: httpx2.AsyncClient) -> None:
    page = await stranger.get("/api/docs")

    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "<script" not in page.text
    assert 'id="slug_taken"' in page.text
    assert "/api/v1/links/{id}" in page.text


async def test_pages_may_not_be_framed(stranger: httpx2.AsyncClient) -> None:
    for path in ("/", "/api/docs"):
        assert "frame-ancestors 'none'" in (await stranger.get(path)).headers["Content-Security-Policy"]


async def test_without_a_host_the_document_can_still_be_read(database: Database) -> None:
    async with client_of(database) as client:
        assert (await client.get("/api/openapi.json", headers={"Host": ""})).status_code == 200


def test_web_side_carries_no_heavy_engine() -> None:
    heavy = {"alembic", "duckdb", "pyarrow", "deltalake", "chdb", "numpy"}
    heavy |= {"webauthn", "authlib", "joserfc", "argon2", "cryptography", "pyotp", "httpx2", "aiosmtplib"}
    code = f"import sys, liulian.web.app; sys.exit(' '.join({heavy!r} & set(sys.modules)) or 0)"

    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})
