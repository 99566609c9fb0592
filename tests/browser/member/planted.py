"""A community that lives: goals, rituals, challenges, a test, badges, and members who have been at it for days.

Written straight into the database of a running program, by the same function that writes down what members do.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from liulian.base.clock import utc_now
from liulian.base.i18n import Language
from liulian.base.ids import (
    BadgeId,
    ChannelId,
    CommunityId,
    GoalId,
    IdSource,
    LinkId,
    MemberId,
    RitualId,
    SendId,
    ServiceId,
    WorkspaceId,
    encode_id,
)
from liulian.base.secrets import fingerprint
from liulian.community.acts import Act, ActKind, ObjectKind, Purpose
from liulian.community.days import local_day, week_of, zone_named
from liulian.community.model import (
    Attend,
    Badge,
    BadgeRule,
    BadgeRuleKind,
    Broadcast,
    ChannelLink,
    Community,
    CommunityState,
    Goal,
    Measure,
    Member,
    MemberState,
    Problem,
    Reach,
    Ritual,
    Service,
    ServiceKind,
    ServiceState,
    Symbols,
    Take,
    Title,
)
from liulian.community.people import IdentityKind, MemberIdentity
from liulian.community.recording import act_by, record
from liulian.storage.database import Database, Transaction

Result = TypeVar("Result")

ZONE = "Asia/Shanghai"
NICKNAMES = ("青柚", "山茶", "晴空", "桂花", "白鹭", "新芽", "麦穗", "远山", "小满", "溪石", "松果", "春雨")
NICKNAMES_EN = ("Pomelo", "Camellia", "Bluesky", "Osmanthus", "Egret", "Sprout", "Wheat", "Hills", "Grain", "Pebble",
                "Pinecone", "Rain")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a community says, in one language."""

    slug: str
    language: Language
    name: str
    problem: Problem
    symbols: Symbols
    tap: str
    tap_task: str
    unit: str
    walk: str
    walk_task: str
    steps: str
    mine: str
    ours: str
    sugar: str
    sugar_source: str
    ritual: str
    ritual_about: str
    test: str
    advice: str
    badges: tuple[tuple[str, str, str], ...]
    broadcast: tuple[str, str]
    nicknames: tuple[str, ...]


ZH = Words(
    slug="tea",
    language=Language.ZH,
    name="茶饮健康",
    problem=Problem(
        who="每天一杯奶茶的上班族", situation="下午三点犯困，顺手点一杯含糖饮料", outcome="三周里把含糖饮料换成茶"
    ),
    symbols=Symbols(
        member_name="主人",
        staff_name="松鼠酱",
        emblem="茶",
        titles=(Title(name="茶芽", points=0), Title(name="茶友", points=20), Title(name="茶主", points=200)),
        slogan="一天一杯无糖茶",
    ),
    tap="21 天无糖茶",
    tap_task="今天有一杯喝的是无糖茶",
    unit="杯",
    walk="饭后走一走",
    walk_task="今天走了多少步",
    steps="步",
    mine="我的无糖茶",
    ours="少喝的含糖饮料",
    sugar="公斤糖",
    sugar_source="按一杯 500 毫升奶茶含糖 50 克估算",
    ritual="周日茶会",
    ritual_about="泡一壶茶，说说这一周",
    test="含糖饮料习惯自测",
    advice="下午那一杯怎么换",
    badges=(("初", "第一杯", "完成第一次打卡"), ("七", "七日茶", "连续打卡七天"), ("廿", "三周茶", "连续打卡二十一天")),
    broadcast=("本周播报", "这一周，大家一起少喝了 34 杯含糖饮料，约等于 1.7 公斤糖。"),
    nicknames=NICKNAMES,
)
EN = Words(
    slug="tea-en",
    language=Language.EN,
    name="Tea instead",
    problem=Problem(
        who="Office people with a sweet drink a day",
        situation="Tired at three in the afternoon, one orders what is sweet",
        outcome="Three weeks of tea instead of sweet drinks",
    ),
    symbols=Symbols(
        member_name="tea friend",
        staff_name="tea host",
        emblem="T",
        titles=(Title(name="Bud", points=0), Title(name="Leaf", points=20), Title(name="Tree", points=200)),
        slogan="One cup of plain tea a day",
    ),
    tap="21 days of plain tea",
    tap_task="One of today’s drinks was plain tea",
    unit="cups",
    walk="A walk after dinner",
    walk_task="How many steps today",
    steps="steps",
    mine="My plain tea",
    ours="Sweet drinks we left out",
    sugar="kg of sugar",
    sugar_source="estimated at 50 g of sugar in 500 ml of milk tea",
    ritual="Sunday tea",
    ritual_about="Make a pot of tea and tell each other about the week",
    test="Sweet drinks: a self-test",
    advice="What to do about the afternoon",
    badges=(
        ("1", "First cup", "Check in for the first time"),
        ("7", "A week of tea", "Check in seven days in a row"),
        ("21", "Three weeks", "Check in twenty-one days in a row"),
    ),
    broadcast=("This week", "This week we left out 34 sweet drinks together: about 1.7 kg of sugar."),
    nicknames=NICKNAMES_EN,
)
TEST = {
    "about": "三个问题，一分钟。",
    "items": [
        {
            "key": "cups",
            "kind": "choice",
            "text": "一天喝几杯含糖饮料？",
            "options": [{"value": 0, "text": "不喝"}, {"value": 1, "text": "一杯"}, {"value": 3, "text": "更多"}],
        },
        {
            "key": "late",
            "kind": "choice",
            "text": "下午犯困时先想到什么？",
            "options": [{"value": 0, "text": "喝茶或走一走"}, {"value": 2, "text": "点一杯甜的"}],
        },
    ],
    "scoring": "sum",
    "bands": [
        {"key": "low", "from": 0, "to": 2, "name": "少糖", "text": "保持就好。"},
        {"key": "high", "from": 3, "to": 5, "name": "偏甜", "text": "从下午那一杯开始换。"},
    ],
    "better": "lower",
    "is_health": False,
}


ADVICE = {
    "general": "把水杯放在手边，渴了先喝水。",
    "rules": [
        {
            "key": "afternoon",
            "text": "下午三点，先泡一杯茶，再决定要不要点单。",
            "when": {"all": [{"item": "late", "op": "is", "value": 2}]},
        }
    ],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """What was planted, and the token by which a browser is its first member's."""

    community: Community
    member: Member
    token: str
    channel: str
    services: dict[str, ServiceId]


def database_file(folder: Path) -> str:
    """Return the address of the database of a program that keeps its data in a folder."""
    return f"sqlite:///{folder / 'liulian.db'}"


def plant(folder: Path, words: Words, *, days: int = 9, done_today: bool = False, others: int = 11) -> Planted:
    """Plant a community; its first member has `days` days behind them, with one day frozen."""

    async def planting() -> Planted:
        database = Database.open(database_file(folder))
        try:
            return await plant_in(database, words, now=utc_now(), days=days, done_today=done_today, others=others)
        finally:
            await database.close()

    return _run(planting)


def change(folder: Path, work: Callable[[Transaction], Awaitable[Any]]) -> Any:
    """Do something in the database of a program."""

    async def doing() -> Any:
        database = Database.open(database_file(folder))
        try:
            async with database.write() as tx:
                return await work(tx)
        finally:
            await database.close()

    return _run(doing)


def _run(work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Run something to its end in a thread of its own: that of an open Playwright has an event loop already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(work())).result()


async def plant_in(
    database: Database, words: Words, *, now: datetime, days: int = 9, done_today: bool = False, others: int = 11
) -> Planted:
    """Plant a community in a database, as of a time."""
    garden = _Garden(words=words, ids=IdSource(), now=now)
    async with database.write() as tx:
        await garden.build(tx)
        me = await garden.person(tx, 0, joined=days + 1)
        people = [await garden.person(tx, number, joined=days + 1) for number in range(1, others + 1)]
        acts = list(garden.days_of(me, days, leaving_out={4}, today=done_today))
        for number, person in enumerate(people):
            acts += garden.days_of(person, days, leaving_out={number % 5, number % 3}, today=number % 2 == 0)
        for act in sorted(acts, key=lambda each: each.at):
            await record([act], log=tx.log, now=garden.now)
    token = f"token-{words.slug}"
    return Planted(
        community=garden.community,
        member=me,
        token=token,
        channel=encode_id(garden.channel_id),
        services=garden.services,
    )


class _Garden:
    """One community as it is planted."""

    def __init__(self, *, words: Words, ids: IdSource, now: datetime) -> None:
        self.words, self.ids, self.now = words, ids, now
        self.today = local_day(now, zone_named(ZONE))
        self.services: dict[str, ServiceId] = {}
        self.channel_id = ChannelId(ids())
        self.community = Community(
            id=CommunityId(ids()),
            workspace_id=WorkspaceId(1),
            slug=words.slug,
            name=words.name,
            state=CommunityState.OPEN,
            language=words.language,
            zone=ZONE,
            problem=words.problem,
            symbols=words.symbols,
            created_at=now - timedelta(days=40),
            updated_at=now,
        )

    async def build(self, tx: Transaction) -> None:
        await tx.communities.add(self.community)
        await self._services(tx)
        await self._goals(tx)
        await self._badges(tx)
        await tx.communities.rituals.add(self._ritual())
        await tx.communities.channels.add(
            ChannelLink(
                id=self.channel_id,
                community_id=self.community.id,
                link_id=LinkId(self.ids()),
                name="poster",
                purpose=Purpose.PROBLEM,
                created_at=self.now,
            )
        )

    async def _services(self, tx: Transaction) -> None:
        words = self.words
        kinds: list[tuple[str, ServiceKind, str, dict[str, Any]]] = [
            ("tap", ServiceKind.CHALLENGE, words.tap, {"task": words.tap_task, "days": 21, "proof": "tap"}),
            (
                "walk",
                ServiceKind.CHALLENGE,
                words.walk,
                {
                    "task": words.walk_task,
                    "proof": "number",
                    "unit": words.steps,
                    "max": 100_000,
                    "days": 30,
                    "per_day": 9,
                },
            ),
            ("test", ServiceKind.SELF_TEST, words.test, TEST),
            ("advice", ServiceKind.ADVICE, words.advice, ADVICE),
        ]
        for position, (key, kind, name, definition) in enumerate(kinds):
            self.services[key] = ServiceId(self.ids())
            about = {"self_test": encode_id(self.services["test"])} if kind is ServiceKind.ADVICE else {}
            await tx.communities.services.add(
                Service(
                    id=self.services[key],
                    community_id=self.community.id,
                    kind=kind,
                    name=name,
                    state=ServiceState.ACTIVE,
                    purpose=Purpose.PROBLEM,
                    version=1,
                    definition=definition | about,
                    created_at=self.now,
                    updated_at=self.now,
                    position=position,
                )
            )

    async def _goals(self, tx: Transaction) -> None:
        words = self.words
        cups = Measure(kind=ActKind.CHECK_IN, take=Take.COUNT, object_id=self.services["tap"])
        mine = Goal(
            id=GoalId(self.ids()),
            community_id=self.community.id,
            name=words.mine,
            reach=Reach.MEMBER,
            unit=words.unit,
            baseline=0,
            target=21,
            starts_on=self.today - 10,
            ends_on=self.today + 20,
            measure=cups,
            created_at=self.now,
        )
        ours = replace(
            mine,
            id=GoalId(self.ids()),
            name=words.ours,
            reach=Reach.TOGETHER,
            target=300,
            position=1,
            factor=0.05,
            factor_unit=words.sugar,
            factor_source=words.sugar_source,
        )
        for goal in (mine, ours):
            await tx.communities.goals.add(goal)

    async def _badges(self, tx: Transaction) -> None:
        rules = (
            BadgeRule(kind=BadgeRuleKind.CHECK_INS, at_least=1),
            BadgeRule(kind=BadgeRuleKind.STREAK, at_least=7),
            BadgeRule(kind=BadgeRuleKind.STREAK, at_least=21),
        )
        for position, ((emblem, name, about), rule) in enumerate(zip(self.words.badges, rules, strict=True)):
            badge = Badge(
                id=BadgeId(self.ids()),
                community_id=self.community.id,
                name=name,
                emblem=emblem,
                about=about,
                rule=rule,
                created_at=self.now,
                position=position,
            )
            await tx.communities.badges.add(badge)

    def _ritual(self) -> Ritual:
        """Return a ritual that takes place each day at noon, so that there is one today."""
        return Ritual(
            id=RitualId(self.ids()),
            community_id=self.community.id,
            name=self.words.ritual,
            about=self.words.ritual_about,
            host=self.words.symbols.staff_name,
            rrule="FREQ=DAILY",
            starts_at="2026-03-01T12:00",
            zone=ZONE,
            minutes=30,
            attend=Attend.TAP,
            created_at=self.now,
            updated_at=self.now,
        )

    async def person(self, tx: Transaction, number: int, *, joined: int) -> Member:
        member = Member(
            id=MemberId(self.ids()),
            community_id=self.community.id,
            state=MemberState.ACTIVE,
            nickname=self.words.nicknames[number % len(self.words.nicknames)],
            zone=ZONE,
            language=self.words.language,
            joined_at=self.now - timedelta(days=joined),
            joined_on=self.today - joined,
        )
        device = MemberIdentity(
            community_id=self.community.id,
            kind=IdentityKind.DEVICE,
            subject=fingerprint(f"token-{self.words.slug}" if number == 0 else f"{self.words.slug}-{number}"),
            member_id=member.id,
            created_at=self.now,
            seen_at=self.now,
        )
        await tx.members.add(member)
        await tx.member_identities.add(device)
        return member

    def days_of(self, member: Member, days: int, *, leaving_out: set[int], today: bool) -> Iterator[Act]:
        """Yield check-ins, the day `days` ago first; `leaving_out` counts from there."""
        for number in range(days + (1 if today else 0)):
            at = self.now - timedelta(days=days - number)
            if number not in leaving_out:
                yield act_by(
                    member,
                    ActKind.CHECK_IN,
                    ids=self.ids,
                    at=max(at, member.joined_at),
                    object_kind=ObjectKind.SERVICE,
                    object_id=self.services["tap"],
                    purpose=Purpose.PROBLEM,
                )


def broadcast_of(planted: Planted, words: Words, *, ids: IdSource) -> Broadcast:
    """Return what was said to all of them this week."""
    now = datetime.now(UTC)
    name, body = words.broadcast
    return Broadcast(
        id=SendId(ids()),
        community_id=planted.community.id,
        name=name,
        body=body,
        purpose=Purpose.PROBLEM,
        sums={},
        created_at=now,
        week=week_of(local_day(now, zone_named(ZONE))),
        sent_at=now,
    )
