"""Refuse files over 500 lines and functions over 70. Silent when everything fits."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.tree import project_files

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
SUFFIXES = (".py", ".ts", ".js", ".mjs", ".vue", ".css", ".html", ".sh")
SCRIPTS = {".ts", ".js", ".mjs", ".vue"}

# A function that is opened on this line, by whichever of the ways to write one.
SCRIPT_FUNCTION = re.compile(
    r"^(?P<indent>\s*)(?!if\b|for\b|while\b|switch\b|catch\b)\S.*(?:\)|=>|\S>)\s*(?::[^={]*)?\{$"
)


def main() -> None:
    """Print one line for each thing that is too long, and fail if there was any."""
    findings = [
        finding for path in project_files(*SUFFIXES) for finding in check(path, path.read_text(encoding="utf-8"))
    ]
    sys.exit("\n".join(findings) if findings else 0)


def check(path: Path, text: str) -> Iterator[str]:
    """Yield what is too long in one file."""
    lines = text.count("\n")
    if lines > FILE_LINES_MAX:
        yield f"{path}: {lines} lines, at most {FILE_LINES_MAX}"
    functions = (
        python_functions(text) if path.suffix == ".py" else script_functions(text) if path.suffix in SCRIPTS else ()
    )
    for line, length in functions:
        if length > FUNCTION_LINES_MAX:
            yield f"{path}:{line}: a function of {length} lines, at most {FUNCTION_LINES_MAX}"


def python_functions(text: str) -> Iterator[tuple[int, int]]:
    """Yield first line and length of every function."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1


def script_functions(text: str) -> Iterator[tuple[int, int]]:
    """Yield first line and length of every function, told by indentation: scripts here are never minified."""
    lines = text.splitlines()
    for start, line in enumerate(lines):
        opened = SCRIPT_FUNCTION.match(line)
        if opened is None:
            continue
        closing = opened["indent"] + "}"
        end = next((at for at in range(start + 1, len(lines)) if lines[at].startswith(closing)), len(lines) - 1)
        yield start + 1, end - start + 1


if __name__ == "__main__":
    main()
