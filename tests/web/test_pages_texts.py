"""The privacy notice and the terms: built in, replaced by the operator's files, and at the foot of the page."""

from pathlib import Path

import httpx2
import pytest

from liulian.base.i18n import Language
from liulian.base.imprint import NO_IMPRINT, Imprint
from liulian.web.pages import texts
from liulian.web.pages.assets import PageFiles
from liulian.web.pages.texts import BlockKind, Text, find_document
from tests.web.pages_app import open_pages

IMPRINT = Imprint(operator="示例茶业有限公司", contact="privacy@example.com")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", Text)
def test_built_in_text_names_operator_and_contact(name: Text, language: Language) -> None:
    document = find_document(name, language, folder=None, imprint=IMPRINT)

    whole = "\n".join(line for block in document.blocks for line in block.lines)
    assert document.language is language
    assert "示例茶业有限公司" in whole
    assert "privacy@example.com" in whole
    assert "{" not in whole


@pytest.mark.parametrize("name", Text)
def test_built_in_texts_say_the_same_in_both_languages(name: Text) -> None:
    shapes = [
        [(block.kind, len(block.lines)) for block in find_document(name, each, folder=None, imprint=NO_IMPRINT).blocks]
        for each in Language
    ]

    assert shapes[0] == shapes[1]


def test_file_of_the_operator_stands_in_for_the_built_in_text(tmp_path: Path) -> None:
    (tmp_path / "terms.zh-CN.txt").write_text(
        "我们的条款\n\n由 {operator} 提供。\n\n一\n\n- 甲\n- 乙\n", encoding="utf-8"
    )

    document = find_document(Text.TERMS, Language.ZH, folder=tmp_path, imprint=IMPRINT)

    assert document.title == "我们的条款"
    assert [block.kind for block in document.blocks] == [BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.LIST]
    assert document.blocks[0].lines == ("由 示例茶业有限公司 提供。",)
    assert document.blocks[2].lines == ("甲", "乙")


def test_text_in_one_language_is_shown_in_both(tmp_path: Path) -> None:
    (tmp_path / "privacy.zh-CN.txt").write_text("隐私\n\n只有中文。", encoding="utf-8")

    document = find_document(Text.PRIVACY, Language.EN, folder=tmp_path, imprint=IMPRINT)

    assert (document.language, document.title) == (Language.ZH, "隐私")


@pytest.mark.parametrize("content", [b"", b" \n\n", b"\xff\xfe\x00"])
def test_file_that_says_nothing_leaves_the_built_in_text(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "privacy.en.txt").write_bytes(content)

    document = find_document(Text.PRIVACY, Language.EN, folder=tmp_path, imprint=IMPRINT)

    assert document.title == "Privacy notice"


async def test_pages_show_the_texts_and_lead_to_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "page_files", lambda _: PageFiles(script="/static/x.js", styles=("/static/x.css",)))
    async with open_pages(tmp_path) as (client, _):
        privacy = await client.get("/privacy?lang=en")
        terms = await client.get("/terms", headers={"Accept-Language": "zh-CN"})

    assert "<h1>Privacy notice</h1>" in privacy.text
    assert 'href="/terms"' in privacy.text
    assert "<script" not in privacy.text
    assert "<h1>使用条款</h1>" in terms.text


async def test_filing_numbers_are_plain_links_where_they_are_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "page_files", lambda _: PageFiles(script="", styles=()))
    numbers = Imprint(icp_number="京ICP备12345678号-1", police_number="京公网安备11010502000001号")
    async with open_pages(tmp_path, imprint=numbers) as (client, _):
        page = (await client.get("/terms")).text

    assert _link_to("https://beian.miit.gov.cn/", page) == "京ICP备12345678号-1"
    assert _link_to("https://beian.mps.gov.cn/", page) == "京公网安备11010502000001号"


async def test_pages_that_do_not_exist_are_not_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "page_files", lambda _: PageFiles(script="", styles=()))
    async with open_pages(tmp_path) as (client, _):
        page = (await client.get("/terms")).text
        offered = [path for path in ("/report", "/expand", "/api/docs", "/privacy", "/terms") if f'"{path}"' in page]
        answers = [await _status(client, path) for path in offered]

    assert offered == ["/privacy", "/terms"]
    assert answers == [200, 200]


async def _status(client: httpx2.AsyncClient, path: str) -> int:
    return (await client.get(path)).status_code


def _link_to(address: str, page: str) -> str:
    return page.partition(f'href="{address}"')[2].partition(">")[2].partition("<")[0]
