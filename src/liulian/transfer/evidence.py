"""Evidence as a table: a shop's orders, a mail program's sends. Each row becomes an act as the API would be told it.

What columns mean is said by whoever uploads the file, or proposed from their headers. Pure but for reading the file;
what becomes of an act is decided in `community/telling.py`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any

from liulian.base.errors import AppError, FieldError, InvalidRequest
from liulian.community.acts import ActKind
from liulian.community.evidence import FIELDS
from liulian.transfer.dates import UnknownDate, read_instant
from liulian.transfer.model import Row, plain
from liulian.transfer.reading import Table, open_table, rows_of

FILE_BYTES_MAX = 10 << 20
ROWS_MAX = 20_000  # It is done while somebody waits; whoever has more sends several files.
FAILURES_MAX = 100  # Listed; whoever has more starts with these.


class Column(StrEnum):
    """What a column can be."""

    KEY = "key"
    KIND = "kind"
    AT = "at"
    MEMBER = "member_id"
    EMAIL = "email"
    WECHAT = "wechat"
    WECOM = "wecom"
    VALUE = "value"
    CURRENCY = "currency"
    DISCOUNT = "discount"
    LIST_PRICE = "list_price"
    COUPON = "coupon"
    NAME = "name"
    PURPOSE = "purpose"
    SHARE = "stimulus_share"
    AMOUNT = "stimulus_amount"
    CHANNEL = "channel"
    GROUP = "group"
    RITUAL = "ritual_id"
    OCCURRENCE = "occurrence"
    SEND = "send_id"
    LINK = "link_id"
    CHANNEL_LINK = "channel_id"


# How columns are called elsewhere, in `plain` spelling; the surest first.
_HEADERS: Mapping[Column, tuple[str, ...]] = {
    Column.KEY: ("key", "订单号", "订单编号", "单号", "流水号", "orderid", "ordernumber", "orderno", "编号", "eventid"),
    Column.KIND: ("kind", "类型", "事件", "事件类型", "event", "eventtype"),
    Column.AT: (
        *("at", "时间", "下单时间", "支付时间", "付款时间", "交易时间", "发送时间", "打开时间", "退群时间", "日期"),
        *("createdat", "paidat", "orderdate", "date", "time", "datetime", "timestamp", "sentat"),
    ),
    Column.MEMBER: ("memberid", "member", "成员id", "成员编号", "会员id"),
    Column.EMAIL: ("email", "emailaddress", "customeremail", "邮箱", "电子邮箱", "邮件地址"),
    Column.WECHAT: ("wechat", "openid", "unionid", "微信openid", "微信unionid"),
    Column.WECOM: ("wecom", "userid", "企业微信", "企业微信id", "成员userid"),
    Column.VALUE: (
        *("value", "实付金额", "实付", "支付金额", "付款金额", "实收金额", "成交金额", "金额", "人数", "群人数"),
        *("paid", "total", "amountpaid", "ordertotal", "amount", "members", "headcount", "count"),
    ),
    Column.CURRENCY: ("currency", "币种", "货币"),
    Column.DISCOUNT: ("discount", "优惠金额", "优惠", "折扣金额", "减免金额", "discountamount", "totaldiscount"),
    Column.LIST_PRICE: ("listprice", "原价", "标价", "吊牌价", "订单金额", "应付金额", "subtotal", "originalprice"),
    Column.COUPON: ("coupon", "优惠券", "优惠码", "券码", "couponcode", "discountcode", "promocode"),
    Column.NAME: ("name", "名称", "标题", "主题", "活动名称", "subject", "title", "campaign", "campaignname"),
    Column.PURPOSE: ("purpose", "目的", "用途"),
    Column.SHARE: ("stimulusshare", "折扣比例", "优惠比例", "discountshare"),
    Column.AMOUNT: ("stimulusamount", "让利金额", "红包金额"),
    Column.CHANNEL: ("channel", "渠道", "发送渠道", "medium"),
    Column.GROUP: ("group", "群", "群名", "群名称", "群聊", "groupname"),
    Column.RITUAL: ("ritualid", "仪式id"),
    Column.OCCURRENCE: ("occurrence", "场次"),
    Column.SEND: ("sendid", "发送id"),
    Column.LINK: ("linkid", "短链id"),
    Column.CHANNEL_LINK: ("channelid", "渠道id"),
}
# What people write in a column of kinds and purposes.
_KINDS = {
    **{kind.value: kind.value for kind in FIELDS},
    **dict.fromkeys(("购买", "下单", "订单", "消费", "order"), ActKind.PURCHASE.value),
    **dict.fromkeys(("发送", "推送", "群发", "sent"), ActKind.SEND.value),
    **dict.fromkeys(("打开", "opened"), ActKind.OPEN.value),
    **dict.fromkeys(("退订", "拒收", "unsubscribe", "unsubscribed", "optout"), ActKind.OPT_OUT.value),
    **dict.fromkeys(("退群", "left"), ActKind.QUIT.value),
    **dict.fromkeys(("人数", "群人数", "headcount"), ActKind.HEAD_COUNT.value),
    **dict.fromkeys(("出席", "参加", "签到", "attended"), ActKind.ATTENDANCE.value),
}
_PURPOSES = {"问题": "problem", "解决问题": "problem", "促销": "promotion", "推广": "promotion", "其他": "other"}
_NUMBERS = frozenset({Column.VALUE, Column.DISCOUNT, Column.LIST_PRICE, Column.SHARE, Column.AMOUNT})
_WHO = {Column.MEMBER: "id", Column.EMAIL: "email", Column.WECHAT: "wechat", Column.WECOM: "wecom"}
_STIMULUS = {Column.SHARE: "share", Column.AMOUNT: "amount"}
_AROUND_NUMBER = re.compile(r"^[¥￥$€£]|元$|人$|\s")
_GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")

MappingOf = Mapping[str, Column]  # Column of the file → what it is.


class TooManyRows(AppError):
    """The file has more rows than are taken at once."""

    status, code = 422, "evidence_rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """How the rows of one file are read. `hide` makes a key of a row's content that tells nothing of it."""

    table: Table
    mapping: MappingOf
    zone: tzinfo
    hide: Callable[[str], str]
    kind: ActKind | None = None


@dataclass(frozen=True, slots=True)
class ToldRow:
    """One row as an act that can be told, or what cannot be read of it."""

    number: int
    act: Mapping[str, Any]
    faults: tuple[FieldError, ...] = ()


def open_sheet(path: Path) -> Table:
    """Look into a file. Raises what `open_table` raises, and TooManyRows."""
    table = open_table(path)
    if next(islice(rows_of(table), ROWS_MAX, None), None) is not None:
        raise TooManyRows(max=ROWS_MAX)
    return table


def proposed_mapping(columns: Sequence[str]) -> dict[str, Column]:
    """Return what the columns of a file seem to be, by their headers. No two columns are the same thing."""
    by_plain = {plain(column): column for column in reversed(columns)}
    found: dict[str, Column] = {}
    for column, spellings in _HEADERS.items():
        fitting = (by_plain[each] for each in spellings if each in by_plain and by_plain[each] not in found)
        named = next(fitting, None)
        if named is not None:
            found[named] = column
    return found


def checked_mapping(given: object, columns: Sequence[str]) -> dict[str, Column]:
    """Return a mapping that was sent. Raises InvalidRequest for columns or fields that do not exist, or one twice."""
    if not isinstance(given, dict) or not all(isinstance(each, str) for each in given.values()):
        raise InvalidRequest(errors=(FieldError("mapping", "field_type"),))
    errors: list[FieldError] = []
    mapping: dict[str, Column] = {}
    for name, field in given.items():
        if name not in columns or field not in set(Column):
            errors.append(FieldError(f"mapping.{name[:60]}", "evidence_mapping", {"allowed": ", ".join(Column)}))
        elif Column(field) in mapping.values():
            errors.append(FieldError(f"mapping.{name[:60]}", "evidence_mapping_twice", {"name": field}))
        else:
            mapping[name] = Column(field)
    if errors:
        raise InvalidRequest(errors=tuple(errors))
    return mapping


def told_rows(sheet: Sheet) -> Iterator[ToldRow]:
    """Yield each row as an act, in the order of the file. Raises BrokenRow where a row cannot be read."""
    seen: Counter[str] = Counter()
    for number, row in rows_of(sheet.table):
        cells = {each: text for name, each in sheet.mapping.items() if (text := row.get(name, "").strip())}
        act, faults = _act(cells, sheet)
        if "key" not in act:
            act["key"] = _key(row, seen, sheet)
        yield ToldRow(number, act, faults)


def _key(row: Row, seen: Counter[str], sheet: Sheet) -> str:
    """Return a key by what a row says and how often it was said before: the same file again has the same keys."""
    kind = "" if sheet.kind is None else sheet.kind.value
    content = sheet.hide("\0".join([kind, *(f"{name}\1{text}" for name, text in sorted(row.items()))]))
    seen[content] += 1
    return f"row-{content}-{seen[content]}"


def _act(cells: Mapping[Column, str], sheet: Sheet) -> tuple[dict[str, Any], tuple[FieldError, ...]]:
    faults: list[FieldError] = []
    act: dict[str, Any] = {} if sheet.kind is None else {"kind": sheet.kind.value}
    for column, cell in cells.items():
        value: Any = cell
        if column is Column.AT:
            value = _instant(cell, sheet, faults)
        elif column in _NUMBERS:
            value = _number(cell, column, faults)
        elif column is Column.KIND:
            value = _KINDS.get(cell.casefold(), cell)
        elif column is Column.PURPOSE:
            value = _PURPOSES.get(cell, cell.casefold())
        elif column is Column.CURRENCY:
            value = cell.upper()
        if value is not None:
            _put(act, column, value)
    return act, tuple(faults)


def _put(act: dict[str, Any], column: Column, value: Any) -> None:
    if column in _WHO:
        # A file may know several names of one person: the first that is there is enough.
        act.setdefault("member", {_WHO[column]: value})
    elif column in _STIMULUS:
        act.setdefault("stimulus", {})[_STIMULUS[column]] = value
    else:
        act[column.value] = value


def _instant(cell: str, sheet: Sheet, faults: list[FieldError]) -> str | None:
    try:
        at = read_instant(cell, zone=sheet.zone)
    except UnknownDate:
        at = None
    if at is None:
        faults.append(FieldError("at", "import_date_unknown", {"text": cell[:40]}))
        return None
    return at.isoformat()


def _number(cell: str, column: Column, faults: list[FieldError]) -> float | None:
    text = _AROUND_NUMBER.sub("", cell)
    text = text.replace(",", "") if _GROUPED.fullmatch(text) else text
    try:
        if column is Column.SHARE and text.endswith("%"):
            return float(text[:-1]) / 100
        return float(text)
    except ValueError:
        faults.append(FieldError(column.value, "evidence_number", {"text": cell[:40]}))
        return None
