"""An import makes each link once, whoever works on it and whatever happens meanwhile; a dry run makes none."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from liulian.accounts.model import Actor, ApiKeyActor, UserActor
from liulian.accounts.permissions import Role
from liulian.base.ids import ApiKeyId, DomainId, IdSource, SessionId, UserId, WorkspaceId
from liulian.links.domain_model import Domain
from liulian.links.screened import NO_SCREEN
from liulian.storage.database import Database
from liulian.storage.plant import plant_of
from liulian.storage.workshop import workshop_in
from liulian.transfer import run
from liulian.transfer.files import sweep
from liulian.transfer.run import Plant, claim_next, work_on, work_on_next
from liulian.transfer.service import (
    ImportWish,
    Office,
    add_import,
    cancel_import,
    change_import,
    file_of,
    look_into,
    pause_import,
    resume_import,
    start_import,
)
from liulian.transfer.task import Counts, Import, ImportId, ImportState, Options, RowResult, RowState, TakenSlug
from tests.store.a_link import NOON, a_link

HERE = WorkspaceId(1)
LOCAL = ApiKeyActor(workspace_id=HERE, api_key_id=ApiKeyId(0))
SEVEN = "url,slug\n" + "".join(f"https://example.com/{n},slug-{n}\n" for n in range(1, 8))

ids = IdSource()


class Works:
    """A workspace whose imports are worked on, three rows at a time, at a time that a test sets."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.now = NOON
        self.stop = asyncio.Event()

    @property
    def plant(self) -> Plant:
        return plant_of(
            self.database,
            screen=NO_SCREEN,
            folder=self.folder,
            zone=ZoneInfo("Asia/Shanghai"),
            clock=lambda: self.now,
            ids=ids,
            system_hosts=["s.test"],
        )

    async def arrange(self, act: Callable[[Office], Awaitable[Import]]) -> Import:
        async with self.database.write() as tx:
            surveyor = workshop_in(tx, ids=ids, now=self.now, system_hosts=["s.test"]).surveyor
            return await act(Office(tx=tx, surveyor=surveyor, ids=ids, now=self.now))

    async def upload(self, content: str, *, actor: Actor = LOCAL, **options: Any) -> Import:
        import_id = ImportId(ids())
        file_of(self.folder, import_id).write_text(content)
        found = look_into(file_of(self.folder, import_id), source="auto")
        new = await self.arrange(
            lambda office: add_import(actor, found, import_id=import_id, name="links.csv", hosts=(), office=office)
        )
        if not options:
            return new
        wish = ImportWish(options=Options(**options))
        return await self.arrange(lambda office: change_import(actor, new.id, wish, office=office))

    async def start(self, task: Import, *, dry_run: bool = False, actor: Actor = LOCAL) -> Import:
        return await self.arrange(lambda office: start_import(actor, task.id, dry_run=dry_run, office=office))

    async def run(self, content: str, *, dry_run: bool = False, actor: Actor = LOCAL, **options: Any) -> Import:
        task = await self.upload(content, actor=actor, **options)
        await self.start(task, dry_run=dry_run, actor=actor)
        await work_on_next(self.plant, self.stop)
        return await self.find(task)

    async def find(self, task: Import) -> Import:
        async with self.database.read() as tx:
            found = await tx.imports.find(task.id, workspace_id=HERE)
        assert found is not None
        return found

    async def rows(self, task: Import) -> list[RowResult]:
        async with self.database.read() as tx:
            return await tx.imports.list_rows(await self.find(task), state=None, after=0, limit=100)

    async def outcome(self, task: Import) -> list[tuple[str, str | None]]:
        """Return state and code of each row."""
        return [(row.state.value, row.reason.code if row.reason else None) for row in await self.rows(task)]

    async def made(self) -> list[tuple[str, str]]:
        """Return slug and destination of all links, in the order of their slugs."""
        async with self.database.read() as tx:
            rows = await tx.connection.execute(text("SELECT slug, destination FROM links ORDER BY slug"))
            return [(row.slug, row.destination) for row in rows]


@pytest.fixture
def works(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Works:
    monkeypatch.setattr(run, "BATCH", 3)
    folder = tmp_path / "imports"
    folder.mkdir()
    return Works(database, folder)


async def test_every_row_becomes_a_link(works: Works) -> None:
    done = await works.run(SEVEN)

    assert (done.state, done.total, done.position) == (ImportState.DONE, 7, 7)
    assert done.counts == Counts(created=7)
    assert await works.made() == [(f"slug-{n}", f"https://example.com/{n}") for n in range(1, 8)]


async def test_link_is_all_that_its_row_says(works: Works) -> None:
    rows = "url,slug,title,note,tags,folder,created,expires\n"
    rows += 'https://example.com/,tea,茶饮,"two\nlines",spring;poster,Shop,2024/1/5 8:30,2030-01-01\n'

    done = await works.run(rows, tags=("new",))
    again = await works.run(rows.replace(",tea,", ",cup,"))

    assert done.counts == again.counts == Counts(created=1)
    async with works.database.read() as tx:
        link = await tx.links.find_by_slug(domain_id=DomainId(1), slug="tea")
        assert link is not None
        around = await tx.lists.around([link], user_id=None)
        assert len(await tx.folders.list_of(HERE, limit=9)) == 1
    assert (link.title, link.note) == ("茶饮", "two\nlines")
    assert link.created_at == datetime(2024, 1, 5, 0, 30, tzinfo=UTC)
    assert link.expires_at == datetime(2030, 1, 1, 16, tzinfo=UTC)
    assert {tag.name for tag in around.tags[link.id]} == {"new", "poster", "spring"}
    assert [folder.name for folder in around.folders.values()] == ["Shop"]


async def test_many_links_may_have_been_made_at_one_instant(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "BATCH", 1_000)
    rows = "url,created\n" + "https://example.com/,2024-01-05\n" * 3_000

    assert (await works.run(rows)).counts == Counts(created=3_000)


async def test_same_file_again_makes_nothing(works: Works) -> None:
    await works.run(SEVEN)

    again = await works.run(SEVEN, on_taken_slug=TakenSlug.RANDOM)

    assert again.counts == Counts(skipped=7)
    assert set(await works.outcome(again)) == {("skipped", "import_already_there")}


TROUBLED = """url,slug,expires
https://example.com/other,taken,
https://example.com/1,a/b,
https://example.com/2,console,
not an address,fine,
https://example.com/3,again,
https://example.com/3,again,
https://example.com/4,again,
https://example.com/5,,2020-01-01
https://example.com/6,,someday
,,,
"""


@pytest.mark.parametrize("dry_run", [False, True])
async def test_rows_say_why_there_is_no_link(works: Works, dry_run: bool) -> None:
    async with works.database.write() as tx:
        await tx.links.add([a_link(slug="taken")])

    done = await works.run(TROUBLED, dry_run=dry_run)

    assert await works.outcome(done) == [
        ("skipped", "slug_taken"),
        ("failed", "slug_characters"),
        ("failed", "slug_reserved"),
        ("failed", "destination_not_a_url"),
        ("created", None),
        ("skipped", "import_already_there"),
        ("skipped", "slug_taken"),
        ("skipped", "expires_at_past"),
        ("failed", "import_date_unknown"),
    ]
    assert done.counts == Counts(created=1, skipped=4, failed=4)
    assert len(await works.made()) == (1 if dry_run else 2)


@pytest.mark.parametrize("dry_run", [False, True])
async def test_slug_that_cannot_be_kept_is_replaced_on_demand(works: Works, dry_run: bool) -> None:
    async with works.database.write() as tx:
        await tx.links.add([a_link(slug="taken")])

    done = await works.run(TROUBLED, dry_run=dry_run, on_taken_slug=TakenSlug.RANDOM)

    assert (await works.outcome(done))[:7] == [
        ("created", "import_slug_replaced"),
        ("created", "import_slug_replaced"),
        ("created", "import_slug_replaced"),
        ("failed", "destination_not_a_url"),
        ("created", None),
        ("skipped", "import_already_there"),
        ("created", "import_slug_replaced"),
    ]
    assert len(await works.made()) == (1 if dry_run else 6)
    replaced = (await works.rows(done))[1]
    assert replaced.reason is not None
    assert replaced.reason.params == {"slug": "a/b"}


async def test_dry_run_leaves_nothing_and_can_be_made_true(works: Works) -> None:
    task = await works.upload("url,slug,tags,folder\nhttps://example.com/,tea,new,Shop\n")
    await works.start(task, dry_run=True)
    await work_on_next(works.plant, works.stop)

    async with works.database.read() as tx:
        assert await tx.tags.list_of(HERE, limit=9) == []
        assert await tx.folders.list_of(HERE, limit=9) == []
    assert (await works.find(task)).counts == Counts(created=1)
    assert [row.link_id for row in await works.rows(task)] == [None]

    await works.start(task)
    await work_on_next(works.plant, works.stop)
    assert (await works.find(task)).counts == Counts(created=1)
    assert await works.made() == [("tea", "https://example.com/")]


async def test_dry_run_knows_slugs_of_batches_before_it_was_interrupted(works: Works) -> None:
    rows = "url,slug\n" + "".join(f"https://example.com/{n},same\n" for n in range(5))
    task = await works.start(await works.upload(rows), dry_run=True)
    await one_batch(works)

    works.now += timedelta(minutes=1)
    await work_on_next(works.plant, works.stop)

    assert (await works.find(task)).counts == Counts(created=1, skipped=4)


async def one_batch(works: Works) -> None:
    """Work on an import for one batch, as a worker does that is killed then: its lease is left behind."""
    claimed = await claim_next(works.plant)
    assert claimed is not None
    task, lease = claimed

    class Killed(BaseException):
        pass

    def kill(after: Import) -> None:
        if after.position:
            raise Killed

    with pytest.raises(Killed):
        await work_on(task, lease=lease, plant=works.plant, stop=works.stop, on_batch=kill)


async def test_killed_worker_is_followed_by_another_when_its_lease_ends(works: Works) -> None:
    task = await works.start(await works.upload(SEVEN))
    await one_batch(works)
    assert (await works.find(task)).position == 3

    assert not await work_on_next(works.plant, works.stop)
    works.now += run.LEASE
    assert await work_on_next(works.plant, works.stop)

    assert (await works.find(task)).counts == Counts(created=7)
    assert len(await works.made()) == 7
    assert [row.row for row in await works.rows(task)] == [1, 2, 3, 4, 5, 6, 7]


async def test_two_workers_that_both_think_it_theirs_make_each_link_once(works: Works) -> None:
    task = await works.start(await works.upload(SEVEN))
    first = await claim_next(works.plant)
    works.now += run.LEASE
    second = await claim_next(works.plant)
    assert first is not None
    assert second is not None

    await asyncio.gather(
        *(work_on(task, lease=lease, plant=works.plant, stop=works.stop) for task, lease in (first, second))
    )

    assert (await works.find(task)).counts == Counts(created=7)
    assert len(await works.made()) == 7


async def test_worker_that_is_told_to_stop_lets_go_at_once(works: Works) -> None:
    task = await works.start(await works.upload(SEVEN))
    works.stop.set()
    await work_on_next(works.plant, works.stop)

    works.stop.clear()
    assert await work_on_next(works.plant, works.stop)
    assert (await works.find(task)).state is ImportState.DONE


async def test_paused_import_goes_on_where_it_was(works: Works) -> None:
    task = await works.start(await works.upload(SEVEN))
    claimed = await claim_next(works.plant)
    assert claimed is not None
    await works.arrange(lambda office: pause_import(LOCAL, task.id, office=office))

    await work_on(claimed[0], lease=claimed[1], plant=works.plant, stop=works.stop)
    assert (await works.find(task)).position == 0
    assert not await work_on_next(works.plant, works.stop)

    await works.arrange(lambda office: resume_import(LOCAL, task.id, office=office))
    assert await work_on_next(works.plant, works.stop)
    assert (await works.find(task)).counts == Counts(created=7)


async def test_cancelled_import_never_goes_on(works: Works) -> None:
    task = await works.start(await works.upload(SEVEN))
    await works.arrange(lambda office: cancel_import(LOCAL, task.id, office=office))

    assert not await work_on_next(works.plant, works.stop)
    assert (await works.find(task)).finished_at == NOON


async def test_file_that_breaks_off_is_imported_up_to_there(works: Works) -> None:
    done = await works.run(SEVEN + 'https://example.com/8,"' + "x" * 70_000)

    assert (done.state, done.counts) == (ImportState.FAILED, Counts(created=7))
    assert done.problem is not None
    assert (done.problem.code, done.problem.params) == ("import_row_broken", {"row": 8})


async def test_file_that_breaks_off_in_a_dry_run_can_be_imported_up_to_there(works: Works) -> None:
    task = await works.run(SEVEN + 'https://example.com/8,"' + "x" * 70_000, dry_run=True)
    assert (task.state, await works.made()) == (ImportState.FAILED, [])

    await works.start(task)
    await work_on_next(works.plant, works.stop)

    assert len(await works.made()) == 7


async def test_import_whose_file_is_gone_says_so(works: Works) -> None:
    task = await works.start(await works.upload(SEVEN))
    file_of(works.folder, task.id).unlink()

    assert not await work_on_next(works.plant, works.stop)
    works.now += run.FILE_AWAY_FOR
    assert await work_on_next(works.plant, works.stop)

    failed = await works.find(task)
    assert failed.problem is not None
    assert failed.problem.code == "import_file_gone"


async def test_import_ends_when_its_maker_may_no_longer_make_links(works: Works) -> None:
    gone = UserActor(workspace_id=HERE, user_id=UserId(7), session_id=SessionId(1), role=Role.EDITOR)

    failed = await works.run(SEVEN, actor=gone)

    assert failed.problem is not None
    assert (failed.state, failed.problem.code) == (ImportState.FAILED, "import_not_allowed")
    assert await works.made() == []


async def test_domain_of_the_workspace_is_kept_and_that_of_others_is_not(works: Works) -> None:
    ours = Domain(id=DomainId(9), workspace_id=HERE, host="go.test", proof="p", created_at=NOON)
    theirs = dataclasses.replace(ours, id=DomainId(10), workspace_id=WorkspaceId(2), host="they.test")
    async with works.database.write() as tx:
        for domain in (ours, theirs):
            await tx.domains.add(domain)
            await tx.domains.replace(dataclasses.replace(domain, verified_at=NOON))

    rows = "short url,url\n" + "".join(
        f"https://{host}/{slug},https://example.com/\n"
        for host, slug in (("go.test", "aa"), ("they.test", "bb"), ("s.test", "cc"), ("bit.test", "dd"))
    )
    done = await works.run(rows + "https://s.test/ee,https://go.test/x\n")

    assert (await works.outcome(done))[4] == ("failed", "destination_own")
    async with works.database.read() as tx:
        found = await tx.connection.execute(text("SELECT slug, domain_id FROM links ORDER BY slug"))
        assert [tuple(row) for row in found] == [("aa", 9), ("bb", 1), ("cc", 1), ("dd", 1)]


async def test_start_and_end_are_in_the_audit_log(works: Works) -> None:
    await works.run(SEVEN, dry_run=True)
    task = await works.run(SEVEN)

    async with works.database.read() as tx:
        entries = await tx.audit.list_page(workspace_id=HERE, before=None, limit=9)
    assert [entry.action for entry in entries] == ["import.finished", "import.started"]
    facts = {"name": "links.csv", "state": "done", "rows": 7, "created": 7, "skipped": 0, "failed": 0}
    assert entries[0].details == facts
    assert task.source == "csv"


async def test_files_are_kept_for_a_week_after_the_end(works: Works) -> None:
    ended, waiting = await works.run(SEVEN), await works.upload(SEVEN)
    now = datetime.now(UTC)  # As the file system has it.
    part = works.folder / "part-1"
    part.write_text("")

    async def left(at: datetime) -> set[str]:
        await sweep(works.folder, read=works.plant.read, write=works.plant.write, now=at)
        return {path.name for path in works.folder.iterdir()}

    names = {file_of(works.folder, task.id).name for task in (ended, waiting)}
    assert await left(NOON + timedelta(days=6)) >= names
    assert RowState.CREATED in {row.state for row in await works.rows(ended)}
    assert await left(NOON + timedelta(days=8)) & names == {file_of(works.folder, waiting.id).name}
    assert (await works.find(waiting)).state is ImportState.CANCELLED
    assert await left(max(now, NOON) + timedelta(days=20)) == set()
