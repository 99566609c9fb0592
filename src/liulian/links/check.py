"""Check what a caller wishes of a link, every field at once. Pure; whether a slug is free, only the store can say."""

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from liulian.base.errors import FieldError, FieldRefused
from liulian.base.urls import parse_destination
from liulian.links.audience import Audience
from liulian.links.guard import Guard
from liulian.links.model import NOTE_LENGTH_MAX, TITLE_LENGTH_MAX, UNSET, LinkChange, Unset
from liulian.links.rules import read_audience, read_expiry, read_guard
from liulian.links.slugs import check_custom_slug

_CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# The pages of communities, by their slug. No link begins with `c` (`reserved.txt`), so none of them leads on to a link.
_MEMBER_PAGE = re.compile(r"/c/[^/]+(/.*)?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")

Given = TypeVar("Given")
Accepted = TypeVar("Accepted")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedChange:
    """Wishes in their normal form as far as they are accepted, and every refusal. None or UNSET: nothing is wished.

    `wished` is the raw wish, with tags, folder and domain, which only the store knows. `flags` are what screening
    noticed, once it has looked (`is_screened`): all of the link as it will be.
    """

    wished: LinkChange
    destination: str | None = None
    slug: str | None = None
    title: str | None = None
    guard: Guard | None = None
    audience: Audience | None = None
    expires_at: datetime | Unset | None = UNSET
    note: str | Unset | None = UNSET
    flags: tuple[str, ...] = ()
    is_screened: bool = False
    errors: tuple[FieldError, ...] = ()


def check_change(wished: LinkChange, *, own_hosts: Collection[str]) -> CheckedChange:
    """Return what is left of the wishes once they are checked."""
    errors = [*wished.errors]
    destination = partial(parse_destination, own_hosts=own_hosts, is_own_page=is_member_page)
    guard, audience = None, None
    if wished.guard is not UNSET:
        guard, refused = read_guard(wished.guard, own_hosts=own_hosts)
        errors += refused
    if wished.audience is not UNSET:
        audience, refused = read_audience(wished.audience)
        errors += refused
    return CheckedChange(
        wished=wished,
        destination=_accept("destination", wished.destination, check=destination, errors=errors),
        slug=_accept("slug", wished.slug, check=check_custom_slug, errors=errors),
        title=_accept("title", wished.title, check=check_title, errors=errors),
        guard=guard,
        audience=audience,
        expires_at=UNSET if wished.expires_at is UNSET else _expiry(wished.expires_at, errors=errors),
        note=UNSET if wished.note is UNSET else _accept("note", wished.note, check=check_note, errors=errors),
        errors=tuple(errors),
    )


def is_member_page(path: str) -> bool:
    """Tell whether a path of ours, in normal form, is a page of a community: the one place here that links lead to."""
    return _MEMBER_PAGE.fullmatch(path) is not None


def check_title(text: str) -> str | None:
    """Return a title in its normal form, None for an empty one. Raises FieldRefused."""
    title = unicodedata.normalize("NFC", text.strip()[: 4 * TITLE_LENGTH_MAX])
    if len(title) > TITLE_LENGTH_MAX:
        raise FieldRefused("title_too_long", max=TITLE_LENGTH_MAX)
    if _CONTROL.search(title):
        raise FieldRefused("title_characters")
    return title or None


def check_note(text: str) -> str | None:
    """Return a note in its normal form, None for an empty one. It may have lines. Raises FieldRefused."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    note = unicodedata.normalize("NFC", lines[: 4 * NOTE_LENGTH_MAX])
    if len(note) > NOTE_LENGTH_MAX:
        raise FieldRefused("note_too_long", max=NOTE_LENGTH_MAX)
    if _CONTROL_BUT_LINES.search(note):
        raise FieldRefused("note_characters")
    return note or None


def _accept(
    field: str, given: Given | None, *, check: Callable[[Given], Accepted | None], errors: list[FieldError]
) -> Accepted | None:
    if given is None:
        return None
    try:
        return check(given)
    except FieldRefused as refused:
        errors.append(refused.of(field))
        return None


def _expiry(given: object, *, errors: list[FieldError]) -> datetime | Unset | None:
    """Return the instant, None for never; UNSET where it is refused, so that nothing more is said about it."""
    try:
        return read_expiry(given)
    except FieldRefused as refused:
        errors.append(refused.of("expires_at"))
        return UNSET
