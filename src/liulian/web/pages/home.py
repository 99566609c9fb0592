"""The home page: one field, one button. Its script asks the API, like any other client; without script, a form does."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from liulian.base.i18n import LANGUAGE_COOKIE, Language
from liulian.visitors.apps import EVERY_ROW
from liulian.web.errors import language_of
from liulian.web.pages.assets import NotBuilt, page_files
from liulian.web.pages.choices import choices_of
from liulian.web.pages.footer import footer_of, has_page
from liulian.web.pages.form import UNTOUCHED, Attempt, attempt
from liulian.web.pages.render import client_messages, render, unbuilt_page
from liulian.web.parts import parts_of

LANGUAGE_KEPT_S = 365 * 24 * 3600
ZIP_PATH, CONSOLE_PATH = "/api/v1/qr/zip", "/console"
FAVICON_KEPT = "public, max-age=86400"

router = APIRouter(include_in_schema=False)


@router.api_route("/", methods=["GET", "HEAD"])
async def home(request: Request) -> Response:
    """Answer the page in the reader's language; `?lang=` is remembered."""
    language = language_of(request)
    page = _answer(request, language, UNTOUCHED)
    if request.query_params.get("lang") == language.value:
        page.set_cookie(LANGUAGE_COOKIE, language.value, max_age=LANGUAGE_KEPT_S, httponly=True, samesite="lax")
    return page


@router.post("/")
async def make_link(request: Request) -> Response:
    """Make a link where no script runs, and answer the page with it, or with what is wrong at the field."""
    language = language_of(request)
    return _answer(request, language, await attempt(request, language))


@router.api_route("/favicon.ico", methods=["GET", "HEAD"])
async def favicon() -> Response:
    """Answer the mark as SVG, which every present browser takes under this name too."""
    drawing = render("favicon.svg", Language.ZH)
    return Response(drawing, media_type="image/svg+xml", headers={"Cache-Control": FAVICON_KEPT})


def _answer(request: Request, language: Language, tried: Attempt) -> Response:
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"}
    try:
        page = HTMLResponse(_home_page(request, language, tried), status_code=tried.status, headers=headers)
    except NotBuilt:
        return unbuilt_page(language, headers=headers)
    if tried.retry_after_s is not None:
        page.headers["Retry-After"] = str(tried.retry_after_s)
    return page


def _home_page(request: Request, language: Language, tried: Attempt) -> str:
    return render(
        "home.html",
        language,
        files=page_files("home"),
        messages={**client_messages(language, "home"), **client_messages(language, "scan"), **_app_names(language)},
        choices=choices_of(language),
        may_make_links=parts_of(request).strangers.may_make_links,
        has_console=has_page(request, CONSOLE_PATH),
        has_zip=has_page(request, ZIP_PATH, method="POST"),
        footer=footer_of(request),
        tried=tried,
    )


def _app_names(language: Language) -> dict[str, str]:
    """Return what people call the apps of the statistics, as sentences `app.wechat` of the page's script."""
    return {f"app.{app.id}": app.zh if language is Language.ZH else app.en for app in EVERY_ROW}
