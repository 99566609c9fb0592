"""Self-tests on a phone: the questions, the result with what may be said of a change, and showing answers to staff.

A form works without a script and keeps what was answered when something is missing. Nobody but their author sees
answers here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from liulian.base.errors import AppError, InvalidRequest, NotFound
from liulian.base.i18n import Language, text
from liulian.base.ids import ActId, decode_id, encode_id
from liulian.base.secrets import random_token
from liulian.community.advice import rests_on
from liulian.community.answers import Attempt, Change, Verdict
from liulian.community.attempts import HISTORY_MAX, SelfTestChanged, Taking, change_in, is_open, take
from liulian.community.consents import agree
from liulian.community.joining import Desk
from liulian.community.model import Service, ServiceKind, ServiceState
from liulian.community.people import ConsentKind, MemberActor
from liulian.community.results import test_of_version
from liulian.community.self_tests import Band, Item, SelfTest, check_self_test, number_text
from liulian.storage.database import Transaction
from liulian.web.errors import problem_of
from liulian.web.members.asking import need_member
from liulian.web.members.changed import changed_by
from liulian.web.members.layout import HEADERS, member_language, member_page, member_router
from liulian.web.members.panels import Panel
from liulian.web.members.plot import Plot, plot_of
from liulian.web.members.services import shown_service
from liulian.web.members.when import date_said, zone_of
from liulian.web.pages.fields import fields_of, lists_of
from liulian.web.parts import parts_of

ANSWER = "a."  # Before the key of an item, so that no item is called like a field of ours.

CONSENT = "consent"

router = member_router()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question as the form shows it. `chosen` are the values given so far, as they were typed."""

    item: Item
    name: str
    low: str
    high: str
    step: str
    options: tuple[tuple[str, str], ...]
    chosen: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What was sent and not taken: answers by field, sentences by the keys of items. `agrees`: to health answers."""

    given: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    agrees: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """One attempt of the history."""

    date: str
    score: str
    band: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A self-test in a list, and when it was taken last."""

    id: str
    name: str
    about: str
    last: str
    band: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a result page shows."""

    attempt: Attempt
    id: str
    score: str
    reach: str
    band: Band | None
    change: str
    history: tuple[Earlier, ...]
    plot: Plot | None
    is_old: bool


NOTHING_TRIED = Tried()


@router.api_route("/tests", methods=["GET", "HEAD"])
async def list_(request: Request, slug: str) -> Response:
    """Answer the self-tests of a community."""
    actor = await need_member(request, slug)
    async with parts_of(request).database.read() as tx:
        offered = await _offered(tx, actor, member_language(request, actor.community, actor.member))
    return _page(request, "tests", actor, offered=offered)


@router.api_route("/tests/{test_id}", methods=["GET", "HEAD"])
async def form(request: Request, slug: str, test_id: str) -> Response:
    """Answer the questions of a self-test."""
    actor = await need_member(request, slug)
    async with parts_of(request).database.read() as tx:
        service = await shown_service(tx, actor, test_id, kind=ServiceKind.SELF_TEST)
        return await _form(request, tx, actor, service, NOTHING_TRIED)


@router.post("/tests/{test_id}")
async def answer(request: Request, slug: str, test_id: str) -> Response:
    """Take the answers and show what they come to; where something is missing, the form with all that was answered."""
    began, actor, given = parts_of(request).clock(), await need_member(request, slug), await lists_of(request)
    parts = parts_of(request)
    try:
        async with parts.database.write() as tx:
            service = await shown_service(tx, actor, test_id, kind=ServiceKind.SELF_TEST)
            if given.get(CONSENT) == ["1"]:
                await agree(actor.member, ConsentKind.HEALTH, desk=Desk(tx=tx, ids=parts.ids, now=parts.clock()))
            taken = await take(
                actor.community,
                actor.member,
                service,
                {name.removeprefix(ANSWER): texts for name, texts in given.items() if name.startswith(ANSWER)},
                version=_number(given.get("version", ["0"])[0]),
                desk=Taking(tx=tx, ids=parts.ids, now=parts.clock()),
                once=given.get("once", [""])[0],
            )
            said = await changed_by(request, tx, actor, taken.act, is_new=taken.is_new, began=began)
            return await _result(request, tx, actor, service, said=said)
    except AppError as error:
        return await _again(request, actor, test_id, given, error)


@router.api_route("/tests/{test_id}/result", methods=["GET", "HEAD"])
async def result(request: Request, slug: str, test_id: str) -> Response:
    """Answer what the last attempt came to, and those before."""
    actor = await need_member(request, slug)
    async with parts_of(request).database.read() as tx:
        service = await shown_service(tx, actor, test_id, kind=ServiceKind.SELF_TEST)
        return await _result(request, tx, actor, service, said=[])


@router.post("/tests/{test_id}/share")
async def share(request: Request, slug: str, test_id: str) -> Response:
    """Show the answers of one attempt to staff, or no longer."""
    actor, fields = await need_member(request, slug), await fields_of(request)
    attempt_id = decode_id(fields.get("attempt", ""))
    async with parts_of(request).database.write() as tx:
        service = await shown_service(tx, actor, test_id, kind=ServiceKind.SELF_TEST)
        is_shared = fields.get("share_with_staff") == "1"
        mine = actor.member.id
        known = None if attempt_id is None else await tx.attempts.find(ActId(attempt_id), member_id=mine)
        if known is None or known.service_id != service.id:
            raise NotFound
        await tx.attempts.share(known.id, member_id=mine, is_shared=is_shared)
    return RedirectResponse(f"/c/{slug}/tests/{test_id}/result#share", HTTPStatus.SEE_OTHER, headers=HEADERS)


async def tests_panel(tx: Transaction, asking: MemberActor, now: datetime) -> Panel | None:  # noqa: ARG001 - A panel's shape.
    """Return the self-tests of the community with what came of them; None where there are none."""
    offered = await _offered(tx, asking, asking.member.language)
    return Panel(template="member/_tests.html", shown=offered) if offered else None


async def _offered(tx: Transaction, actor: MemberActor, language: Language) -> list[Offered]:
    services = await tx.communities.services_of(actor.community.id, kind=ServiceKind.SELF_TEST)
    active = [service for service in services if service.state is ServiceState.ACTIVE]
    last = await tx.attempts.last_of(actor.member.id, [service.id for service in active])
    return [_offer(service, last.get(service.id), actor, language) for service in active]


def _offer(service: Service, last: Attempt | None, actor: MemberActor, language: Language) -> Offered:
    """Return a self-test as a list shows it. What is stored has passed its check: the first page need not repeat it."""
    said = service.definition
    is_now = last is not None and last.version == service.version
    names = {band["key"]: band["name"] for band in said.get("bands", ())} if is_now else {}
    return Offered(
        id=encode_id(service.id),
        name=service.name,
        about=said.get("about") or "",
        last="" if last is None else date_said(last.created_at, zone_of(actor.member), language),
        band=names.get(last.band, "") if last is not None else "",
    )


async def _form(request: Request, tx: Transaction, actor: MemberActor, service: Service, tried: Tried) -> Response:
    test = check_self_test(service.definition)
    has_agreed = await tx.consents.has(actor.member.id, ConsentKind.HEALTH)
    last = await tx.attempts.list_of(actor.member.id, service_id=service.id, limit=1)
    return _page(
        request,
        "test",
        actor,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if tried.problem else HTTPStatus.OK,
        service=service,
        id=encode_id(service.id),
        test=test,
        asked=[_asked(item, tried) for item in test.items],
        problem=tried.problem,
        needs_consent=test.is_health and not has_agreed,
        agrees=tried.agrees,
        is_open=is_open(actor.community, service),
        has_result=bool(last),
        once=random_token(),
    )


def _asked(item: Item, tried: Tried) -> Asked:
    name = f"{ANSWER}{item.key}"
    return Asked(
        item=item,
        name=name,
        low=number_text(item.low),
        high=number_text(item.high),
        step=number_text(10**-item.decimals),
        options=tuple((number_text(option.value), option.text) for option in item.options),
        chosen=tuple(tried.given.get(name, ())),
        problem=tried.errors.get(item.key, ""),
    )


async def _again(
    request: Request, actor: MemberActor, test_id: str, given: Mapping[str, Sequence[str]], error: AppError
) -> Response:
    """Answer the form with what was answered and what is wrong with it. Raises the failure where no form helps."""
    if isinstance(error, NotFound):
        raise error
    language = member_language(request, actor.community, actor.member)
    problem = problem_of(error, language)
    errors = {each["field"]: each["message"] for each in problem["errors"]}
    sentence = text(language, "member.test.incomplete", number=len(errors)) if errors else problem["detail"]
    # Of another version the answers may mean something else.
    kept = {} if isinstance(error, SelfTestChanged) else given
    tried = Tried(
        given=kept,
        errors=errors if isinstance(error, InvalidRequest) else {},
        problem=sentence,
        agrees=given.get(CONSENT) == ["1"],
    )
    async with parts_of(request).database.read() as tx:
        return await _form(
            request, tx, actor, await shown_service(tx, actor, test_id, kind=ServiceKind.SELF_TEST), tried
        )


async def _result(
    request: Request, tx: Transaction, actor: MemberActor, service: Service, *, said: Sequence[str]
) -> Response:
    history = await tx.attempts.list_of(actor.member.id, service_id=service.id, limit=HISTORY_MAX)
    if not history:
        path = f"/c/{actor.community.slug}/tests/{encode_id(service.id)}"
        return RedirectResponse(path, HTTPStatus.SEE_OTHER, headers=HEADERS)
    services = await tx.communities.services_of(actor.community.id, kind=ServiceKind.ADVICE)
    advice = [
        (encode_id(each.id), each.name)
        for each in services
        if each.state is ServiceState.ACTIVE and rests_on(each.definition) == service.id
    ]
    shown = await _shown(tx, actor, service, history, member_language(request, actor.community, actor.member))
    return _page(
        request,
        "test_result",
        actor,
        service=service,
        id=encode_id(service.id),
        shown=shown,
        said=said,
        advice=advice,
        is_open=is_open(actor.community, service),
    )


async def _shown(
    tx: Transaction, actor: MemberActor, service: Service, history: Sequence[Attempt], language: Language
) -> Shown:
    last = history[0]
    tests = {service.version: check_self_test(service.definition)}
    for version in {attempt.version for attempt in history} - tests.keys():
        found = await test_of_version(service.id, version, store=tx.communities)
        if found is not None:
            tests[version] = found
    test = tests.get(last.version)
    same = [attempt for attempt in history if attempt.version == last.version]
    reach = None if test is None else test.range
    return Shown(
        attempt=last,
        id=encode_id(last.id),
        score="" if last.score is None else number_text(last.score),
        reach="" if reach is None else f"{number_text(reach[0])}–{number_text(reach[1])}",
        band=None if test is None or last.band is None else test.band(last.band),
        change="" if test is None else change_said(change_in(test, same), language),
        history=tuple(_earlier(attempt, tests.get(attempt.version), actor, language) for attempt in history),
        plot=None if test is None else plot_of(test, same),
        is_old=last.version != service.version,
    )


def _earlier(attempt: Attempt, test: SelfTest | None, actor: MemberActor, language: Language) -> Earlier:
    band = None if test is None or attempt.band is None else test.band(attempt.band)
    return Earlier(
        date=date_said(attempt.created_at, zone_of(actor.member), language),
        score="" if attempt.score is None else number_text(attempt.score),
        band="" if band is None else band.name,
    )


def change_said(change: Change | None, language: Language) -> str:
    """Return what can honestly be said of a change, empty for a first attempt."""
    if change is None:
        return ""
    if change.verdict is Verdict.SAME:
        return text(language, "member.test.change.same")
    said: dict[str, str | int] = {
        "before": number_text(change.before),
        "after": number_text(change.after),
        "delta": number_text(abs(change.delta)),
    }
    if change.minimal is not None:
        said |= {"minimal": number_text(change.minimal.value), "source": change.minimal.source}
    return text(language, f"member.test.change.{change.verdict.value}", **said)


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0


def _page(request: Request, name: str, actor: MemberActor, *, status: int = 200, **values: object) -> Response:
    return member_page(
        request, f"member/{name}.html", actor.community, member=actor.member, tab="today", status=status, **values
    )
