"""A member opened a page: one act for each browser session and local day, told by the page's script after it stands.

Never in the way of a page: who opens one does not wait for a writer. The session is named by a nonce that the script
makes; how long a page was seen is told under the same name. A member's zone moves
to the one they are seen in.
"""

import re
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import JSONResponse, Response

from liulian.base.errors import FieldError, InvalidRequest
from liulian.base.ids import decode_id
from liulian.community.acts import NO_SOURCE, ActKind, Source
from liulian.community.days import local_day, zone_named
from liulian.community.joining import usable_zone
from liulian.community.model import Community
from liulian.community.recording import act_by, record
from liulian.storage.database import Transaction
from liulian.web.api.bodies import read_json
from liulian.web.members.asking import need_member
from liulian.web.members.layout import HEADERS, member_router
from liulian.web.parts import parts_of

BODY_BYTES_MAX = 1024
VISITS_PER_DAY_MAX = 100  # Of one member: somebody who opens more sessions than that is a script.
_NONCE = re.compile(r"[0-9A-Za-z-]{8,40}")

router = member_router()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a page's script tells: the `?ch=` the page was opened with, empty for none, and the zone it is in."""

    nonce: str
    channel: str = ""
    zone: str = ""


@router.post("/do/visit")
async def visit(request: Request, slug: str) -> Response:
    """Write the visit down, once for a nonce and day; tell a page that was made for another day of the member's.

    Raises NotJoined and InvalidRequest.
    """
    asking = await need_member(request, slug)
    opened = opened_in((await read_json(request, bytes_max=BODY_BYTES_MAX)).value)
    parts = parts_of(request)
    now = parts.clock()
    zone = usable_zone(opened.zone, otherwise=asking.member.zone)
    day = local_day(now, zone_named(zone))
    key = f"visit-{asking.member.id}-{day}-{opened.nonce}"
    async with parts.database.write() as tx:
        await tx.members.move_to_zone(asking.member, zone)
        today = await tx.acts.of_member(asking.member.id, kinds=[ActKind.VISIT], from_day=day)
        if len(today) < VISITS_PER_DAY_MAX:
            source = await _source_of(tx, asking.community, opened.channel)
            act = act_by(asking.member, ActKind.VISIT, ids=parts.ids, at=now, key=key, zone=zone, source=source)
            await record([act], log=tx.log, now=now)
    if day != local_day(now, zone_named(asking.member.zone)):
        return JSONResponse({"is_other_day": True}, headers=HEADERS)
    return Response(status_code=204, headers=HEADERS)


def opened_in(body: object) -> Opened:
    """Return what a script told. Raises InvalidRequest."""
    fields = body if isinstance(body, dict) else {}
    nonce, channel, zone = (fields.get(name, "") for name in ("nonce", "ch", "zone"))
    if not isinstance(nonce, str) or not _NONCE.fullmatch(nonce):
        raise InvalidRequest(errors=(FieldError("nonce", "field_form"),))
    channel, zone = (hint if isinstance(hint, str) else "" for hint in (channel, zone))
    return Opened(nonce=nonce, channel=channel, zone=zone)


async def _source_of(tx: Transaction, community: Community, channel: str) -> Source:
    """Return the channel that a page was opened by, none where it is not one of this community."""
    number = decode_id(channel)
    found = None if number is None else await tx.communities.channels.find(number, community_id=community.id)
    return NO_SOURCE if found is None else Source(link_id=found.link_id, channel_id=found.id)
