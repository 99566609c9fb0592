"""What the DNS says of a host, asked once in a while; what does not answer is unknown."""

import asyncio
from ipaddress import ip_address

import pytest

from liulian.screening.names import HOSTS_MAX, Address, Names, Reach

PUBLIC, PRIVATE, PROXY = "93.184.215.14", "10.0.0.1", "198.18.0.7"


class Dns:
    """A DNS that counts its questions."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = [ip_address(address) for address in addresses]
        self.asked = 0

    async def __call__(self, host: str) -> list[Address]:
        self.asked += 1
        if not self.addresses:
            raise OSError(host)
        return self.addresses


@pytest.mark.parametrize(
    ("addresses", "reach"),
    [
        ([PUBLIC], Reach.PUBLIC),
        ([PRIVATE], Reach.PRIVATE),
        ([PRIVATE, "fd00::1", "127.0.0.1", "::ffff:192.168.0.1"], Reach.PRIVATE),
        ([PRIVATE, PUBLIC], Reach.PRIVATE),
        ([PUBLIC, "::1"], Reach.PRIVATE),
        ([PUBLIC, PROXY], Reach.PUBLIC),
        (["169.254.169.254"], Reach.PRIVATE),
        ([PROXY], Reach.UNRESOLVED),
        ([PROXY, PRIVATE], Reach.PRIVATE),
        ([], Reach.UNRESOLVED),
    ],
)
async def test_addresses_say_whether_a_host_is_public(addresses: list[str], reach: Reach) -> None:
    assert await Names(resolve=Dns(*addresses)).reach_of("host.example") is reach


@pytest.mark.parametrize(("host", "reach"), [(PUBLIC, Reach.PUBLIC), ("[::1]", Reach.PRIVATE)])
async def test_address_is_not_looked_up(host: str, reach: Reach) -> None:
    dns = Dns()

    assert await Names(resolve=dns).reach_of(host) is reach
    assert dns.asked == 0


async def test_answer_is_remembered_for_a_while() -> None:
    now_s = 1000.0
    dns = Dns(PUBLIC)
    names = Names(resolve=dns, clock=lambda: now_s)

    await names.reach_of("host.example")
    now_s += 299
    await names.reach_of("host.example")
    assert dns.asked == 1

    now_s += 2
    dns.addresses = [ip_address(PRIVATE)]
    assert await names.reach_of("host.example") is Reach.PRIVATE


async def test_silence_is_remembered_for_less_long() -> None:
    now_s = 1000.0
    dns = Dns()
    names = Names(resolve=dns, clock=lambda: now_s)
    await names.reach_of("host.example")

    now_s += 31
    dns.addresses = [ip_address(PUBLIC)]

    assert await names.reach_of("host.example") is Reach.PUBLIC


async def test_dns_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liulian.screening.names.ANSWER_S", 0.01)

    async def never(host: str) -> list[Address]:
        await asyncio.Event().wait()
        return []

    assert await Names(resolve=never).reach_of("host.example") is Reach.UNRESOLVED


async def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert HOSTS_MAX >= 1000
    monkeypatch.setattr("liulian.screening.names.HOSTS_MAX", 3)
    dns = Dns(PUBLIC)
    names = Names(resolve=dns)

    for number in range(5):
        await names.reach_of(f"{number}.example")
    await names.reach_of("4.example")
    assert dns.asked == 5
    await names.reach_of("0.example")
    assert dns.asked == 6


async def test_system_is_asked_without_holding_up_the_loop() -> None:
    assert await Names().reach_of("localhost") is Reach.PRIVATE
