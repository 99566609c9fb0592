"""The full side: bounds on size and time, exactly one Host, and the connection given back."""

import json

import pytest

from benches.differential import Judge
from liulian.base.meters import Meter
from liulian.edge.full import FullSide
from liulian.edge.head import HEAD_BYTES_MAX
from liulian.edge.lane import FOR_EVER
from liulian.edge.server import FastLane

CLICK = b"GET /abcdefg HTTP/1.1\r\nHost: lnk.example.com\r\n\r\n"
ODD = b"HEAD /abcdefg HTTP/1.1\r\nHost: lnk.example.com\r\n\r\n"


def a_head(size: int) -> bytes:
    """Return a HEAD request whose head has exactly `size` bytes."""
    start = ODD.removesuffix(b"\r\n") + b"X: "
    return start + b"a" * (size - len(start) - 4) + b"\r\n\r\n"


async def test_the_connection_comes_back_to_the_fast_lane_after_an_odd_request() -> None:
    connection = Judge().connect()

    connection.send(ODD)
    assert isinstance(connection.protocol, FullSide)
    assert await connection.answers() == [302]

    assert isinstance(connection.protocol, FastLane)
    connection.send(CLICK)
    assert await connection.answers() == [302, 302]


async def test_a_head_that_arrives_in_pieces_is_answered_once() -> None:
    connection = Judge().connect()

    for byte in CLICK:
        connection.send(bytes([byte]))

    assert await connection.answers() == [302]
    assert isinstance(connection.protocol, FastLane)


async def test_a_head_of_sixteen_kibibytes_is_read() -> None:
    connection = Judge().connect()

    connection.send(a_head(HEAD_BYTES_MAX))

    assert await connection.answers() == [302]


@pytest.mark.parametrize("piece", [1_000, 65_536])
async def test_a_longer_head_is_refused(piece: int) -> None:
    connection = Judge().connect()
    head = a_head(HEAD_BYTES_MAX + 1)

    for at in range(0, len(head), piece):
        if not connection.transport.is_closing():
            connection.send(head[at : at + piece])

    assert await connection.answers() == [431]
    assert connection.transport.is_closing()


async def test_an_endless_head_costs_no_memory() -> None:
    connection = Judge().connect()
    connection.send(b"GET /abcdefg HTTP/1.1\r\nX: ")

    sent = 0
    while not connection.transport.is_closing():
        connection.send(b"a" * 4_096)
        sent += 4_096

    assert sent <= HEAD_BYTES_MAX + 4_096
    assert await connection.answers() == [431]


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"GET /abcdefg HTTP/1.1\r\n\r\n", id="no host"),
        pytest.param(CLICK.replace(b"\r\n\r\n", b"\r\nHost: b\r\n\r\n"), id="two hosts"),
        pytest.param(CLICK.replace(b"/abcdefg", b"http://other.example/abcdefg"), id="another host in the target"),
        pytest.param(b"CONNECT lnk.example.com:443 HTTP/1.1\r\nHost: lnk.example.com:443\r\n\r\n", id="connect"),
        pytest.param(CLICK.replace(b"\r\n\r\n", b"\r\nX: \0\r\n\r\n"), id="NUL"),
        pytest.param(CLICK.replace(b"\r\n\r\n", b"\r\n folded\r\n\r\n"), id="folded line"),
        pytest.param(CLICK.replace(b"Host:", b"Host :"), id="space before the colon"),
        pytest.param(CLICK.replace(b"lnk.example.com", b"localhost:x@evil"), id="a host that is none"),
        pytest.param(CLICK.replace(b"lnk.example.com", b"a:1:2"), id="two ports"),
        pytest.param(CLICK.replace(b"lnk.example.com", b""), id="an empty host"),
    ],
)
async def test_a_head_that_could_mean_two_things_is_refused(head: bytes) -> None:
    connection = Judge().connect()

    connection.send(head)

    assert await connection.answers() == [400]
    assert connection.transport.is_closing()


async def test_an_absolute_target_that_names_the_same_host_is_answered() -> None:
    connection = Judge().connect()

    connection.send(CLICK.replace(b"/abcdefg", b"http://lnk.example.com/abcdefg"))

    assert await connection.answers() == [302]


async def test_a_body_on_get_is_read_and_thrown_away() -> None:
    connection = Judge().connect()

    connection.send(CLICK.replace(b"\r\n\r\n", b"\r\nContent-Length: 5\r\n\r\nhello") + CLICK)

    assert await connection.answers() == [302, 302]


async def test_a_slow_head_is_refused_in_time_and_bytes_do_not_buy_more() -> None:
    judge = Judge()
    connection = judge.connect()
    connection.send(b"GET /abcdefg HTTP/1.1\r\n")
    first = connection.protocol.deadline
    judge.lane.now += 5
    connection.send(b"Host: lnk.example.com\r\n")

    assert connection.protocol.deadline == first
    connection.protocol.expire()

    assert await connection.answers() == [408]
    assert connection.transport.is_closing()
    assert judge.lane.counts[Meter.EXPIRED] == 1


async def test_an_answer_may_take_its_time() -> None:
    connection = Judge().connect()

    connection.send(ODD)

    assert connection.protocol.deadline == FOR_EVER
    await connection.answers()


async def test_a_bad_request_behind_a_good_one_does_not_take_its_answer() -> None:
    connection = Judge().connect()

    connection.send(ODD + b"NONSENSE\r\n\r\n")

    assert await connection.answers() == [302]
    assert connection.transport.is_closing()


async def test_an_idle_connection_is_ended_without_a_word() -> None:
    judge = Judge()
    connection = judge.connect()
    connection.send(CLICK)
    judge.lane.now = connection.protocol.deadline

    connection.protocol.expire()

    assert await connection.answers() == [302]
    assert connection.transport.is_closing()


async def test_too_many_connections_are_refused_and_counted() -> None:
    judge = Judge()
    judge.lane.limits = type(judge.lane.limits)(connections_max=2)
    open_ones = [judge.connect() for _ in range(2)]

    refused = judge.connect()

    assert await refused.answers() == [503]
    assert refused.transport.is_closing()
    assert not any(connection.transport.is_closing() for connection in open_ones)
    assert judge.lane.counts[Meter.REFUSED] == 1


async def test_connection_close_is_kept() -> None:
    connection = Judge().connect()

    connection.send(CLICK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))

    assert await connection.answers() == [302]
    assert b"connection: close" in connection.transport.sent
    assert connection.transport.is_closing()


async def test_empty_lines_do_not_keep_a_connection_for_ever() -> None:
    judge = Judge()
    connection = judge.connect()
    connection.send(b"\r\n")
    first = connection.protocol.deadline
    judge.lane.now += 5
    connection.send(b"\r\n")

    assert connection.protocol.deadline == first < FOR_EVER
    connection.protocol.expire()

    assert await connection.answers() == []
    assert connection.transport.is_closing()


async def test_a_refusal_has_the_shape_of_every_problem() -> None:
    connection = Judge().connect()

    connection.send(b"GET /abcdefg HTTP/1.1\r\n\r\n")
    await connection.answers()

    problem = json.loads(bytes(connection.transport.sent).partition(b"\r\n\r\n")[2])
    assert {"type", "title", "status", "detail", "code", "errors"} <= problem.keys()
    assert problem["code"] == "bad_request"
