"""General link shorteners, by host: behind them nobody sees where a link leads. Pure.

The list is data (`shorteners.txt`). The share and contact hosts of platforms are never on it: they are how those
platforms hand out links, and lead nowhere else.
"""

from functools import cache
from importlib.resources import files


def is_shortener(host: str) -> bool:
    """Tell whether a host in normal form belongs to a shortener that takes any destination from anybody."""
    exact, suffixes = _hosts()
    return host.removeprefix("www.") in exact or host.endswith(suffixes)


def words_of(name: str) -> list[str]:
    """Return the lines of a data file of this package that are neither empty nor a comment."""
    lines = files("liulian.screening").joinpath(name).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


@cache
def _hosts() -> tuple[frozenset[str], tuple[str, ...]]:
    words = words_of("shorteners.txt")
    exact = frozenset(word.removeprefix("*.") for word in words)
    return exact, tuple(word.removeprefix("*") for word in words if word.startswith("*."))
