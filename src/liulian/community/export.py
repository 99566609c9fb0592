"""Everything a community knows of a member, for the member: one JSON document, and their pictures beside it.

Pure. Ids are written as everywhere outside; what only recognises somebody, and what others said, is not in it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from liulian.base.ids import encode_id
from liulian.community.model import Community


def export_json(
    community: Community, rows: Mapping[str, Sequence[Mapping[str, Any]]], *, contacts: Mapping[str, str], now: datetime
) -> bytes:
    """Return the document. `contacts`: addresses and accounts elsewhere in the clear, by kind."""
    told = {
        "community": {"id": encode_id(community.id), "name": community.name, "address": f"/c/{community.slug}"},
        "told_at": now,
        "contacts": dict(contacts),
        "tables": {name: [_told(row) for row in some] for name, some in rows.items()},
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=2)


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in row.items()}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and (name == "id" or name.endswith("_id")):
        return encode_id(value)
    if isinstance(value, str) and value[:1] in "{[" and name in ("detail", "answers"):
        return msgspec.Raw(value.encode())
    return value
