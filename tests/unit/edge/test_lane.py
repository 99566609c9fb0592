"""What connections share: the second's date, the end of slow ones, and a memory that strangers cannot fill."""

from dataclasses import dataclass
from typing import Any

import pytest

from liulian.base.ids import DomainId
from liulian.base.meters import Meters
from liulian.edge import lane as lane_module
from liulian.edge.lane import (
    FOR_EVER,
    HOST_BYTES_MAX,
    HOSTS_MAX,
    Lane,
    Limits,
    packed_address,
)
from liulian.edge.routes import Routes
from liulian.links.domain_model import ServedDomain
from liulian.links.model import DEFAULT_DOMAIN

MONDAY, TUESDAY = b"Mon, 23 Nov 2026 08:00:00 GMT", b"Tue, 24 Nov 2026 08:00:00 GMT"


class NoSpool:
    """A spool to which nothing is written."""

    def append(self, *_: object) -> bool:
        raise AssertionError("nothing is clicked here")


def a_lane(*, base_host: str | None = None) -> Lane:
    meters, spool = Meters.unshared(), NoSpool()
    unwritten: Any = spool
    return Lane(
        routes=Routes(routes_max=10, meters=meters),
        spool=unwritten,
        meters=meters,
        limits=Limits(),
        base_host=base_host,
    )


@dataclass(eq=False)
class Visitor:
    """A connection, as far as the lane sees it."""

    lane: Lane
    deadline: float
    ended: bool = False

    def expire(self) -> None:
        self.ended = True
        self.lane.connections.discard(self)  # As a real one does when its transport closes at once.


def _heads(lane: Lane, *, close: bool = False) -> list[bytes]:
    redirect, pages = (lane.head_close, lane.page_heads_close) if close else (lane.head, lane.page_heads)
    return [redirect, *pages.values()]


def test_every_second_has_its_date_in_all_answers() -> None:
    lane = a_lane()

    lane.tick(MONDAY)
    before = [*_heads(lane), *_heads(lane, close=True)]
    lane.tick(TUESDAY)

    assert all(MONDAY in head for head in before)
    assert all(TUESDAY in head and MONDAY not in head for head in (*_heads(lane), *_heads(lane, close=True)))
    assert all(b"connection: close" in head for head in _heads(lane, close=True))
    assert not any(b"connection: close" in head for head in _heads(lane))


def test_a_tick_ends_those_whose_time_is_over_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane_module, "monotonic", lambda: 1_000.0)
    lane = a_lane()
    late = [Visitor(lane, 999.9), Visitor(lane, 1_000.0)]
    in_time = [Visitor(lane, 1_000.1), Visitor(lane, FOR_EVER)]
    lane.connections = {*late, *in_time}

    lane.tick(MONDAY)

    assert [visitor.ended for visitor in late] == [True, True]
    assert [visitor.ended for visitor in in_time] == [False, False]
    assert lane.now == 1_000.0


def test_a_spelling_of_a_host_is_remembered_and_leads_to_the_domain_s_links() -> None:
    lane = a_lane(base_host="lnk.example.com")

    paths = lane.paths_for(b"LNK.example.com:443")

    assert paths is lane.routes.paths(DEFAULT_DOMAIN)
    assert lane.paths_of_host == {b"LNK.example.com:443": paths}


def test_a_host_that_is_none_of_ours_is_not_remembered() -> None:
    lane = a_lane(base_host="lnk.example.com")

    assert lane.paths_for(b"evil.example.net") is None
    assert lane.paths_of_host == {}


def test_made_up_hosts_do_not_fill_the_memory() -> None:
    lane = a_lane()

    for number in range(HOSTS_MAX * 2 + 5):
        assert lane.paths_for(b"h%d.example.com" % number) is not None
        assert len(lane.paths_of_host) <= HOSTS_MAX


def test_a_host_longer_than_any_name_is_answered_but_not_remembered() -> None:
    lane = a_lane()

    assert lane.paths_for(b"h" * (HOST_BYTES_MAX + 1)) is lane.routes.paths(DEFAULT_DOMAIN)
    assert lane.paths_of_host == {}


def test_domains_that_are_served_from_now_on_are_found_under_names_met_before() -> None:
    lane = a_lane()
    assert lane.paths_for(b"go.example.net") is lane.routes.paths(DEFAULT_DOMAIN)

    lane.take_domains([ServedDomain(id=DomainId(7), host="go.example.net")])

    assert lane.paths_of_host == {}
    assert lane.paths_for(b"go.example.net") is lane.routes.paths(DomainId(7))


@pytest.mark.parametrize(
    ("peer", "packed"),
    [
        (("203.0.113.9", 40_000), b"\xcb\x00\x71\x09"),
        (("::1", 40_000, 0, 0), bytes(15) + b"\x01"),
        (("fe80::1%eth0", 40_000, 0, 2), b"\xfe\x80" + bytes(13) + b"\x01"),
        (("no address", 1), b""),
        ("/run/liulian.sock", b""),
        ("", b""),
        (None, b""),
    ],
)
def test_a_peer_has_an_address_or_none(peer: object, packed: bytes) -> None:
    assert packed_address(peer) == packed
