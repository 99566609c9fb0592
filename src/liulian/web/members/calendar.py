"""The calendar of a member: a month as a list, a secret address to subscribe to, and files for calendars.

The feed asks for no cookie: whoever has the address reads when the rituals are, and nothing about the member. One who
left, or whose community is a draft, has none.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http import HTTPStatus

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from liulian.base.errors import AppError, NotFound
from liulian.base.i18n import Language, text
from liulian.base.ids import encode_id
from liulian.base.zones import at_instant, day_number, local_midnight
from liulian.community.acts import ActKind
from liulian.community.attendance import attended_of
from liulian.community.channels import community_url
from liulian.community.feeds import CalendarText, feed_key, feed_token, find_feed, renew_feed
from liulian.community.model import Community, CommunityState, MemberState, Ritual, RitualChange
from liulian.community.occurrences import all_between
from liulian.community.people import MemberActor
from liulian.storage.database import Transaction
from liulian.web.members.asking import community_in, need_member
from liulian.web.members.layout import HEADERS, member_language, member_page, member_router
from liulian.web.members.panels import Panel
from liulian.web.members.rituals import Coming, coming_of, ritual_in
from liulian.web.members.when import zone_of
from liulian.web.pages.fields import fields_of
from liulian.web.parts import parts_of
from liulian.web.place import place_of

CALENDAR_TYPE = "text/calendar; charset=utf-8"
PANEL_SPAN, PANEL_MAX = timedelta(days=8), 3
MONTHS_AWAY_MAX = 24  # From now, back or on: nobody plans rituals further.
KEPT_S = 3600  # Calendars ask every few hours; a proxy that asks more often has what it got.

router = member_router()


class CalendarGone(AppError):
    """The address was taken back."""

    status, code = 410, "calendar_gone"


@router.api_route("/calendar", methods=["GET", "HEAD"])
async def month(request: Request, slug: str) -> Response:
    """Answer a month of rituals, and the member's address to subscribe to."""
    actor = await need_member(request, slug)
    now, language = parts_of(request).clock(), member_language(request, actor.community, actor.member)
    first = _month_asked(request, now.astimezone(zone_of(actor.member)))
    async with parts_of(request).database.read() as tx:
        days = await _days(tx, actor, first, language)
        feed = await tx.calendar_feeds.find_of(actor.member.id)
    address = "" if feed is None else _address(request, actor, feed_token(feed.id, key=_key(request)))
    return member_page(
        request,
        "member/calendar.html",
        actor.community,
        member=actor.member,
        tab="today",
        month=_month_said(first, language),
        earlier=_neighbour(first, -1, now),
        later=_neighbour(first, 1, now),
        days=days,
        address=address,
        webcal="webcal" + address[address.find(":") :] if address else "",
    )


@router.post("/calendar/feed")
async def change_feed(request: Request, slug: str) -> Response:
    """Make a new address, or take the one there is back."""
    actor, fields = await need_member(request, slug), await fields_of(request)
    parts, mine = parts_of(request), actor.member.id
    async with parts.database.write() as tx:
        if fields.get("do") == "revoke":
            await tx.calendar_feeds.revoke(mine, now=parts.clock())
        else:
            await renew_feed(mine, store=tx.calendar_feeds, key=_key(request), ids=parts.ids, now=parts.clock())
    return RedirectResponse(f"/c/{slug}/calendar#subscribe", HTTPStatus.SEE_OTHER, headers=HEADERS)


@router.api_route("/calendar/{token}.ics", methods=["GET", "HEAD"])
async def feed(request: Request, slug: str, token: str) -> Response:
    """Answer the rituals to a calendar that knows the secret address. Raises NotFound, CalendarGone."""
    async with parts_of(request).database.read() as tx:
        community = await community_in(request, tx, slug)
        found = await find_feed(token, store=tx.calendar_feeds)
        member = None if found is None else await tx.members.find(found.member_id)
        if found is None or member is None or member.community_id != community.id:
            raise NotFound
        if found.revoked_at is not None or member.state is not MemberState.ACTIVE:
            raise CalendarGone
        if community.state is CommunityState.DRAFT:
            raise NotFound
        rituals, changes = await _rituals(tx, community)
    from liulian.community.icalendar import feed_of  # Seven megabytes, in a process that calendars may never ask.

    said = _said(request, community)
    return _calendar_answer(request, feed_of(rituals, changes, said=said, now=parts_of(request).clock()))


@router.api_route("/rituals/{ritual_id}.ics", methods=["GET", "HEAD"])
async def one(request: Request, slug: str, ritual_id: str) -> Response:
    """Answer one ritual as a file for a calendar, with an alarm."""
    actor = await need_member(request, slug)
    async with parts_of(request).database.read() as tx:
        ritual = await ritual_in(tx, actor, ritual_id)
        changes = await tx.communities.ritual_changes_of([ritual.id])
    from liulian.community.icalendar import one_ritual

    data = one_ritual(ritual, changes, said=_said(request, actor.community), now=parts_of(request).clock())
    answer = _calendar_answer(request, data)
    answer.headers["Content-Disposition"] = f'attachment; filename="{encode_id(ritual.id)}.ics"'
    return answer


async def calendar_panel(tx: Transaction, asking: MemberActor, now: datetime) -> Panel | None:
    """Return the next few occurrences; None where there are none this week."""
    rituals, changes = await _rituals(tx, asking.community)
    found = all_between(rituals, changes, from_at=now, until_at=now + PANEL_SPAN)[:PANEL_MAX]
    coming = [coming_of(each, asking, asking.member.language) for each in found]
    return Panel(template="member/_calendar.html", shown=coming) if coming else None


async def _rituals(tx: Transaction, community: Community) -> tuple[list[Ritual], list[RitualChange]]:
    rituals = await tx.communities.rituals_of(community.id)
    changes = await tx.communities.ritual_changes_of([ritual.id for ritual in rituals]) if rituals else []
    return rituals, changes


async def _days(tx: Transaction, actor: MemberActor, first: datetime, language: Language) -> list[Coming]:
    zone = zone_of(actor.member)
    begin, end = (at_instant(local_midnight(day.date(), zone)) for day in (first, _shifted(first, 1)))
    rituals, changes = await _rituals(tx, actor.community)
    acts = await tx.acts.of_member(actor.member.id, kinds=[ActKind.ATTENDANCE], from_day=day_number(first.date()) - 2)
    return [
        coming_of(each, actor, language, attended=each.wall in attended_of(acts, each.ritual.id))
        for each in all_between(rituals, changes, from_at=begin, until_at=end)
    ]


def _calendar_answer(request: Request, data: bytes) -> Response:
    """Return a calendar, or that nothing is new to who has it."""
    tag = f'"{sha256(data).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": f"private, max-age={KEPT_S}", "X-Robots-Tag": "noindex"}
    known = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    if tag in known:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(data, media_type=CALENDAR_TYPE, headers=headers)


def _said(request: Request, community: Community) -> CalendarText:
    url = f"{community_url(place_of(request).origin, community.slug)}/rituals"
    return CalendarText(name=community.name, rituals_url=url, about=community.problem.outcome)


def _key(request: Request) -> bytes:
    return feed_key(parts_of(request).site.member_key)


def _address(request: Request, actor: MemberActor, token: str) -> str:
    return f"{community_url(place_of(request).origin, actor.community.slug)}/calendar/{token}.ics"


def _month_asked(request: Request, now: datetime) -> datetime:
    """Return the first of the month that is asked for, this month where that is no month near enough."""
    this = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
    try:
        asked = datetime.strptime(request.query_params.get("month", ""), "%Y-%m").replace(tzinfo=UTC)
    except ValueError:
        return this
    return asked if abs(_months(asked) - _months(this)) <= MONTHS_AWAY_MAX else this


def _neighbour(first: datetime, step: int, now: datetime) -> str:
    """Return the month before or after, empty where it is too far away."""
    other = _shifted(first, step)
    return f"{other:%Y-%m}" if abs(_months(other) - _months(now)) <= MONTHS_AWAY_MAX else ""


def _shifted(first: datetime, step: int) -> datetime:
    year, month_index = divmod(_months(first) + step, 12)
    return first.replace(year=year, month=month_index + 1)


def _months(at: datetime) -> int:
    return 12 * at.year + at.month - 1


def _month_said(first: datetime, language: Language) -> str:
    return text(
        language, "member.calendar.month", month=text(language, f"member.rule.month_{first.month}"), year=first.year
    )
