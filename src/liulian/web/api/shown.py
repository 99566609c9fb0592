"""How a link is shown to its owner. Secrets are filled in last, so that what is stored of an answer holds none."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from liulian.base.ids import LinkId, decode_id, encode_id
from liulian.links.labels import Folder, Tag
from liulian.links.listing import Around
from liulian.links.model import Link
from liulian.links.rules import shown_audience, shown_guard
from liulian.web.auth import manage_token
from liulian.web.place import Place


def shown_link(link: Link, *, place: Place, around: Around) -> dict[str, Any]:
    """Return a link as the API shows it."""
    host = around.hosts.get(link.domain_id, "")
    folder = None if link.folder_id is None else around.folders.get(link.folder_id)
    return {
        "id": encode_id(link.id),
        "short_url": place.short_url(link.slug, host=host),
        "slug": link.slug,
        "domain": urlsplit(place.origin_of(host)).netloc,
        "domain_id": encode_id(link.domain_id),
        "destination": link.destination,
        "title": link.title,
        "note": link.note,
        "created_at": shown_instant(link.created_at),
        "updated_at": shown_instant(link.updated_at),
        "created_by": _shown_maker(link, around),
        "clicks": link.clicks,
        "human_clicks": link.human_clicks,
        "qr_url": place.qr_url(link.slug, host=host),
        "guard": shown_guard(link.guard),
        "audience": shown_audience(link.audience),
        "expires_at": shown_instant(link.expires_at) if link.expires_at else None,
        "taken_down": link.taken_down,
        "flags": list(link.flags),
        "archived_at": shown_instant(link.archived_at) if link.archived_at else None,
        "deleted_at": shown_instant(link.deleted_at) if link.deleted_at else None,
        "tags": [_shown_tag(tag) for tag in around.tags.get(link.id, ())],
        "folder": _shown_folder(folder) if folder else None,
        "is_favourite": None if around.favourites is None else link.id in around.favourites,
    }


def _shown_maker(link: Link, around: Around) -> dict[str, Any] | None:
    maker = link.created_by
    if maker is None:
        return None
    return {"kind": maker.kind, "id": encode_id(maker.id), "name": around.makers.get(maker)}


def _shown_tag(tag: Tag) -> dict[str, str]:
    return {"id": encode_id(tag.id), "name": tag.name, "colour": tag.colour}


def _shown_folder(folder: Folder) -> dict[str, str]:
    return {"id": encode_id(folder.id), "name": folder.name}


def shown_new_link(link: Link, *, place: Place, around: Around) -> dict[str, Any]:
    """Return a link just made. A stranger's has a place for its manage token, still empty."""
    return shown_link(link, place=place, around=around) | ({"manage_token": None} if link.workspace_id is None else {})


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


def shown_instant(at: datetime) -> str:
    """Return an instant as the API shows it."""
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")
