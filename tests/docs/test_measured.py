"""The table of measurements in both READMEs says what was measured, no more and no less."""

import pytest

from tools.measured_table import READMES, figure_at, filled_in, table

RESULTS = {
    "redirect": {"keep_alive": {"liulian_cpu_us": 16.24, "nginx_cpu_us": 10.75, "ratio": 1.512}},
    "clicks": {"stored_per_answer": 1.0},
}


@pytest.mark.parametrize("language", READMES)
def test_readme_shows_what_was_measured_last(language: str) -> None:
    page = READMES[language].read_text(encoding="utf-8")
    assert page == filled_in(page, language), "run `python -m tools.measured_table`"


def test_row_says_the_ratio_and_both_figures() -> None:
    assert "| ≤ 1.8 × nginx | 1.51 × nginx (16.2 against 10.8 µs) |" in table(RESULTS, "en")


def test_row_without_a_figure_is_left_out() -> None:
    rows = [line for line in table(RESULTS, "zh").splitlines() if line.startswith("| ")]
    assert len(rows) == 2 + len(RESULTS), "two lines of heading, and one for each figure"


def test_without_any_figure_the_reader_is_told_so() -> None:
    assert "make bench" in table({}, "en")


def test_figure_is_found_by_its_path() -> None:
    assert figure_at(RESULTS, "redirect.keep_alive.ratio") == 1.512
    assert figure_at(RESULTS, "redirect.new_connection.ratio") is None


def test_page_without_the_two_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="measured"):
        filled_in("# Liulian\n", "en")
