"""Make, find, change and delete short links. The middle of the way of one short link; who may do what is decided here.

Works inside the caller's transaction and never commits. What a caller has no right to see does not exist for them.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from liulian.accounts.model import Actor, Anonymous, ApiKeyActor, LinkManager, UserActor, require
from liulian.accounts.permissions import Scope
from liulian.base.errors import (
    AppError,
    Conflict,
    FieldError,
    FieldRefused,
    InvalidRequest,
    NotFound,
    NotSignedIn,
    Unavailable,
)
from liulian.base.ids import IdSource, LinkId
from liulian.links.audience import EVERYONE
from liulian.links.check import CheckedChange
from liulian.links.guard import NO_GUARD
from liulian.links.model import DEFAULT_DOMAIN, UNSET, Link, Unset
from liulian.links.slugs import random_slug
from liulian.links.store import LinkStore, SlugIsTaken

SLUG_TRIES_MAX = 8  # More means the alphabet is too small, not bad luck.
STRANGERS_DAYS = 30  # How long a stranger's link lives, where nothing else is set.


class SlugTaken(Conflict):
    """Another link has, or had, the wished slug."""

    code = "slug_taken"

    def __init__(self, slug: str) -> None:
        super().__init__(errors=(FieldError("slug", "slug_taken", {"slug": slug}),), slug=slug)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What it takes to make or change links: the store of this transaction, ids, the time.

    `strangers_days` is how long a link lives that belongs to nobody.
    """

    store: LinkStore
    ids: IdSource
    now: datetime
    strangers_days: int = STRANGERS_DAYS


async def create_link(wish: CheckedChange, actor: Actor, *, workshop: Workshop) -> Link:
    """Return the new link. Raises InvalidRequest with every refused field, or SlugTaken."""
    (result,) = await create_links([wish], actor, workshop=workshop)
    if isinstance(result, AppError):
        raise result
    return result


async def create_links(wishes: Sequence[CheckedChange], actor: Actor, *, workshop: Workshop) -> list[Link | AppError]:
    """Return, for each wish in order, the new link or why there is none. Of two equal slugs the first one gets it.

    Raises Forbidden for somebody of a workspace who may only look.
    """
    if isinstance(actor, ApiKeyActor | UserActor):
        require(actor, Scope.LINKS_WRITE)
    results = [_new_link(wish, actor, workshop=workshop) for wish in wishes]
    waiting = [index for index, result in enumerate(results) if isinstance(result, Link)]
    for attempt in range(SLUG_TRIES_MAX):
        waiting = await _insert(results, waiting, wishes=wishes, workshop=workshop, is_first=attempt == 0)
        if not waiting:
            return results
    raise Unavailable(retry_after_s=1)


async def link_for(
    actor: Actor, link_id: LinkId, *, store: LinkStore, scope: Scope = Scope.LINKS_READ, for_update: bool = False
) -> Link:
    """Return a link with which the actor may do what `scope` says.

    Raises NotFound for a link of others, whether it exists or not, and Forbidden for one of theirs without that right.
    """
    link = await store.find(link_id, for_update=for_update)
    if link is None or not is_theirs(actor, link):
        raise NotFound
    if not isinstance(actor, LinkManager):
        require(actor, scope)
    return link


async def list_links(actor: Actor, *, store: LinkStore, before: LinkId | None, limit: int) -> list[Link]:
    """Return at most `limit` links of the actor, newest first, made before the link `before`. Strangers have none."""
    match actor:
        case ApiKeyActor(workspace_id=workspace_id) | UserActor(workspace_id=workspace_id):
            require(actor, Scope.LINKS_READ)
            return await store.list_page(workspace_id=workspace_id, before=before, limit=limit)
        case LinkManager(link_id=link_id):
            link = await store.find(link_id) if before is None or link_id < before else None
            return [link] if link is not None and is_theirs(actor, link) else []
        case Anonymous():
            raise NotSignedIn
        case _:
            assert_never(actor)


async def update_link(actor: Actor, link_id: LinkId, wish: CheckedChange, *, workshop: Workshop) -> Link:
    """Return the link as it now is. Raises NotFound, InvalidRequest or SlugTaken."""
    old = await link_for(actor, link_id, store=workshop.store, scope=Scope.LINKS_WRITE, for_update=True)
    new = _changed(old, wish, actor, workshop=workshop)
    if dataclasses.replace(new, updated_at=old.updated_at) == old:
        return old
    try:
        await workshop.store.replace(old, new, tombstone_id=LinkId(workshop.ids()))
    except SlugIsTaken:
        raise SlugTaken(new.slug) from None
    return new


async def delete_link(actor: Actor, link_id: LinkId, *, store: LinkStore, now: datetime) -> None:
    """Delete a link for everybody and for good, except that nobody else gets its slug. Raises NotFound."""
    link = await link_for(actor, link_id, store=store, scope=Scope.LINKS_WRITE, for_update=True)
    await store.remove(link, now=now)


def is_theirs(actor: Actor, link: Link) -> bool:
    """Tell whether a link is in the actor's workspace, or the one link that its manage token names."""
    match actor:
        case ApiKeyActor(workspace_id=workspace_id) | UserActor(workspace_id=workspace_id):
            return link.workspace_id == workspace_id
        case LinkManager(link_id=link_id):
            return link.id == link_id and link.workspace_id is None
        case Anonymous():
            return False
        case _:
            assert_never(actor)


def _new_link(wish: CheckedChange, actor: Actor, *, workshop: Workshop) -> Link | AppError:
    last = (
        None if isinstance(actor, ApiKeyActor | UserActor) else workshop.now + timedelta(days=workshop.strangers_days)
    )
    expires_at, refusals = _expiry(wish.expires_at, usual=last, last=last, workshop=workshop)
    errors = wish.errors + refusals
    if errors or wish.destination is None:
        return InvalidRequest(errors=errors)
    return Link(
        id=LinkId(workshop.ids()),
        workspace_id=actor.workspace_id if isinstance(actor, ApiKeyActor | UserActor) else None,
        domain_id=DEFAULT_DOMAIN,
        slug=wish.slug or random_slug(),
        destination=wish.destination,
        title=wish.title,
        created_at=workshop.now,
        updated_at=workshop.now,
        guard=wish.guard or NO_GUARD,
        audience=wish.audience or EVERYONE,
        expires_at=expires_at,
        flags=wish.flags,
    )


async def _insert(
    results: list[Link | AppError],
    waiting: list[int],
    *,
    wishes: Sequence[CheckedChange],
    workshop: Workshop,
    is_first: bool,
) -> list[int]:
    """Insert the links that wait. A taken wish becomes SlugTaken; a taken random slug gets another, and waits again.

    Once in years it was the id that is taken: whatever did not go in gets another, and a wish waits once more for it.
    """
    links = [link for index in waiting if isinstance(link := results[index], Link)]
    inserted = await workshop.store.add(links) if links else set()
    again = []
    for index, link in zip(waiting, links, strict=True):
        if link.id in inserted:
            continue
        if wishes[index].slug is None or is_first:
            slug = link.slug if wishes[index].slug else random_slug()
            results[index] = dataclasses.replace(link, id=LinkId(workshop.ids()), slug=slug)
            again.append(index)
        else:
            results[index] = SlugTaken(link.slug)
    return again


def _changed(old: Link, wish: CheckedChange, actor: Actor, *, workshop: Workshop) -> Link:
    """Return `old` with the wished fields in their normal form. Raises InvalidRequest with every refusal."""
    last = (
        None if isinstance(actor, ApiKeyActor | UserActor) else old.created_at + timedelta(days=workshop.strangers_days)
    )
    expires_at, refusals = _expiry(wish.expires_at, usual=old.expires_at, last=last, workshop=workshop)
    errors = (*_still_wrong(wish, old), *refusals)
    if errors:
        raise InvalidRequest(errors=errors)
    return dataclasses.replace(
        old,
        destination=wish.destination or old.destination,
        slug=wish.slug or old.slug,
        title=wish.title if wish.wished.sets_title else old.title,
        guard=wish.guard or old.guard,
        audience=wish.audience or old.audience,
        expires_at=expires_at,
        flags=wish.flags,
        updated_at=workshop.now,
    )


def _still_wrong(wish: CheckedChange, old: Link) -> list[FieldError]:
    """Return the refusals without those of what already is so: no wish, even where it would be refused today."""
    same = set()
    if wish.wished.slug == old.slug:
        same.add("slug")
    if old.destination in (wish.wished.destination, wish.destination):
        same.add("destination")
    return [error for error in wish.errors if error.field not in same]


def _expiry(
    wished: datetime | Unset | None, *, usual: datetime | None, last: datetime | None, workshop: Workshop
) -> tuple[datetime | None, tuple[FieldError, ...]]:
    """Return when a link ends: as usual, or as wished, but for a stranger's no later than `last`."""
    try:
        return _within(wished, usual=usual, last=last, workshop=workshop), ()
    except FieldRefused as refused:
        return usual, (refused.of("expires_at"),)


def _within(
    wished: datetime | Unset | None, *, usual: datetime | None, last: datetime | None, workshop: Workshop
) -> datetime | None:
    if wished is UNSET or wished == usual:
        return usual
    if wished is None and last is not None:
        raise FieldRefused("expires_at_required", days=workshop.strangers_days)
    if wished is not None and wished <= workshop.now:
        raise FieldRefused("expires_at_past")
    if wished is not None and last is not None and wished > last:
        raise FieldRefused("expires_at_too_late", days=workshop.strangers_days)
    return wished
