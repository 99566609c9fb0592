"""How a link is shown to its owner. Secrets are filled in last, so that what is stored of an answer holds none."""

from datetime import datetime
from typing import Any

from liulian.base.ids import LinkId, decode_id, encode_id
from liulian.links.model import Link
from liulian.links.rules import shown_audience, shown_guard
from liulian.web.auth import manage_token
from liulian.web.place import Place


def shown_link(link: Link, *, place: Place) -> dict[str, Any]:
    """Return a link as the API shows it."""
    return {
        "id": encode_id(link.id),
        "short_url": place.short_url(link.slug),
        "slug": link.slug,
        "domain": place.domain,
        "destination": link.destination,
        "title": link.title,
        "created_at": _instant(link.created_at),
        "updated_at": _instant(link.updated_at),
        "clicks": link.clicks,
        "human_clicks": link.human_clicks,
        "qr_url": place.qr_url(link.slug),
        "guard": shown_guard(link.guard),
        "audience": shown_audience(link.audience),
        "expires_at": _instant(link.expires_at) if link.expires_at else None,
        "taken_down": link.taken_down,
        "flags": list(link.flags),
    }


def shown_new_link(link: Link, *, place: Place) -> dict[str, Any]:
    """Return a link just made. A stranger's has a place for its manage token, still empty."""
    return shown_link(link, place=place) | ({"manage_token": None} if link.workspace_id is None else {})


def reveal(members: dict[str, Any], *, key: bytes) -> None:
    """Fill in the manage token wherever an answer has a place for one."""
    for result in [members, *members.get("results", ())]:
        link = result.get("link", result)
        if "manage_token" in link and (number := decode_id(link["id"])) is not None:
            link["manage_token"] = manage_token(LinkId(number), key=key)


def conceal(members: dict[str, Any]) -> None:
    """Take away the places for manage tokens: the answer goes to somebody who may be another."""
    for result in [members, *members.get("results", ())]:
        result.get("link", result).pop("manage_token", None)


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")
