"""Every operation of the document, asked by everybody: who may is answered, who may not learns and changes nothing."""

import io
import zipfile
from pathlib import Path
from typing import Any

import httpx2
import pytest

from liulian.base.ids import IdSource
from liulian.storage.database import Database
from liulian.web.app import create_app
from liulian.web.parts import Parts, Site
from tests.web.api import NOON
from tests.web.one_of_each import FILE, SECRET, Caller, Filled, Rewind, copy_of, filled
from tests.web.people import V1
from tests.web.rights import RULES, Kind, Rule

ANONYMOUS: dict[str, list[str]] = {}  # As a document says that something is for strangers too.


def operations() -> dict[str, Any]:
    """Return what the document says of each operation."""
    database = Database.open("sqlite:///never-opened.db")
    site = Site.of(base_url=None, secret=b"secret of a test")
    paths = create_app(Parts(site=site, database=database, ids=IdSource(), clock=lambda: NOON)).openapi()["paths"]
    return {
        f"{method.upper()} {path.removeprefix(V1)}": said
        for path, methods in paths.items()
        for method, said in methods.items()
    }


OPERATIONS = operations()


def test_every_operation_has_a_rule() -> None:
    assert sorted(OPERATIONS) == sorted(RULES)


def test_the_document_says_who_an_operation_is_for() -> None:
    for name, rule in RULES.items():
        schemes = OPERATIONS[name]["security"]
        assert (ANONYMOUS in schemes) == (rule.kind is Kind.PUBLIC or rule.stranger != 401), name
        assert (schemes == [{"session": []}]) == (rule.kind is Kind.PERSON), name


def wanted(rule: Rule, caller: Caller) -> int:
    """Return the answer that a caller is to get."""
    if rule.kind is Kind.PUBLIC:
        return rule.done
    if rule.kind is Kind.PERSON:
        return _to_oneself(rule, caller)
    if caller.is_insider:
        return _to_insider(rule, caller)
    if caller.name == "stranger" or (caller.name == "manager" and rule.manager is None):
        return rule.stranger
    if caller.name == "manager":
        return rule.manager or rule.stranger
    return 404 if caller.name == "intruder" else rule.foreign or rule.done


def _to_oneself(rule: Rule, caller: Caller) -> int:
    if not caller.is_person:
        return 401
    return rule.done if rule.only in (None, caller.name) else 404


def _to_insider(rule: Rule, caller: Caller) -> int:
    if not rule.needs <= caller.scopes:
        return 403
    return rule.done if caller.is_person or rule.keys is None else rule.keys


async def ask(client: httpx2.AsyncClient, operation: str, rule: Rule, caller: Caller, place: Filled) -> httpx2.Response:
    method, path = operation.split(" ")
    for name, value in rule.path.items():
        path = path.replace(f"{{{name}}}", _named(value, place))
    client.cookies.clear()
    return await client.request(method, f"{V1}{path}", headers=caller.headers, **_named(rule.send, place))


def _named(value: Any, place: Filled) -> Any:
    """Return a value with the ids it names."""
    match value:
        case str():
            return place.known[value[1:-1]] if value.startswith("{") else value
        case dict():
            return {key: _named(each, place) for key, each in value.items()}
        case list():
            return [_named(each, place) for each in value]
        case _:
            return value


def _text(answer: httpx2.Response) -> str:
    """Return all that an answer says, of an archive what is in its files."""
    if answer.headers.get("Content-Type") != "application/zip":
        return answer.text + str(answer.headers)
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    return "".join(archive.read(name).decode() for name in archive.namelist())


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
async def test_everybody_gets_what_is_theirs_and_no_more(operation: str, tmp_path: Path) -> None:
    place, faults = await filled(tmp_path), []
    async with copy_of(place, tmp_path) as (client, rewind):
        for caller in place.callers:
            faults += await _faults(client, operation, caller, place, rewind)

    assert not faults, "\n".join(faults)


async def _faults(
    client: httpx2.AsyncClient, operation: str, caller: Caller, place: Filled, rewind: Rewind
) -> list[str]:
    """Return what is wrong with the answer to one caller; afterwards the database is what it was."""
    rule, before = RULES[operation], rewind.version()
    answer = await ask(client, operation, rule, caller, place)
    has_changed = rewind.version() != before
    if has_changed:
        rewind.back()
    found = []
    if answer.status_code != wanted(rule, caller):
        found.append(f"{answer.status_code}, not {wanted(rule, caller)}")
    if has_changed and answer.status_code >= 400 and rule.kind is Kind.WORKSPACE:
        found.append("something changed though it was refused")
    if rule.kind is not Kind.PUBLIC and not caller.is_insider and _tells(answer, place):
        found.append("tells what is not theirs")
    if rule.is_telling and caller.name == "owner" and not _tells(answer, place):
        found.append("tells nothing, so that it could not be seen who else is told")
    return [f"{caller.name}: {fault}: {answer.text[:300]}" for fault in found]


def _tells(answer: httpx2.Response, place: Filled) -> bool:
    """Tell whether an answer has a name, text or id of the filled workspace, but for what the caller said."""
    text = _text(answer).replace(FILE, "")
    is_read = answer.request.method == "GET" and answer.status_code < 400
    return SECRET in text or (is_read and any(name in text for name in place.known.values()))


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("POST", "/links", {"destination": "https://example.com/", "folder": "{folder}"}, 422),
        ("POST", "/links", {"destination": "https://example.com/", "domain": f"{SECRET}.example.com"}, 422),
        ("POST", "/links", {"destination": "https://example.com/", "tags": ["{tag}"]}, 201),  # A word like any other.
        ("POST", "/links/bulk-edit", {"filter": {"q": SECRET}, "action": "delete"}, 200),
        ("POST", "/links/bulk-edit", {"ids": ["{link}"], "action": "delete"}, 200),
        ("POST", "/links/ids", {"filter": {"q": SECRET, "state": "all"}}, 200),
        ("GET", "/links", {"q": SECRET, "state": "all"}, 200),
        ("GET", "/links", {"tag": "{tag}", "state": "all"}, 200),
        ("GET", "/links", {"folder": "{folder}", "state": "all"}, 200),
        ("GET", "/links", {"domain": "{domain}", "state": "all"}, 200),
        ("GET", "/audit", {"actor": "{owner}"}, 200),
    ],
)
async def test_things_of_others_cannot_be_named(
    method: str, path: str, sent: dict[str, Any], status: int, tmp_path: Path
) -> None:
    place = await filled(tmp_path)
    foreigner, owner = (next(each for each in place.callers if each.name == name) for name in ("foreigner", "owner"))
    rule = Rule(send={"params" if method == "GET" else "json": sent})
    async with copy_of(place, tmp_path) as (client, _):
        link = await ask(client, "GET /links/{id}", RULES["GET /links/{id}"], owner, place)
        answer = await ask(client, f"{method} {path}", rule, foreigner, place)
        still = await ask(client, "GET /links/{id}", RULES["GET /links/{id}"], owner, place)

    said = answer.json()
    assert answer.status_code == status, said
    assert not [said[name] for name in ("links", "entries", "changed") if said.get(name)]
    assert status >= 400 or SECRET not in answer.text
    assert still.json() == link.json()
