"""Give the services of links what a transaction has for them. No decisions, no SQL."""

from collections.abc import Collection
from datetime import datetime

from liulian.base.ids import IdSource
from liulian.links.placing import Surveyor
from liulian.links.service import STRANGERS_DAYS, Workshop
from liulian.storage.database import Transaction


def workshop_in(
    tx: Transaction,
    *,
    ids: IdSource,
    now: datetime,
    strangers_days: int = STRANGERS_DAYS,
    system_hosts: Collection[str] = (),
) -> Workshop:
    """Return what it takes to make or change links in a transaction. `system_hosts`: the installation's own names."""
    surveyor = Surveyor(
        domains=tx.domains, tags=tx.tags, folders=tx.folders, ids=ids, now=now, system_hosts=system_hosts
    )
    return Workshop(
        store=tx.links,
        organised=tx.organised,
        surveyor=surveyor,
        audit=tx.audit,
        ids=ids,
        now=now,
        strangers_days=strangers_days,
    )
