"""Classes remembered by user agent: asked once, and never more of them than are allowed."""

import pytest

from liulian.visitors import recognise as recognise_module
from liulian.visitors.model import VisitorClass
from liulian.visitors.recognise import CACHED_BYTES_MAX, recognise, visitor_class_of

WECHAT = b"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Mobile/15E148 MicroMessenger/8.0.49"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Begin with an empty memory for five; return what had to be recognised."""
    asked: list[bytes] = []

    def recognise_and_note(user_agent: bytes) -> VisitorClass:
        asked.append(user_agent)
        return recognise(user_agent)

    monkeypatch.setattr(recognise_module, "recognise", recognise_and_note)
    monkeypatch.setattr(recognise_module, "CACHED_USER_AGENTS", 5)
    visitor_class_of.__self__.clear()  # type: ignore[attr-defined]  # The dict whose method it is.
    return asked


def test_a_user_agent_is_recognised_once(asked: list[bytes]) -> None:
    found = {visitor_class_of(WECHAT) for _ in range(3)}

    assert found == {recognise(WECHAT)}
    assert asked == [WECHAT]


def test_made_up_user_agents_do_not_fill_the_memory(asked: list[bytes]) -> None:
    for number in range(23):
        visitor_class_of(b"x%d" % number)
        assert len(visitor_class_of.__self__) <= 5  # type: ignore[attr-defined]

    assert len(asked) == 23


def test_a_very_long_user_agent_is_recognised_and_not_remembered(asked: list[bytes]) -> None:
    long = WECHAT + b" " + b"x" * CACHED_BYTES_MAX

    found = [visitor_class_of(long) for _ in range(2)]

    assert found == [recognise(WECHAT)] * 2
    assert asked == [long, long]
