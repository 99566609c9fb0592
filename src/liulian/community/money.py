"""What a community costs and brings in, per module and day. Told by operators or their programs, each entry once.

A module is a service of the community; what belongs to none of them is the community's as a whole. Works inside the
caller's transaction and never commits.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from liulian.accounts.model import Actor
from liulian.accounts.permissions import Scope
from liulian.base.errors import FieldError, InvalidRequest
from liulian.base.ids import CommunityId, ServiceId
from liulian.community.evidence import KEY_LENGTH_MAX, amount_of, currency_of, one_line
from liulian.community.model import Community
from liulian.community.reading import Reading
from liulian.community.service import community_for
from liulian.community.store import CommunityStore
from liulian.community.wording import day_of, id_of

ENTRIES_MAX = 1_000  # In one request.
NOTE_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """Cost and income of one module (`service_id` None: the whole community) on one local day of the community."""

    id: int
    community_id: CommunityId
    service_id: ServiceId | None
    day: int
    cost: float
    income: float
    currency: str
    key: str
    created_at: datetime
    note: str | None = None


@dataclass(frozen=True, slots=True)
class MoneySum:
    """What one module cost and brought in, in one currency."""

    service_id: ServiceId | None
    currency: str
    cost: float
    income: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyFilter:
    """Which entries are meant: of a module (None: of all), between two days (both included)."""

    service_id: ServiceId | None = None
    from_day: int | None = None
    until_day: int | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of an entry: its id, and whether it is new."""

    id: int
    is_new: bool


class MoneyStore(Protocol):
    """Money, in one transaction."""

    async def add(self, entries: Sequence[Money]) -> set[int]:
        """Insert entries and return the ids of those that are new."""

    async def ids_of_keys(self, community_id: CommunityId, keys: Collection[str]) -> dict[str, int]: ...
    async def list_page(
        self, community_id: CommunityId, which: MoneyFilter, *, before: int | None, limit: int
    ) -> list[Money]:
        """Return entries, those told last first."""

    async def sums(self, community_id: CommunityId, which: MoneyFilter) -> list[MoneySum]: ...


class MoneyTransaction(Protocol):
    """What money needs of a transaction."""

    @property
    def communities(self) -> CommunityStore: ...
    @property
    def money(self) -> MoneyStore: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyDesk:
    """What it takes to write money down."""

    tx: MoneyTransaction
    ids: Callable[[], int]
    now: datetime


async def enter(
    actor: Actor, community_id: CommunityId, given: Sequence[object], *, desk: MoneyDesk
) -> list[Entered | InvalidRequest]:
    """Write entries down and return what became of each; one that is refused hinders no other. Raises NotFound."""
    community = await community_for(actor, community_id, store=desk.tx.communities, scope=Scope.COMMUNITIES_WRITE)
    modules = {service.id for service in await desk.tx.communities.services.list_of(community.id)}
    read = [_read(each, community, modules=modules, desk=desk) for each in given]
    entries = [each for each in read if isinstance(each, Money)]
    new = await desk.tx.money.add(entries)
    known = await desk.tx.money.ids_of_keys(community.id, [entry.key for entry in entries if entry.id not in new])
    return [
        Entered(each.id if each.id in new else known.get(each.key, each.id), each.id in new)
        if isinstance(each, Money)
        else each
        for each in read
    ]


async def list_money(
    actor: Actor,
    community_id: CommunityId,
    which: MoneyFilter,
    *,
    tx: MoneyTransaction,
    before: int | None,
    limit: int,
) -> list[Money]:
    """Return entries, those told last first. Raises NotFound."""
    community = await community_for(actor, community_id, store=tx.communities)
    return await tx.money.list_page(community.id, which, before=before, limit=limit)


async def sum_money(
    actor: Actor, community_id: CommunityId, which: MoneyFilter, *, tx: MoneyTransaction
) -> list[MoneySum]:
    """Return what each module cost and brought in, per currency. Raises NotFound."""
    community = await community_for(actor, community_id, store=tx.communities)
    return await tx.money.sums(community.id, which)


def _read(
    given: object, community: Community, *, modules: Collection[ServiceId], desk: MoneyDesk
) -> Money | InvalidRequest:
    reading = Reading(given)
    service_id, day = id_of(reading, "service_id"), day_of(reading, "day", "date_invalid")
    cost, income = amount_of(reading, "cost"), amount_of(reading, "income")
    if cost is None and income is None and not {"cost", "income"} & {each.field for each in reading.faults}:
        reading.fault("cost", "money_none")
    if service_id is not None and service_id not in modules:
        reading.faults.append(FieldError("service_id", "part_unknown"))
    entry = Money(
        id=desk.ids(),
        community_id=community.id,
        service_id=None if service_id is None else ServiceId(service_id),
        day=day or 0,
        cost=cost or 0.0,
        income=income or 0.0,
        currency=currency_of(reading),
        key=one_line(reading, "key", length_max=KEY_LENGTH_MAX),
        note=reading.text("note", length_max=NOTE_LENGTH_MAX, default="") or None,
        created_at=desk.now,
    )
    reading.finish()
    return InvalidRequest(errors=tuple(reading.faults)) if reading.faults else entry
