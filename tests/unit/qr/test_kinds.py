"""What a text is, row by row of `kinds.tsv`. The browser tests hold the page's script to the same rows."""

from pathlib import Path

import pytest

from liulian.base.i18n import Language, catalogue
from liulian.qr.kinds import Act, kind_of, kinds

ROWS = [line.rsplit("\t", 1) for line in Path(__file__).with_name("kinds.tsv").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("text", "name"), ROWS)
def test_kind_of_text(text: str, name: str) -> None:
    assert kind_of(text).name == name


def test_every_kind_has_an_example() -> None:
    assert {name for _, name in ROWS} == {kind.name for kind in kinds()}


@pytest.mark.parametrize("name", ["wechat_group", "wechat_contact", "wecom", "wechat_pay", "alipay"])
def test_code_that_no_redirect_reaches_is_never_filled_in(name: str) -> None:
    assert next(kind.act for kind in kinds() if kind.name == name) is Act.PICTURE


@pytest.mark.parametrize("language", list(Language))
def test_every_kind_is_named_and_explained(language: Language) -> None:
    sentences = catalogue(language)

    for kind in kinds():
        assert f"scan.client.kind.{kind.name}" in sentences
        assert f"scan.client.kind.{kind.name}_help" in sentences


def test_long_text_is_told_in_no_time() -> None:
    assert kind_of("https://example.com/" + "a" * 100_000).name == "url"
    assert kind_of("a" * 100_000).name == "text"
