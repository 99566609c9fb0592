"""Destinations that nobody could look up are looked up again, and decided on."""

import itertools
from datetime import timedelta
from ipaddress import ip_address

import pytest

from liulian.base.clock import to_micros
from liulian.base.ids import RANDOM_BITS, LinkId
from liulian.links.guard import NO_GUARD, Guard, Mode
from liulian.links.model import Link
from liulian.safety.model import PRIVATE_NETWORK
from liulian.safety.recheck import recheck
from liulian.screening.names import Address, Names
from liulian.storage.database import Database
from tests.store.a_link import NOON, a_link

ADDRESSES = {"public.net": "93.184.215.14", "inner.net": "10.0.0.1"}

_numbers = itertools.count()


async def resolve(host: str) -> list[Address]:
    if host not in ADDRESSES:
        raise OSError(host)
    return [ip_address(ADDRESSES[host])]


async def stored(
    database: Database,
    host: str,
    *,
    flags: tuple[str, ...] = ("lookalike", "unresolved"),
    age: timedelta = timedelta(hours=1),
    app_url: str | None = None,
) -> LinkId:
    """Store a link to a host, made some time ago."""
    guard = NO_GUARD if app_url is None else Guard(mode=Mode.APP, apps=frozenset({"weibo"}), app_url=app_url)
    link_id = LinkId(((to_micros(NOON - age) // 1000) << RANDOM_BITS) + next(_numbers))
    async with database.write() as tx:
        await tx.links.add([a_link(id=link_id, destination=f"https://{host}/", flags=flags, guard=guard)])
    return link_id


async def after_recheck(database: Database, link_id: LinkId) -> Link:
    names = Names(resolve=resolve)
    await recheck(read=database.read, write=database.write, names=names, now=NOON)
    async with database.read() as tx:
        link = await tx.links.find(link_id)
    assert link is not None
    return link


async def test_public_destination_loses_its_flag_and_keeps_the_others(database: Database) -> None:
    link = await after_recheck(database, await stored(database, "public.net"))

    assert (link.flags, link.taken_down) == (("lookalike",), None)


async def test_last_flag_leaves_none(database: Database) -> None:
    assert (await after_recheck(database, await stored(database, "public.net", flags=("unresolved",)))).flags == ()


async def test_private_destination_is_taken_down_and_everybody_hears_of_it(database: Database) -> None:
    link = await after_recheck(database, await stored(database, "inner.net"))

    assert (link.flags, link.taken_down) == (("lookalike",), PRIVATE_NETWORK)
    async with database.read() as tx:
        changes = (await tx.connection.exec_driver_sql("SELECT slug FROM link_changes")).all()
    assert [row.slug for row in changes] == [link.slug, link.slug]


async def test_what_is_still_unknown_waits(database: Database) -> None:
    link = await after_recheck(database, await stored(database, "nobody.net"))

    assert (link.flags, link.taken_down) == (("lookalike", "unresolved"), None)


@pytest.mark.parametrize(
    "app_url", ["https://nobody.net/", "weixin://x?a=https://public.net/&u=https%3A%2F%2Fnobody.net%2F"]
)
async def test_flag_stays_while_an_app_is_led_to_what_is_unknown(database: Database, app_url: str) -> None:
    link = await after_recheck(database, await stored(database, "public.net", app_url=app_url))

    assert (link.flags, link.taken_down) == (("lookalike", "unresolved"), None)


@pytest.mark.parametrize("host", ["public.net", "nobody.net"])
async def test_link_that_leads_an_app_into_a_private_network_is_taken_down(database: Database, host: str) -> None:
    link = await after_recheck(database, await stored(database, host, app_url="weixin://x?u=https://inner.net/"))

    assert (link.flags, link.taken_down) == (("lookalike",), PRIVATE_NETWORK)


async def test_flag_goes_when_all_that_an_app_is_led_to_is_public(database: Database) -> None:
    link = await after_recheck(database, await stored(database, "public.net", app_url="weixin://x?u=http://public.net"))

    assert (link.flags, link.taken_down) == (("lookalike",), None)


async def test_old_links_and_links_without_the_flag_are_left_alone(database: Database) -> None:
    old = await stored(database, "inner.net", age=timedelta(days=3))
    plain = await stored(database, "inner.net", flags=())

    assert (await after_recheck(database, old)).taken_down is None
    assert (await after_recheck(database, plain)).taken_down is None


async def test_link_that_is_put_back_is_not_taken_down_again(database: Database) -> None:
    link = await after_recheck(database, await stored(database, "inner.net"))
    async with database.write() as tx:
        await tx.links.take_down(link, reason=None, now=NOON)

    assert (await after_recheck(database, link.id)).taken_down is None
