"""The shapes of what others tell of members, of sends, and of money, on the wire. Shapes only: rules are elsewhere."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from liulian.community.acts import Purpose
from liulian.community.evidence import (
    CHANNEL_LENGTH_MAX,
    COUPON_LENGTH_MAX,
    FIELDS,
    GROUP_LENGTH_MAX,
    KEY_LENGTH_MAX,
    NAME_LENGTH_MAX,
    USUAL_CURRENCY,
    WHO_LENGTH_MAX,
)
from liulian.community.money import ENTRIES_MAX, NOTE_LENGTH_MAX
from liulian.community.telling import ACTS_MAX
from liulian.transfer.evidence import FAILURES_MAX, FILE_BYTES_MAX, ROWS_MAX, Column
from liulian.web.api.community_part_schemas import Day
from liulian.web.api.community_schemas import limited
from liulian.web.api.schemas import Id, Problem, Wish

Kind = Annotated[str, Field(json_schema_extra={"enum": [kind.value for kind in FIELDS]})]
Key = Annotated[
    str, limited(KEY_LENGTH_MAX, "Your own name for it, unique in the community: told twice, it counts once.")
]
Amount = Annotated[float | None, Field(json_schema_extra={"minimum": 0})]
Currency = Annotated[str | None, Field(description=f"Three letters. Left out: {USUAL_CURRENCY}.")]
_WHO = Annotated[str | None, limited(WHO_LENGTH_MAX)]


class MemberNamed(Wish):
    """Who it was, by exactly one of these. What is sent here is only compared, never stored."""

    id: Annotated[Id | None, Field(description="The id of the member here.")] = None
    email: _WHO = None
    wechat: Annotated[
        str | None, limited(WHO_LENGTH_MAX, "The open id within the connected service account, or the union id.")
    ] = None
    wecom: Annotated[str | None, limited(WHO_LENGTH_MAX, "The user id within the connected company.")] = None


class StimulusShape(Wish):
    """What was given away: the share of a discount from 0 to 1, and an amount of money."""

    share: Annotated[float | None, Field(json_schema_extra={"minimum": 0, "maximum": 1})] = None
    amount: Amount = None


class ActWish(Wish):
    """Something that happened elsewhere. Which fields there are depends on the kind; docs/guide says which."""

    kind: Kind
    key: Key
    at: Annotated[
        str,
        Field(
            description="When it happened, with its offset from UTC; at most five minutes ahead.",
            examples=["2026-03-01T20:00:00+08:00"],
        ),
    ]
    member: MemberNamed | None = None
    value: Annotated[float | None, Field(description="What was paid, after discounts; or how many are there.")] = None
    currency: Currency = None
    discount: Amount = None
    list_price: Amount = None
    coupon: Annotated[str | None, limited(COUPON_LENGTH_MAX)] = None
    name: Annotated[str | None, limited(NAME_LENGTH_MAX, "Of a send without `send_id`.")] = None
    purpose: Annotated[Purpose | None, Field(strict=False)] = None
    stimulus: StimulusShape | None = None
    channel: Annotated[str | None, limited(CHANNEL_LENGTH_MAX, "By which it was sent, such as `sms`.")] = None
    group: Annotated[str | None, limited(GROUP_LENGTH_MAX, "A group elsewhere.")] = None
    ritual_id: Annotated[Id | None, Field(description="Of an attendance.")] = None
    occurrence: Annotated[
        str | None, Field(description="Which one, by its local time by the rule. Left out: the one open at `at`.")
    ] = None
    send_id: Id | None = None
    link_id: Annotated[Id | None, Field(description="The short link that brought them.")] = None
    channel_id: Annotated[Id | None, Field(description="The channel that brought them.")] = None


class ActList(Wish):
    """What happened elsewhere."""

    acts: Annotated[list[ActWish], Field(json_schema_extra={"minItems": 1, "maxItems": ACTS_MAX})]


class ActResult(BaseModel):
    """What became of the act at `index`: its id, or a problem. `is_new` false: it was told before."""

    index: int
    act_id: Id | None = None
    is_new: bool | None = None
    problem: Problem | None = None


class ActAnswer(BaseModel):
    """One result for each act sent, in the same order."""

    results: list[ActResult]


class RowProblem(BaseModel):
    """Why a row became no act. Rows are counted from 1, without the header."""

    row: int
    problem: Problem


class EvidenceReport(BaseModel):
    """What became of a file. `known` rows were there before. Of failures the first are listed."""

    columns: list[str]
    mapping: Annotated[dict[str, str], Field(description="Column → field, as it was used.")]
    rows: Annotated[int, Field(ge=0)]
    created: Annotated[int, Field(ge=0)]
    known: Annotated[int, Field(ge=0)]
    failed: Annotated[int, Field(ge=0)]
    failures: Annotated[list[RowProblem], Field(max_length=FAILURES_MAX)]
    dry_run: bool


class SendWish(Wish):
    """Something that was sent to members by another program."""

    key: Key
    name: Annotated[str, limited(NAME_LENGTH_MAX)]
    purpose: Annotated[Purpose, Field(strict=False)]
    sent_at: Annotated[str, Field(description="With its offset from UTC.", examples=["2026-03-01T20:00:00+08:00"])]
    channel: Annotated[str | None, limited(CHANNEL_LENGTH_MAX)] = None
    stimulus: StimulusShape | None = None


class Send(BaseModel):
    """Something that was sent to members: by another program, or a broadcast of the community itself."""

    id: Id
    kind: Literal["external", "broadcast"]
    key: str | None
    name: str
    purpose: Purpose
    channel: str | None
    stimulus: StimulusShape
    sent_at: datetime
    created_at: datetime


class SendPage(BaseModel):
    """Sends, newest first. `next_cursor` null: there are no more."""

    sends: list[Send]
    next_cursor: str | None


class MoneyWish(Wish):
    """What a module cost or brought in on a day."""

    key: Key
    day: Day
    service_id: Annotated[Id | None, Field(description="The module. Left out: the community as a whole.")] = None
    cost: Amount = None
    income: Amount = None
    currency: Currency = None
    note: Annotated[str | None, limited(NOTE_LENGTH_MAX)] = None


class MoneyList(Wish):
    """Costs and income."""

    entries: Annotated[list[MoneyWish], Field(json_schema_extra={"minItems": 1, "maxItems": ENTRIES_MAX})]


class MoneyResult(BaseModel):
    """What became of the entry at `index`: its id, or a problem. `is_new` false: its key was there before."""

    index: int
    id: Id | None = None
    is_new: bool | None = None
    problem: Problem | None = None


class MoneyAnswer(BaseModel):
    """One result for each entry sent, in the same order."""

    results: list[MoneyResult]


class MoneyEntry(BaseModel):
    """What a module cost and brought in on a day."""

    id: Id
    key: str
    day: date
    service_id: Id | None
    cost: float
    income: float
    currency: str
    note: str | None
    created_at: datetime


class MoneyPage(BaseModel):
    """Entries, those told last first. `next_cursor` null: there are no more."""

    entries: list[MoneyEntry]
    next_cursor: str | None


class MoneySum(BaseModel):
    """What one module cost and brought in, in one currency. `service_id` null: the community as a whole."""

    service_id: Id | None
    currency: str
    cost: float
    income: float


class MoneySums(BaseModel):
    """Sums of all modules."""

    sums: list[MoneySum]
    next_cursor: None


SHAPES: tuple[type[BaseModel], ...] = (
    ActList,
    ActAnswer,
    EvidenceReport,
    SendWish,
    Send,
    SendPage,
    MoneyList,
    MoneyAnswer,
    MoneyPage,
    MoneySums,
)

# A file is read as it comes, so its shape is written here by hand.
EVIDENCE_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": f"CSV or JSON, at most {FILE_BYTES_MAX >> 20} MB and {ROWS_MAX:,} rows.",
                        },
                        "mapping": {
                            "type": "string",
                            "description": "A JSON object, column → field. Left out: what the headers say. Fields: "
                            + ", ".join(f"`{each}`" for each in Column)
                            + ".",
                        },
                        "kind": {
                            "type": "string",
                            "enum": [kind.value for kind in FIELDS],
                            "description": "Of all rows that have no column for it.",
                        },
                        "zone": {
                            "type": "string",
                            "description": "Where times without an offset are from. Left out: the community's.",
                        },
                        "dry_run": {
                            "type": "string",
                            "enum": ["true", "false"],
                            "default": "false",
                            "description": "`true`: say what would become of each row, and write nothing.",
                        },
                    },
                }
            }
        },
    }
}
