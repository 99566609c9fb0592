"""A ritual for tests: every Wednesday at 20:00 in Shanghai, for half an hour."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from liulian.base.i18n import Language
from liulian.base.ids import CommunityId, MemberId, RitualId
from liulian.community.model import Attend, Member, MemberState, Ritual, RitualChange

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)  # A Sunday, noon in Shanghai.
FIRST = "2026-03-04T20:00"
SECOND = "2026-03-11T20:00"
THIRD = "2026-03-18T20:00"


def a_ritual(**changed: Any) -> Ritual:
    ritual = Ritual(
        id=RitualId(5),
        community_id=CommunityId(7),
        name="周三健康问答",
        about="带一个问题来，带一个回答走。",
        host="松鼠酱",
        rrule="FREQ=WEEKLY;BYDAY=WE",
        starts_at=FIRST,
        zone="Asia/Shanghai",
        minutes=30,
        attend=Attend.TAP,
        created_at=NOON,
        updated_at=NOON,
    )
    return replace(ritual, **changed)


def a_change(occurrence: str, moved_to: str | None = None, **changed: Any) -> RitualChange:
    change = RitualChange(
        ritual_id=RitualId(5), occurrence=occurrence, moved_to=moved_to, note=None, sequence=1, changed_at=NOON
    )
    return replace(change, **changed)


def a_member(**changed: Any) -> Member:
    member = Member(
        id=MemberId(70),
        community_id=CommunityId(7),
        state=MemberState.ACTIVE,
        nickname="主人·青柚 12",
        zone="Asia/Shanghai",
        language=Language.ZH,
        joined_at=NOON,
        joined_on=20_513,
    )
    return replace(member, **changed)
