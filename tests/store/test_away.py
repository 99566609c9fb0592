"""A database that is away in any way is Unavailable, never a crash: a server starts, stops, is full, hangs up."""

import asyncio
import struct

import pytest
from sqlalchemy.exc import IntegrityError

from liulian.base.errors import Unavailable
from liulian.storage.database import Database

SSL_ASKED = struct.pack("!I", 80_877_103)
CANNOT_CONNECT_NOW, ADMIN_SHUTDOWN, TOO_MANY, NO_SUCH_DATABASE = b"57P03", b"57P01", b"53300", b"3D000"


def refusal(state: bytes) -> bytes:
    """Return PostgreSQL's ErrorResponse to a greeting."""
    body = b"SFATAL\0VFATAL\0C" + state + b"\0Mnot now\0\0"
    return b"E" + struct.pack("!I", len(body) + 4) + body


async def ask_a_server_that_answers(answer: bytes) -> None:
    """Read once from a server that answers every greeting the same."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (await reader.read(1_000))[4:8] == SSL_ASKED:
            writer.write(b"N")
            await reader.read(1_000)
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    database = Database.open(f"postgresql://somebody@127.0.0.1:{port}/liulian")
    try:
        async with database.read() as tx:
            await tx.connection.exec_driver_sql("SELECT 1")
    finally:
        await database.close()
        server.close()


@pytest.mark.parametrize("state", [CANNOT_CONNECT_NOW, ADMIN_SHUTDOWN, TOO_MANY, NO_SUCH_DATABASE])
async def test_a_server_that_cannot_take_us_now_is_unavailable(state: bytes) -> None:
    with pytest.raises(Unavailable):
        await ask_a_server_that_answers(refusal(state))


@pytest.mark.parametrize("answer", [b"", b"E\0\0"])
async def test_a_server_that_hangs_up_in_the_middle_is_unavailable(answer: bytes) -> None:
    with pytest.raises(Unavailable):
        await ask_a_server_that_answers(answer)


async def break_a_rule(database: Database) -> None:
    async with database.write() as tx:
        await tx.connection.exec_driver_sql("CREATE TEMPORARY TABLE once (number INTEGER PRIMARY KEY)")
        await tx.connection.exec_driver_sql("INSERT INTO once VALUES (1), (1)")


async def test_a_refusal_is_no_matter_of_waiting(database: Database) -> None:
    with pytest.raises(IntegrityError):
        await break_a_rule(database)
