"""How communities and their parts are shown to those who build them, and what it takes to build in a request."""

from typing import Any

from fastapi import Request

from liulian.base.ids import encode_id
from liulian.community.badges import badge_fields
from liulian.community.channels import SeenChannel, channel_fields, community_url
from liulian.community.goals import goal_fields
from liulian.community.model import Badge, Community, Goal, Ritual, RitualChange, Service, ServiceVersion
from liulian.community.offering import service_fields
from liulian.community.rituals_check import ritual_fields
from liulian.community.store import Builder
from liulian.community.symbols import fields_of
from liulian.links.listing import Around
from liulian.storage.database import Transaction
from liulian.web.api.shown import shown_instant
from liulian.web.parts import parts_of
from liulian.web.place import Place, place_of


def builder_of(request: Request, tx: Transaction) -> Builder:
    """Return what it takes to build communities in a transaction."""
    parts = parts_of(request)
    return Builder(store=tx.communities, audit=tx.audit, ids=parts.ids, now=parts.clock())


def members_origin(request: Request) -> str:
    """Return where the pages of members are: under the installation's own name, whatever name was asked."""
    return parts_of(request).site.base_url or place_of(request).origin


def shown_community(community: Community, *, origin: str, members: int) -> dict[str, Any]:
    """Return a community as the API shows it."""
    return {
        "id": encode_id(community.id),
        "url": community_url(origin, community.slug),
        "state": community.state.value,
        **fields_of(community),
        "template": community.template,
        "members": members,
        "created_at": shown_instant(community.created_at),
        "updated_at": shown_instant(community.updated_at),
    }


def shown_goal(goal: Goal) -> dict[str, Any]:
    return _placed(goal) | goal_fields(goal)


def shown_badge(badge: Badge) -> dict[str, Any]:
    return _placed(badge) | badge_fields(badge)


def shown_ritual(ritual: Ritual, *, changes: list[RitualChange]) -> dict[str, Any]:
    """Return a ritual with its occurrences that differ from the rule."""
    own = {
        "sequence": ritual.sequence,
        "changes": [shown_change(change) for change in changes if change.ritual_id == ritual.id],
        "updated_at": shown_instant(ritual.updated_at),
    }
    return _placed(ritual) | ritual_fields(ritual) | own


def shown_change(change: RitualChange) -> dict[str, Any]:
    return {
        "occurrence": change.occurrence,
        "moved_to": change.moved_to,
        "note": change.note,
        "changed_at": shown_instant(change.changed_at),
    }


def shown_service(service: Service) -> dict[str, Any]:
    own = {"version": service.version, "updated_at": shown_instant(service.updated_at)}
    return _placed(service) | service_fields(service) | own


def shown_version(version: ServiceVersion) -> dict[str, Any]:
    return {
        "version": version.version,
        "definition": dict(version.definition),
        "created_at": shown_instant(version.created_at),
    }


def shown_channel(seen: SeenChannel, *, place: Place, around: Around) -> dict[str, Any]:
    """Return a channel with where its link is and what came of it."""
    channel, link = seen.channel, seen.link
    host = "" if link is None else around.hosts.get(link.domain_id, "")
    return {
        "id": encode_id(channel.id),
        **channel_fields(channel),
        "link_id": None if link is None else encode_id(link.id),
        "short_url": None if link is None else place.short_url(link.slug, host=host),
        "qr_url": None if link is None else place.qr_url(link.slug, host=host),
        "clicks": 0 if link is None else link.clicks,
        "human_clicks": 0 if link is None else link.human_clicks,
        "members": seen.members,
        "created_at": shown_instant(channel.created_at),
    }


def _placed(part: Goal | Badge | Ritual | Service) -> dict[str, Any]:
    return {"id": encode_id(part.id), "position": part.position, "created_at": shown_instant(part.created_at)}
