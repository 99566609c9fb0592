"""The database of links and accounts: one transaction to write, one to read, and the repositories that hang on them.

A request or a task is one transaction, committed here when its block ends and rolled back when it raises. Opening a
database connects to nothing: a web process starts, and serves what it knows, while the database is away.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cached_property, partial
from typing import TypeVar, cast

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from liulian.links.labels import Folder, Tag, UtmTemplate, View
from liulian.storage.acts import ActRows
from liulian.storage.api_keys import ApiKeyRows
from liulian.storage.at_once import Lane
from liulian.storage.attempts import AttemptRows
from liulian.storage.attendance import AttendanceRows
from liulian.storage.audit import AuditRows
from liulian.storage.away import unavailable_when_away
from liulian.storage.broadcasts import BroadcastRows
from liulian.storage.calendar_feeds import FeedRows
from liulian.storage.change_log import ChangeLog
from liulian.storage.communities import CommunityRows
from liulian.storage.connectors import ConnectorRows
from liulian.storage.consents import ConsentRows
from liulian.storage.domain_files import FileRows
from liulian.storage.domains import DomainRows
from liulian.storage.doubts import DoubtRows
from liulian.storage.engines import open_engines, parse_database_url
from liulian.storage.evidence import EvidenceRows
from liulian.storage.flags import FlagRows
from liulian.storage.idempotency import IdempotencyRows
from liulian.storage.imports import ImportRows
from liulian.storage.invitations import InvitationRows
from liulian.storage.labels import LabelRows
from liulian.storage.limits import LimitRows
from liulian.storage.links import LinkRows
from liulian.storage.listing import ListRows
from liulian.storage.member_codes import CodeRows
from liulian.storage.member_identities import IdentityRows
from liulian.storage.member_moves import MoveRows
from liulian.storage.members import MemberRows
from liulian.storage.money import MoneyRows
from liulian.storage.one_time import OneTimeRows
from liulian.storage.organisation_tables import folders, tags, utm_templates, views
from liulian.storage.organised import OrganisedRows
from liulian.storage.photos import PhotoRows
from liulian.storage.posts import PostRows
from liulian.storage.proofs import ProofRows
from liulian.storage.reports import ReportRows
from liulian.storage.salts import SaltRows
from liulian.storage.sends import SendRows
from liulian.storage.sessions import SessionRows
from liulian.storage.sqlite_driver import QuickConnection
from liulian.storage.standings import SumRows
from liulian.storage.sums import LogRows
from liulian.storage.suspects import SuspectRows
from liulian.storage.totals import TotalRows
from liulian.storage.users import UserRows
from liulian.storage.workspaces import WorkspaceRows

Rows = TypeVar("Rows")
Result = TypeVar("Result")


def _rows(make: Callable[[AsyncConnection], Rows]) -> "cached_property[Rows]":
    """Return an attribute that is made of the connection when it is first asked for."""
    return cached_property(lambda tx: make(tx.connection))


class Transaction:
    """The repositories of one transaction, each made when it is first asked for: most need two or three of them.

    They never commit.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.changes = ChangeLog(connection)

    links = cached_property(lambda tx: LinkRows(tx.connection, changes=tx.changes))
    lists = _rows(ListRows)
    organised = _rows(OrganisedRows)
    tags = cached_property(lambda tx: LabelRows(tx.connection, tags, Tag))
    folders = cached_property(lambda tx: LabelRows(tx.connection, folders, Folder))
    views = cached_property(lambda tx: LabelRows(tx.connection, views, View))
    utm_templates = cached_property(lambda tx: LabelRows(tx.connection, utm_templates, UtmTemplate))
    api_keys = _rows(ApiKeyRows)
    users = _rows(UserRows)
    sessions = _rows(SessionRows)
    one_time = _rows(OneTimeRows)
    workspaces = _rows(WorkspaceRows)
    invitations = _rows(InvitationRows)
    audit = _rows(AuditRows)
    idempotency = _rows(IdempotencyRows)
    salts = _rows(SaltRows)
    totals = _rows(TotalRows)
    reports = _rows(ReportRows)
    limits = _rows(LimitRows)
    doubts = _rows(DoubtRows)
    domains = cached_property(lambda tx: DomainRows(tx.connection, changes=tx.changes))
    domain_files = cached_property(lambda tx: FileRows(tx.connection, changes=tx.changes))
    imports = cached_property(lambda tx: ImportRows(tx.connection, changes=tx.changes))
    acts = _rows(ActRows)
    log = cached_property(lambda tx: LogRows(tx.connection, rows=tx.acts))
    sums = _rows(SumRows)
    proofs = _rows(ProofRows)
    photos = _rows(PhotoRows)
    posts = _rows(PostRows)
    flags = _rows(FlagRows)
    suspects = _rows(SuspectRows)
    broadcasts = _rows(BroadcastRows)
    members = _rows(MemberRows)
    member_identities = _rows(IdentityRows)
    member_codes = _rows(CodeRows)
    consents = _rows(ConsentRows)
    connectors = _rows(ConnectorRows)
    moves = _rows(MoveRows)
    communities = _rows(CommunityRows)
    attempts = _rows(AttemptRows)
    attendance = _rows(AttendanceRows)
    evidence = _rows(EvidenceRows)
    sends_told = _rows(SendRows)
    money = _rows(MoneyRows)
    calendar_feeds = _rows(FeedRows)


class Database:
    """One per process. `write` and `read` raise Unavailable when the database is away."""

    def __init__(self, url: URL, *, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self.url = url
        self.writer = writer
        self._reader = reader
        self._lane = Lane()

    @classmethod
    def open(cls, url: str) -> "Database":
        """Return the database at `sqlite:///path` or `postgresql://…`, not yet connected."""
        parsed = parse_database_url(url)
        writer, reader = open_engines(parsed)
        return cls(parsed, writer=writer, reader=reader)

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """One transaction that may write. On SQLite it is alone from its first statement on."""
        with unavailable_when_away():
            async with self.writer.begin() as connection:
                transaction = Transaction(connection)
                yield transaction
                await transaction.changes.write_down()  # Last, because on PostgreSQL it lets one writer pass at a time.
            if (transaction.salts.forgotten or transaction.moves.has_erased) and self.is_sqlite:
                await self._empty_log()

    async def at_once(self, work: Callable[[Transaction], Awaitable[Result]]) -> Result:
        """Do work that waits for nothing but the database in one transaction; on SQLite in one trip to its thread.

        Many do it in the same minute: nobody else writes meanwhile, and it takes much less of the processor. Only what
        such work needs is there: it forgets no salts.
        """
        if not self.is_sqlite:
            async with self.write() as tx:
                return await work(tx)
        with unavailable_when_away():
            async with self.writer.connect() as connection:
                driver = (await connection.get_raw_connection()).driver_connection
                done: Result = await cast("QuickConnection", driver).lend(partial(self._lane.run, work=_whole(work)))
        return done

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """One transaction that only reads; on SQLite it sees one moment."""
        with unavailable_when_away():
            async with self._reader.connect() as connection:
                yield Transaction(connection)

    async def close(self) -> None:
        """Give all connections back."""
        await self.writer.dispose()
        if self._reader is not self.writer:
            await self._reader.dispose()

    async def _empty_log(self) -> None:
        """Wipe SQLite's write-ahead log, where what was deleted can still be read."""
        async with self.writer.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            if driver is not None:
                await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")


def _whole(work: Callable[[Transaction], Awaitable[Result]]) -> Callable[[AsyncConnection], Awaitable[Result]]:
    """Return work together with what every transaction ends with."""

    async def done(connection: AsyncConnection) -> Result:
        transaction = Transaction(connection)
        result = await work(transaction)
        await transaction.changes.write_down()
        return result

    return done
