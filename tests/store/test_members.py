"""Members, how they are known again, their codes and consents, on every database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from liulian.base.i18n import Language
from liulian.base.ids import ChannelId, CommunityId, LinkId, MemberId
from liulian.community.model import Member, MemberState, Shares
from liulian.community.people import CodeKind, Consent, ConsentKind, IdentityKind, MemberCode, MemberIdentity
from liulian.storage.database import Database

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
TEA, BOOKS = CommunityId(7), CommunityId(8)


def a_member(number: int = 70, **changed: object) -> Member:
    member = Member(
        id=MemberId(number),
        community_id=TEA,
        state=MemberState.ACTIVE,
        nickname="Lin",
        zone="Asia/Shanghai",
        language=Language.ZH,
        joined_at=NOON,
        joined_on=20_513,
    )
    return replace(member, **changed)  # type: ignore[arg-type] # Each test names fields of a member.


def a_device(member: Member, subject: bytes = b"phone", **changed: object) -> MemberIdentity:
    identity = MemberIdentity(
        community_id=member.community_id,
        kind=IdentityKind.DEVICE,
        subject=subject,
        member_id=member.id,
        created_at=NOON,
        seen_at=NOON,
    )
    return replace(identity, **changed)  # type: ignore[arg-type] # Each test names fields of an identity.


def a_code(number: int = 1, **changed: object) -> MemberCode:
    code = MemberCode(
        id=number,
        community_id=TEA,
        kind=CodeKind.EMAIL,
        subject=b"who",
        fingerprint=b"print",
        created_at=NOON,
        expires_at=NOON + timedelta(minutes=10),
    )
    return replace(code, **changed)  # type: ignore[arg-type] # Each test names fields of a code.


async def test_member_comes_back_as_they_joined(database: Database) -> None:
    full = a_member(
        link_id=LinkId(3), channel_id=ChannelId(4), ward="小米", shares=Shares.HOSTS, is_ranked=False, seen_at=NOON
    )
    async with database.write() as tx:
        await tx.members.add(full)

        assert await tx.members.find(full.id, for_update=True) == full


async def test_member_is_found_by_identity_in_their_community_alone(database: Database) -> None:
    member = a_member()
    async with database.write() as tx:
        await tx.members.add(member)
        await tx.member_identities.add(a_device(member))

        assert await tx.members.find_by_identity(TEA, IdentityKind.DEVICE, b"phone") == member
        assert await tx.members.find_by_identity(BOOKS, IdentityKind.DEVICE, b"phone") is None
        assert await tx.members.find_by_identity(TEA, IdentityKind.EMAIL, b"phone") is None


async def test_identity_belongs_to_one_member(database: Database) -> None:
    first, second = a_member(), a_member(71)
    async with database.write() as tx:
        assert await tx.member_identities.add(a_device(first))

        assert not await tx.member_identities.add(a_device(second))
        assert await tx.member_identities.list_of(second.id) == []


async def test_identity_is_removed_for_its_own_member_alone(database: Database) -> None:
    device = a_device(a_member())
    async with database.write() as tx:
        await tx.member_identities.add(device)
        await tx.member_identities.remove(replace(device, member_id=MemberId(71)))
        assert await tx.member_identities.find(TEA, IdentityKind.DEVICE, b"phone") == device

        await tx.member_identities.remove(device)

        assert await tx.member_identities.find(TEA, IdentityKind.DEVICE, b"phone") is None


async def test_change_of_a_member_names_fields_as_the_member_does(database: Database) -> None:
    async with database.write() as tx:
        await tx.members.add(a_member())
        await tx.members.update(MemberId(70), state=MemberState.LEFT, is_ranked=False, link_id=9)
        await tx.members.touch(MemberId(70), now=NOON)  # Who left is not here.

        assert await tx.members.find(MemberId(70)) == a_member(
            state=MemberState.LEFT, is_ranked=False, link_id=LinkId(9)
        )


async def test_members_are_listed_page_by_page(database: Database) -> None:
    async with database.write() as tx:
        for number in range(1, 5):
            await tx.members.add(a_member(number, state=MemberState.LEFT if number == 2 else MemberState.ACTIVE))
        await tx.members.add(a_member(9, community_id=BOOKS))

        first = await tx.members.list_page(TEA, limit=2, state=MemberState.ACTIVE)
        rest = await tx.members.list_page(TEA, limit=2, state=MemberState.ACTIVE, after=first[-1].id)
        everybody = await tx.members.list_page(TEA, limit=10)

        assert [member.id for member in (*first, *rest)] == [1, 3, 4]
        assert [member.id for member in everybody] == [1, 2, 3, 4]
        assert await tx.members.count(TEA) == 3


async def test_newer_code_takes_the_place_of_the_older(database: Database) -> None:
    async with database.write() as tx:
        await tx.member_codes.add(a_code(1))
        await tx.member_codes.add(a_code(2))

        assert await tx.member_codes.find(TEA, CodeKind.EMAIL, b"who") == a_code(2)
        assert not await tx.member_codes.use(a_code(1), now=NOON)


async def test_code_works_once_and_not_after_its_time(database: Database) -> None:
    async with database.write() as tx:
        await tx.member_codes.add(a_code(1))
        assert not await tx.member_codes.use(a_code(1), now=NOON + timedelta(minutes=10))

        assert await tx.member_codes.use(a_code(1), now=NOON)
        assert not await tx.member_codes.use(a_code(1), now=NOON)


async def test_code_counts_its_tries(database: Database) -> None:
    async with database.write() as tx:
        await tx.member_codes.add(a_code(1))

        assert [await tx.member_codes.count_try(a_code(1), tries_max=2) for _ in range(3)] == [True, True, False]


async def test_consent_is_closed_and_kept(database: Database) -> None:
    given = Consent(id=1, member_id=MemberId(70), kind=ConsentKind.HEALTH, version="1", given_at=NOON)
    async with database.write() as tx:
        await tx.consents.add(given)
        assert await tx.consents.has(MemberId(70), ConsentKind.HEALTH)

        assert await tx.consents.withdraw(MemberId(70), ConsentKind.HEALTH, now=NOON)

        assert not await tx.consents.has(MemberId(70), ConsentKind.HEALTH)
        assert not await tx.consents.withdraw(MemberId(70), ConsentKind.HEALTH, now=NOON)
        assert await tx.consents.list_of(MemberId(70)) == [replace(given, withdrawn_at=NOON)]
