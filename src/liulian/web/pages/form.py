"""Make a link from the home page's form where no script runs: old web views, text browsers, a script that was blocked.

The same service as the API, with a stranger as the actor. There is no manage token: nothing could keep it.
"""

from dataclasses import dataclass
from urllib.parse import parse_qs

from fastapi import Request

from liulian.accounts.model import Anonymous
from liulian.base.errors import AppError
from liulian.base.i18n import Language
from liulian.links.model import Link, LinkDraft
from liulian.links.service import Workshop, create_link
from liulian.web.errors import problem_of
from liulian.web.parts import parts_of
from liulian.web.place import Place, place_of

FORM_BYTES_MAX = 32 * 1024  # The longest destination, each of its bytes as a percent triple, and the field's name.


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new link as the page shows it. `qr_path` has no host: the page may only show pictures of its own."""

    short_url: str
    destination: str
    qr_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What was typed and what became of it. `problem` is a sentence, empty for none."""

    status: int = 200
    typed: str = ""
    problem: str = ""
    made: Made | None = None


UNTOUCHED = Attempt()


async def attempt(request: Request, language: Language) -> Attempt:
    """Return what became of a posted form. A form on some other site makes nothing: it only fills in the field."""
    typed = await _typed(request)
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return Attempt(typed=typed)
    try:
        place = place_of(request)
        made = _shown(await _make(request, typed, place=place), place=place)
    except AppError as error:
        return Attempt(status=error.status, typed=typed, problem=problem_of(error, language)["detail"])
    return Attempt(status=201, typed=typed, made=made)


async def _typed(request: Request) -> str:
    """Return the field's text, empty where the body is no form of ours."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES_MAX:
            return ""
    fields = parse_qs(body.decode("ascii", "replace"))
    return fields.get("destination", [""])[0].strip()


async def _make(request: Request, typed: str, *, place: Place) -> Link:
    parts = parts_of(request)
    async with parts.database.write() as tx:
        workshop = Workshop(store=tx.links, ids=parts.ids, now=parts.clock(), own_hosts=place.own_hosts)
        return await create_link(LinkDraft(destination=typed), Anonymous(), workshop=workshop)


def _shown(link: Link, *, place: Place) -> Made:
    qr_path = place.qr_url(link.slug).removeprefix(place.origin)
    return Made(short_url=place.short_url(link.slug), destination=link.destination, qr_path=qr_path)
