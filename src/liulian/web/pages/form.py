"""Make a link from the home page's form where no script runs: old web views, text browsers, a script that was blocked.

The same service as the API, with a stranger as the actor. There is no manage token: nothing could keep it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qs

from fastapi import Request

from liulian.accounts.model import Anonymous
from liulian.base.errors import AppError
from liulian.base.i18n import Language, text
from liulian.links.model import Link, LinkDraft
from liulian.web.errors import problem_of
from liulian.web.making import checked_drafts, make_link
from liulian.web.pages.choices import audience_of, guard_of
from liulian.web.pages.typed import destination_in
from liulian.web.parts import parts_of
from liulian.web.place import Place, place_of

FORM_BYTES_MAX = 64 * 1024  # The longest destination and app address, each byte as a percent triple, and the names.


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new link as the page shows it. `qr_path` has no host: the page may only show pictures of its own.

    `expires` is a sentence, empty for a link that does not.
    """

    short_url: str
    destination: str
    qr_path: str
    expires: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What was typed and what became of it. `problem` is a sentence, empty for none.

    `chosen` is what the form's other controls said, for the page that comes back with a problem.
    """

    status: int = 200
    retry_after_s: int | None = None
    typed: str = ""
    problem: str = ""
    made: Made | None = None
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)


UNTOUCHED = Attempt()


async def attempt(request: Request, language: Language) -> Attempt:
    """Return what became of a posted form. A form on some other site makes nothing: it only fills in the field."""
    fields = await _fields(request)
    typed = fields.get("destination", [""])[0].strip()
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return Attempt(typed=typed)
    try:
        place = place_of(request)
        link = await _make(request, _draft(typed, fields), place=place)
    except AppError as error:
        problem = problem_of(error, language)["detail"]
        return Attempt(
            status=error.status, retry_after_s=error.retry_after_s, typed=typed, problem=problem, chosen=fields
        )
    return Attempt(status=201, typed=typed, made=_shown(link, place=place, language=language))


async def _fields(request: Request) -> dict[str, list[str]]:
    """Return the form's fields, none where the body is no form of ours."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES_MAX:
            return {}
    return parse_qs(body.decode("ascii", "replace"))


def _draft(typed: str, fields: dict[str, list[str]]) -> LinkDraft:
    return LinkDraft(destination=destination_in(typed), guard=guard_of(fields), audience=audience_of(fields))


async def _make(request: Request, draft: LinkDraft, *, place: Place) -> Link:
    (wish,) = await checked_drafts(request, [draft], Anonymous(), place=place)
    async with parts_of(request).database.write() as tx:
        return await make_link(request, tx, wish, Anonymous())


def _shown(link: Link, *, place: Place, language: Language) -> Made:
    return Made(
        short_url=place.short_url(link.slug),
        destination=link.destination,
        qr_path=place.qr_url(link.slug).removeprefix(place.origin),
        expires=_expiry(link, language),
    )


def _expiry(link: Link, language: Language) -> str:
    if link.expires_at is None:
        return ""
    days = round((link.expires_at - link.created_at) / timedelta(days=1))
    return text(language, "home.client.expiry.day" if days == 1 else "home.client.expiry.days", count=days)
