"""Make, find, change and delete short links. The middle of the way of one short link; who may do what is decided here.

Works inside the caller's transaction and never commits. What a caller has no right to see does not exist for them.
"""

import asyncio
import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from liulian.accounts.model import Actor, Anonymous, ApiKeyActor, LinkManager
from liulian.base.errors import AppError, Conflict, FieldError, InvalidRequest, NotFound, NotSignedIn, Unavailable
from liulian.base.ids import IdSource, LinkId
from liulian.links.check import check_change
from liulian.links.model import DEFAULT_DOMAIN, Link, LinkChange, LinkDraft
from liulian.links.slugs import random_slug
from liulian.links.store import LinkStore, SlugIsTaken

SLUG_TRIES_MAX = 8  # More means the alphabet is too small, not bad luck.
BATCH = 50  # Links checked in one go: about two milliseconds.


class SlugTaken(Conflict):
    """Another link has, or had, the wished slug."""

    code = "slug_taken"

    def __init__(self, slug: str) -> None:
        super().__init__(errors=(FieldError("slug", "slug_taken", {"slug": slug}),), slug=slug)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What it takes to make or change links: the store of this transaction, ids, the time, and our own host names."""

    store: LinkStore
    ids: IdSource
    now: datetime
    own_hosts: Collection[str]


async def create_link(draft: LinkDraft, actor: Actor, *, workshop: Workshop) -> Link:
    """Return the new link. Raises InvalidRequest with every refused field, or SlugTaken."""
    (result,) = await create_links([draft], actor, workshop=workshop)
    if isinstance(result, AppError):
        raise result
    return result


async def create_links(drafts: Sequence[LinkDraft], actor: Actor, *, workshop: Workshop) -> list[Link | AppError]:
    """Return, for each draft in order, the new link or why there is none. Of two equal slugs the first one gets it."""
    results: list[Link | AppError] = []
    for draft in drafts:
        if len(results) % BATCH == BATCH - 1:
            await asyncio.sleep(0)  # The redirects of this process must not wait for a thousand new links.
        results.append(_new_link(draft, actor, workshop=workshop))
    waiting = [index for index, result in enumerate(results) if isinstance(result, Link)]
    for _ in range(SLUG_TRIES_MAX):
        waiting = await _insert(results, waiting, drafts=drafts, workshop=workshop)
        if not waiting:
            return results
    raise Unavailable(retry_after_s=1)


async def link_for(actor: Actor, link_id: LinkId, *, store: LinkStore, for_update: bool = False) -> Link:
    """Return a link that the actor may see. Raises NotFound for any other, whether it exists or not."""
    link = await store.find(link_id, for_update=for_update)
    if link is None or not may_manage(actor, link):
        raise NotFound
    return link


async def list_links(actor: Actor, *, store: LinkStore, before: LinkId | None, limit: int) -> list[Link]:
    """Return at most `limit` links of the actor, newest first, made before the link `before`. Strangers have none."""
    match actor:
        case ApiKeyActor(workspace_id=workspace_id):
            return await store.list_page(workspace_id=workspace_id, before=before, limit=limit)
        case LinkManager(link_id=link_id):
            link = await store.find(link_id) if before is None or link_id < before else None
            return [link] if link is not None and may_manage(actor, link) else []
        case Anonymous():
            raise NotSignedIn
        case _:
            assert_never(actor)


async def update_link(actor: Actor, link_id: LinkId, change: LinkChange, *, workshop: Workshop) -> Link:
    """Return the link as it now is. Raises NotFound, InvalidRequest or SlugTaken."""
    old = await link_for(actor, link_id, store=workshop.store, for_update=True)
    new = _changed(old, change, workshop=workshop)
    if dataclasses.replace(new, updated_at=old.updated_at) == old:
        return old
    try:
        await workshop.store.replace(old, new, tombstone_id=LinkId(workshop.ids()))
    except SlugIsTaken:
        raise SlugTaken(new.slug) from None
    return new


async def delete_link(actor: Actor, link_id: LinkId, *, store: LinkStore, now: datetime) -> None:
    """Delete a link for everybody and for good, except that nobody else gets its slug. Raises NotFound."""
    link = await link_for(actor, link_id, store=store, for_update=True)
    await store.remove(link, now=now)


def may_manage(actor: Actor, link: Link) -> bool:
    """Tell whether the actor may see, change and delete a link: today one right."""
    match actor:
        case ApiKeyActor(workspace_id=workspace_id):
            return link.workspace_id == workspace_id
        case LinkManager(link_id=link_id):
            return link.id == link_id and link.workspace_id is None
        case Anonymous():
            return False
        case _:
            assert_never(actor)


def _new_link(draft: LinkDraft, actor: Actor, *, workshop: Workshop) -> Link | AppError:
    wished = LinkChange(destination=draft.destination, slug=draft.slug, title=draft.title)
    checked, errors = check_change(wished, own_hosts=workshop.own_hosts)
    if errors or checked.destination is None:
        return InvalidRequest(errors=errors)
    return Link(
        id=LinkId(workshop.ids()),
        workspace_id=actor.workspace_id if isinstance(actor, ApiKeyActor) else None,
        domain_id=DEFAULT_DOMAIN,
        slug=checked.slug or random_slug(),
        destination=checked.destination,
        title=checked.title,
        created_at=workshop.now,
        updated_at=workshop.now,
    )


async def _insert(
    results: list[Link | AppError], waiting: list[int], *, drafts: Sequence[LinkDraft], workshop: Workshop
) -> list[int]:
    """Insert the links that wait. A taken wish becomes SlugTaken; a taken random slug gets another, and waits again."""
    links = [link for index in waiting if isinstance(link := results[index], Link)]
    inserted = await workshop.store.add(links) if links else set()
    again = []
    for index, link in zip(waiting, links, strict=True):
        if link.id in inserted:
            continue
        if drafts[index].slug is None:
            results[index] = dataclasses.replace(link, slug=random_slug())
            again.append(index)
        else:
            results[index] = SlugTaken(link.slug)
    return again


def _changed(old: Link, change: LinkChange, *, workshop: Workshop) -> Link:
    """Return `old` with the wished fields in their normal form. Raises InvalidRequest with every refusal."""
    if change.slug == old.slug:
        change = dataclasses.replace(change, slug=None)  # Not a wish, even where it would be refused today.
    checked, errors = check_change(change, own_hosts=workshop.own_hosts)
    if errors:
        raise InvalidRequest(errors=errors)
    return dataclasses.replace(
        old,
        destination=checked.destination or old.destination,
        slug=checked.slug or old.slug,
        title=checked.title if change.sets_title else old.title,
        updated_at=workshop.now,
    )
