"""A workspace of a test's own, open in a browser: what one test makes no other sees, though all share one program."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

TEA = "https://www.example.com/tea"
CHOSEN = "对选中的短链"


@dataclass(frozen=True, slots=True)
class Desk:
    """The page, and the workspace it is in."""

    page: Page
    origin: str
    workspace_id: str

    def send(self, path: str, **data: object) -> dict[str, Any]:
        """Do something past the screens, and return what the API says of it."""
        headers = {"Origin": self.origin, "Liulian-Workspace": self.workspace_id}
        answer = self.page.request.post(f"/api/v1/{path}", data=data, headers=headers)
        assert answer.ok, answer.text()
        said: dict[str, Any] = {} if answer.status == 204 else answer.json()
        return said

    def make(self, **wish: object) -> dict[str, Any]:
        return self.send("links", **{"destination": TEA} | wish)

    def make_many(self, number: int, **wish: object) -> None:
        self.send("links/bulk", links=[{"destination": f"{TEA}/{each}"} | wish for each in range(number)])

    def count(self, query: str = "") -> int:
        """Return how many links there are, as the API says."""
        answer = self.page.request.get(f"/api/v1/links?{query}", headers={"Liulian-Workspace": self.workspace_id})
        total: int = answer.json()["total"]
        return total

    def open(self, query: str = "") -> None:
        """Open the list of links, and wait for it."""
        self.page.goto(f"/console/links{query}")
        expect(self.page.locator(".bones")).to_have_count(0)
        expect(self.page.locator("[data-link-id], .empty").first).to_be_visible()

    def row(self, slug: str) -> Locator:
        return self.page.locator("tr[data-link-id]").filter(has=self.page.locator(".name", has_text=f"/{slug}"))

    def slugs(self) -> list[str]:
        """Return the slugs that the list shows, in its order."""
        return [name.partition("/")[2] for name in self.page.locator("tr[data-link-id] .name").all_inner_texts()]

    def choose_all_shown(self) -> Locator:
        """Tick every row, and return the bar that then appears."""
        self.page.locator("th .el-checkbox").click()
        bar = self.page.get_by_role("group", name=CHOSEN)
        expect(bar).to_be_visible()
        return bar
