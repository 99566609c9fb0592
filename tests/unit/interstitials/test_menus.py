"""Where apps keep their way out: known apps only, and nothing where nothing is known."""

import pytest

from liulian.interstitials.menus import _MENUS, Place, find_menu
from liulian.links.guard import GUARDABLE


def test_every_app_of_the_table_is_one_that_can_be_guarded() -> None:
    assert set(_MENUS) <= GUARDABLE


@pytest.mark.parametrize(("app", "system"), [("xiaohongshu", "iOS"), ("webview", "Android"), ("qq", "Windows")])
def test_no_menu_is_named_where_none_is_known(app: str, system: str) -> None:
    assert find_menu(app, system) is None


def test_menu_of_an_app_differs_between_systems() -> None:
    on_iphone, on_android = find_menu("line", "iOS"), find_menu("line", "Android")

    assert on_iphone is not None
    assert on_android is not None
    assert (on_iphone.place, on_android.place) == (Place.BOTTOM_RIGHT, Place.TOP_RIGHT)


def test_harmony_has_the_menu_of_android() -> None:
    assert find_menu("wechat", "HarmonyOS") == find_menu("wechat", "Android")
