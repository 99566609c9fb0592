"""The panels of the home page: in their order, and none takes another with it."""

from datetime import datetime

import pytest

from liulian.community.people import MemberActor
from liulian.storage.database import Database, Transaction
from liulian.web.members import panels
from liulian.web.members.panels import ABOVE, ACT, BELOW, Panel, panels_of
from liulian.web.pages.render import render
from tests.web.members.a_community import NOON, a_community, a_member

ASKING = MemberActor(community=a_community(), member=a_member())


async def _fine(tx: Transaction, asking: MemberActor, now: datetime) -> Panel:
    return Panel(template="member/_purpose.html", shown=asking.member.nickname)


async def _broken(tx: Transaction, asking: MemberActor, now: datetime) -> Panel:
    raise LookupError


async def _nothing(tx: Transaction, asking: MemberActor, now: datetime) -> None: ...


async def test_panels_come_in_order_and_one_that_fails_or_is_absent_is_left_out(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"a": _fine, "b": _broken, "c": _nothing, "d": None, "e": _fine}
    monkeypatch.setattr(panels, "shower", given.get)

    async with database.read() as tx:
        found = await panels_of([(name, name) for name in given], tx, ASKING, NOON)

    assert [panel.name for panel in found] == ["a", "e"]
    assert found[0].shown == "阿茶"


def test_module_that_is_not_there_gives_no_panel() -> None:
    assert panels.shower("no_such_module:no_such_panel") is None
    assert panels.shower("home:no_such_panel") is None


def test_no_panel_stands_in_two_places() -> None:
    assert not (ABOVE.keys() & BELOW.keys() | ACT.keys() & (ABOVE.keys() | BELOW.keys()))


async def test_example_panel_shows_the_problem(database: Database) -> None:
    async with database.read() as tx:
        (panel,) = await panels_of([("purpose", ABOVE["purpose"])], tx, ASKING, NOON)
    page = render(panel.template, ASKING.community.language, panel=panel.shown)

    assert "三周里把含糖饮料换成茶" in page
