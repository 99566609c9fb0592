"""A small picture of scores over time, drawn by the server: a line, its points, and where bands begin. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from liulian.community.answers import Attempt
from liulian.community.self_tests import SelfTest

WIDTH, HEIGHT, MARGIN = 320, 120, 12
POINTS_MAX = 12  # More cannot be told apart on a phone.


@dataclass(frozen=True, slots=True)
class Point:
    """One attempt in the picture."""

    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """`line` are the points as SVG takes them; `borders` the heights at which a band begins."""

    points: tuple[Point, ...]
    line: str
    borders: tuple[float, ...]
    width: int = WIDTH
    height: int = HEIGHT


def plot_of(test: SelfTest, history: Sequence[Attempt]) -> Plot | None:
    """Return the picture of the last attempts at one version (newest first); None where there are not two."""
    reach = test.range
    scores = [attempt.score for attempt in history[:POINTS_MAX] if attempt.score is not None][::-1]
    if reach is None or len(scores) < 2 or reach[0] >= reach[1]:
        return None
    step = (WIDTH - 2 * MARGIN) / (len(scores) - 1)
    points = tuple(Point(round(MARGIN + at * step, 1), _height(score, reach)) for at, score in enumerate(scores))
    return Plot(
        points=points,
        line=" ".join(f"{point.x},{point.y}" for point in points),
        borders=tuple(_height(band.low, reach) for band in test.bands[1:]),
    )


def _height(score: float, reach: tuple[float, float]) -> float:
    low, high = reach
    share = min(1.0, max(0.0, (score - low) / (high - low)))
    return round(HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN), 1)
