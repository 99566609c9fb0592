"""What of acts is read where sums are made, and which acts were taken out of them. For all who read deeds."""

from sqlalchemy import BigInteger, bindparam, select, type_coerce

from liulian.community.acts import ActKind
from liulian.storage.act_tables import acts

VOIDS_MAX = 200_000  # Decisions of people: nobody takes that many.

# In the order of a deed's fields, the instant as it is stored.
DEED_COLUMNS = (
    acts.c.id,
    acts.c.member_id,
    acts.c.kind,
    acts.c.object_id,
    acts.c.day,
    acts.c.for_day,
    type_coerce(acts.c.at, BigInteger).label("at_us"),
    acts.c.value,
)
VOIDS = (
    select(acts.c.object_id, acts.c.value)
    .where(acts.c.community_id == bindparam("of_community"), acts.c.kind == ActKind.VOID.value)
    .order_by(acts.c.at, acts.c.id)
    .limit(VOIDS_MAX)
)
