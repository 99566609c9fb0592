"""Questions and answers on a phone, and what others did today. Forms alone: everything works without script.

What is shown is a page at a time, by keys. Order is kept in `order.py`; what may be written and seen is decided in
`community/exchange.py`. The panel of the first page asks the database once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from liulian.base.clock import to_micros
from liulian.base.errors import AppError, FieldError, InvalidRequest, NotFound
from liulian.base.i18n import Language
from liulian.base.ids import ActId, PostId, ServiceId, decode_id, encode_id, first_id_of
from liulian.community.acts import Act
from liulian.community.days import local_day
from liulian.community.exchange import (
    ANSWER_LENGTH_MAX,
    PAGE,
    QUESTION_LENGTH_MAX,
    About,
    ExchangeDesk,
    Post,
    PostState,
    Seen,
    SharedCheckIn,
    answer,
    ask,
    is_withdrawn,
    solve,
    thank_for_check_in,
    thank_for_post,
    withdraw,
)
from liulian.community.model import MemberRole, ServiceKind, ServiceState
from liulian.community.people import MemberActor
from liulian.storage.database import Transaction
from liulian.web.api.wishes import id_in_path
from liulian.web.errors import problem_of
from liulian.web.members.asking import need_member
from liulian.web.members.checkin import told
from liulian.web.members.layout import HEADERS, member_language, member_page, member_router
from liulian.web.members.panels import Panel
from liulian.web.members.when import when_said, zone_of
from liulian.web.pages.fields import fields_of
from liulian.web.parts import parts_of

ANSWERS_PAGE = 50
OWN_MAX = 10  # Of one's posts that others do not see.
TODAY_MAX = 5  # Check-ins above the questions; all of them have a page.
PANEL_MAX = 3
A_DAY = timedelta(hours=36)  # Of some local day no act is older, wherever its member is.
DONE = ("asked", "answered", "waits", "thanked", "solved", "withdrawn", "reported", "known", "blocked", "unblocked")

router = member_router()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A post as a page shows it. `name` empty: nobody knows any more who that was. `why`: why others do not see it.

    `waits_for`: which rule of ours it waits for; empty where somebody decided.
    """

    post: Post
    id: str
    author: str
    name: str
    when: str
    about: str
    is_staff: bool
    is_mine: bool
    is_thanked: bool
    is_shown: bool
    waits_for: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Somebody's check-in of today."""

    id: str
    author: str
    name: str
    when: str
    challenge: str
    is_staff: bool
    is_thanked: bool
    thanks: int
    note: str
    value: str
    photo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Something that a question can hang on."""

    value: str
    name: str


@router.api_route("/exchange", methods=["GET", "HEAD"])
async def page(request: Request, slug: str, about: str = "", before: str = "", done: str = "") -> Response:
    """Answer the questions of a community, the newest first, and what others did today."""
    asking = await need_member(request, slug)
    return await _list(request, asking, about=about, before=before, done=done)


@router.post("/exchange")
async def do_ask(request: Request, slug: str) -> Response:
    """Take a question."""
    asking, fields = await need_member(request, slug), await fields_of(request)
    began = parts_of(request).clock()
    kind, about_id = subject_of(fields.get("about", ""))
    try:
        async with parts_of(request).database.write() as tx:
            desk = exchange_desk(request, tx, now=began)
            post, act = await ask(asking, fields.get("body", ""), about=kind, about_id=about_id, desk=desk)
    except AppError as error:
        return await _list(request, asking, error=error, typed=fields)
    await told(request, asking, act, is_new=True, began=began)
    return back(slug, f"exchange/{encode_id(post.id)}", "asked" if post.state is PostState.SHOWN else "waits")


@router.api_route("/exchange/check-ins", methods=["GET", "HEAD"])
async def check_ins(request: Request, slug: str, before: str = "", done: str = "") -> Response:
    """Answer what others did today, as each of them chooses."""
    asking = await need_member(request, slug)
    async with parts_of(request).database.read() as tx:
        found = await _check_ins(request, tx, asking, limit=PAGE + 1, before=decode_id(before))
    more = found[PAGE - 1].id if len(found) > PAGE else ""
    return member_page(
        request,
        "member/check_ins.html",
        asking.community,
        member=asking.member,
        tab="exchange",
        check_ins=found[:PAGE],
        more=more,
        then=f"/c/{slug}/exchange/check-ins",
        done=done if done in DONE else "",
    )


@router.post("/exchange/thanks")
async def do_thank(request: Request, slug: str) -> Response:
    """Take thanks, for a post or a check-in, and lead back to where they were given."""
    asking, fields = await need_member(request, slug), await fields_of(request)
    began, object_id = parts_of(request).clock(), decode_id(fields.get("id", ""))
    if object_id is None:
        raise NotFound
    async with parts_of(request).database.write() as tx:
        desk = exchange_desk(request, tx, now=began)
        if fields.get("kind") == "act":
            act = await thank_for_check_in(asking, ActId(object_id), desk=desk)
        else:
            act = await thank_for_post(asking, PostId(object_id), desk=desk)
    await _told(request, asking, act, began=began)
    return back_to(slug, fields.get("then", ""), "thanked" if act is not None else "known")


@router.api_route("/exchange/{post_id}", methods=["GET", "HEAD"])
async def question(request: Request, slug: str, post_id: str, after: str = "", done: str = "") -> Response:
    """Answer one question with its answers, the oldest first."""
    asking = await need_member(request, slug)
    return await _question(request, asking, post_id, after=after, done=done)


@router.post("/exchange/{post_id}")
async def do_answer(request: Request, slug: str, post_id: str) -> Response:
    """Take an answer."""
    asking, fields = await need_member(request, slug), await fields_of(request)
    began = parts_of(request).clock()
    try:
        async with parts_of(request).database.write() as tx:
            desk = exchange_desk(request, tx, now=began)
            post, act = await answer(asking, PostId(id_in_path(post_id)), fields.get("body", ""), desk=desk)
    except NotFound:
        raise
    except AppError as error:
        return await _question(request, asking, post_id, error=error, typed=fields)
    await told(request, asking, act, is_new=True, began=began)
    return back(slug, f"exchange/{post_id}", "answered" if post.state is PostState.SHOWN else "waits")


@router.post("/exchange/{post_id}/solved")
async def do_solve(request: Request, slug: str, post_id: str) -> Response:
    """Mark an answer as the solution. `post_id` is the answer's."""
    asking, began = await need_member(request, slug), parts_of(request).clock()
    answer_id = PostId(id_in_path(post_id))
    async with parts_of(request).database.write() as tx:
        act = await solve(asking, answer_id, desk=exchange_desk(request, tx, now=began))
        solution = await tx.posts.find(answer_id, community_id=asking.community.id)
    await _told(request, asking, act, began=began)
    of = solution.question_id if solution is not None and solution.question_id is not None else answer_id
    return back(slug, f"exchange/{encode_id(of)}", "solved")


@router.post("/exchange/{post_id}/withdraw")
async def do_withdraw(request: Request, slug: str, post_id: str) -> Response:
    """Take one's own post back."""
    asking, now = await need_member(request, slug), parts_of(request).clock()
    async with parts_of(request).database.write() as tx:
        gone = await withdraw(asking, PostId(id_in_path(post_id)), desk=exchange_desk(request, tx, now=now))
    where = "exchange" if gone.question_id is None else f"exchange/{encode_id(gone.question_id)}"
    return back(slug, where, "withdrawn")


async def exchange_panel(tx: Transaction, asking: MemberActor, now: datetime) -> Panel | None:  # noqa: ARG001 - A panel's shape.
    """Return the newest questions, None where nobody has asked anything yet."""
    found = await tx.posts.questions(asking.community.id, viewer=asking.member.id, limit=PANEL_MAX)
    if not found:
        return None
    return Panel(template="member/_exchange.html", shown=[(encode_id(each.post.id), each.post) for each in found])


def exchange_desk(request: Request, tx: Transaction, *, now: datetime) -> ExchangeDesk:
    """Return what it takes to exchange something in a transaction."""
    ids = parts_of(request).ids
    return ExchangeDesk(posts=tx.posts, parts=tx.posts, log=tx.log, limits=tx.limits, ids=ids, now=now)


def back(slug: str, where: str, done: str) -> Response:
    """Lead to a page of the community that says what was done."""
    return RedirectResponse(f"/c/{slug}/{where}?done={done}", HTTPStatus.SEE_OTHER, headers=HEADERS)


def back_to(slug: str, then: str, done: str) -> Response:
    """Lead back to the page of the exchange that a form was on, wherever else it says."""
    path = then.partition("?")[0]
    start = f"/c/{slug}/exchange"
    is_ours = path == start or (path.startswith(f"{start}/") and path.replace("-", "").replace("/", "").isalnum())
    return back(slug, path.removeprefix(f"/c/{slug}/") if is_ours else "exchange", done)


def subject_of(written: str) -> tuple[About, int | None]:
    """Return what a form says a question hangs on. Raises InvalidRequest."""
    kind, _, number = written.partition(":")
    try:
        return About(kind or About.PROBLEM.value), decode_id(number)
    except ValueError:
        raise InvalidRequest(errors=(FieldError("about", "field_form"),)) from None


def line_of(
    seen: Seen, asking: MemberActor, language: Language, *, subjects: Mapping[str, str], thanked: set[int]
) -> Line:
    """Return a post as a page shows it to a member."""
    post = seen.post
    is_waiting = post.state is PostState.WAITING
    return Line(
        post=post,
        id=encode_id(post.id),
        author=encode_id(post.member_id),
        name=seen.nickname or (asking.community.symbols.member_name if seen.is_here else ""),
        when=when_said(post.created_at, zone_of(asking.member), language),
        about=subjects.get(_key(post), ""),
        is_staff=seen.role is MemberRole.HOST,
        is_mine=post.member_id == asking.member.id,
        is_thanked=post.id in thanked,
        is_shown=post.state is PostState.SHOWN,
        waits_for=(post.reason or "") if is_waiting else "",
        why="" if is_waiting else post.reason or "",
    )


async def subjects_of(tx: Transaction, asking: MemberActor) -> list[Subject]:
    """Return what a question can hang on beside the problem: rituals, and services that are shown."""
    rituals = await tx.communities.rituals_of(asking.community.id)
    services = await tx.communities.services_of(asking.community.id)
    shown = [each for each in services if each.state is not ServiceState.DRAFT]
    return [
        *(Subject(value=f"ritual:{encode_id(each.id)}", name=each.name) for each in rituals),
        *(Subject(value=f"service:{encode_id(each.id)}", name=each.name) for each in shown),
    ]


async def _list(
    request: Request,
    asking: MemberActor,
    *,
    about: str = "",
    before: str = "",
    done: str = "",
    error: AppError | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    language = member_language(request, asking.community, asking.member)
    kind, about_id = subject_of(about) if about else (None, None)
    me = asking.member.id
    async with parts_of(request).database.read() as tx:
        subjects = await subjects_of(tx, asking)
        found = await tx.posts.questions(
            asking.community.id, viewer=me, limit=PAGE + 1, before=decode_id(before), about=kind, about_id=about_id
        )
        own = [] if before else await tx.posts.not_shown_of(me, limit=OWN_MAX)
        today = [] if before else await _check_ins(request, tx, asking, limit=TODAY_MAX + 1)
        thanked = await tx.posts.thanked_by(me, [each.post.id for each in found])
    names = {each.value: each.name for each in subjects}
    lines = [line_of(each, asking, language, subjects=names, thanked=thanked) for each in found]
    return member_page(
        request,
        "member/exchange.html",
        asking.community,
        member=asking.member,
        tab="exchange",
        status=200 if error is None else error.status,
        questions=lines[:PAGE],
        more=lines[PAGE - 1].id if len(lines) > PAGE else "",
        own=[line_of(each, asking, language, subjects=names, thanked=set()) for each in own],
        check_ins=today[:TODAY_MAX],
        has_more_check_ins=len(today) > TODAY_MAX,
        subjects=subjects,
        about=about,
        problem=_sentence(error, language),
        typed=typed or {},
        length_max=QUESTION_LENGTH_MAX,
        then=f"/c/{asking.community.slug}/exchange",
        done=done if done in DONE else "",
        is_host=asking.member.role is MemberRole.HOST,
    )


async def _question(
    request: Request,
    asking: MemberActor,
    post_id: str,
    *,
    after: str = "",
    done: str = "",
    error: AppError | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    language = member_language(request, asking.community, asking.member)
    me, number = asking.member.id, PostId(id_in_path(post_id))
    async with parts_of(request).database.read() as tx:
        asked = await tx.posts.seen(number, community_id=asking.community.id)
        if asked is None or asked.post.question_id is not None or not await _may_read(tx, asking, asked.post):
            raise NotFound
        answers = await tx.posts.answers(number, viewer=me, limit=ANSWERS_PAGE + 1, after=decode_id(after) or 0)
        thanked = await tx.posts.thanked_by(me, [number, *(each.post.id for each in answers)])
        subjects = {each.value: each.name for each in await subjects_of(tx, asking)}
    lines = [line_of(each, asking, language, subjects={}, thanked=thanked) for each in answers]
    return member_page(
        request,
        "member/question.html",
        asking.community,
        member=asking.member,
        tab="exchange",
        status=200 if error is None else error.status,
        question=line_of(asked, asking, language, subjects=subjects, thanked=thanked),
        answers=lines[:ANSWERS_PAGE],
        more=lines[ANSWERS_PAGE - 1].id if len(lines) > ANSWERS_PAGE else "",
        problem=_sentence(error, language),
        typed=typed or {},
        length_max=ANSWER_LENGTH_MAX,
        then=f"/c/{asking.community.slug}/exchange/{post_id}",
        done=done if done in DONE else "",
    )


async def _may_read(tx: Transaction, asking: MemberActor, post: Post) -> bool:
    """Tell whether a member sees a question: those shown, but of whom they blocked; their own; hosts, what waits."""
    if post.member_id == asking.member.id:
        return not is_withdrawn(post)
    if post.state is PostState.SHOWN:
        return not await tx.posts.is_blocked(post.member_id, by=asking.member.id)
    return asking.member.role is MemberRole.HOST and post.state is not PostState.REMOVED


async def _check_ins(
    request: Request, tx: Transaction, asking: MemberActor, *, limit: int, before: int | None = None
) -> list[Done]:
    now, member = parts_of(request).clock(), asking.member
    services = {each.id: each for each in await tx.communities.services_of(asking.community.id)}
    challenges = [ServiceId(each.id) for each in services.values() if each.kind is ServiceKind.CHALLENGE]
    found = await tx.posts.check_ins(
        member,
        challenges,
        day=local_day(now, zone_of(member)),
        since=first_id_of(to_micros(now - A_DAY) // 1000),
        limit=limit,
        before=before,
    )
    thanked = await tx.posts.thanked_by(member.id, [each.act_id for each in found])
    names = {number: each.name for number, each in services.items()}
    language = member_language(request, asking.community, member)
    return [_done(each, asking, language, names=names, thanked=thanked) for each in found]


def _done(
    seen: SharedCheckIn, asking: MemberActor, language: Language, *, names: Mapping[ServiceId, str], thanked: set[int]
) -> Done:
    return Done(
        id=encode_id(seen.act_id),
        author=encode_id(seen.member_id),
        name=seen.nickname or asking.community.symbols.member_name,
        when=when_said(seen.at, zone_of(asking.member), language),
        challenge=names.get(ServiceId(seen.service_id), ""),
        is_staff=seen.role is MemberRole.HOST,
        is_thanked=seen.act_id in thanked,
        thanks=seen.thanks,
        note=seen.note or "",
        value="" if seen.value is None else f"{seen.value:g}",
        photo="" if seen.photo_id is None else encode_id(seen.photo_id),
    )


async def _told(request: Request, asking: MemberActor, act: Act | None, *, began: datetime) -> None:
    if act is not None:
        await told(request, asking, act, is_new=True, began=began)


def _sentence(error: AppError | None, language: Language) -> str:
    if error is None:
        return ""
    problem = problem_of(error, language)
    return str(problem["errors"][0]["message"] if problem["errors"] else problem["detail"])


def _key(post: Post) -> str:
    return "" if post.about_id is None else f"{post.about.value}:{encode_id(post.about_id)}"


__all__: Sequence[str] = ("exchange_desk", "exchange_panel", "line_of", "router", "subjects_of")
