"""Write what code is the source of: docs/settings.md, docs/api.md and the READMEs' table. Tests hold it current."""

from pathlib import Path

from tools import measured_table
from tools.api_page import api_page
from tools.settings_page import settings_page

DOCS = Path("docs")


def main() -> None:
    """Write every page that changed."""
    for name, page in pages().items():
        path = DOCS / name
        if not path.exists() or path.read_text(encoding="utf-8") != page:
            path.write_text(page, encoding="utf-8")
            print(f"wrote {path}")
    measured_table.main()


def pages() -> dict[str, str]:
    """Return the text of each page by its file name."""
    return {"settings.md": settings_page(), "api.md": api_page()}


if __name__ == "__main__":
    main()
