"""The page of the API, from its OpenAPI document: every operation, its fields, its answers."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from liulian.web.app import create_app
from liulian.web.parts import Parts

Document = Mapping[str, Any]  # A piece of an OpenAPI 3.1 document: JSON, whose shape the standard gives.

HEADING = """\
# API

JSON over HTTP. A running Liulian shows the same at `/api/docs`, with a sentence for each error code in the reader's
language, and gives the OpenAPI document itself at `/api/openapi.json`. Errors are `application/problem+json` (RFC 9457)
with a stable `code`; `errors` names every field that was refused at once. What a caller has no right to see is 404.

This page is written by `make docs`, from the application.
"""
METHODS = ("get", "post", "put", "patch", "delete")
LIMITS = {"minLength": "at least {} characters", "maxLength": "at most {} characters", "minItems": "at least {} items"}
LIMITS |= {"maxItems": "at most {} items", "minimum": "from {}", "maximum": "up to {}", "default": "default `{}`"}


def api_page() -> str:
    """Return docs/api.md."""
    # Nothing is asked of the parts until a request comes.
    document = create_app(cast("Parts", None)).openapi()
    return HEADING + "".join(_page_lines(document))


def _page_lines(document: Document) -> Iterator[str]:
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                yield from operation(f"{method.upper()} {path}", methods[method])
    schemas = document.get("components", {}).get("schemas", {})
    for name, schema in sorted(schemas.items()):
        yield from _schema(name, schema)


def operation(title: str, described: Document) -> Iterator[str]:
    """Yield the section of one method of one path."""
    yield f"\n## {title}\n\n{described.get('summary', '')}\n"
    if text := described.get("description"):
        yield f"\n{text}\n"
    if parameters := described.get("parameters"):
        yield "\n| Parameter | In | Type | Meaning |\n|---|---|---|---|\n"
        for parameter in parameters:
            name = _name(parameter["name"], is_required=parameter.get("required", False))
            meaning = _cell(parameter.get("description", ""))
            yield f"| {name} | {parameter['in']} | {_type(parameter['schema'])} | {meaning} |\n"
    for content, body in described.get("requestBody", {}).get("content", {}).items():
        yield f"\nBody: {_type(body.get('schema', {}))} as `{content}`.\n"
    yield "\n| Status | Answer | Meaning |\n|---|---|---|\n"
    for status, answer in described["responses"].items():
        bodies = ", ".join(_type(body.get("schema", {})) for body in answer.get("content", {}).values())
        yield f"| {status} | {bodies or '–'} | {_cell(answer.get('description', ''))} |\n"


def _schema(name: str, schema: Document) -> Iterator[str]:
    yield f"\n### {name}\n"
    if text := schema.get("description"):
        yield f"\n{text}\n"
    if values := schema.get("enum"):
        yield "\nOne of " + ", ".join(f"`{value}`" for value in values) + ".\n"
    if fields := schema.get("properties"):
        yield "\n| Field | Type | Meaning |\n|---|---|---|\n"
        required = schema.get("required", ())
        for field, described in fields.items():
            meaning = _cell(described.get("description", ""))
            yield f"| {_name(field, is_required=field in required)} | {_type(described)} | {meaning} |\n"


def _type(schema: Document) -> str:
    """Return a type as a reader says it, with its limits."""
    limits = [sentence.format(schema[key]) for key, sentence in LIMITS.items() if schema.get(key) is not None]
    return ", ".join([_bare_type(schema), *limits])


def _bare_type(schema: Document) -> str:
    match schema:
        case {"$ref": str(reference)}:
            name = reference.rpartition("/")[2]
            return f"[{name}](#{name.lower()})"
        case {"anyOf": [*choices]} | {"oneOf": [*choices]}:
            return " or ".join(map(_type, choices))
        case {"const": value}:
            return f"`{value}`"
        case {"enum": [*values]}:
            return " or ".join(f"`{value}`" for value in values)
        case {"type": "array", "items": items}:
            return f"list of {_type(items)}"
        case {"type": "object", "additionalProperties": dict() as values}:
            return f"object of {_type(values)}"
        case {"type": str(kind), "format": str(form)}:
            return f"{kind} ({form})"
        case {"type": str(kind)}:
            return kind
    return "anything"


def _name(name: str, *, is_required: bool) -> str:
    return f"`{name}`" + (" (required)" if is_required else "")


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
