"""What others tell of members: purchases, sends, quits and the like, checked field by field. Pure.

A shop, a mail program or a group assistant knows what no page of ours sees. It names a member as it knows them, by an
address or account; here that is only carried to where it is looked up (`telling.py`), and never stored. An act that is
told twice under one key is one act.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from liulian.base.errors import FieldError
from liulian.base.ids import ChannelId, LinkId, RitualId, SendId
from liulian.community.acts import NO_STIMULUS, ActKind, Purpose, Stimulus
from liulian.community.reading import NUMBER_MAX, Reading
from liulian.community.wording import id_of

KEY_LENGTH_MAX = 100
NAME_LENGTH_MAX = 100
CHANNEL_LENGTH_MAX = 40
COUPON_LENGTH_MAX = 60
GROUP_LENGTH_MAX = 60
WHO_LENGTH_MAX = 320  # The longest address.
OCCURRENCE_LENGTH = 16  # `YYYY-MM-DDTHH:MM`.
AHEAD_MAX = timedelta(minutes=5)  # Clocks of others differ a little; what is further ahead has not happened.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
USUAL_CURRENCY = "CNY"

_CURRENCY = re.compile(r"[A-Z]{3}")
_MONEY = ("value", "currency", "discount", "list_price", "coupon")

# What may be said of each kind, besides `kind`, `key`, `at`, `link_id` and `channel_id`.
FIELDS: Mapping[ActKind, tuple[str, ...]] = {
    ActKind.PURCHASE: ("member", *_MONEY, "send_id"),
    ActKind.SEND: ("member", "name", "purpose", "channel", "stimulus", "send_id"),
    ActKind.OPEN: ("member", "channel", "send_id"),
    ActKind.OPT_OUT: ("member", "channel", "send_id"),
    ActKind.QUIT: ("member", "group"),
    ActKind.HEAD_COUNT: ("value", "group"),
    ActKind.ATTENDANCE: ("member", "ritual_id", "occurrence"),
}
_ALL_FIELDS = frozenset(name for names in FIELDS.values() for name in names)
# A quit may be of somebody nobody knows here; a send without a member went to all.
_NEEDS_MEMBER = frozenset({ActKind.PURCHASE, ActKind.OPEN, ActKind.OPT_OUT, ActKind.ATTENDANCE})


class WhoKind(StrEnum):
    """By what a member is named from outside."""

    ID = "id"
    EMAIL = "email"
    WECHAT = "wechat"  # The open id that the connected account knows them by, or the union id.
    WECOM = "wecom"  # The user id within the connected company.


@dataclass(frozen=True, slots=True)
class Who:
    """A member as others name them."""

    kind: WhoKind
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One act as it was told. Where there are `faults`, some of the rest is only there to be looked up all the same."""

    kind: ActKind
    key: str
    at: datetime
    who: Who | None = None
    value: float | None = None
    link_id: LinkId | None = None
    channel_id: ChannelId | None = None
    send_id: SendId | None = None
    ritual_id: RitualId | None = None
    occurrence: str | None = None
    purpose: Purpose | None = None
    stimulus: Stimulus = NO_STIMULUS
    detail: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[FieldError, ...] = ()


def read_told(given: object, *, now: datetime) -> Told:
    """Return an act as it was told, with everything that is wrong with it."""
    reading = Reading(given)
    kind = _kind(reading)
    names = FIELDS.get(kind, ())
    money = _money(reading, kind)
    value = money.pop("value", None)
    told = Told(
        kind=kind,
        key=one_line(reading, "key", length_max=KEY_LENGTH_MAX),
        at=instant_of(reading, "at", now=now),
        who=_who(reading, kind) if "member" in names else None,
        value=value,
        link_id=_id(reading, "link_id", LinkId),
        channel_id=_id(reading, "channel_id", ChannelId),
        send_id=_id(reading, "send_id", SendId) if "send_id" in names else None,
        ritual_id=_ritual(reading) if "ritual_id" in names else None,
        occurrence=_optional(reading, "occurrence", OCCURRENCE_LENGTH) if "occurrence" in names else None,
        purpose=_purpose(reading, kind),
        stimulus=read_stimulus(reading.part("stimulus")) if "stimulus" in names else _given_away(value, money),
        detail=money | _words(reading, kind),
    )
    for name in sorted(_ALL_FIELDS - set(names)):
        if names and reading.has(name):
            reading.fault(name, "evidence_field", kind=kind.value)
        reading.value(name)
    reading.finish()
    return replace(told, faults=tuple(reading.faults))


def one_line(reading: Reading, name: str, *, length_max: int) -> str:
    """Return a text of one line that says something."""
    text = reading.text(name, length_max=length_max)
    if "\n" in text:
        reading.fault(name, "definition_text", max=length_max)
    return text


def instant_of(reading: Reading, name: str, *, now: datetime) -> datetime:
    """Return when something happened: not in the future, and said with its offset from UTC."""
    value = reading.value(name)
    if value is None:
        reading.fault(name, "field_required")
        return now
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
        at = None if at is None or at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        at = None
    if at is None:
        reading.fault(name, "evidence_at")
    elif at > now + AHEAD_MAX:
        reading.fault(name, "evidence_at_ahead")
    elif at < EARLIEST:
        reading.fault(name, "evidence_at_before", year=EARLIEST.year)
    else:
        return at
    return now


def read_stimulus(part: Reading | None) -> Stimulus:
    """Return what was given away: a share from 0 to 1, an amount."""
    if part is None:
        return NO_STIMULUS
    share, amount = amount_of(part, "share", high=1), amount_of(part, "amount")
    part.finish()
    return Stimulus(share=share, amount=amount)


def amount_of(reading: Reading, name: str, *, high: float = NUMBER_MAX) -> float | None:
    """Return a number from 0 on; None where there is none, or a wrong one."""
    if not reading.has(name):
        reading.value(name)
        return None
    number = reading.number(name, low=0, high=high)
    return None if math.isnan(number) else number


def currency_of(reading: Reading) -> str:
    """Return a currency by its three letters."""
    currency = reading.text("currency", length_max=40, default="") or USUAL_CURRENCY
    if not _CURRENCY.fullmatch(currency):
        reading.fault("currency", "evidence_currency")
    return currency


def _kind(reading: Reading) -> ActKind:
    kind = reading.choice("kind", ActKind)
    if reading.has("kind") and kind not in FIELDS and not any(each.field == "kind" for each in reading.faults):
        reading.fault("kind", "choice_unknown", name=kind.value, allowed=", ".join(FIELDS))
    return kind


def _who(reading: Reading, kind: ActKind) -> Who | None:
    part = reading.part("member")
    if part is None:
        if kind in _NEEDS_MEMBER:
            reading.fault("member", "evidence_member_needed")
        return None
    named = [each for each in WhoKind if part.has(each.value)]
    texts = {each: part.text(each.value, length_max=WHO_LENGTH_MAX, default="") for each in WhoKind}
    part.finish()
    if len(named) != 1 or not texts[named[0]]:
        reading.fault("member", "evidence_member_named")
        return None
    return Who(named[0], texts[named[0]])


def _money(reading: Reading, kind: ActKind) -> dict[str, Any]:
    """Return the figures of a purchase or head count."""
    if kind is ActKind.HEAD_COUNT:
        value = _required(reading, "value")
        if value is not None and value % 1:
            reading.fault("value", "evidence_whole")
        return {"value": value}
    if kind is not ActKind.PURCHASE:
        return {}
    money: dict[str, Any] = {"value": _required(reading, "value"), "currency": currency_of(reading)}
    money |= {name: amount_of(reading, name) for name in ("discount", "list_price")}
    money["coupon"] = _optional(reading, "coupon", COUPON_LENGTH_MAX)
    if money["list_price"] is not None and (money["discount"] or 0) > money["list_price"]:
        reading.fault("discount", "evidence_discount")
    return {name: value for name, value in money.items() if value is not None}


def _given_away(paid: float | None, money: Mapping[str, Any]) -> Stimulus:
    """Return the stimulus of a purchase: its discount, and which share of the full price that was."""
    discount = money.get("discount")
    if discount is None:
        return NO_STIMULUS
    full = money.get("list_price", (paid or 0) + discount)
    return Stimulus(share=min(discount / full, 1) if full else None, amount=discount)


def _words(reading: Reading, kind: ActKind) -> dict[str, str]:
    """Return what a send, its channel and a group are called, as far as it was said."""
    words: dict[str, str | None] = {}
    names = FIELDS.get(kind, ())
    if "name" in names:
        words["name"] = _optional(reading, "name", NAME_LENGTH_MAX)
        if words["name"] is None and not reading.has("send_id"):
            reading.fault("name", "field_required")
    if "channel" in names:
        words["channel"] = _optional(reading, "channel", CHANNEL_LENGTH_MAX)
    if "group" in names:
        words["group"] = _optional(reading, "group", GROUP_LENGTH_MAX)
        if words["group"] is None and kind is ActKind.HEAD_COUNT:
            reading.fault("group", "field_required")
    return {name: word for name, word in words.items() if word is not None}


def _purpose(reading: Reading, kind: ActKind) -> Purpose | None:
    if kind is not ActKind.SEND:
        return None
    if not reading.has("purpose") and reading.has("send_id"):
        reading.value("purpose")
        return None  # The send says it.
    return reading.choice("purpose", Purpose)


def _ritual(reading: Reading) -> RitualId | None:
    if not reading.has("ritual_id"):
        reading.fault("ritual_id", "field_required")
    number = id_of(reading, "ritual_id")
    return None if number is None else RitualId(number)


def _required(reading: Reading, name: str) -> float | None:
    if not reading.has(name):
        reading.fault(name, "field_required")
    return amount_of(reading, name)


def _optional(reading: Reading, name: str, length_max: int) -> str | None:
    if not reading.has(name):
        reading.value(name)
        return None
    return one_line(reading, name, length_max=length_max) or None


def _id(reading: Reading, name: str, kind: Any) -> Any:
    number = id_of(reading, name)
    return None if number is None else kind(number)
