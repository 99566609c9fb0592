"""Files at the root of a domain: their names, their paths, and that none takes the place of a link."""

import pytest

from liulian.base.errors import InvalidRequest
from liulian.links.domain_files import FileTooLarge, check_file, file_name, file_type
from liulian.links.domain_model import FILE_BYTES_MAX
from liulian.links.slugs import slug_of_path

NAMES = [
    "MP_verify_AbC123.txt",
    "WW_verify_x.txt",
    "google1234.html",
    "baidu_verify_codeva-x.html",
    "abc.json",
    "robots.txt",
    "assetlinks.json",
    "apple-app-site-association",
]


@pytest.mark.parametrize("name", NAMES)
def test_name_of_a_verification_file_is_accepted_and_is_no_slug(name: str) -> None:
    assert check_file(name, b"abc").size == 3
    assert slug_of_path(f"/{name}".encode()) is None


@pytest.mark.parametrize(
    "name", ["", "index", "a/b.txt", "../x.txt", ".txt", ".x.txt", "x.php", "x.txt.", "ü.txt", "x.TXT\n"]
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(InvalidRequest):
        check_file(name, b"")


def test_file_that_is_too_long_is_refused() -> None:
    check_file("x.txt", bytes(FILE_BYTES_MAX))
    with pytest.raises(FileTooLarge):
        check_file("x.txt", bytes(FILE_BYTES_MAX + 1))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/MP_verify_x.txt", "MP_verify_x.txt"),
        ("/.well-known/assetlinks.json", "assetlinks.json"),
        ("/.well-known/apple-app-site-association", "apple-app-site-association"),
        ("/apple-app-site-association", "apple-app-site-association"),
        ("/assetlinks.json", None),
        ("/.well-known/MP_verify_x.txt", None),
        ("/a/b.txt", None),
        ("/abc", None),
        ("/", None),
    ],
)
def test_path_asks_for_a_file(path: str, name: str | None) -> None:
    assert file_name(path) == name


def test_type_follows_the_end_of_the_name() -> None:
    assert file_type("a.txt") == b"text/plain; charset=utf-8"
    assert file_type("a.html") == b"text/html; charset=utf-8"
    assert file_type("assetlinks.json") == file_type("apple-app-site-association") == b"application/json"
