"""The page of settings, from the table in `liulian.config`."""

from liulian.config import PREFIX, SETTINGS, Setting

HEADING = """\
# Settings · 设置

Every setting is an environment variable. An unknown `LIULIAN_…` is warned of and ignored; a value that cannot be used
stops the start with a sentence that names it.

每项设置都是环境变量。不认识的 `LIULIAN_…` 只会提示；无法使用的值会让启动停下，并说明是哪一项。

This page is written by `make docs`, from `src/liulian/config.py`.

| Name · 名称 | Default · 默认 | Kind · 类型 | Meaning · 含义 |
|---|---|---|---|
"""


def settings_page() -> str:
    """Return docs/settings.md."""
    return HEADING + "".join(map(_row, SETTINGS))


def _row(setting: Setting) -> str:
    default = f"`{setting.default}`" if setting.default else "–"
    return f"| `{PREFIX}{setting.name}` | {default} | {setting.kind} | {_cell(setting.en)}<br>{_cell(setting.zh)} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
