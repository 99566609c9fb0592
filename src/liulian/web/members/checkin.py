"""Check in, make a day up, pause and go on: what a member's tap sends, and what came of it, in words.

A script sends JSON and gets what changed (`sentences` and their values); a form without script is led back home. What
is refused says why, in either case. The panels of the home page that belong to it are in `challenge_cards.py`.
"""

import re
from asyncio import CancelledError
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Any

from fastapi import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from liulian.base.errors import FieldError, InvalidRequest, NotFound
from liulian.base.ids import ID_LENGTH, FileId, ServiceId, decode_id
from liulian.base.zones import day_number
from liulian.community.acts import Act, ActKind
from liulian.community.challenges import Proof
from liulian.community.checkins import Tap, Wish
from liulian.community.counting import Counted
from liulian.community.feedback import Feedback, Shown, keep, look
from liulian.community.people import MemberActor
from liulian.qr.model import FILE_BYTES_MAX
from liulian.storage.database import Transaction
from liulian.web.api.bodies import read_json
from liulian.web.api.uploads import received_upload
from liulian.web.members.asking import need_member
from liulian.web.members.challenge_cards import check_in_panel, goals_panel, streak_panel
from liulian.web.members.counter import count_tap
from liulian.web.members.layout import HEADERS, member_language, member_router
from liulian.web.members.photos import FIELD as PHOTO
from liulian.web.members.photos import bytes_in, drop_photos, keep_photo
from liulian.web.members.saying import feedback_fields
from liulian.web.members.suspecting import suspect
from liulian.web.members.zone import note_zone
from liulian.web.pages.fields import fields_of
from liulian.web.parts import parts_of

__all__ = ["check_in_panel", "goals_panel", "router", "streak_panel"]

BODY_BYTES_MAX = 8 * 1024 * 1024  # A photo of 1600 pixels is a megabyte at most, and a third more in base64.
_NUMBER = re.compile(r"-?\d{1,9}(?:[.,]\d{1,6})?")

router = member_router()


@router.post("/do/check-in")
async def do_check_in(request: Request, slug: str) -> Response:
    """Take a check-in, also one that waited on the device."""
    return await _do(request, slug, ActKind.CHECK_IN)


@router.post("/do/make-up")
async def do_make_up(request: Request, slug: str) -> Response:
    """Take what was done on an earlier day."""
    return await _do(request, slug, ActKind.MAKE_UP)


@router.post("/do/pause")
async def do_pause(request: Request, slug: str) -> Response:
    """Pause a challenge."""
    return await _do(request, slug, ActKind.PAUSE)


@router.post("/do/resume")
async def do_resume(request: Request, slug: str) -> Response:
    """End a pause."""
    return await _do(request, slug, ActKind.RESUME)


async def _do(request: Request, slug: str, kind: ActKind) -> Response:
    began = parts_of(request).clock()
    asking = await need_member(request, slug)
    is_script = request.headers.get("content-type", "").startswith("application/json")
    fields = await (_json_fields(request) if is_script else _form_fields(request))
    wish, sent = wish_in(fields), await _photo_sent(request, asking, fields)
    await note_zone(request, asking.member, wish.zone, at=wish.at)
    wish = wish if sent is None else replace(wish, photo_id=sent)
    counted = await _counted(request, Tap(asking=asking, kind=kind, wish=wish, now=began), sent)
    done = counted.done
    proof, is_new = done.challenge.proof, done.recorded.is_new
    await suspect(request, done.act, proof, is_new=is_new, open_ms=fields.get("open_ms"))
    if not is_script:
        return RedirectResponse(f"/c/{slug}", HTTPStatus.SEE_OTHER, headers=HEADERS)
    language = member_language(request, asking.community, asking.member)
    return JSONResponse(feedback_fields(counted.feedback, language), headers=HEADERS)


async def _counted(request: Request, tap: Tap, sent: FileId | None) -> Counted:
    """Return what came of a tap; a photo that came with it and proves nothing is dropped."""
    is_used = False
    try:
        counted = await count_tap(request, tap)
        # Not where it was told before: then the photo was kept before, too.
        is_used = counted.done.recorded.is_new and counted.done.challenge.proof is Proof.PHOTO
    except CancelledError:  # It may yet be counted with its photo; if not, the next photo takes this one away.
        is_used = True
        raise
    finally:
        if sent is not None and not is_used:
            await drop_photos(request, [sent])
    return counted


async def told(request: Request, asking: MemberActor, act: Act, *, is_new: bool, began: datetime) -> Feedback:
    """Return what an act changed, and write down what follows from it. The act itself is committed.

    For every part of the pages: whoever takes an act of a member answers with what this says.
    """
    parts = parts_of(request)
    async with parts.database.read() as tx:
        feedback = await look(asking, act, is_new=is_new, shown=shown_of(tx))
    if not is_new:
        return feedback
    async with parts.database.write() as tx:
        return await keep(asking, feedback, log=tx.log, ids=parts.ids, now=parts.clock(), began=began)


def shown_of(tx: Transaction) -> Shown:
    """Return what feedback reads from."""
    return Shown(log=tx.log, sums=tx.sums, definitions=tx.communities)


def wish_in(fields: Mapping[str, Any]) -> Wish:
    """Return what a page wishes; numbers and times may come as texts, as forms have them. Raises InvalidRequest."""
    service_id = decode_id(_text(fields, "service"))
    if service_id is None:
        raise NotFound
    return Wish(
        service_id=ServiceId(service_id),
        key=_text(fields, "key"),
        at=_time(fields),
        zone=_text(fields, "zone"),
        value=_number(fields, "value"),
        note=_text(fields, "note") or None,
        photo_id=_photo(fields),
        for_day=_day(fields),
        days=_whole(fields, "days"),
    )


async def _json_fields(request: Request) -> Mapping[str, Any]:
    found = (await read_json(request, bytes_max=BODY_BYTES_MAX)).value
    return found if isinstance(found, dict) else {}


async def _form_fields(request: Request) -> Mapping[str, Any]:
    """Return the fields of a form; one with a photo comes in parts."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await fields_of(request)
    async with received_upload(request, field=PHOTO, bytes_max=FILE_BYTES_MAX) as (sent, texts):
        return {**texts, PHOTO: await sent.read()}


async def _photo_sent(request: Request, asking: MemberActor, fields: Mapping[str, Any]) -> FileId | None:
    """Return the id of a photo that came with a check-in, None where none came or it was handed in before."""
    photo = fields.get(PHOTO)
    if isinstance(photo, bytes):
        return await keep_photo(request, asking, photo) if photo else None
    if not isinstance(photo, str) or len(photo) <= ID_LENGTH:
        return None
    return await keep_photo(request, asking, bytes_in(photo))


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _photo(fields: Mapping[str, Any]) -> FileId | None:
    number = decode_id(_text(fields, PHOTO))
    return None if number is None else FileId(number)


def _number(fields: Mapping[str, Any], name: str) -> float | None:
    value = fields.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, str) or not value.strip():
        return None
    if not _NUMBER.fullmatch(value.strip()):
        raise InvalidRequest(errors=(FieldError(name, "field_type"),))
    return float(value.strip().replace(",", "."))


def _whole(fields: Mapping[str, Any], name: str) -> int | None:
    number = _number(fields, name)
    return None if number is None or number != number or abs(number) > 1e9 else int(number)


def _time(fields: Mapping[str, Any]) -> datetime | None:
    text = _text(fields, "at")
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidRequest(errors=(FieldError("at", "field_form"),)) from None


def _day(fields: Mapping[str, Any]) -> int | None:
    text = _text(fields, "for_day")
    if not text:
        return None
    try:
        return day_number(date.fromisoformat(text))
    except ValueError:
        raise InvalidRequest(errors=(FieldError("for_day", "field_form"),)) from None
