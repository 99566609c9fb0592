"""What operators learn of self-tests and rituals: counts of people, and what members chose to show. Never commits.

No single answer is told that was not shared, and no count of so few that one could guess whose it is.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from liulian.accounts.model import Actor
from liulian.accounts.permissions import Scope
from liulian.base.errors import NotFound
from liulian.base.ids import CommunityId, MemberId, RitualId, ServiceId
from liulian.community.answers import Attempt
from liulian.community.model import Community, Member, Ritual, RitualChange, Service, ServiceKind, ServiceVersion
from liulian.community.occurrences import Occurrence, occurrences_between
from liulian.community.self_tests import SelfTest, check_self_test
from liulian.community.service import community_for
from liulian.community.store import CommunityStore

COUNTED_MIN = 5  # Members, for their bands to be told: of fewer, one who knows the others knows the last one.
SHARED_MAX = 100  # On one page.
ATTENDANCE_SPAN = timedelta(days=92)  # A quarter, as far as one looks back over a ritual.


@dataclass(frozen=True, slots=True, kw_only=True)
class BandCount:
    """How many members are in a band (None: the test has none), by their last attempt at one version."""

    version: int
    band: str | None
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionResult:
    """The members who took one version. `bands` None: too few to be told apart."""

    version: int
    members: int
    test: SelfTest | None
    bands: dict[str, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a self-test. `attempts`: how often it was taken, whichever version."""

    service: Service
    attempts: int
    versions: tuple[VersionResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedAttempt:
    """An attempt that its author shows to staff, with the test as it was then."""

    attempt: Attempt
    member: Member | None
    service: Service | None
    test: SelfTest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """How many members were at one occurrence."""

    occurrence: Occurrence
    members: int


class AttemptStore(Protocol):
    """What of attempts operators may ask for."""

    async def times(self, community_id: CommunityId, *, service_id: ServiceId) -> int: ...
    async def counts(self, community_id: CommunityId, *, service_id: ServiceId) -> list[BandCount]: ...
    async def list_shared(self, community_id: CommunityId, *, before: int, limit: int) -> list[Attempt]: ...


class AttendanceStore(Protocol):
    """Who was at a ritual."""

    async def attended(
        self, community_id: CommunityId, *, ritual_id: RitualId, from_day: int
    ) -> Sequence[tuple[str, MemberId]]: ...


class MemberStore(Protocol):
    """Who members are."""

    async def list_of_ids(self, member_ids: list[MemberId]) -> dict[MemberId, Member]: ...


class VersionStore(Protocol):
    """What services said in earlier versions."""

    async def find_version(self, service_id: ServiceId, version: int) -> ServiceVersion | None: ...


class ResultStore(CommunityStore, VersionStore, Protocol):
    """Communities, and their services as they were."""


async def result_of(
    actor: Actor, community_id: CommunityId, service_id: ServiceId, *, store: ResultStore, attempts: AttemptStore
) -> Result:
    """Return how members did in a self-test, as counts. Raises NotFound."""
    community = await community_for(actor, community_id, store=store)
    service = await store.services.find(service_id, community_id=community.id)
    if service is None or service.kind is not ServiceKind.SELF_TEST:
        raise NotFound
    counts = await attempts.counts(community.id, service_id=service.id)
    versions = sorted({count.version for count in counts}, reverse=True)
    results = [await _version_result(service, number, counts, store=store) for number in versions]
    times = await attempts.times(community.id, service_id=service.id)
    return Result(service=service, attempts=times, versions=tuple(results))


async def shared_answers(
    actor: Actor,
    community_id: CommunityId,
    *,
    before: int,
    limit: int,
    store: ResultStore,
    attempts: AttemptStore,
    members: MemberStore,
) -> list[SharedAttempt]:
    """Return what members chose to show to staff, newest first. Raises NotFound."""
    community = await community_for(actor, community_id, store=store, scope=Scope.COMMUNITIES_PEOPLE)
    found = await attempts.list_shared(community.id, before=before, limit=min(limit, SHARED_MAX))
    people = await members.list_of_ids([each.member_id for each in found])
    services = {service.id: service for service in await store.services.list_of(community.id)}
    tests: dict[tuple[ServiceId, int], SelfTest | None] = {}
    for service_id, number in {(each.service_id, each.version) for each in found}:
        tests[service_id, number] = await test_of_version(service_id, number, store=store)
    return [
        SharedAttempt(
            attempt=each,
            member=people.get(each.member_id),
            service=services.get(each.service_id),
            test=tests[each.service_id, each.version],
        )
        for each in found
    ]


async def attendance_of(
    actor: Actor,
    community_id: CommunityId,
    ritual_id: RitualId,
    *,
    store: CommunityStore,
    acts: AttendanceStore,
    now: datetime,
) -> tuple[Ritual, list[Attended]]:
    """Return a ritual and its occurrences of the last quarter, newest first, with how many were there."""
    community: Community = await community_for(actor, community_id, store=store)
    ritual = await store.rituals.find(ritual_id, community_id=community.id)
    if ritual is None:
        raise NotFound
    changes: list[RitualChange] = await store.ritual_changes_of([ritual.id])
    begin = now - ATTENDANCE_SPAN
    found = await acts.attended(community.id, ritual_id=ritual.id, from_day=_day(begin) - 1)
    there = count_there(found)
    took_place = occurrences_between(ritual, changes, from_at=begin, until_at=now + timedelta(hours=1))
    return ritual, [Attended(occurrence=each, members=there[each.wall]) for each in reversed(took_place)]


def count_there(found: Iterable[tuple[str, MemberId]]) -> Counter[str]:
    """Return how many members were at each occurrence; somebody who came by two browsers is one."""
    return Counter(name for name, _ in set(found))


async def test_of_version(service_id: ServiceId, version: int, *, store: VersionStore) -> SelfTest | None:
    """Return a self-test as it was in one version, None where that is not known."""
    stored = await store.find_version(service_id, version)
    return None if stored is None else check_self_test(stored.definition)


async def _version_result(
    service: Service, number: int, counts: Iterable[BandCount], *, store: VersionStore
) -> VersionResult:
    mine = [count for count in counts if count.version == number]
    members = sum(count.members for count in mine)
    bands = {count.band: count.members for count in mine if count.band is not None}
    test = await test_of_version(service.id, number, store=store)
    return VersionResult(version=number, members=members, test=test, bands=bands if members >= COUNTED_MIN else None)


def _day(at: datetime) -> int:
    return int(at.timestamp() // 86_400)
