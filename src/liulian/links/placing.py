"""Find out what wishes mean by tag, folder and domain: things of the workspace, which only the store knows.

Between checking a wish and making it come true. A handful of statements for a thousand wishes; a tag that is wished by
a new name is made.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from liulian.accounts.model import Actor, WorkspaceActor
from liulian.base.errors import AppError, FieldError, FieldRefused
from liulian.base.ids import DomainId, IdSource, decode_id
from liulian.links.check import CheckedChange
from liulian.links.domain_store import DomainStore
from liulian.links.domains import domain_for_new_link
from liulian.links.labels import COLOURS, LABELS_MAX, Folder, LabelStore, Tag, add_label, check_name, name_key
from liulian.links.model import TAGS_OF_LINK_MAX, UNSET, FolderId, TagId, Unset


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyor:
    """What it takes to place links: the stores of this transaction, ids, the time.

    `system_hosts` are the names of the installation's own domain.
    """

    domains: DomainStore
    tags: LabelStore[Tag]
    folders: LabelStore[Folder]
    ids: IdSource
    now: datetime
    system_hosts: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """Where a link is to be. None: nothing is wished of it; of a folder that is UNSET, and None is no folder."""

    domain_id: DomainId | None = None
    folder_id: FolderId | Unset | None = UNSET
    tag_ids: tuple[TagId, ...] | None = None
    errors: tuple[FieldError, ...] = ()


async def place_wishes(
    wishes: Sequence[CheckedChange], actor: Actor, *, surveyor: Surveyor, are_new: bool
) -> list[Placing]:
    """Return where each link is to be. New ones are in some domain in any case."""
    hosts = {wish.wished.domain for wish in wishes} - (set() if are_new else {None})
    domains = {host: await _domain(actor, host, surveyor) for host in hosts}
    folders = await find_folders((wish.wished.folder for wish in wishes), actor, surveyor=surveyor)
    tags = await find_tags((text for wish in wishes for text in wish.wished.tags or ()), actor, surveyor=surveyor)
    return [_placing(wish, domains=domains, folders=folders, tags=tags) for wish in wishes]


async def find_tags(texts: Iterable[str], actor: Actor, *, surveyor: Surveyor) -> Mapping[str, TagId | FieldError]:
    """Return the tag that is meant by each text, an id or a name; a new name makes a new tag."""
    wanted = dict.fromkeys(texts)
    if not wanted:
        return {}
    if not isinstance(actor, WorkspaceActor):
        return dict.fromkeys(wanted, FieldError("tags", "workspace_only"))
    known = await surveyor.tags.list_of(actor.workspace_id, limit=LABELS_MAX)
    by_id = {tag.id: tag.id for tag in known}
    by_name = {name_key(tag.name): tag.id for tag in known}
    found: dict[str, TagId | FieldError] = {}
    for text in wanted:
        number = decode_id(text)
        if number is not None and number in by_id:
            found[text] = TagId(number)
            continue
        try:
            name = check_name(text)
            if name_key(name) not in by_name:
                by_name[name_key(name)] = await _new_tag(name, actor, surveyor=surveyor, number=len(by_name))
            found[text] = by_name[name_key(name)]
        except FieldRefused as refused:
            found[text] = refused.of("tags")
        except AppError as refused_all:
            found[text] = FieldError("tags", refused_all.code, refused_all.params)
    return found


async def find_folders(
    texts: Iterable[str | Unset | None], actor: Actor, *, surveyor: Surveyor
) -> Mapping[str, FolderId | FieldError]:
    """Return the folder that is meant by each id."""
    wanted = {text for text in texts if isinstance(text, str)}
    if not wanted:
        return {}
    if not isinstance(actor, WorkspaceActor):
        return dict.fromkeys(wanted, FieldError("folder", "workspace_only"))
    known = {folder.id for folder in await surveyor.folders.list_of(actor.workspace_id, limit=LABELS_MAX)}
    found: dict[str, FolderId | FieldError] = {}
    for text in wanted:
        number = decode_id(text)
        is_known = number is not None and number in known
        found[text] = FolderId(number) if is_known and number is not None else FieldError("folder", "folder_unknown")
    return found


async def _new_tag(name: str, actor: Actor, *, surveyor: Surveyor, number: int) -> TagId:
    colour = COLOURS[number % len(COLOURS)]
    tag = Tag(id=TagId(surveyor.ids()), name=name, created_at=surveyor.now, colour=colour)
    return (await add_label(actor, tag, store=surveyor.tags)).id


async def _domain(actor: Actor, host: str | None, surveyor: Surveyor) -> DomainId | tuple[FieldError, ...]:
    try:
        found = await domain_for_new_link(actor, host, store=surveyor.domains, system_hosts=surveyor.system_hosts)
    except AppError as refused:
        return refused.errors
    return found.id


def _placing(
    wish: CheckedChange,
    *,
    domains: Mapping[str | None, DomainId | tuple[FieldError, ...]],
    folders: Mapping[str, FolderId | FieldError],
    tags: Mapping[str, TagId | FieldError],
) -> Placing:
    wished = wish.wished
    errors: list[FieldError] = []
    domain = domains.get(wished.domain)
    if isinstance(domain, tuple):
        errors += domain
        domain = None
    folder = folders[wished.folder] if isinstance(wished.folder, str) else wished.folder
    if isinstance(folder, FieldError):
        errors.append(folder)
        folder = UNSET
    tag_ids = None
    if wished.tags is not None:
        tag_ids, refused = read_tags(wished.tags, tags)
        errors += refused
    return Placing(domain_id=domain, folder_id=folder, tag_ids=tag_ids, errors=tuple(errors))


def read_tags(
    texts: Sequence[str], found: Mapping[str, TagId | FieldError]
) -> tuple[tuple[TagId, ...], list[FieldError]]:
    """Return the tags of one link, each once, and what is wrong with them."""
    each = [found[text] for text in texts]
    tag_ids = tuple(dict.fromkeys(tag for tag in each if not isinstance(tag, FieldError)))
    errors = [tag for tag in each if isinstance(tag, FieldError)][:1]
    if len(tag_ids) > TAGS_OF_LINK_MAX:
        errors.append(FieldError("tags", "tags_count", {"max": TAGS_OF_LINK_MAX}))
    return tag_ids, errors
