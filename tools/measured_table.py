"""Write the table of measurements in both READMEs from what `make bench` measured. A test holds that it is current.

A row whose figures are not in the file is left out. Every number is shown as measured, rounded, never improved.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benches" / "results" / "latest.json"
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh-CN.md"}
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
HEADS = {
    "en": ("what", "reach", "measured"),
    "zh": ("项目", "要求", "实测"),
}
NOTHING = {
    "en": "Nothing has been measured with this version yet: `make bench` does it.",
    "zh": "这个版本还没有测量过，运行 `make bench` 即可测量。",
}
CAPTION = {
    "en": "Measured on {measured_on}: {processor}, {cores} cores, Python {python}. Server and load share the machine.",
    "zh": "测于 {measured_on}：{processor}，{cores} 核，Python {python}。服务与压测在同一台机器上。",
}

Show = Callable[[Any, str], str]  # From a figure and a language to what stands in the last column.


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what is measured, what is to be reached, and where the figure is and how it is written."""

    en: str
    zh: str
    reach_en: str
    reach_zh: str
    path: str
    show: Show

    def cells(self, figure: object, language: str) -> tuple[str, str, str]:
        what, reach = (self.zh, self.reach_zh) if language == "zh" else (self.en, self.reach_en)
        return what, reach, self.show(figure, language)


def _ratio(figure: Mapping[str, float], language: str) -> str:
    ours, theirs = figure["liulian_cpu_us"], figure["nginx_cpu_us"]
    against = f"{ours:.1f} 对 {theirs:.1f} µs" if language == "zh" else f"{ours:.1f} against {theirs:.1f} µs"
    mark = ("（", "）") if language == "zh" else (" (", ")")
    return f"{figure['ratio']:.2f} × nginx{mark[0]}{against}{mark[1]}"


def _rate(unit: str, unit_zh: str) -> Show:
    return lambda figure, language: f"{figure:,.0f} {unit_zh if language == 'zh' else unit}"


def _plain(form: str, scale: float = 1.0) -> Show:
    return lambda figure, _: form.format(figure / scale)


def _seconds(figure: float, language: str) -> str:
    return f"{figure:.1f} {'秒' if language == 'zh' else 's'}"


MEGABYTE = 1_000_000.0
ROWS = (
    Row(
        "CPU of a redirect, connection kept",
        "跳转一次的 CPU，连接保持",
        "≤ 1.8 × nginx",
        "≤ 1.8 × nginx",
        "redirect.keep_alive",
        _ratio,
    ),
    Row(
        "CPU of a redirect, new connection each",
        "跳转一次的 CPU，每次新建连接",
        "≤ 1.9 × nginx",
        "≤ 1.9 × nginx",
        "redirect.new_connection",
        _ratio,
    ),
    Row(
        "clicks stored per answer",
        "每个应答存下的点击",
        "1.000000",
        "1.000000",
        "clicks.stored_per_answer",
        _plain("{:.6f}"),
    ),
    Row(
        "from spool to queryable, one core",
        "从暂存到可查询，单核",
        "≥ 60,000 clicks/s",
        "≥ 60,000 次点击/秒",
        "ingest.ingest.clicks_per_s",
        _rate("clicks/s", "次点击/秒"),
    ),
    Row(
        "memory of a link held ready",
        "每条常驻短链占用的内存",
        "≤ 700 bytes",
        "≤ 700 字节",
        "memory.bytes_per_link",
        _rate("bytes", "字节"),
    ),
    Row(
        "memory of a web process with 100,000 links",
        "装有 10 万条短链的 Web 进程",
        "≤ 140 MB",
        "≤ 140 MB",
        "redirect.web_process_bytes",
        _plain("{:.0f} MB", MEGABYTE),
    ),
    Row(
        "10,000 idle connections",
        "1 万个空闲连接",
        "≤ 60 MB",
        "≤ 60 MB",
        "memory.bytes_for_idle",
        _plain("{:.0f} MB", MEGABYTE),
    ),
    Row(
        "a link made by the API, median",
        "用接口建一条短链，中位数",
        "≤ 4 ms",
        "≤ 4 ms",
        "create.create_p50_ms",
        _plain("{:.1f} ms"),
    ),
    Row(
        "links made in bulk",
        "批量建短链",
        "≥ 2,000 links/s",
        "≥ 2,000 条/秒",
        "create.bulk_per_s",
        _rate("links/s", "条/秒"),
    ),
    Row(
        "the slowest kind of page of a million links, SQLite, median",
        "一百万条短链里最慢的一类列表页，SQLite，中位数",
        "≤ 30 ms",
        "≤ 30 ms",
        "list.sqlite.slowest_promised_p50_ms",
        _plain("{:.1f} ms"),
    ),
    Row(
        "the same, PostgreSQL",
        "同上，PostgreSQL",
        "≤ 30 ms",
        "≤ 30 ms",
        "list.postgres.slowest_promised_p50_ms",
        _plain("{:.1f} ms"),
    ),
    Row(
        "10,000 check-ins within a minute on SQLite, 99th percentile",
        "SQLite 上一分钟内一万次打卡，第 99 百分位",
        "≤ 250 ms",
        "≤ 250 ms",
        "check_ins.p99_ms",
        _plain("{:.0f} ms"),
    ),
    Row(
        "acts stored per check-in that was answered",
        "每次得到答复的打卡存下的记录",
        "1.000000",
        "1.000000",
        "check_ins.stored_per_answer",
        _plain("{:.6f}"),
    ),
    Row(
        "a member's first page among 100,000 members, median",
        "十万成员的社区里成员首页，中位数",
        "≤ 15 ms",
        "≤ 15 ms",
        "member_home.p50_ms",
        _plain("{:.1f} ms"),
    ),
    Row(
        "all sums of a million acts computed again",
        "从一百万条记录重新算出全部合计",
        "≤ 20 s",
        "≤ 20 秒",
        "replay.rebuild_s",
        _seconds,
    ),
)


def main() -> None:
    """Fill both pages in."""
    for language, page in READMES.items():
        before = page.read_text(encoding="utf-8")
        after = filled_in(before, language)
        if after != before:
            page.write_text(after, encoding="utf-8")
            print(f"wrote {page.relative_to(ROOT)}")


def filled_in(page: str, language: str) -> str:
    """Return the page with the present table between its two marks. Raises ValueError where they are missing."""
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no {BEGIN} … {END} in the page")
    return f"{head}{BEGIN}\n{table(read_results(), language)}\n{END}{tail}"


def read_results() -> dict[str, Any]:
    """Return what was measured last, empty where nothing was."""
    return dict(json.loads(RESULTS.read_text(encoding="utf-8"))) if RESULTS.exists() else {}


def table(results: Mapping[str, Any], language: str) -> str:
    """Return the table as Markdown."""
    lines = [row.cells(figure, language) for row in ROWS if (figure := figure_at(results, row.path)) is not None]
    if not lines:
        return NOTHING[language]
    rows = ["| " + " | ".join(cells) + " |" for cells in (HEADS[language], ("---",) * 3, *lines)]
    return "\n".join(rows + _caption(results.get("machine"), language))


def _caption(machine: Mapping[str, Any] | None, language: str) -> list[str]:
    """Return a line that says where and when; none where the file does not tell."""
    if not machine:
        return []
    form = CAPTION[language]
    return ["", form.format(**machine)]


def figure_at(results: Mapping[str, Any], path: str) -> Any:
    """Return the figure at `a.b` of the results, None where there is none."""
    found: Any = results
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


if __name__ == "__main__":
    main()
