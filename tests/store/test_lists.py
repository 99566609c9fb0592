"""Every filter in every order gives just the links it should, page by page, whatever the database."""

import itertools
import random
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest

from liulian.base.ids import DomainId, LinkId, UserId, WorkspaceId, first_id_of
from liulian.links.guard import NO_GUARD, Guard, Mode
from liulian.links.labels import Folder, Tag
from liulian.links.listing import LinkFilter, ListQuery, Order, Position, Sort, State
from liulian.links.model import FolderId, Link, Shelf, TagId
from liulian.links.search import is_found_by, link_words, title_key, wanted_words, words_of
from liulian.storage.database import Database
from tests.store.a_link import NOON, a_link

OURS, THEIRS = WorkspaceId(1), WorkspaceId(17)  # In the index of words, one begins like the other.
ME, SOMEBODY = UserId(7), UserId(8)
TEA, SUMMER, REMOVED = TagId(31), TagId(32), TagId(33)
TAG_NAMES = {TEA: "茶饮 tea", SUMMER: "Summer"}
FOLDER = FolderId(41)
TITLES = (None, "夏日茶饮", "Summer sale", "Äpfel", "茶", "summer 茶饮 健康")

Tags = dict[LinkId, tuple[TagId, ...]]

FILTERS = {
    "all of the usual": LinkFilter(),
    "a Chinese word": LinkFilter(words=wanted_words("茶饮")),
    "a character": LinkFilter(words=wanted_words("茶")),
    "a beginning": LinkFilter(words=wanted_words("summ")),
    "a long beginning": LinkFilter(words=wanted_words("exceptionally")),
    "two words": LinkFilter(words=wanted_words("sale example")),
    "words of a tag and a title": LinkFilter(words=wanted_words("tea 夏日")),
    "a word that is nowhere": LinkFilter(words=wanted_words("nowhere")),
    "a tag": LinkFilter(tag_ids=(TEA,)),
    "two tags": LinkFilter(tag_ids=(TEA, SUMMER)),
    "a tag that is nobody's": LinkFilter(tag_ids=(TagId(99),)),
    "a folder": LinkFilter(folder_id=FOLDER),
    "no folder": LinkFilter(folder_id=None),
    "a domain": LinkFilter(domain_id=DomainId(2)),
    "favourites": LinkFilter(is_favourite=True),
    "guarded": LinkFilter(is_guarded=True),
    "unguarded": LinkFilter(is_guarded=False),
    "made lately": LinkFilter(created_from=NOON + timedelta(seconds=20)),
    "made between": LinkFilter(created_from=NOON + timedelta(seconds=5), created_to=NOON + timedelta(seconds=25)),
    "much at once": LinkFilter(words=wanted_words("茶"), tag_ids=(TEA,), folder_id=FOLDER, state=State.ALL),
    "favourites in a folder": LinkFilter(is_favourite=True, folder_id=FOLDER),
    **{state.value: LinkFilter(state=state) for state in State},
    "archived with a word": LinkFilter(words=wanted_words("茶"), state=State.ARCHIVED),
    "deleted with a word": LinkFilter(words=wanted_words("茶"), state=State.DELETED),
    "all with a tag": LinkFilter(tag_ids=(SUMMER,), state=State.ALL),
}


class Town:
    """The links of a workspace, and those of others beside them."""

    def __init__(self) -> None:
        chance = random.Random(4)
        self.links = [self._link(number, chance, OURS) for number in range(40)]
        self.others = [
            self._link(number, chance, workspace) for number in range(40, 60) for workspace in (THEIRS, None)
        ]
        self.tags: Tags = {link.id: self._some_tags(chance) for link in [*self.links, *self.others]}
        self.favourites = {link.id for link in self.links if chance.random() < 0.4}
        self.clicks = {link.id: chance.choice((0, 0, 1, 5)) for link in self.links}

    @staticmethod
    def _link(number: int, chance: random.Random, workspace_id: WorkspaceId | None) -> Link:
        made_at = NOON + timedelta(seconds=number)
        put_away: dict[str, Any] = {"archived_at": NOON} if chance.random() < 0.3 else {}
        if chance.random() < 0.2:
            put_away["deleted_at"] = NOON
        guard = Guard(mode=Mode.GUIDE, apps=frozenset({"wechat"})) if chance.random() < 0.3 else NO_GUARD
        return a_link(
            id=LinkId(first_id_of(int(made_at.timestamp() * 1000)) + chance.randrange(2**20)),
            workspace_id=workspace_id,
            domain_id=DomainId(chance.choice((1, 1, 2))),
            title=chance.choice(TITLES),
            note=chance.choice((None, "exceptionallylongword")),
            created_at=made_at,
            updated_at=NOON + timedelta(seconds=chance.randrange(5)),
            expires_at=chance.choice((None, NOON - timedelta(days=1), NOON + timedelta(days=1))),
            taken_down=chance.choice((None, None, "reported")),
            folder_id=chance.choice((None, FOLDER)),
            guard=guard,
            **put_away,
        )

    @staticmethod
    def _some_tags(chance: random.Random) -> tuple[TagId, ...]:
        return tuple(tag for tag in (TEA, SUMMER, REMOVED) if chance.random() < 0.4)

    async def settle(self, database: Database) -> None:
        async with database.write() as tx:
            for workspace in (OURS, THEIRS):
                for tag, name in TAG_NAMES.items():
                    label = Tag(id=TagId(tag + 100 * (workspace != OURS)), name=name, created_at=NOON)
                    await tx.tags.add(label, workspace_id=workspace)
            await tx.folders.add(Folder(id=FOLDER, name="posters", created_at=NOON), workspace_id=OURS)
            await tx.links.add([*self.links, *self.others], tags=self.tags)
            for link in self.links:
                if link.id in self.favourites:
                    await tx.organised.put_favourite(link, ME)
                await tx.organised.put_favourite(link, SOMEBODY)
            counts: dict[int, tuple[int, int]] = {
                link_id: (clicks, clicks) for link_id, clicks in self.clicks.items() if clicks
            }
            await tx.totals.add("web-0", before=0, position=7, counts=counts)

    def expected(self, wanted: LinkFilter, order: Order) -> list[LinkId]:
        keys: dict[Sort, Callable[[Link], Any]] = {
            Sort.CREATED: lambda link: 0,
            Sort.CLICKS: lambda link: self.clicks[link.id],
            Sort.UPDATED: lambda link: link.updated_at,
            Sort.TITLE: lambda link: title_key(link.title, link.slug),
        }
        chosen = [link for link in self.links if self.lets_through(wanted, link)]
        chosen.sort(key=lambda link: (keys[order.sort](link), link.id), reverse=order.is_descending)
        return [link.id for link in chosen]

    def lets_through(self, wanted: LinkFilter, link: Link) -> bool:
        tags = self.tags[link.id]
        return all(
            (
                self._is_in(wanted.state, link),
                all(self._is_found(word, link) for word in wanted.words),
                set(wanted.tag_ids) <= set(tags),
                wanted.folder_id not in (None, FOLDER) or link.folder_id == wanted.folder_id,
                wanted.domain_id in (None, link.domain_id),
                not wanted.is_favourite or link.id in self.favourites,
                wanted.is_guarded in (None, link.guard != NO_GUARD),
                wanted.created_from is None or link.created_at >= wanted.created_from,
                wanted.created_to is None or link.created_at < wanted.created_to,
            )
        )

    def _is_found(self, word: Any, link: Link) -> bool:
        own = link_words(slug=link.slug, destination=link.destination, title=link.title, note=link.note)
        of_tags = (TAG_NAMES.get(tag, "") for tag in self.tags[link.id])
        return is_found_by(word, own) or any(is_found_by(word, list(words_of(name))) for name in of_tags)

    @staticmethod
    def _is_in(state: State, link: Link) -> bool:
        ended = link.expires_at is not None and link.expires_at <= NOON
        listed = link.shelf is Shelf.LISTED
        return {
            State.UNARCHIVED: listed,
            State.ACTIVE: listed and not ended and link.taken_down is None,
            State.EXPIRED: listed and ended,
            State.TAKEN_DOWN: listed and link.taken_down is not None,
            State.ARCHIVED: link.shelf is Shelf.ARCHIVED,
            State.ALL: link.shelf < Shelf.DELETED,
            State.DELETED: link.shelf is Shelf.DELETED,
        }[state]


@pytest.fixture
async def town(database: Database) -> Town:
    town = Town()
    await town.settle(database)
    return town


def query(wanted: LinkFilter, order: Order, **different: Any) -> ListQuery:
    usual: dict[str, Any] = {"workspace_id": OURS, "user_id": ME, "limit": 11, "now": NOON}
    return ListQuery(filter=wanted, order=order, **usual | different)


async def walked(database: Database, wanted: LinkFilter, order: Order) -> tuple[list[LinkId], set[int | None]]:
    """Return the ids of all pages, and what the pages said of their number."""
    found: list[LinkId] = []
    totals: set[int | None] = set()
    after = None
    while True:
        async with database.read() as tx:
            page = await tx.lists.page(query(wanted, order, after=after))
        found += [link.id for link in page.links]
        totals.add(page.total)
        after = page.next
        if after is None:
            return found, totals


def orders() -> Iterable[Order]:
    return (Order(sort=sort, is_descending=down) for sort, down in itertools.product(Sort, (True, False)))


async def test_every_filter_in_every_order_gives_just_what_it_should(database: Database, town: Town) -> None:
    wrong = []
    for (name, wanted), order in itertools.product(FILTERS.items(), orders()):
        expected = town.expected(wanted, order)
        if await walked(database, wanted, order) != (expected, {len(expected)}):
            wrong.append((name, order))

    assert wrong == []


async def test_long_lists_give_the_same_as_short_ones(
    database: Database, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liulian.storage.listing.COUNTED_MAX", 2)
    wrong = []
    for (name, wanted), order in itertools.product(FILTERS.items(), orders()):
        expected = town.expected(wanted, order)
        total = len(expected) if len(expected) <= 2 * len({State.ALL} & {wanted.state}) + 2 else None
        found, totals = await walked(database, wanted, order)
        if found != expected or (total is None and totals != {None}):
            wrong.append((name, order))

    assert wrong == []


async def test_ids_of_a_filter_come_newest_first_and_go_on_where_they_ended(database: Database, town: Town) -> None:
    wrong = []
    for name, wanted in FILTERS.items():
        found: list[LinkId] = []
        ends = False
        while not ends:
            after = Position(about="", key=None, link_id=found[-1], total=None) if found else None
            async with database.read() as tx:
                some = await tx.lists.ids(query(wanted, Order(), limit=5, after=after))
            found += some
            ends = len(some) < 5
        if found != town.expected(wanted, Order()):
            wrong.append(name)

    assert wrong == []


async def test_what_is_shown_beside_links_is_theirs(database: Database, town: Town) -> None:
    async with database.read() as tx:
        around = await tx.lists.around(town.links, user_id=ME)

    assert around.favourites == frozenset(town.favourites)
    for link in town.links:
        shown = {tag.id for tag in around.tags.get(link.id, ())}
        assert shown == set(town.tags[link.id]) - {REMOVED}
    assert around.folders[FOLDER].name == "posters"


async def test_link_follows_its_shelf_tags_and_words_wherever_it_goes(database: Database) -> None:
    link = a_link(title="茶饮")
    async with database.write() as tx:
        await tx.tags.add(Tag(id=TEA, name="tea", created_at=NOON), workspace_id=OURS)
        await tx.links.add([link])
        await tx.organised.add_tags([link], [TEA])
        await tx.organised.put_favourite(link, ME)
        await tx.links.reindex([link.id])

    for shelf, state in ((1, State.ARCHIVED), (2, State.DELETED), (0, State.UNARCHIVED)):
        async with database.write() as tx:
            (old,) = await tx.links.find_many([link.id], workspace_id=OURS, even_deleted=True)
            new = a_link(
                id=link.id,
                slug=link.slug,
                title="茶饮",
                archived_at=NOON if shelf == 1 else None,
                deleted_at=NOON if shelf == 2 else None,
            )
            await tx.links.replace_many([(old, new)])
        for wanted in (
            LinkFilter(state=state, words=wanted_words("茶饮 tea")),
            LinkFilter(state=state, tag_ids=(TEA,)),
            LinkFilter(state=state, is_favourite=True),
            LinkFilter(state=state),
        ):
            for order in orders():
                assert await walked(database, wanted, order) == ([link.id], {1})
