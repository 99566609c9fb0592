"""Tables of evidence become acts: headers of shops and mail programs, numbers, times, keys of their own."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from liulian.base.errors import InvalidRequest
from liulian.community.acts import ActKind
from liulian.transfer.evidence import (
    Column,
    Sheet,
    ToldRow,
    TooManyRows,
    checked_mapping,
    open_sheet,
    proposed_mapping,
    told_rows,
)

ORDERS = "订单号,下单时间,邮箱,原价,优惠金额,实付金额,优惠券,备注\n"


def rows(
    tmp_path: Path, text: str | bytes, *, kind: ActKind | None = ActKind.PURCHASE, zone: str = "Asia/Shanghai"
) -> list[ToldRow]:
    path = tmp_path / "table.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    table = open_sheet(path)
    mapping = proposed_mapping(table.columns)
    return list(told_rows(Sheet(table=table, mapping=mapping, zone=ZoneInfo(zone), hide=str.upper, kind=kind)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_orders_are_understood_by_their_headers(encoding: str, tmp_path: Path) -> None:
    text = ORDERS + '1001,2026/3/1 20:00,lin@example.com,"¥1,200.50",200.5元,¥ 1000,春茶,好喝\n'

    (row,) = rows(tmp_path, text.encode(encoding))

    assert row.faults == ()
    assert row.act == {
        "kind": "purchase",
        "key": "1001",
        "at": "2026-03-01T12:00:00+00:00",
        "member": {"email": "lin@example.com"},
        "list_price": 1200.5,
        "discount": 200.5,
        "value": 1000.0,
        "coupon": "春茶",
    }


def test_english_orders_are_understood_by_their_headers() -> None:
    headers = ["Order ID", "Created at", "Customer Email", "Subtotal", "Discount Amount", "Total", "Currency"]

    assert [proposed_mapping(headers)[header] for header in headers] == [
        Column.KEY,
        Column.AT,
        Column.EMAIL,
        Column.LIST_PRICE,
        Column.DISCOUNT,
        Column.VALUE,
        Column.CURRENCY,
    ]


def test_kinds_and_purposes_are_read_as_people_write_them(tmp_path: Path) -> None:
    text = "事件;时间;名称;目的;折扣比例;群名\n群发;2026-03-01 08:00;周报;促销;20%;\n退群;2026-03-01;;;;一群\n"

    sent, quit_ = rows(tmp_path, text, kind=None)

    assert {**sent.act, "key": ""} == {
        "kind": "send",
        "key": "",
        "at": "2026-03-01T00:00:00+00:00",
        "name": "周报",
        "purpose": "promotion",
        "stimulus": {"share": 0.2},
    }
    assert (quit_.act["kind"], quit_.act["group"]) == ("quit", "一群")


def test_rows_without_a_key_are_known_by_content_and_occurrence(tmp_path: Path) -> None:
    line = "2026-03-01 08:00,lin@example.com,8\n"
    table = "时间,邮箱,实付\n"

    first, twice = rows(tmp_path, table + line), rows(tmp_path, table + line + line)

    assert first[0].act["key"] == twice[0].act["key"] != twice[1].act["key"]
    assert rows(tmp_path, table + line, kind=ActKind.OPEN)[0].act["key"] != first[0].act["key"]


def test_cells_that_cannot_be_read_say_so(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, "时间,邮箱,实付\n05/01/2026,lin@example.com,eight\n")

    assert [(fault.field, fault.code) for fault in row.faults] == [
        ("at", "import_date_unknown"),
        ("value", "evidence_number"),
    ]


@pytest.mark.parametrize(
    "mapping", [["at"], {"时间": 1}, {"nowhere": "at"}, {"时间": "colour"}, {"时间": "at", "日期": "at"}]
)
def test_mapping_names_columns_and_fields_that_are_there(mapping: Any) -> None:
    with pytest.raises(InvalidRequest):
        checked_mapping(mapping, ["时间", "日期"])


def test_more_rows_than_are_taken_at_once_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("at\n" + "2026-03-01\n" * 20_001)

    with pytest.raises(TooManyRows):
        open_sheet(path)
