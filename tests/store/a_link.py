"""Links for tests."""

import itertools
from datetime import UTC, datetime
from typing import Any

from liulian.base.ids import DomainId, LinkId, WorkspaceId
from liulian.links.model import Link

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

_numbers = itertools.count(1)


def a_link(**different: Any) -> Link:
    """Return a link that differs from all others and, where told, from the usual."""
    number = next(_numbers)
    usual: dict[str, Any] = {
        "id": LinkId(number),
        "workspace_id": WorkspaceId(1),
        "domain_id": DomainId(1),
        "slug": f"slug{number}",
        "destination": "https://example.com/",
        "title": None,
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Link(**usual | different)
