"""The page of the API says what the application does."""

from pathlib import Path

from tools.api_page import api_page, operation

PAGE = Path(__file__).parents[2] / "docs" / "api.md"


def test_page_of_the_api_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == api_page(), "run `make docs`"


def test_operation_shows_parameters_body_and_answers() -> None:
    page = "".join(
        operation(
            "PATCH /things/{id}",
            {
                "summary": "Change a thing.",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Change"}}}},
                "responses": {"200": {"description": "Changed.", "content": {}}, "404": {"description": "Not there."}},
            },
        )
    )
    assert "| `id` (required) | path | string |" in page
    assert "Body: [Change](#change) as `application/json`." in page
    assert "| 404 | – | Not there. |" in page
