"""What all pages of ours between visitor and destination share: templates, style, script, and the policy that holds
them together. Pure; text from outside is escaped by whoever fills a template.

A page brings its own style, picture and script, so that showing it costs one request, also inside a chat app.
"""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from liulian.base.i18n import Language, catalogue
from liulian.base.imprint import Imprint
from liulian.interstitials.rule_words import spaced

PAGE_BYTES_MAX: Final = 14_336  # What a server sends in its first flight: a page is complete after one round trip.

TEMPLATES: Final = Environment(
    loader=PackageLoader("liulian.interstitials", "templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def _own_file(name: str) -> str:
    return files("liulian.interstitials").joinpath("templates", name).read_text(encoding="utf-8").rstrip("\n")


def _hash(content: str) -> str:
    return b64encode(hashlib.sha256(content.encode()).digest()).decode()


STYLE: Final = Markup(_own_file("page.css"))  # noqa: S704 - Our own file.
SCRIPT: Final = Markup(_own_file("copy.js"))  # noqa: S704 - Our own file.

# Style and script are the same text on every page, so their hashes can be named: stricter than 'unsafe-inline', and no
# nonce that would make each answer different. `data:` lets the empty icon spare the browser a second request.
PAGE_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_hash(STYLE)}'; script-src 'sha256-{_hash(SCRIPT)}'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def sentences(language: Language) -> Callable[..., Markup]:
    """Return the `t` of templates: `t("pages.guide.why", app=app)`, escaped, and spaced as its language writes."""
    catalogued = catalogue(language)

    def sentence(key: str, /, **params: str | int) -> Markup:
        filled = Markup(escape(catalogued[key])).format(**params)  # noqa: S704 - Escaped in the same line.
        return Markup(spaced(filled)) if language is Language.ZH else filled  # noqa: S704

    return sentence


def render(template: str, language: Language, *, imprint: Imprint, **values: object) -> str:
    """Return a page of ours from its template; without `own` among the values it is about no link."""
    return TEMPLATES.get_template(template).render(
        language=language, t=sentences(language), style=STYLE, script=SCRIPT, imprint=imprint, **values
    )
