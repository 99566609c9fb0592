"""What people type and paste into a form without a script."""

import pytest

from liulian.web.pages.typed import destination_in


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://example.com/a,b?c=(d)", "https://example.com/a,b?c=(d)"),
        ("example.com", "https://example.com"),
        (" example.com:8080/a?b=你好 ", "https://example.com:8080/a?b=你好"),
        ("例子.测试/茶", "https://例子.测试/茶"),
        ("看看这个：https://example.com/a，复制打开", "https://example.com/a"),
        ("example.com/tea。", "https://example.com/tea"),
        ("See https://example.com/a.", "https://example.com/a"),
        ("打开 example.com/abc 看看", "https://example.com/abc"),
        ("打开example.com看看，", "https://example.com"),
        ("https://example.com/?q=你好，世界", "https://example.com/?q=你好，世界"),
        ("https://example.com/a，复制打开", "https://example.com/a"),
        ("https://a.example.com/ https://b.example.com/", "https://a.example.com/ https://b.example.com/"),
        ("https://a.example.com/ 和 https://a.example.com/", "https://a.example.com/"),
        ("mail me@example.com", "mail me@example.com"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("ftp://example.com/", "ftp://example.com/"),
        ("no address", "no address"),
        ("", ""),
    ],
)
def test_address_that_is_meant_is_found(typed: str, meant: str) -> None:
    assert destination_in(typed) == meant
