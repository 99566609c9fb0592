"""The console's shell: one page for every address, never kept, under a policy tighter than the public pages'."""

import json
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from liulian.web.headers import SecureHeaders
from liulian.web.pages import console
from liulian.web.pages.assets import NotBuilt
from liulian.web.pages.console import ShellFiles, shell_files

MANIFEST = {
    "console/main.ts": {"file": "main-1.js", "isEntry": True, "imports": ["_vue.js"], "css": ["main-1.css"]},
    "_vue.js": {"file": "vue-2.js", "imports": ["_base.js"]},
    "_base.js": {"file": "base-3.js", "css": ["base-3.css"]},
    "console/links/LinksPage.vue": {"file": "links-4.js", "css": ["links-4.css"]},
}
FILES = ShellFiles(script="/static/console/main-1.js", imports=("/static/console/vue-2.js",), styles=("/static/a.css",))


def test_shell_names_what_opens_first_and_nothing_of_later_screens(tmp_path: Path) -> None:
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite/manifest.json").write_text(json.dumps(MANIFEST))

    assert shell_files(folder=tmp_path) == ShellFiles(
        script="/static/console/main-1.js",
        imports=("/static/console/vue-2.js", "/static/console/base-3.js"),
        styles=("/static/console/base-3.css", "/static/console/main-1.css"),
    )


def test_missing_build_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt):
        shell_files(folder=tmp_path)


@pytest.mark.parametrize("path", ["/console", "/console/", "/console/settings/members"])
async def test_every_address_answers_the_shell(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    page = await _asked(monkeypatch, path)

    assert page.status_code == 200
    assert '<html lang="zh-CN">' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


async def test_language_is_remembered_and_colours_are_there_from_the_first_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = await _asked(monkeypatch, "/console?lang=en", headers={"Cookie": "liulian_scheme=dark"})

    assert '<html lang="en" data-theme="dark">' in page.text
    assert page.cookies["lang"] == "en"


async def test_scheme_that_is_none_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    page = await _asked(monkeypatch, "/console", headers={"Cookie": "liulian_scheme=pink"})

    assert "pink" not in page.text


async def _asked(
    monkeypatch: pytest.MonkeyPatch, path: str, *, headers: dict[str, str] | None = None
) -> httpx2.Response:
    monkeypatch.setattr(console, "shell_files", lambda: FILES)
    app = FastAPI()
    app.include_router(console.router)
    app.add_middleware(SecureHeaders)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://s.example") as client:
        return await client.get(path, headers=headers)
