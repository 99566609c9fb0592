"""Check what a caller wishes of a link, every field at once. Pure; whether a slug is free, only the store can say."""

import dataclasses
import re
import unicodedata
from collections.abc import Callable, Collection
from functools import partial

from liulian.base.errors import FieldError, FieldRefused
from liulian.base.urls import parse_destination
from liulian.links.model import TITLE_LENGTH_MAX, LinkChange
from liulian.links.slugs import check_custom_slug

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")


def check_change(change: LinkChange, *, own_hosts: Collection[str]) -> tuple[LinkChange, tuple[FieldError, ...]]:
    """Return the wishes in their normal form as far as they are accepted, and every refusal."""
    errors: list[FieldError] = []
    destination = partial(parse_destination, own_hosts=own_hosts)
    checked = dataclasses.replace(
        change,
        destination=_accept("destination", change.destination, check=destination, errors=errors),
        slug=_accept("slug", change.slug, check=check_custom_slug, errors=errors),
        title=_accept("title", change.title, check=check_title, errors=errors),
    )
    return checked, tuple(errors)


def check_title(text: str) -> str | None:
    """Return a title in its normal form, None for an empty one. Raises FieldRefused."""
    title = unicodedata.normalize("NFC", text.strip()[: 4 * TITLE_LENGTH_MAX])
    if len(title) > TITLE_LENGTH_MAX:
        raise FieldRefused("title_too_long", max=TITLE_LENGTH_MAX)
    if _CONTROL.search(title):
        raise FieldRefused("title_characters")
    return title or None


def _accept(
    field: str, text: str | None, *, check: Callable[[str], str | None], errors: list[FieldError]
) -> str | None:
    if text is None:
        return None
    try:
        return check(text)
    except FieldRefused as refused:
        errors.append(refused.of(field))
        return None
