"""The page of settings says what the code reads."""

from pathlib import Path

from liulian.config import SETTINGS, Settings, read_settings
from tools.settings_page import settings_page

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_page_of_settings_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == settings_page(), "run `make docs`"


def test_every_setting_is_read() -> None:
    assert {setting.name.lower() for setting in SETTINGS} == set(Settings.__dataclass_fields__)


def test_every_setting_is_explained_in_both_languages() -> None:
    assert all(setting.en.endswith(".") and setting.zh.endswith("。") for setting in SETTINGS)


def test_defaults_can_be_used() -> None:
    assert read_settings({}).host == "127.0.0.1"
