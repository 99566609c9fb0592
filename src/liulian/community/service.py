"""Communities of a workspace: found, founded, changed, opened, closed, removed. Who may do what is decided here.

Works inside the caller's transaction and never commits. Another workspace's community does not exist for the caller.
Members never come here: what they do is in `joining.py`, `checkins.py` and their like.
"""

import dataclasses
from typing import Any

from liulian.accounts.model import Actor, require
from liulian.accounts.permissions import Scope
from liulian.base.errors import Conflict, FieldError, NotFound
from liulian.base.ids import CommunityId
from liulian.community.model import COMMUNITIES_MAX, Community, CommunityState
from liulian.community.reading import Reading
from liulian.community.store import Builder, CommunityStore
from liulian.community.symbols import CheckedCommunity, check_community, fields_of, merged
from liulian.links.slugs import random_slug

# A draft is opened once; from then on there may be members, whom nobody makes unseen again.
_WAYS = {
    CommunityState.DRAFT: {CommunityState.DRAFT, CommunityState.OPEN},
    CommunityState.OPEN: {CommunityState.OPEN, CommunityState.CLOSED},
    CommunityState.CLOSED: {CommunityState.CLOSED, CommunityState.OPEN},
}
_ACTIONS = {CommunityState.OPEN: "community.opened", CommunityState.CLOSED: "community.closed"}


class CommunitySlugTaken(Conflict):
    """Another community has, or had, the wished slug."""

    code = "community_slug_taken"

    def __init__(self, slug: str) -> None:
        super().__init__(errors=(FieldError("slug", self.code, {"slug": slug}),), slug=slug)


class CommunitySlugFixed(Conflict):
    """Short links lead to the old address, and may be printed."""

    code = "community_slug_fixed"

    def __init__(self) -> None:
        super().__init__(errors=(FieldError("slug", self.code),))


class TooManyCommunities(Conflict):
    """A workspace has as many communities as it may have."""

    code = "communities_limit"


async def list_communities(actor: Actor, *, store: CommunityStore) -> list[Community]:
    """Return the communities of the workspace, oldest first."""
    workspace_id = require(actor, Scope.COMMUNITIES_READ).workspace_id
    return await store.list_of(workspace_id, limit=COMMUNITIES_MAX)


async def community_for(
    actor: Actor,
    community_id: CommunityId,
    *,
    store: CommunityStore,
    scope: Scope = Scope.COMMUNITIES_READ,
    for_update: bool = False,
) -> Community:
    """Return a community with which the actor may do what `scope` says. Raises NotFound for one of others."""
    workspace_id = require(actor, scope).workspace_id
    found = await store.find(community_id, workspace_id=workspace_id, for_update=for_update)
    if found is None:
        raise NotFound
    return found


async def create_community(
    actor: Actor, wish: CheckedCommunity, *, builder: Builder, template: str | None = None
) -> Community:
    """Return a new community, a draft. Raises CommunitySlugTaken or TooManyCommunities."""
    workspace_id = require(actor, Scope.COMMUNITIES_WRITE).workspace_id
    if await builder.store.count_of(workspace_id) >= COMMUNITIES_MAX:
        raise TooManyCommunities(max=COMMUNITIES_MAX)
    community = Community(
        id=CommunityId(builder.ids()),
        workspace_id=workspace_id,
        slug=wish.slug or random_slug(),
        name=wish.name,
        state=CommunityState.DRAFT,
        language=wish.language,
        zone=wish.zone,
        problem=wish.problem,
        symbols=wish.symbols,
        settings=wish.settings,
        created_at=builder.now,
        updated_at=builder.now,
        template=template,
    )
    if not await builder.store.add(community):
        raise CommunitySlugTaken(community.slug)
    await builder.audit.record(
        actor, "community.created", "community", community.id, now=builder.now, name=community.name
    )
    return community


async def change_community(actor: Actor, community_id: CommunityId, given: object, *, builder: Builder) -> Community:
    """Return the community as it now is. What is not given stays, inside problem, symbols and settings too.

    Raises NotFound, InvalidRequest with every refused field, CommunitySlugTaken or CommunitySlugFixed.
    """
    old = await community_for(actor, community_id, store=builder.store, scope=Scope.COMMUNITIES_WRITE, for_update=True)
    rest, state = _apart(given, old.state)
    wish = check_community(merged(fields_of(old), rest))
    new = _changed(old, wish, state=state)
    if new == old:
        return old
    if new.slug != old.slug and await builder.store.channels.list_of(old.id):
        raise CommunitySlugFixed
    new = dataclasses.replace(new, updated_at=builder.now)
    if not await builder.store.replace(new):
        raise CommunitySlugTaken(new.slug)
    await _note(actor, old, new, given, builder=builder)
    return new


async def open_community(actor: Actor, community: Community, *, builder: Builder) -> Community:
    """Return a community of this transaction, from now on open."""
    new = dataclasses.replace(community, state=CommunityState.OPEN, updated_at=builder.now)
    await builder.store.replace(new)
    await builder.audit.record(actor, "community.opened", "community", new.id, now=builder.now, name=new.name)
    return new


async def remove_community(actor: Actor, community_id: CommunityId, *, builder: Builder) -> None:
    """Let a community be seen no more, by anybody. Its slug stays taken, its log stays. Raises NotFound."""
    old = await community_for(actor, community_id, store=builder.store, scope=Scope.COMMUNITIES_WRITE, for_update=True)
    await builder.store.remove(old.id, now=builder.now)
    await builder.audit.record(actor, "community.removed", "community", old.id, now=builder.now, name=old.name)


def _apart(given: object, state: CommunityState) -> tuple[object, CommunityState]:
    """Return a wish without its state, and the state. Raises InvalidRequest where there is no way to that one."""
    if not isinstance(given, dict) or "state" not in given:
        return given, state
    reading = Reading({"state": given["state"]})
    wished = reading.choice("state", CommunityState)
    if not reading.faults and wished not in _WAYS[state]:
        reading.fault("state", "community_state", **{"from": state.value, "to": wished.value})
    reading.refuse()
    return {name: value for name, value in given.items() if name != "state"}, wished


def _changed(old: Community, wish: CheckedCommunity, *, state: CommunityState) -> Community:
    return dataclasses.replace(
        old,
        name=wish.name,
        slug=wish.slug or old.slug,
        language=wish.language,
        zone=wish.zone,
        problem=wish.problem,
        symbols=wish.symbols,
        settings=wish.settings,
        state=state,
    )


async def _note(actor: Actor, old: Community, new: Community, given: object, *, builder: Builder) -> None:
    details: dict[str, Any] = {"name": new.name}
    if new.state is not old.state:
        await builder.audit.record(actor, _ACTIONS[new.state], "community", new.id, now=builder.now, **details)
    if dataclasses.replace(new, state=old.state, updated_at=old.updated_at) != old:
        fields = sorted(given) if isinstance(given, dict) else []
        await builder.audit.record(
            actor, "community.changed", "community", new.id, now=builder.now, fields=fields, **details
        )
