"""A community and a member of it, as values: 茶饮健康, where people drink tea instead of sweet drinks."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from liulian.base.i18n import Language
from liulian.base.ids import CommunityId, MemberId, WorkspaceId
from liulian.base.secrets import fingerprint
from liulian.community.model import Community, CommunityState, Member, MemberState, Problem, Symbols, Title
from liulian.community.people import IdentityKind, MemberIdentity
from liulian.storage.database import Database

TOKEN = "token-of-a-browser"
NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)  # A Sunday in Shanghai, and its noon.
TODAY = 20_513


def a_community(**changed: Any) -> Community:
    tea = Community(
        id=CommunityId(7),
        workspace_id=WorkspaceId(1),
        slug="tea",
        name="茶饮健康",
        state=CommunityState.OPEN,
        language=Language.ZH,
        zone="Asia/Shanghai",
        problem=Problem(
            who="每天一杯奶茶的上班族", situation="下午三点犯困，习惯点含糖饮料", outcome="三周里把含糖饮料换成茶"
        ),
        symbols=Symbols(
            member_name="主人",
            staff_name="松鼠酱",
            emblem="🍵",
            titles=(Title(name="茶芽", points=0), Title(name="茶友", points=100)),
            slogan="一天一杯茶",
        ),
        created_at=NOON,
        updated_at=NOON,
    )
    return replace(tea, **changed)


def a_member(**changed: Any) -> Member:
    member = Member(
        id=MemberId(70),
        community_id=CommunityId(7),
        state=MemberState.ACTIVE,
        nickname="阿茶",
        zone="Asia/Shanghai",
        language=Language.ZH,
        joined_at=NOON,
        joined_on=TODAY,
    )
    return replace(member, **changed)


async def plant(database: Database, **changed: Any) -> None:
    """Store the community, a member, and the browser that belongs to them."""
    community, member = a_community(**changed), a_member()
    device = MemberIdentity(
        community_id=community.id,
        kind=IdentityKind.DEVICE,
        subject=fingerprint(TOKEN),
        member_id=member.id,
        created_at=NOON,
        seen_at=NOON,
    )
    async with database.write() as tx:
        await tx.communities.add(community)
        await tx.members.add(member)
        await tx.member_identities.add(device)
