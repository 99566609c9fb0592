"""Make, find and change short links. The middle of the way of one short link; who may do what is decided here.

What else can be done with links is in `organise.py` and, for many at once, in `bulk.py`. Works inside the caller's
transaction and never commits. What a caller has no right to see does not exist for them.
"""

import dataclasses
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from liulian.accounts.model import Actor, Anonymous, ApiKeyActor, LinkManager, UserActor, WorkspaceActor, require
from liulian.accounts.permissions import Scope
from liulian.base.clock import to_micros
from liulian.base.errors import AppError, Conflict, FieldError, FieldRefused, InvalidRequest, NotFound, Unavailable
from liulian.base.ids import IdSource, LinkId, id_made_at
from liulian.links.audience import EVERYONE
from liulian.links.check import CheckedChange
from liulian.links.guard import NO_GUARD
from liulian.links.model import DEFAULT_DOMAIN, UNSET, Link, Maker, TagId, Unset
from liulian.links.placing import Placing, Surveyor, place_wishes
from liulian.links.slugs import random_slug
from liulian.links.store import AuditLog, LinkStore, OrganisedStore, SlugIsTaken

SLUG_TRIES_MAX = 8  # More means the alphabet is too small, not bad luck.
STRANGERS_DAYS = 30  # How long a stranger's link lives, where nothing else is set.


class SlugTaken(Conflict):
    """Another link has, or had, the wished slug."""

    code = "slug_taken"

    def __init__(self, slug: str) -> None:
        super().__init__(errors=(FieldError("slug", "slug_taken", {"slug": slug}),), slug=slug)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What it takes to make or change links: the stores of this transaction, ids, the time.

    `strangers_days` is how long a link lives that belongs to nobody.
    """

    store: LinkStore
    organised: OrganisedStore
    surveyor: Surveyor
    audit: AuditLog
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
    if isinstance(actor, WorkspaceActor):
        require(actor, Scope.LINKS_WRITE)
    placings = await place_wishes(wishes, actor, surveyor=workshop.surveyor, are_new=True)
    results = [
        _new_link(wish, actor, placing=placing, workshop=workshop)
        for wish, placing in zip(wishes, placings, strict=True)
    ]
    waiting = [index for index, result in enumerate(results) if isinstance(result, Link)]
    batch = _Batch(wishes=wishes, placings=placings, workshop=workshop)
    for attempt in range(SLUG_TRIES_MAX):
        waiting = await _insert(results, waiting, batch=batch, is_first=attempt == 0)
        if not waiting:
            return results
    raise Unavailable(retry_after_s=1)


async def link_for(
    actor: Actor,
    link_id: LinkId,
    *,
    store: LinkStore,
    scope: Scope = Scope.LINKS_READ,
    for_update: bool = False,
    even_deleted: bool = False,
) -> Link:
    """Return a link with which the actor may do what `scope` says.

    Raises NotFound for a link of others, whether it exists or not, and Forbidden for one of theirs without that right.
    """
    link = await store.find(link_id, for_update=for_update, even_deleted=even_deleted)
    if link is None or not is_theirs(actor, link):
        raise NotFound
    if not isinstance(actor, LinkManager):
        require(actor, scope)
    return link


async def list_managed(actor: LinkManager, *, store: LinkStore) -> list[Link]:
    """Return the one link of whoever has its manage token, none when it is gone or claimed."""
    link = await store.find(actor.link_id)
    return [link] if link is not None and is_theirs(actor, link) else []


async def update_link(actor: Actor, link_id: LinkId, wish: CheckedChange, *, workshop: Workshop) -> Link:
    """Return the link as it now is. Raises NotFound, InvalidRequest or SlugTaken."""
    old = await link_for(actor, link_id, store=workshop.store, scope=Scope.LINKS_WRITE, for_update=True)
    (placing,) = await place_wishes([wish], actor, surveyor=workshop.surveyor, are_new=False)
    new = changed_link(old, wish, actor, placing=placing, workshop=workshop)
    if dataclasses.replace(new, updated_at=old.updated_at) != old:
        try:
            await workshop.store.replace(old, new, tombstone_id=LinkId(workshop.ids()))
        except SlugIsTaken:
            raise SlugTaken(new.slug) from None
    else:
        new = old
    if placing.tag_ids is not None:
        await _set_tags(new, placing.tag_ids, workshop=workshop)
    return new


async def _set_tags(link: Link, tag_ids: Sequence[TagId], *, workshop: Workshop) -> None:
    before = (await workshop.organised.tags_of([link.id])).get(link.id, [])
    if set(before) != set(tag_ids):
        await workshop.organised.drop_tags([link.id], set(before) - set(tag_ids))
        await workshop.organised.add_tags([link], tag_ids)
        await workshop.store.reindex([link.id])


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


def maker_of(actor: Actor) -> Maker | None:
    """Return who is to be named as the maker of a link, None for a stranger and for the command line."""
    match actor:
        case UserActor(user_id=user_id):
            return Maker(kind="user", id=user_id)
        case ApiKeyActor(api_key_id=key_id) if key_id:
            return Maker(kind="api_key", id=key_id)
        case _:
            return None


def names_of(actor: Actor) -> Mapping[Maker, str]:
    """Return by what name the maker of new links is shown, as far as it is known."""
    maker = maker_of(actor)
    name = actor.name if isinstance(actor, ApiKeyActor) else None
    return {} if maker is None or name is None else {maker: name}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """What links are made of, in the order of their wishes."""

    wishes: Sequence[CheckedChange]
    placings: Sequence[Placing]
    workshop: Workshop

    def link_id(self, index: int) -> LinkId:
        return _link_id(self.wishes[index], self.workshop)


def _link_id(wish: CheckedChange, workshop: Workshop) -> LinkId:
    """Return a new id. It tells when the link was made, wherever that was, to the second.

    Who imports a hundred thousand links of one day has them all in one millisecond: ids of that would often be equal.
    """
    made_at = wish.wished.created_at
    if made_at is None:
        return LinkId(workshop.ids())
    within_s = 0 if made_at.microsecond else secrets.randbelow(1000)
    return LinkId(id_made_at(to_micros(made_at) // 1000 + within_s))


def _new_link(wish: CheckedChange, actor: Actor, *, placing: Placing, workshop: Workshop) -> Link | AppError:
    last = None if isinstance(actor, WorkspaceActor) else workshop.now + timedelta(days=workshop.strangers_days)
    expires_at, refusals = _expiry(wish.expires_at, usual=last, last=last, workshop=workshop)
    errors = wish.errors + refusals + placing.errors
    if errors or wish.destination is None:
        return InvalidRequest(errors=errors)
    return Link(
        id=_link_id(wish, workshop),
        workspace_id=actor.workspace_id if isinstance(actor, WorkspaceActor) else None,
        domain_id=placing.domain_id or DEFAULT_DOMAIN,
        slug=wish.slug or random_slug(),
        destination=wish.destination,
        title=wish.title,
        created_at=wish.wished.created_at or workshop.now,
        updated_at=workshop.now,
        guard=wish.guard or NO_GUARD,
        audience=wish.audience or EVERYONE,
        expires_at=expires_at,
        flags=wish.flags,
        note=None if wish.note is UNSET else wish.note,
        folder_id=None if placing.folder_id is UNSET else placing.folder_id,
        created_by=maker_of(actor),
    )


async def _insert(results: list[Link | AppError], waiting: list[int], *, batch: _Batch, is_first: bool) -> list[int]:
    """Insert the links that wait. A taken wish becomes SlugTaken; a taken random slug gets another, and waits again.

    Once in years it was the id that is taken: whatever did not go in gets another, and a wish waits once more for it.
    """
    _tell_apart(results, waiting, batch=batch)
    links = [link for index in waiting if isinstance(link := results[index], Link)]
    tags = {link.id: batch.placings[index].tag_ids or () for index, link in zip(waiting, links, strict=True)}
    inserted = await batch.workshop.store.add(links, tags=tags) if links else set()
    again = []
    for index, link in zip(waiting, links, strict=True):
        if link.id in inserted:
            continue
        wished = batch.wishes[index].slug
        if wished is None or is_first:
            results[index] = dataclasses.replace(link, id=batch.link_id(index), slug=wished or random_slug())
            again.append(index)
        else:
            results[index] = SlugTaken(link.slug)
    return again


def _tell_apart(results: list[Link | AppError], waiting: list[int], *, batch: _Batch) -> None:
    """Give another id to a link that has the one of a link before it."""
    seen = set[LinkId]()
    for index in waiting:
        link = results[index]
        while isinstance(link, Link) and link.id in seen:
            link = results[index] = dataclasses.replace(link, id=batch.link_id(index))
        if isinstance(link, Link):
            seen.add(link.id)


def changed_link(old: Link, wish: CheckedChange, actor: Actor, *, placing: Placing, workshop: Workshop) -> Link:
    """Return `old` with the wished fields in their normal form. Raises InvalidRequest with every refusal."""
    last = None if isinstance(actor, WorkspaceActor) else old.created_at + timedelta(days=workshop.strangers_days)
    expires_at, refusals = _expiry(wish.expires_at, usual=old.expires_at, last=last, workshop=workshop)
    errors = (*_still_wrong(wish, old), *refusals, *placing.errors)
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
        note=old.note if wish.note is UNSET else wish.note,
        folder_id=old.folder_id if placing.folder_id is UNSET else placing.folder_id,
        domain_id=placing.domain_id or old.domain_id,
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
