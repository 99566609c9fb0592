"""The database of links and accounts: one transaction to write, one to read, and the repositories that hang on them.

A request or a task is one transaction, committed here when its block ends and rolled back when it raises. Opening a
database connects to nothing: a web process starts, and serves what it knows, while the database is away.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from liulian.links.labels import Folder, Tag, UtmTemplate, View
from liulian.storage.acts import ActRows
from liulian.storage.api_keys import ApiKeyRows
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
from liulian.storage.proofs import ProofRows
from liulian.storage.reports import ReportRows
from liulian.storage.salts import SaltRows
from liulian.storage.sends import SendRows
from liulian.storage.sessions import SessionRows
from liulian.storage.standings import SumRows
from liulian.storage.sums import LogRows
from liulian.storage.totals import TotalRows
from liulian.storage.users import UserRows
from liulian.storage.workspaces import WorkspaceRows


class Transaction:
    """The repositories of one transaction. They never commit."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.changes = ChangeLog(connection)
        self.links = LinkRows(connection, changes=self.changes)
        self.lists = ListRows(connection)
        self.organised = OrganisedRows(connection)
        self.tags = LabelRows(connection, tags, Tag)
        self.folders = LabelRows(connection, folders, Folder)
        self.views = LabelRows(connection, views, View)
        self.utm_templates = LabelRows(connection, utm_templates, UtmTemplate)
        self.api_keys = ApiKeyRows(connection)
        self.users = UserRows(connection)
        self.sessions = SessionRows(connection)
        self.one_time = OneTimeRows(connection)
        self.workspaces = WorkspaceRows(connection)
        self.invitations = InvitationRows(connection)
        self.audit = AuditRows(connection)
        self.idempotency = IdempotencyRows(connection)
        self.salts = SaltRows(connection)
        self.totals = TotalRows(connection)
        self.reports = ReportRows(connection)
        self.limits = LimitRows(connection)
        self.doubts = DoubtRows(connection)
        self.domains = DomainRows(connection, changes=self.changes)
        self.domain_files = FileRows(connection, changes=self.changes)
        self.imports = ImportRows(connection, changes=self.changes)
        self.acts = ActRows(connection)
        self.log = LogRows(connection, rows=self.acts)
        self.sums = SumRows(connection)
        self.proofs = ProofRows(connection)
        self.broadcasts = BroadcastRows(connection)
        self.members = MemberRows(connection)
        self.member_identities = IdentityRows(connection)
        self.member_codes = CodeRows(connection)
        self.consents = ConsentRows(connection)
        self.connectors = ConnectorRows(connection)
        self.moves = MoveRows(connection)
        self.communities = CommunityRows(connection)
        self.attempts = AttemptRows(connection)
        self.attendance = AttendanceRows(connection)
        self.evidence = EvidenceRows(connection)
        self.sends_told = SendRows(connection)
        self.money = MoneyRows(connection)
        self.calendar_feeds = FeedRows(connection)


class Database:
    """One per process. `write` and `read` raise Unavailable when the database is away."""

    def __init__(self, url: URL, *, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self.url = url
        self.writer = writer
        self._reader = reader

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
            if transaction.salts.forgotten and self.is_sqlite:
                await self._empty_log()

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
