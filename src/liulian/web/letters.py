"""Letters about accounts, sent after the answer: the time a mail server takes tells nobody who has an account."""

from urllib.parse import urlsplit

from fastapi import Request
from starlette.background import BackgroundTask

from liulian.accounts.mail import Letter, Mailer
from liulian.accounts.people import Invitation, User
from liulian.base.errors import Unavailable
from liulian.base.i18n import Language, choose_language, text
from liulian.base.log import logger
from liulian.web.errors import language_of
from liulian.web.place import place_of


def console_url(request: Request, page: str, token: str) -> str:
    """Return a link into the console. The token stands behind `#`, so no server and no log ever sees it."""
    return f"{place_of(request).origin}/console/{page}#{token}"


def reset_letter(request: Request, user: User, token: str) -> Letter:
    """Return the letter by which somebody sets a new password, in their own language."""
    language = choose_language(asked=user.language) if user.language else language_of(request)
    url = console_url(request, "reset", token)
    host = urlsplit(url).netloc
    return Letter(
        to=user.email,
        subject=text(language, "accounts.reset_subject"),
        text=text(language, "accounts.reset_text", name=user.name, host=host, url=url),
    )


def invitation_letter(request: Request, invitation: Invitation, *, inviter: str, url: str) -> Letter:
    """Return the letter that invites somebody, in the language of who invites: theirs is not known yet."""
    language: Language = language_of(request)
    words: dict[str, str | int] = {"workspace": invitation.workspace_name, "inviter": inviter}
    return Letter(
        to=invitation.email or "",
        subject=text(language, "accounts.invitation_subject", **words),
        text=text(language, "accounts.invitation_text", host=urlsplit(url).netloc, url=url, **words),
    )


def sending(mailer: Mailer, letter: Letter) -> BackgroundTask:
    """Return what sends a letter once the answer is on its way."""
    return BackgroundTask(_send, mailer, letter)


async def _send(mailer: Mailer, letter: Letter) -> None:
    try:
        await mailer.send(letter)
    except Unavailable as problem:
        logger.warning("letter_not_sent", reason=type(problem.__cause__).__name__)
