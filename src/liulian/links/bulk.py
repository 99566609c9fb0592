"""Do one thing with many links: put them away, delete or restore them, tag them, move them, change them.

What cannot be done with one link does not hold up the others. Whoever asks is told what would undo it. Never commits:
the caller takes one transaction for each batch.
"""

import dataclasses
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from liulian.accounts.model import Actor, require
from liulian.accounts.permissions import Scope
from liulian.base.errors import AppError, FieldError, InvalidRequest, NotFound
from liulian.base.ids import LinkId
from liulian.links.check import CheckedChange
from liulian.links.model import DEFAULT_DOMAIN, TAGS_OF_LINK_MAX, FolderId, Link, TagId
from liulian.links.organise import DomainGone, archived, restored
from liulian.links.placing import Placing, find_folders, find_tags, read_tags
from liulian.links.service import Workshop, changed_link

BATCH_MAX = 1_000  # Links in one transaction: it holds up the other writers for some tenths of a second.
FILTERED_MAX = 10_000  # Links in one request.


class Action(StrEnum):
    """What is to be done."""

    ARCHIVE = "archive"
    RESTORE = "restore"
    DELETE = "delete"
    TAG = "tag"
    UNTAG = "untag"
    MOVE = "move"
    EDIT = "edit"


_WRITTEN_AS = {
    Action.ARCHIVE: "links.archived",
    Action.RESTORE: "links.restored",
    Action.DELETE: "links.deleted",
    Action.TAG: "links.tagged",
    Action.UNTAG: "links.untagged",
    Action.MOVE: "links.moved",
    Action.EDIT: "links.edited",
}


class TooManyMatches(InvalidRequest):
    """A filter lets more links through than one request may change."""

    code = "bulk_too_many"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkWish:
    """What is to be done, as it was asked for. `tags` for tag and untag, `folder` for move, `change` for edit."""

    action: Action
    tags: tuple[str, ...] = ()
    folder: str | None = None
    change: CheckedChange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkDone:
    """`changed` are those links that are now different; `moved_from` tells, for a move, where each of them was.

    `edited` are, for an edit, the changed links as they were.
    """

    changed: tuple[LinkId, ...]
    failed: tuple[tuple[LinkId, AppError], ...] = ()
    moved_from: tuple[tuple[LinkId, FolderId | None], ...] = ()
    edited: tuple[Link, ...] = ()


Failures = list[tuple[LinkId, AppError]]


async def edit_links(actor: Actor, link_ids: Sequence[LinkId], wish: BulkWish, *, workshop: Workshop) -> BulkDone:
    """Do it with at most BATCH_MAX links. Raises InvalidRequest where the wish itself is refused."""
    workspace_id = require(actor, Scope.LINKS_WRITE).workspace_id
    is_undo = wish.action is Action.RESTORE
    found = await workshop.store.find_many(link_ids, workspace_id=workspace_id, even_deleted=is_undo)
    known = {link.id for link in found}
    failed: Failures = [(link_id, NotFound()) for link_id in dict.fromkeys(link_ids) if link_id not in known]
    if wish.action in (Action.TAG, Action.UNTAG):
        done = await _tag(actor, found, wish, workshop=workshop, failed=failed)
    else:
        done = await _replace(found, await _change_of(actor, wish, workshop=workshop), workshop=workshop, failed=failed)
    if wish.action is Action.EDIT:
        before = {link.id: link for link in found}
        done = dataclasses.replace(done, edited=tuple(before[link_id] for link_id in done.changed))
    await _record(actor, wish, done, workshop=workshop)
    return done


async def _replace(
    found: Sequence[Link], change: Callable[[Link], Link], *, workshop: Workshop, failed: Failures
) -> BulkDone:
    pairs: list[tuple[Link, Link]] = []
    domains: dict[int, bool] = {DEFAULT_DOMAIN: True}
    for old in found:
        try:
            new = change(old)
            if old.deleted_at is not None and old.domain_id not in domains:
                domains[old.domain_id] = await workshop.surveyor.domains.keep(old.domain_id)
            if old.deleted_at is not None and not domains[old.domain_id]:
                raise DomainGone
        except AppError as refused:
            failed.append((old.id, refused))
            continue
        if dataclasses.replace(new, updated_at=old.updated_at) != old:
            pairs.append((old, new))
    await workshop.store.replace_many(pairs)
    return BulkDone(
        changed=tuple(new.id for _, new in pairs),
        failed=tuple(failed),
        moved_from=tuple((old.id, old.folder_id) for old, new in pairs if old.folder_id != new.folder_id),
    )


async def _change_of(actor: Actor, wish: BulkWish, *, workshop: Workshop) -> Callable[[Link], Link]:
    """Return what is to become of each link. Raises InvalidRequest."""
    match wish.action:
        case Action.ARCHIVE:
            return partial(archived, now=workshop.now)
        case Action.RESTORE:
            return partial(restored, now=workshop.now)
        case Action.DELETE:
            return lambda old: dataclasses.replace(old, deleted_at=workshop.now)
        case Action.MOVE:
            folder_id = await _folder(actor, wish.folder, workshop=workshop)
            return lambda old: dataclasses.replace(old, folder_id=folder_id)
        case _:
            return partial(_edited, wish=_edit(wish), actor=actor, workshop=workshop)


def _edit(wish: BulkWish) -> CheckedChange:
    """Return the change that is wished. Raises InvalidRequest where it is refused for whatever link."""
    if wish.change is None:
        raise InvalidRequest(errors=(FieldError("change", "field_required"),))
    if wish.change.errors:
        refused = (dataclasses.replace(error, field=f"change.{error.field}") for error in wish.change.errors)
        raise InvalidRequest(errors=tuple(refused))
    return wish.change


def _edited(old: Link, *, wish: CheckedChange, actor: Actor, workshop: Workshop) -> Link:
    leads_elsewhere = wish.destination not in (None, old.destination)
    flags = wish.flags if leads_elsewhere else tuple(dict.fromkeys((*old.flags, *wish.flags)))
    whole = dataclasses.replace(wish, flags=flags)
    return changed_link(old, whole, actor, placing=Placing(), workshop=workshop)


async def _folder(actor: Actor, text: str | None, *, workshop: Workshop) -> FolderId | None:
    if text is None:
        return None
    found = (await find_folders([text], actor, surveyor=workshop.surveyor))[text]
    if isinstance(found, FieldError):
        raise InvalidRequest(errors=(found,))
    return found


async def _tag(
    actor: Actor, found: Sequence[Link], wish: BulkWish, *, workshop: Workshop, failed: Failures
) -> BulkDone:
    """Tag links, or untag them. Those that had the tags, or had none of them, are not changed."""
    tag_ids, errors = read_tags(wish.tags, await find_tags(wish.tags, actor, surveyor=workshop.surveyor))
    if errors or not tag_ids:
        raise InvalidRequest(errors=tuple(errors) or (FieldError("tags", "field_required"),))
    before = await workshop.organised.tags_of([link.id for link in found])
    changed: list[Link] = []
    for link in found:
        has = set(before.get(link.id, ()))
        is_changed = bool(has & set(tag_ids)) if wish.action is Action.UNTAG else not has >= set(tag_ids)
        if is_changed and wish.action is Action.TAG and len(has | set(tag_ids)) > TAGS_OF_LINK_MAX:
            too_many = FieldError("tags", "tags_count", {"max": TAGS_OF_LINK_MAX})
            failed.append((link.id, InvalidRequest(errors=(too_many,))))
        elif is_changed:
            changed.append(link)
    await _write_tags(changed, tag_ids, wish.action, workshop=workshop)
    return BulkDone(changed=tuple(link.id for link in changed), failed=tuple(failed))


async def _write_tags(
    changed: Collection[Link], tag_ids: Collection[TagId], action: Action, *, workshop: Workshop
) -> None:
    if not changed:
        return
    link_ids = [link.id for link in changed]
    if action is Action.TAG:
        await workshop.organised.add_tags(changed, tag_ids)
    else:
        await workshop.organised.drop_tags(link_ids, tag_ids)
    await workshop.store.reindex(link_ids)


async def _record(actor: Actor, wish: BulkWish, done: BulkDone, *, workshop: Workshop) -> None:
    """Write down what became of how many links: one entry for all of them, and where an edit leads them."""
    if not done.changed:
        return
    leads_to = wish.change.destination if wish.action is Action.EDIT and wish.change is not None else None
    details: dict[str, Any] = {"number": len(done.changed)}
    if leads_to is not None:
        details["host"] = urlsplit(leads_to).hostname
    await workshop.audit.record(actor, _WRITTEN_AS[wish.action], "links", done.changed[0], now=workshop.now, **details)
