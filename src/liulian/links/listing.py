"""Lists of links: what may be asked of them, and where the next page begins. Values, and the one service of lists.

A cursor says after which link a page begins, and belongs to the filters and the order it was made for. It gives no
right to anything: whoever makes one up gets a page of their own links.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from liulian.accounts.model import Actor, UserActor, require
from liulian.accounts.permissions import Scope
from liulian.base.errors import FieldError, InvalidRequest
from liulian.base.ids import DomainId, LinkId, UserId, WorkspaceId
from liulian.links.labels import Folder, Tag
from liulian.links.model import UNSET, FolderId, Link, Maker, TagId, Unset
from liulian.links.search import Wanted

COUNTED_MAX = 10_000  # Nobody reads more of a list; counting on would read a million rows for a number.
TAGS_FILTERED_MAX = 10
IDS_MAX = 10_000  # In one answer: 140 KB, read from indexes in some tens of milliseconds.
_INT_MAX = 2**63


class State(StrEnum):
    """Which links are listed. The first five leave out what is archived, and all but the last what is deleted."""

    UNARCHIVED = "unarchived"
    ACTIVE = "active"
    EXPIRED = "expired"
    TAKEN_DOWN = "taken_down"
    ARCHIVED = "archived"
    ALL = "all"
    DELETED = "deleted"


class Sort(StrEnum):
    """By what links are sorted; those that are alike by when they were made."""

    CREATED = "created"
    CLICKS = "clicks"
    TITLE = "title"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFilter:
    """What all links of a list have. Usual values let every link through.

    `words` must all be found, and all of `tag_ids` be there. `folder_id` None: in no folder. `created_to` is the first
    instant that is too late.
    """

    words: tuple[Wanted, ...] = ()
    tag_ids: tuple[TagId, ...] = ()
    folder_id: FolderId | Unset | None = UNSET
    domain_id: DomainId | None = None
    state: State = State.UNARCHIVED
    is_favourite: bool = False
    is_guarded: bool | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How a list is sorted."""

    sort: Sort = Sort.CREATED
    is_descending: bool = True


class Position(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The last link of a page. `key` is what it is sorted by; `total` what was counted when the list began."""

    about: str
    key: int | bytes | None
    link_id: int
    total: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """One page of a list. `user_id` says whose favourites are meant, None for a program: it has none."""

    workspace_id: WorkspaceId
    user_id: UserId | None
    filter: LinkFilter
    order: Order
    limit: int
    now: datetime
    after: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage:
    """Links in their order. `total` None: more than are counted. `next` None: there are no more."""

    links: list[Link]
    total: int | None
    next: Position | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is shown beside links and is not their own. `favourites` None: the reader is a program."""

    tags: Mapping[LinkId, tuple[Tag, ...]]
    folders: Mapping[FolderId, Folder]
    makers: Mapping[Maker, str]
    hosts: Mapping[DomainId, str]
    favourites: frozenset[LinkId] | None = None


class ListStore(Protocol):
    """Lists of links, in one transaction."""

    async def page(self, query: ListQuery) -> LinkPage:
        """Return one page; on the first one the list is counted."""

    async def ids(self, query: ListQuery) -> list[LinkId]:
        """Return the ids of at most `limit` links of a list, newest first, whatever its order; `after` is heeded."""

    async def around(self, links: Collection[Link], *, user_id: UserId | None) -> Around:
        """Return what is shown beside links."""


async def list_page(
    actor: Actor,
    wanted: LinkFilter,
    order: Order,
    *,
    store: ListStore,
    now: datetime,
    limit: int,
    cursor: str | None = None,
) -> LinkPage:
    """Return a page of the links of the actor's workspace. Raises InvalidRequest for the cursor of another list."""
    return await store.page(_query(actor, wanted, order, now=now, limit=limit, cursor=cursor))


async def list_ids(
    actor: Actor, wanted: LinkFilter, *, store: ListStore, now: datetime, cursor: str | None = None
) -> tuple[list[LinkId], Position | None]:
    """Return the ids of up to IDS_MAX links of the actor's workspace, newest first, and where it goes on.

    What is made meanwhile is newer than every link to come: whoever reads to the end has what there was at the start.
    """
    order = Order()
    found = await store.ids(_query(actor, wanted, order, now=now, limit=IDS_MAX + 1, cursor=cursor))
    if len(found) <= IDS_MAX:
        return found, None
    last = found[IDS_MAX - 1]
    return found[:IDS_MAX], Position(about=about(wanted, order), key=None, link_id=last, total=None)


def _query(
    actor: Actor, wanted: LinkFilter, order: Order, *, now: datetime, limit: int, cursor: str | None
) -> ListQuery:
    return ListQuery(
        workspace_id=require(actor, Scope.LINKS_READ).workspace_id,
        user_id=user_of(actor),
        filter=wanted,
        order=order,
        limit=limit,
        now=now,
        after=None if cursor is None else read_cursor(cursor, wanted, order),
    )


def user_of(actor: Actor) -> UserId | None:
    """Return who has favourites: people do, programs do not."""
    return actor.user_id if isinstance(actor, UserActor) else None


def cursor_of(position: Position) -> str:
    """Return a position as text for an address."""
    return urlsafe_b64encode(msgspec.json.encode(position)).rstrip(b"=").decode()


def read_cursor(text: str, wanted: LinkFilter, order: Order) -> Position:
    """Return the position behind a cursor. Raises InvalidRequest where it is none of a list like this."""
    try:
        data = urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        position = msgspec.json.decode(data, type=Position)
    except ValueError:  # What msgspec and base64 raise are ValueErrors.
        position = None
    if position is None or position.about != about(wanted, order) or not _is_possible(position, order):
        raise InvalidRequest(errors=(FieldError("cursor", "cursor_invalid"),))
    return position


def about(wanted: LinkFilter, order: Order) -> str:
    """Return a few letters that tell one list from another."""
    return hashlib.sha256(repr((wanted, order)).encode("utf-8", "replace")).hexdigest()[:12]


def _is_possible(position: Position, order: Order) -> bool:
    """Tell whether the database can compare with a position."""
    kinds = {Sort.CREATED: type(None), Sort.CLICKS: int, Sort.UPDATED: int, Sort.TITLE: bytes}
    numbers = [number for number in (position.link_id, position.key, position.total) if isinstance(number, int)]
    return isinstance(position.key, kinds[order.sort]) and all(-_INT_MAX <= number < _INT_MAX for number in numbers)
