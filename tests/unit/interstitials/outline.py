"""What a page would fetch, where its buttons lead, and its words: read with the standard parser, not with patterns."""

from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "input", "br"})


class Outline(HTMLParser):
    """A page, read once."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.buttons: list[str | None] = []
        self.fields: list[str | None] = []
        self.words: list[str] = []
        self.attributes: list[str] = []
        self.language: str | None = None
        self._open: list[str] = []
        self.feed(page.decode())

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self._open += [] if tag in VOID else [tag]
        self.attributes += values
        self.fetched += [url for name in ("src", "srcset", "data", "poster") if (url := values.get(name))]
        if tag == "link":
            self.fetched.append(values.get("href") or "")
        if tag == "a":
            self.links.append(values.get("href") or "")
        if tag == "html":
            self.language = values.get("lang")
        if tag == "input":
            self.fields.append(values.get("value"))
        if tag == "a" and "button" in (values.get("class") or "").split():
            self.buttons.append(values.get("href"))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not {"style", "script"} & set(self._open[-1:]):
            self.words.append(data.strip())
