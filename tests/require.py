"""What a machine may lack. A test that needs it is skipped with one loud line; with LIULIAN_REQUIRE_ALL=1 it fails."""

import os
from typing import NoReturn

import pytest


def require_or_skip(what: str) -> NoReturn:
    """End the present test, because `what` is not there."""
    if os.environ.get("LIULIAN_REQUIRE_ALL") == "1":
        pytest.fail(f"LIULIAN_REQUIRE_ALL=1, yet there is no {what}", pytrace=False)
    pytest.skip(f"NO {what.upper()} ON THIS MACHINE: what needs it was not tested")
