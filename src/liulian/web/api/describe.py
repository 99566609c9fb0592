"""Short forms in which routes say, for the OpenAPI document, what they take and answer."""

from typing import Any

# What each refusal means, wherever it can happen.
_PROBLEMS = {
    400: "The body is not JSON, or the request is no proper one.",
    401: "A key or a session is needed, or the one given is not valid.",
    403: "The caller may not do this; `code` and `detail` say why.",
    404: "There is no such thing, or it is not yours to see.",
    409: "It does not fit the present state, such as a slug that is taken; `code` says which.",
    410: "The token was used already, or is too old.",
    413: "The body is too long.",
    415: "The body is not declared as `application/json`.",
    422: "Some fields are refused; `errors` names every one of them.",
    429: "Too much for now; `Retry-After` says how many seconds to wait.",
    503: "A part of the service does not answer now; try again.",
}
_WITHOUT_BODY = (401, 404, 422, 503)
PROBLEM_TYPE = "application/problem+json"


def answers(status: int, shape: str | None = None, *, located: bool = True) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route: one success, shaped like the named schema, and its possible refusals.

    `located`: what is made has an address of its own, which the answer names.
    """
    success: dict[str, Any] = {"description": "Done."}
    if shape is not None:
        success["content"] = {"application/json": {"schema": reference(shape)}}
    if status == 201 and located:
        success["headers"] = {"Location": {"description": "Where it is.", "schema": {"type": "string"}}}
    return {status: success, **{code: problem(code) for code in _WITHOUT_BODY}}


def takes(shape: str) -> dict[str, Any]:
    """Return what a route adds to its description when it takes a JSON body, which it reads itself."""
    body = {"required": True, "content": {"application/json": {"schema": reference(shape)}}}
    return {"requestBody": body, "responses": {str(code): problem(code) for code in (400, 409, 413, 415)}}


def problem(status: int) -> dict[str, Any]:
    """Return the description of one kind of refusal."""
    return {"description": _PROBLEMS[status], "content": {PROBLEM_TYPE: {"schema": reference("Problem")}}}


def reference(shape: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{shape}"}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route for what else it may refuse."""
    return {status: problem(status) for status in statuses}


# Who may call a route, for its `openapi_extra`; without any of them it is open to strangers.
KEYED: dict[str, Any] = {"security": [{"bearer": []}, {"session": []}]}
PERSONAL: dict[str, Any] = {"security": [{"session": []}]}

LIMITED: dict[int | str, dict[str, Any]] = {403: problem(403), 429: problem(429)}  # What strangers may not do at will.
