"""The tools that set up and watch this project: whose settings they follow, what they refuse."""

from pathlib import Path

from tools import check_tree, limits, node, uv
from tools.pip_settings import parse_listing

LISTING = """\
:env:.index-url='https://mirror.example/simple'
global.cert='/etc/company.pem'
global.extra-index-url='https://a.example/x\\nhttps://b.example/x'
global.index-url='https://other.example/simple'
install.timeout='60'
wheel.index-url='https://not-asked.example/simple'
"""


def test_environment_wins_over_pips_files() -> None:
    assert parse_listing(LISTING)["index-url"] == "https://mirror.example/simple"


def test_uv_is_told_pips_certificate_and_time_limit() -> None:
    told = uv.transport(parse_listing(LISTING), {})
    assert told == {"SSL_CERT_FILE": "/etc/company.pem", "UV_HTTP_TIMEOUT": "60"}


def test_uv_keeps_the_certificate_it_was_given() -> None:
    assert uv.transport({"cert": "/etc/company.pem"}, {"SSL_CERT_FILE": "/own.pem"}) == {}


def test_uv_looks_where_pip_looks() -> None:
    assert uv.sources(parse_listing(LISTING), is_lock=False) == {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": "https://a.example/x https://b.example/x",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_folder_of_wheels_that_is_not_there_is_left_out(tmp_path: Path) -> None:
    told = uv.sources({"find-links": f"{tmp_path} {tmp_path}/gone"}, is_lock=False)
    assert told == {"UV_FIND_LINKS": str(tmp_path)}


def test_lock_is_made_from_the_main_index_alone(tmp_path: Path) -> None:
    told = uv.sources(parse_listing(LISTING) | {"find-links": str(tmp_path)}, is_lock=True)
    assert told == {"UV_DEFAULT_INDEX": "https://mirror.example/simple"}


def test_uv_with_sources_of_its_own_is_left_alone(tmp_path: Path) -> None:
    settings = tmp_path / "uv.toml"
    settings.write_text('[[index]]\nurl = "https://own.example/simple"\n')
    assert uv.uv_names_sources({"UV_INDEX": "https://own.example/simple"})
    assert uv.uv_names_sources({"UV_CONFIG_FILE": str(settings)})


def test_uv_without_sources_of_its_own_follows_pip(tmp_path: Path) -> None:
    settings = tmp_path / "uv.toml"
    settings.write_text('cache-dir = "somewhere"\n')
    assert not uv.uv_names_sources({"UV_CONFIG_FILE": str(settings)})


def test_node_versions_compare_as_numbers() -> None:
    assert node.version("v20.9.0\n") < node.NODE_MIN < node.version("v22.12.0\n")
    assert node.version("") < node.NODE_MIN


def test_python_function_over_the_limit_is_named() -> None:
    text = "def long():\n" + "    work()\n" * limits.FUNCTION_LINES_MAX
    assert [*limits.check(Path("a.py"), text)] == ["a.py:1: a function of 71 lines, at most 70"]


def test_script_function_over_the_limit_is_named() -> None:
    text = "export async function long(): Promise<void> {\n" + "  work();\n" * limits.FUNCTION_LINES_MAX + "}\n"
    assert [*limits.check(Path("a.ts"), text)] == ["a.ts:1: a function of 72 lines, at most 70"]


def test_file_over_the_limit_is_named() -> None:
    assert [*limits.check(Path("a.css"), "\n" * 501)] == ["a.css: 501 lines, at most 500"]


def test_file_at_the_limit_is_accepted() -> None:
    assert [*limits.check(Path("a.css"), "\n" * 500)] == []


def test_registry_address_is_refused() -> None:
    assert [*check_tree.faults(f"index-url = https://{check_tree.REGISTRIES[0]}/x")]


def test_folder_of_one_machine_is_refused_but_a_url_path_is_not() -> None:
    folder = "/" + "work" + "/data"
    assert [*check_tree.faults(f'DATA = "{folder}"')]
    assert not [*check_tree.faults(f"https://example.com{folder}")]
