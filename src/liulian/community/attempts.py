"""Take a self-test: answers are checked, scored, kept where only their author reads them, and noted as an act.

Health answers need their consent, which can be given with them. Works inside the caller's transaction, never commits.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from liulian.base.errors import Conflict, InvalidRequest
from liulian.base.ids import ActId, IdSource, MemberId, ServiceId
from liulian.community.acts import Act, ActKind, ObjectKind
from liulian.community.advice import Spoken, advise, check_advice
from liulian.community.answers import Attempt, Change, band_of, change_since, read_answers, score_of
from liulian.community.consents import require_health
from liulian.community.joining import ConsentStore
from liulian.community.model import Community, CommunityState, Member, Service, ServiceState
from liulian.community.recording import Log, act_by, record
from liulian.community.self_tests import SelfTest, check_self_test

ONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")
HISTORY_MAX = 50  # Attempts of one member that a page shows: a year of weeks.


class SelfTestClosed(Conflict):
    """The self-test is over, or not begun, or its community is."""

    code = "test_not_open"


class SelfTestChanged(Conflict):
    """Another version was published since the page was opened."""

    code = "test_changed"


class AttemptStore(Protocol):
    """The attempts of one transaction."""

    async def add(self, attempt: Attempt) -> None: ...
    async def find(self, attempt_id: ActId, *, member_id: MemberId) -> Attempt | None: ...
    async def list_of(self, member_id: MemberId, *, service_id: ServiceId, limit: int) -> list[Attempt]: ...


class TakingTransaction(Protocol):
    """What taking a self-test needs of a transaction."""

    @property
    def attempts(self) -> AttemptStore: ...
    @property
    def consents(self) -> ConsentStore: ...
    @property
    def log(self) -> Log: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """What it takes to take a self-test."""

    tx: TakingTransaction
    ids: IdSource
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An attempt, the act it is, and whether it is new (False: this form was sent before)."""

    attempt: Attempt
    act: Act
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceShown:
    """What somebody is advised. `spoken` None: nothing of their own, only what is general.

    `is_health`: it rests on health answers, of which the log knows nothing.
    """

    general: str
    source: str
    spoken: tuple[Spoken, ...] | None
    is_health: bool = False


def is_open(community: Community, service: Service) -> bool:
    """Tell whether a self-test takes answers."""
    return community.state is CommunityState.OPEN and service.state is ServiceState.ACTIVE


async def take(
    community: Community,
    member: Member,
    service: Service,
    given: Mapping[str, Sequence[str]],
    *,
    version: int,
    desk: Taking,
    once: str = "",
) -> Taken:
    """Return the attempt that these answers are, now kept. `version`: that of the page they were given on.

    `once` names the form: the same one sent twice is one attempt, that of the first time.
    Raises SelfTestClosed, SelfTestChanged, HealthConsentNeeded, and InvalidRequest with the keys of items as fields.
    """
    if not is_open(community, service):
        raise SelfTestClosed
    if version != service.version:
        raise SelfTestChanged
    test = check_self_test(service.definition)
    answers = read_answers(test, given)
    if test.is_health:
        await require_health(member, consents=desk.tx.consents)
    score = score_of(test, answers)
    band = band_of(test, score)
    act = act_by(
        member,
        ActKind.ATTEMPT,
        ids=desk.ids,
        at=desk.now,
        key=f"attempt-{member.id}-{once}" if ONCE.fullmatch(once) else None,
        object_kind=ObjectKind.SERVICE,
        object_id=service.id,
        value=None if test.is_health else score,  # The log outlives a consent: no health answer stands in it.
        purpose=service.purpose,
        detail={"version": service.version},
    )
    (told,) = await record([act], log=desk.tx.log, now=desk.now)
    if not told.is_new and (before := await desk.tx.attempts.find(told.act_id, member_id=member.id)):
        return Taken(attempt=before, act=act, is_new=False)
    attempt = Attempt(
        id=act.id,
        community_id=community.id,
        member_id=member.id,
        service_id=service.id,
        version=service.version,
        answers=answers,
        score=score,
        band=None if band is None else band.key,
        created_at=desk.now,
    )
    await desk.tx.attempts.add(attempt)
    return Taken(attempt=attempt, act=act, is_new=True)


def change_in(test: SelfTest, history: Sequence[Attempt]) -> Change | None:
    """Return the change from the attempt before to the last one; `history` is newest first."""
    return change_since(test, history[0], history[1]) if len(history) > 1 else None


def advice_for(member: Member, service: Service, *, services: Iterable[Service], last: Attempt | None) -> AdviceShown:
    """Return what an advice service says to a member, by their last attempt at the self-test it rests on.

    Answers belong to the version they were given to: after a change of the test, the rules wait for new answers.
    """
    services = list(services)
    try:
        advice = check_advice(service.definition, services=services)
    except InvalidRequest:  # The test was changed under it: nothing of anybody's own can be said any more.
        return AdviceShown(general=str(service.definition.get("general", "")), source="", spoken=None)
    tested = next(each for each in services if each.id == advice.self_test)
    general = AdviceShown(general=advice.general, source=advice.source, spoken=None)
    if not member.is_advised or last is None or last.version != tested.version:
        return general
    test = check_self_test(tested.definition)
    spoken = tuple(advise(advice, test, last.answers, band=last.band))
    return AdviceShown(general=advice.general, source=advice.source, spoken=spoken, is_health=test.is_health)


def advice_act(
    member: Member, service: Service, shown: AdviceShown, *, last: Attempt | None, ids: IdSource, now: datetime
) -> Act:
    """Return the act of having seen advice: once for each attempt it rests on; what is general once for a version."""
    about = f"attempt-{last.id}" if last is not None and shown.spoken is not None else "general"
    spoken = () if shown.is_health else shown.spoken or ()
    return act_by(
        member,
        ActKind.ADVICE,
        ids=ids,
        at=now,
        key=f"advice-{service.id}-{service.version}-{member.id}-{about}",
        object_kind=ObjectKind.SERVICE,
        object_id=service.id,
        purpose=service.purpose,
        detail={"rules": ",".join(each.key for each in spoken)[:400], "version": service.version},
    )
