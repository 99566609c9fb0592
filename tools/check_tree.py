"""Refuse what no file of this project may hold: addresses of package registries, paths of one machine, loose ends.

A lock file names what and its hash; where from is each machine's own setting.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.tree import project_files

# Written apart, so that this file does not name them either.
REGISTRIES = (
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry." + "npmjs",
    "registry." + "npmmirror",
    "/simple" + "/",
)
MACHINE = re.compile(r"(?<![\w.}/-])/(?:work|root|Users)/|file://" + "/")
LOOSE_END = re.compile(r"\b(?:TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK|NotImplemented" + r"Error)\b")
RESOLVED = '"resolved"' + ": "
LICENCE = Path("LICENSE")


def main() -> None:
    """Print one line for each finding, and fail if there was any."""
    findings = [finding for path in project_files() if path != LICENCE for finding in check(path)]
    sys.exit("\n".join(findings) if findings else 0)


def check(path: Path) -> Iterator[str]:
    """Yield what is wrong with one file. What is not text is left alone."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    if path.name == "__init__.py" and path.parts[0] == "src" and text:
        yield f"{path}: an __init__ file is empty, so that importing one module loads no other"
    for number, line in enumerate(text.splitlines(), 1):
        yield from (f"{path}:{number}: {fault}" for fault in faults(line))


def faults(line: str) -> Iterator[str]:
    """Yield a sentence for each rule that one line breaks."""
    if RESOLVED in line or any(name in line for name in REGISTRIES):
        yield "names a package registry: take the address out, each machine has its own"
    if MACHINE.search(line):
        yield "names a folder of one machine"
    if LOOSE_END.search(line):
        yield "leaves something for later: do it now, or write down the limit as it is"


if __name__ == "__main__":
    main()
