"""What an owner does with one link beside changing it: put it away, delete it, bring it back, like it, claim it.

An archived link is out of the way and works on. A deleted one leads nowhere, can be brought back for thirty days, and
is then emptied; its slug is never given to anybody else. Never commits.
"""

import dataclasses
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from liulian.accounts.model import Actor, UserActor, require
from liulian.accounts.permissions import Scope
from liulian.base.errors import Conflict, Forbidden, NotFound
from liulian.base.ids import LinkId
from liulian.base.urls import host_of
from liulian.links.model import DEFAULT_DOMAIN, Link
from liulian.links.service import Workshop, link_for, maker_of
from liulian.links.store import OrganisedStore

RESTORE_DAYS = 30
LIVE_MAX = 100  # Links whose numbers are asked for at once: as many as a page has.


class PeopleOnly(Forbidden):
    """Only somebody who signed in can do this: a program has no favourites."""

    code = "people_only"


class DomainGone(Conflict):
    """The domain of a deleted link was removed meanwhile."""

    code = "link_domain_gone"


async def archive_link(actor: Actor, link_id: LinkId, *, workshop: Workshop) -> Link:
    """Return the link, now out of the way of lists. It works as before. Raises NotFound."""
    old = await link_for(actor, link_id, store=workshop.store, scope=Scope.LINKS_WRITE, for_update=True)
    return await _stored(old, archived(old, now=workshop.now), workshop=workshop)


async def restore_link(actor: Actor, link_id: LinkId, *, workshop: Workshop) -> Link:
    """Return the link: a deleted one as it was, an archived one back in the lists. Raises NotFound or DomainGone."""
    old = await link_for(
        actor, link_id, store=workshop.store, scope=Scope.LINKS_WRITE, for_update=True, even_deleted=True
    )
    new = restored(old, now=workshop.now)
    if new.domain_id != DEFAULT_DOMAIN and not await workshop.surveyor.domains.keep(new.domain_id):
        raise DomainGone
    if old.deleted_at is not None:
        await workshop.audit.record(actor, "link.restored", "link", old.id, now=workshop.now, slug=old.slug)
    return await _stored(old, new, workshop=workshop)


async def delete_link(actor: Actor, link_id: LinkId, *, workshop: Workshop) -> None:
    """Delete a link for everybody. For a while it can be restored; nobody else ever gets its slug. Raises NotFound."""
    old = await link_for(actor, link_id, store=workshop.store, scope=Scope.LINKS_WRITE, for_update=True)
    await workshop.store.remove(old, now=workshop.now)
    host = host_of(old.destination)
    await workshop.audit.record(actor, "link.deleted", "link", old.id, now=workshop.now, slug=old.slug, host=host)


async def claim_link(actor: Actor, link_id: LinkId, *, workshop: Workshop) -> Link:
    """Return a stranger's link, which now belongs to the actor's workspace. The caller has seen its manage token.

    It no longer ends when strangers' links do. Raises NotFound when somebody has claimed it.
    """
    workspace_id = require(actor, Scope.LINKS_WRITE).workspace_id
    old = await workshop.store.find(link_id, for_update=True)
    if old is None or old.workspace_id is not None:
        raise NotFound
    usual = old.created_at + timedelta(days=workshop.strangers_days)
    new = dataclasses.replace(
        old,
        workspace_id=workspace_id,
        created_by=maker_of(actor),
        expires_at=None if old.expires_at == usual else old.expires_at,
        updated_at=workshop.now,
    )
    await workshop.audit.record(actor, "link.claimed", "link", old.id, now=workshop.now, slug=old.slug)
    return await _stored(old, new, workshop=workshop)


async def set_favourite(actor: Actor, link_id: LinkId, *, is_favourite: bool, workshop: Workshop) -> None:
    """Let a link be a favourite of a person, or not. Raises NotFound or PeopleOnly."""
    link = await link_for(actor, link_id, store=workshop.store)
    if not isinstance(actor, UserActor):
        raise PeopleOnly
    if is_favourite:
        await workshop.organised.put_favourite(link, actor.user_id)
    else:
        await workshop.organised.drop_favourite(link.id, actor.user_id)


async def live_clicks(
    actor: Actor, link_ids: Collection[LinkId], *, store: OrganisedStore
) -> Mapping[LinkId, tuple[int, int]]:
    """Return (clicks, human clicks) of those of the links that are the workspace's."""
    return await store.clicks_of(link_ids, workspace_id=require(actor, Scope.LINKS_READ).workspace_id)


def archived(link: Link, *, now: datetime) -> Link:
    """Return a link put away, since when it already is."""
    return link if link.archived_at is not None else dataclasses.replace(link, archived_at=now)


def restored(link: Link, *, now: datetime) -> Link:
    """Return a link one step back: undeleted, else unarchived. Raises NotFound when it was deleted too long ago."""
    if link.deleted_at is None:
        return dataclasses.replace(link, archived_at=None)
    if now - link.deleted_at > timedelta(days=RESTORE_DAYS):
        raise NotFound
    return dataclasses.replace(link, deleted_at=None)


async def _stored(old: Link, new: Link, *, workshop: Workshop) -> Link:
    if new != old:
        await workshop.store.replace_many([(old, new)])
    return new
