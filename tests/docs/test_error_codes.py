"""Every code that a caller can meet has a sentence in both languages, with places that its error fills."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from liulian.base.i18n import Language, catalogue

SOURCE = Path(__file__).parents[2] / "src" / "liulian"
FIELD_ERRORS = {"FieldError": 1, "FieldRefused": 0}  # Where the code stands among the arguments.


def error_codes() -> set[str]:
    modules = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCE.rglob("*.py")]
    families = error_families(
        [node for module in modules for node in ast.walk(module) if isinstance(node, ast.ClassDef)]
    )
    return {code for node in families for code in class_codes(node)} | {
        code for module in modules for node in ast.walk(module) for code in field_codes(node)
    }


def error_families(classes: list[ast.ClassDef]) -> list[ast.ClassDef]:
    """Return AppError and all that inherit from it, at any distance."""
    names, before = {"AppError"}, 0
    while len(names) != before:
        before = len(names)
        names |= {
            node.name for node in classes if {base.id for base in node.bases if isinstance(base, ast.Name)} & names
        }
    return [node for node in classes if node.name in names]


def class_codes(node: ast.ClassDef) -> Iterator[str]:
    """Yield the code of `status, code = 409, "slug_taken"`, or of `code = "slug_taken"`, with or without a type."""
    for statement in node.body:
        for name, value in assignments(statement):
            match name, value:
                case ast.Name(id="code"), ast.Constant(value=str(code)):
                    yield code


def assignments(statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    match statement:
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            yield from zip(names, values, strict=True)
        case ast.Assign(targets=[name], value=value):
            yield name, value
        case ast.AnnAssign(target=name, value=optional):
            yield name, optional


def field_codes(node: ast.AST) -> Iterator[str]:
    """Yield the code of `FieldError("field", "code")`, given by place or by name."""
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in FIELD_ERRORS:
            by_name = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            by_place = node.args[FIELD_ERRORS[name] : FIELD_ERRORS[name] + 1]
            for value in by_name or by_place:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.value


def test_codes_are_found_at_all() -> None:
    assert {"bad_request", "not_found", "unavailable"} <= error_codes()


@pytest.mark.parametrize("code", sorted(error_codes()))
def test_code_has_a_sentence_in_both_languages(code: str) -> None:
    for language in Language:
        assert f"errors.{code}" in catalogue(language)
