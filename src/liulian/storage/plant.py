"""Give those who work on imports what this database has for them. No decisions, no SQL."""

from collections.abc import Collection
from datetime import datetime, tzinfo
from pathlib import Path

from liulian.base.clock import Clock
from liulian.base.ids import IdSource
from liulian.links.service import Workshop
from liulian.links.store import DestinationScreen
from liulian.storage.database import Database, Transaction
from liulian.storage.served import ServedReader
from liulian.storage.workshop import workshop_in
from liulian.transfer.run import Plant
from liulian.transfer.store import Stores


def plant_of(
    database: Database,
    *,
    screen: DestinationScreen,
    folder: Path,
    zone: tzinfo,
    clock: Clock,
    ids: IdSource,
    system_hosts: Collection[str] = (),
) -> Plant:
    """Return what it takes to work on imports whose files are in `folder`."""
    served = ServedReader(database)

    def workshop(tx: Stores, now: datetime, hosts: Collection[str]) -> Workshop:
        assert isinstance(tx, Transaction)  # noqa: S101 - It comes from the database below.
        return workshop_in(tx, ids=ids, now=now, system_hosts=hosts)

    async def all_hosts() -> Collection[str]:
        return [domain.host for domain in await served.served() if domain.host]

    return Plant(
        read=database.read,
        write=database.write,
        workshop_in=workshop,
        all_hosts=all_hosts,
        screen=screen,
        folder=folder,
        zone=zone,
        clock=clock,
        system_hosts=system_hosts,
    )
