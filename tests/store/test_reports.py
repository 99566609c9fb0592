"""Reports wait in a queue; a link that is taken down leads nowhere, everywhere, until it is put back."""

import pytest

from liulian.base.errors import InvalidRequest, NotFound
from liulian.base.ids import IdSource
from liulian.safety.model import NOTE_LENGTH_MAX, Report
from liulian.safety.reports import put_back, report_link, take_down
from liulian.storage.database import Database
from liulian.storage.targets import TargetReader
from tests.store.a_link import NOON, a_link

ids = IdSource()


async def a_stored_link(database: Database, slug: str) -> None:
    async with database.write() as tx:
        await tx.links.add([a_link(slug=slug)])


async def report(database: Database, slug: str, *, reason: str = "phishing", note: str = "") -> Report:
    async with database.write() as tx:
        return await report_link(slug, reason=reason, note=note, links=tx.links, store=tx.reports, ids=ids, now=NOON)


async def open_reports(database: Database) -> list[Report]:
    async with database.read() as tx:
        return await tx.reports.list_open(limit=10)


async def test_reports_wait_oldest_first_with_what_was_said(database: Database) -> None:
    await a_stored_link(database, "bad")

    first = await report(database, "bad", note="  asks for passwords ")
    second = await report(database, "bad", reason="spam")

    assert await open_reports(database) == [first, second]
    assert (first.note, second.note) == ("asks for passwords", None)


@pytest.mark.parametrize(
    ("slug", "reason", "note", "code"),
    [
        ("nobody", "phishing", "", "report_link_unknown"),
        ("bad", "dislike", "", "report_reason_unknown"),
        ("bad", "spam", "x" * (NOTE_LENGTH_MAX + 1), "report_note_too_long"),
    ],
)
async def test_report_that_says_nothing_is_refused(
    database: Database, slug: str, reason: str, note: str, code: str
) -> None:
    await a_stored_link(database, "bad")

    with pytest.raises(InvalidRequest) as refused:
        await report(database, slug, reason=reason, note=note)

    assert [error.code for error in refused.value.errors] == [code]


async def test_link_that_is_taken_down_is_gone_for_its_reason_and_its_reports_are_closed(database: Database) -> None:
    await a_stored_link(database, "bad")
    await report(database, "bad")

    async with database.write() as tx:
        await take_down("bad", reason="phishing", links=tx.links, store=tx.reports, now=NOON)

    target = await TargetReader(database).find(domain_id=a_link().domain_id, slug="bad")
    assert target is not None
    assert target.rules is not None
    assert target.rules.taken_down == "phishing"
    assert await open_reports(database) == []


async def test_link_that_is_put_back_leads_where_it_did(database: Database) -> None:
    await a_stored_link(database, "good")

    async with database.write() as tx:
        await take_down("good", reason="spam", links=tx.links, store=tx.reports, now=NOON)
    async with database.write() as tx:
        await put_back("good", links=tx.links, store=tx.reports, now=NOON)

    target = await TargetReader(database).find(domain_id=a_link().domain_id, slug="good")
    assert target is not None
    assert target.rules is None


async def test_only_a_link_that_exists_can_be_taken_down(database: Database) -> None:
    async with database.write() as tx:
        with pytest.raises(NotFound):
            await take_down("nobody", reason="spam", links=tx.links, store=tx.reports, now=NOON)


async def test_taking_down_is_a_change_that_every_server_hears_of(database: Database) -> None:
    await a_stored_link(database, "bad")

    async with database.write() as tx:
        await take_down("bad", reason="other", links=tx.links, store=tx.reports, now=NOON)

    async with database.read() as tx:
        rows = (await tx.connection.exec_driver_sql("SELECT slug FROM link_changes ORDER BY seq")).all()
    assert [row.slug for row in rows] == ["bad", "bad"]  # Made, and taken down.
