"""What tests of member pages share: the front end need not be built for them."""

import pytest

from liulian.storage.database import Database
from liulian.web.members import layout
from liulian.web.pages.assets import PageFiles
from tests.web.members.browsers import Square


@pytest.fixture
def square(database: Database, monkeypatch: pytest.MonkeyPatch) -> Square:
    """An installation whose pages need no build."""
    files = PageFiles(script="/static/member-1.js", styles=("/static/member-1.css",))
    monkeypatch.setattr(layout, "page_files", lambda _: files)
    return Square(database)
