"""Render the templates of the public pages. Autoescaped; a name that is misspelt is an error, not an empty place."""

from collections.abc import Mapping
from functools import cache, partial

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from liulian.base.i18n import Language, catalogue, text

BUILD_S = 60  # What a build of the front end takes, with the download of its tools.

_templates = Environment(
    # The mark is drawn once, beside the pages of the edge, which must not depend on the web.
    loader=ChoiceLoader([PackageLoader("liulian.web"), PackageLoader("liulian.interstitials")]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def render(template: str, language: Language, **values: object) -> str:
    """Return a page. In templates, `t("home.title")` is a sentence in the page's language, `other` the other one."""
    other = Language.EN if language is Language.ZH else Language.ZH
    places = {"language": language, "other": other, "t": partial(text, language)}
    return _templates.get_template(template).render(**places, **values)


def unbuilt_page(language: Language, *, headers: Mapping[str, str]) -> Response:
    """Return the page that says how to build the front end, for where its files are missing."""
    waiting = {"Retry-After": str(BUILD_S)}
    return HTMLResponse(render("unbuilt.html", language), status_code=503, headers={**headers, **waiting})


@cache
def client_messages(language: Language, area: str) -> Mapping[str, str]:
    """Return the sentences a page's script says, their places unfilled: `home.client.form.busy` is `form.busy`."""
    prefix = f"{area}.client."
    return {
        key.removeprefix(prefix): sentence for key, sentence in catalogue(language).items() if key.startswith(prefix)
    }
