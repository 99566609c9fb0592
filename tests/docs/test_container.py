"""The Dockerfile and the compose files name what is there. An engine to build with is not asked for."""

import re
import tomllib
from pathlib import Path

import pytest

from liulian.config import PREFIX, SETTINGS

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
FILES = ("Dockerfile", "compose.yaml", "compose.postgres.yaml")


def sent_to_the_builder() -> list[str]:
    """Return what `.dockerignore` lets through."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    return [line[1:] for line in lines if line.startswith("!")]


def test_everything_that_is_copied_is_there_and_sent_to_the_builder() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    names = [name for line in copied for name in line.split()]

    assert [name for name in names if not (ROOT / name).exists()] == []
    assert [name for name in names if not any(name.split("/")[0] == sent for sent in sent_to_the_builder())] == []


def test_what_the_front_end_takes_from_elsewhere_is_copied() -> None:
    sources = [path for path in (ROOT / "frontend").rglob("*") if path.suffix in {".ts", ".vue"}]
    taken = {
        each
        for path in sources
        if "node_modules" not in path.parts
        for each in re.findall(r'from "(?:\.\./)+(src/[^"?]+)', path.read_text(encoding="utf-8"))
    }

    assert taken
    assert [each for each in taken if f"COPY {each} ../{each}" not in DOCKERFILE] == []


def test_what_the_package_is_built_from_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert project["project"]["readme"] in sent_to_the_builder()
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["src/liulian"]


@pytest.mark.parametrize("name", FILES)
def test_only_settings_that_there_are_are_set(name: str) -> None:
    known = {PREFIX + setting.name for setting in SETTINGS}

    assert set(re.findall(r"LIULIAN_[A-Z_]+", (ROOT / name).read_text())) <= known


def test_image_runs_as_a_user_of_its_own_on_python_that_is_supported() -> None:
    assert re.search(r"^USER liulian$", DOCKERFILE, re.MULTILINE)
    versions = set(re.findall(r"FROM python:3\.(\d+)", DOCKERFILE))
    assert len(versions) == 1
    assert 11 <= int(versions.pop()) <= 14
