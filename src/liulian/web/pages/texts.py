"""The privacy notice and the terms: plain texts that the operator may replace by files of their own.

`texts/privacy.zh-CN.txt` in the data folder stands in for the built-in text, and so on for `terms` and `en`. A text
that exists in one language only is shown in both: what two texts say must not differ.

Blocks are set apart by blank lines. The first one is the title; one short line without a full stop is a heading; lines
that begin with `- ` are a list; all else is a paragraph. `{operator}` and `{contact}` stand for the settings.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from liulian.base.i18n import Language, text
from liulian.base.imprint import Imprint
from liulian.base.log import logger
from liulian.web.errors import language_of
from liulian.web.pages.assets import NotBuilt, page_files
from liulian.web.pages.footer import footer_of
from liulian.web.pages.render import render, unbuilt_page
from liulian.web.parts import parts_of

BUILT_IN = Path(__file__).parents[1] / "texts"
TEXT_BYTES_MAX = 256 * 1024  # A long contract; what is more got there by mistake, and is not read.
HEADING_LENGTH_MAX = 60
_ENDS_OF_SENTENCES = tuple("。.！!？?：:；;，,")

router = APIRouter(include_in_schema=False)


class Text(StrEnum):
    """A text that the operator answers for."""

    PRIVACY = "privacy"
    TERMS = "terms"


class BlockKind(StrEnum):
    """What a block of a text is."""

    HEADING = "heading"
    LIST = "list"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or a paragraph as its lines, or the entries of a list."""

    kind: BlockKind
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text ready to be shown, and the language it is written in."""

    language: Language
    title: str
    blocks: tuple[Block, ...]


@router.api_route("/privacy", methods=["GET", "HEAD"])
def privacy(request: Request) -> Response:
    """Answer the privacy notice."""
    return _answer(request, Text.PRIVACY)


@router.api_route("/terms", methods=["GET", "HEAD"])
def terms(request: Request) -> Response:
    """Answer the terms of use."""
    return _answer(request, Text.TERMS)


def find_document(name: Text, language: Language, *, folder: Path | None, imprint: Imprint) -> Document:
    """Return the operator's text, else the built-in one. Reads files, so it is called where that may take a moment."""
    others = [other for other in Language if other is not language]
    for each in (language, *others):
        if folder is not None and (own := _read(folder / f"{name}.{each}.txt")):
            return _document(own, each, imprint=imprint)
    return _document((BUILT_IN / f"{name}.{language}.txt").read_text(encoding="utf-8"), language, imprint=imprint)


def _answer(request: Request, name: Text) -> Response:
    language, parts = language_of(request), parts_of(request)
    document = find_document(name, language, folder=parts.texts_dir, imprint=parts.site.imprint)
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"}
    try:
        files = replace(page_files("home"), script="")
    except NotBuilt:
        return unbuilt_page(language, headers=headers)
    page = render("text.html", language, files=files, document=document, name=name, footer=footer_of(request))
    return HTMLResponse(page, headers=headers)


def _read(path: Path) -> str | None:
    """Return a file's text, or None where there is none or it cannot be used, which is logged."""
    try:
        with path.open("rb") as file:
            return file.read(TEXT_BYTES_MAX).decode("utf-8-sig").strip() or None
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        logger.warning("text_unusable", file=path.name, error=str(error))
        return None


def _document(source: str, language: Language, *, imprint: Imprint) -> Document:
    places = {
        "{operator}": imprint.operator or text(language, "legal.operator_unset"),
        "{contact}": imprint.contact or text(language, "legal.contact_unset"),
    }
    for place, value in places.items():
        source = source.replace(place, value)
    title, *blocks = _blocks(source)
    return Document(language=language, title=" ".join(title.lines), blocks=tuple(blocks))


def _blocks(source: str) -> Iterator[Block]:
    lines: list[str] = []
    for line in [*source.splitlines(), ""]:
        if line.strip():
            lines.append(line.strip())
        elif lines:
            yield _block(tuple(lines))
            lines = []


def _block(lines: tuple[str, ...]) -> Block:
    if all(line.startswith("- ") for line in lines):
        return Block(BlockKind.LIST, tuple(line.removeprefix("- ").strip() for line in lines))
    is_short = len(lines) == 1 and len(lines[0]) <= HEADING_LENGTH_MAX
    if is_short and not lines[0].endswith(_ENDS_OF_SENTENCES):
        return Block(BlockKind.HEADING, lines)
    return Block(BlockKind.PARAGRAPH, lines)
