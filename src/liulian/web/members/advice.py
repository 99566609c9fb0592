"""Advice on a phone: what the rules say, the answer each rests on, and whom one may ask. Notes that it was shown.

Who switched personal advice off sees what is general only. The staff card belongs to the community.
"""

from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from starlette.responses import Response

from liulian.base.errors import NotFound, Unavailable
from liulian.base.i18n import Language, text
from liulian.base.ids import encode_id
from liulian.community.advice import Reason, Spoken, rests_on
from liulian.community.answers import Attempt
from liulian.community.attempts import AdviceShown, advice_act, advice_for
from liulian.community.model import Service, ServiceKind
from liulian.community.people import MemberActor
from liulian.community.recording import record
from liulian.community.rule_words import joined
from liulian.community.self_tests import SelfTest, check_self_test, number_text
from liulian.qr.encode import qr_svg
from liulian.storage.database import Transaction
from liulian.web.members.asking import need_member
from liulian.web.members.layout import member_language, member_page, member_router
from liulian.web.members.services import shown_service
from liulian.web.parts import parts_of

CARD_FIELDS = ("name", "about", "hours", "contact", "url")
QR_TEXT_MAX = 500

router = member_router()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One piece of advice, and why."""

    text: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What advice rests on: the self-test as it is, and the member's last attempt at it."""

    service: Service | None
    last: Attempt | None


@router.api_route("/advice/staff.svg", methods=["GET", "HEAD"])
async def staff_code(request: Request, slug: str) -> Response:
    """Answer the QR code of the staff card. Drawn by ourselves: no picture is loaded from elsewhere."""
    actor = await need_member(request, slug)
    said = actor.community.settings.staff_card.get("url", "")[:QR_TEXT_MAX]
    if not said:
        raise NotFound
    return Response(qr_svg(said), media_type="image/svg+xml", headers={"Cache-Control": "private, max-age=3600"})


@router.api_route("/advice/{advice_id}", methods=["GET", "HEAD"])
async def show(request: Request, slug: str, advice_id: str) -> Response:
    """Answer the advice for a member."""
    actor = await need_member(request, slug)
    language = member_language(request, actor.community, actor.member)
    async with parts_of(request).database.read() as tx:
        service = await shown_service(tx, actor, advice_id, kind=ServiceKind.ADVICE)
        services = await tx.communities.services_of(actor.community.id)
        basis = await _basis(tx, actor, service, services)
    shown = advice_for(actor.member, service, services=services, last=basis.last)
    await _note(request, actor, service, shown, basis.last)
    test = None if basis.service is None else check_self_test(basis.service.definition)
    card = {name: actor.community.settings.staff_card.get(name, "") for name in CARD_FIELDS}
    return member_page(
        request,
        "member/advice.html",
        actor.community,
        member=actor.member,
        tab="today",
        service=service,
        general=shown.general,
        source=shown.source,
        spoken=[said_of(each, test, language) for each in shown.spoken or () if test is not None],
        why_general=_why_general(actor, shown, basis, language),
        test_address="" if basis.service is None else f"/c/{slug}/tests/{encode_id(basis.service.id)}",
        card=card if any(card.values()) else None,
        attempt_id="" if basis.last is None else encode_id(basis.last.id),
        is_shared=basis.last is not None and basis.last.is_shared,
    )


def said_of(spoken: Spoken, test: SelfTest, language: Language) -> Said:
    """Return a piece of advice with the answers it rests on, in words."""
    return Said(text=spoken.text, reasons=tuple(_reason(reason, test, language) for reason in spoken.reasons))


def _reason(reason: Reason, test: SelfTest, language: Language) -> str:
    if reason.item is None or reason.answer is None:
        band = test.band(reason.band or "")
        return text(language, "member.advice.because_band", band="" if band is None else band.name)
    item, values = reason.item, reason.answer if isinstance(reason.answer, tuple) else (reason.answer,)
    if not item.options:
        said = f"{number_text(values[0])} {item.unit}".strip()
        return text(language, "member.advice.because_number", question=item.text, answer=said)
    chosen = [option.text for value in values if (option := item.option(value)) is not None]
    return text(language, "member.advice.because", question=item.text, answer=joined(chosen, language))


async def _basis(tx: Transaction, actor: MemberActor, service: Service, services: list[Service]) -> Basis:
    test_id = rests_on(service.definition)
    tested = next((each for each in services if each.id == test_id), None)
    if tested is None:
        return Basis(service=None, last=None)
    last = await tx.attempts.list_of(actor.member.id, service_id=tested.id, limit=1)
    return Basis(service=tested, last=last[0] if last else None)


def _why_general(actor: MemberActor, shown: AdviceShown, basis: Basis, language: Language) -> str:
    """Return why there is nothing of the member's own, empty where there is."""
    if shown.spoken:
        return ""
    if not actor.member.is_advised:
        return text(language, "member.advice.switched_off")
    if basis.last is None:
        return text(language, "member.advice.no_answers")
    if basis.service is not None and basis.last.version != basis.service.version:
        return text(language, "member.advice.old_answers")
    return text(language, "member.advice.no_rule")


async def _note(
    request: Request, actor: MemberActor, service: Service, shown: AdviceShown, last: Attempt | None
) -> None:
    parts = parts_of(request)
    now: datetime = parts.clock()
    act = advice_act(actor.member, service, shown, last=last, ids=parts.ids, now=now)
    try:
        async with parts.database.write() as tx:
            await record([act], log=tx.log, now=now)
    except Unavailable:
        pass  # That advice was read is not worth a refusal.
