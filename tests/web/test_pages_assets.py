"""Built files: found by the manifest, kept by browsers for ever because their names change with their content."""

import json
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from liulian.web.pages import assets
from liulian.web.pages.assets import NotBuilt, PageFiles, mount_static, page_files

MANIFEST = {"islands/home.ts": {"file": "home-1a.js", "name": "home", "isEntry": True, "css": ["home-2b.css"]}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite/manifest.json").write_text(json.dumps(MANIFEST))
    (tmp_path / "home-1a.js").write_text("export {}")
    return tmp_path


def test_entry_is_found_in_the_manifest(folder: Path) -> None:
    assert page_files("home", folder=folder) == PageFiles(script="/static/home-1a.js", styles=("/static/home-2b.css",))


def test_missing_build_is_said_and_not_remembered(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt):
        page_files("home", folder=tmp_path)
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite/manifest.json").write_text(json.dumps(MANIFEST))

    assert page_files("home", folder=tmp_path).script == "/static/home-1a.js"


async def test_hashed_files_are_kept_for_ever_and_missing_ones_are_not(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "STATIC", folder)
    app = FastAPI()
    mount_static(app)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://s.example") as client:
        script = await client.get("/static/home-1a.js")
        missing = await client.get("/static/home-0.js")

    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert missing.status_code == 404
    assert "cache-control" not in missing.headers
