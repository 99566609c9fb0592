"""The table of links: bounded, never asked twice, and never older than the last change that was heard of."""

import asyncio

import pytest

from liulian.base.ids import DomainId, LinkId
from liulian.base.meters import Meters
from liulian.edge import routes as routes_module
from liulian.edge.routes import Routes
from liulian.links.decide import Gone
from liulian.links.model import DEFAULT_DOMAIN, Target
from liulian.links.slugs import slug_path
from liulian.visitors.recognise import visitor_class_of


def a_target(slug: str, *, destination: str = "https://example.com/") -> Target:
    return Target(
        link_id=LinkId(1), workspace_id=0, domain_id=DEFAULT_DOMAIN, path=slug_path(slug), destination=destination
    )


class Store:
    """Links by slug; counts the questions, and answers only when it is let."""

    def __init__(self, *targets: Target) -> None:
        self.targets = {target.path: target for target in targets}
        self.asked = 0
        self.open = asyncio.Event()
        self.open.set()

    async def find(self, *, domain_id: DomainId, slug: str) -> Target | None:
        assert domain_id == DEFAULT_DOMAIN
        self.asked += 1
        target = self.targets.get(slug_path(slug))
        await self.open.wait()
        return target


def the_routes(routes_max: int = 100) -> Routes:
    return Routes(routes_max=routes_max, meters=Meters.unshared())


async def find(routes: Routes, store: Store, slug: str) -> bytes | None:
    route = await routes.find(store, domain_id=DEFAULT_DOMAIN, slug=slug, path=slug_path(slug))
    return route.destination if route else None


async def test_a_link_is_read_from_the_store_once() -> None:
    routes, store = the_routes(), Store(a_target("abc"))

    found = [await find(routes, store, "abc") for _ in range(3)]

    assert found == [b"https://example.com/"] * 3
    assert store.asked == 1


async def test_visitors_who_come_together_ask_once() -> None:
    routes, store = the_routes(), Store(a_target("abc"))

    await asyncio.gather(*(find(routes, store, "abc") for _ in range(20)))

    assert store.asked == 1


async def test_a_missing_slug_is_asked_for_once_until_it_is_made() -> None:
    routes, store = the_routes(), Store()
    assert [await find(routes, store, "abc") for _ in range(3)] == [None, None, None]
    assert store.asked == 1

    store.targets[b"/abc"] = a_target("abc")
    routes.forget(DEFAULT_DOMAIN, "abc", b"/abc")

    assert await find(routes, store, "abc") == b"https://example.com/"


async def test_an_edit_is_seen_at_the_next_click() -> None:
    routes, store = the_routes(), Store(a_target("abc"))
    await find(routes, store, "abc")

    store.targets[b"/abc"] = a_target("abc", destination="https://example.com/new")
    routes.forget(DEFAULT_DOMAIN, "abc", b"/abc")

    assert await find(routes, store, "abc") == b"https://example.com/new"


async def test_what_changed_while_it_was_being_read_is_not_kept() -> None:
    routes, store = the_routes(), Store(a_target("abc"))
    store.open.clear()
    reading = asyncio.create_task(find(routes, store, "abc"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    store.targets[b"/abc"] = a_target("abc", destination="https://example.com/new")
    routes.forget(DEFAULT_DOMAIN, "abc", b"/abc")
    store.open.set()
    await reading

    assert await find(routes, store, "abc") == b"https://example.com/new"


async def test_what_changed_while_pages_were_being_read_is_not_taken_from_them() -> None:
    routes, store = the_routes(), Store(a_target("abc", destination="https://example.com/new"))
    routes.start_warming()

    routes.forget(DEFAULT_DOMAIN, "abc", b"/abc")
    routes.warm([a_target("abc", destination="https://example.com/old"), a_target("other")])
    routes.end_warming()

    assert await find(routes, store, "abc") == b"https://example.com/new"
    assert len(routes) == 2


async def test_pages_read_before_everything_was_forgotten_are_thrown_away() -> None:
    routes = the_routes()
    routes.start_warming()

    routes.forget_all()
    routes.warm([a_target("abc")])

    assert len(routes) == 0


async def test_the_table_the_fast_lane_holds_stays_the_same_object() -> None:
    routes, store = the_routes(), Store(a_target("abc"))
    paths = routes.paths(DEFAULT_DOMAIN)
    await find(routes, store, "abc")

    routes.forget_all()

    assert routes.paths(DEFAULT_DOMAIN) is paths
    assert not paths


async def test_the_table_is_bounded_and_keeps_what_is_used() -> None:
    slugs = [f"s{number}" for number in range(30)]
    routes, store = the_routes(routes_max=10), Store(*map(a_target, slugs))
    await find(routes, store, "s0")

    for slug in slugs[1:]:
        routes.paths(DEFAULT_DOMAIN)[b"/s0"].used = True
        await find(routes, store, slug)

    assert len(routes) == len(routes.paths(DEFAULT_DOMAIN)) == 10
    assert b"/s0" in routes.paths(DEFAULT_DOMAIN)


async def test_guessed_slugs_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes_module, "MISSING_MAX", 5)
    routes, store = the_routes(), Store()

    for number in range(20):
        await find(routes, store, f"s{number}")
    before = store.asked
    await find(routes, store, "s19")
    await find(routes, store, "s0")

    assert store.asked == before + 1


async def test_a_store_that_is_away_is_asked_again() -> None:
    class Away(Store):
        async def find(self, *, domain_id: DomainId, slug: str) -> Target | None:
            await super().find(domain_id=domain_id, slug=slug)
            if self.asked == 1:
                raise ConnectionError
            return self.targets.get(slug_path(slug))

    routes, store = the_routes(), Away(a_target("abc"))
    with pytest.raises(ConnectionError):
        await find(routes, store, "abc")

    assert await find(routes, store, "abc") == b"https://example.com/"


async def test_a_link_whose_destination_a_feed_names_leads_nowhere() -> None:
    routes = Routes(routes_max=10, meters=Meters.unshared(), is_listed=lambda url: "evil" in url)
    store = Store(a_target("abc", destination="https://evil.example.com/"), a_target("good"))
    phone = visitor_class_of(
        b"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
    )

    bad = await routes.find(store, domain_id=DEFAULT_DOMAIN, slug="abc", path=b"/abc")
    good = await routes.find(store, domain_id=DEFAULT_DOMAIN, slug="good", path=b"/good")

    assert bad is not None
    assert bad.answer(phone, goes_on=True, now_us=0) == Gone("listed")
    assert good is not None
    assert good.ruled is None
