"""Run uv with the package sources that this machine's pip is set to, where uv has no setting of its own.

A company's mirror, certificate and proxy are usually written down once, for pip. No address is kept in this project.
"""

import ast
import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

Settings = Mapping[str, str]

# What pip calls it, what uv calls it. These say how to reach a server, whichever it is.
TRANSPORT = {
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
    "trusted-host": "UV_INSECURE_HOST",
}
SOURCE_VARIABLES = {"UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS"}
SOURCE_KEYS = {"index", "index-url", "extra-index-url", "find-links", "no-index"}
SECTIONS = ("global", "install", ":env:")  # pip's own order: a later one wins.


def main() -> None:
    """Become uv: its exit status is ours."""
    uv = Path(sys.executable).with_name("uv")
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    )
    pip = read_pip_settings(listing.stdout)
    added = transport(pip, os.environ)
    arguments = sys.argv[1:]
    if not uv_names_sources(os.environ):
        is_lock = "compile" in arguments
        added |= sources(pip, is_lock=is_lock)
        arguments += ["--no-index"] if pip.get("no-index", "0") not in {"0", "false", "no"} and not is_lock else []
    os.execve(uv, [str(uv), *arguments], os.environ | added)


def read_pip_settings(listing: str) -> dict[str, str]:
    """Return name → value from the lines of `pip config list`, such as `global.index-url='https://…'`."""
    found: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if section in found:
            found[section][name] = str(ast.literal_eval(value))
    return {name: value for section in SECTIONS for name, value in found[section].items()}


def transport(pip: Settings, environment: Settings) -> dict[str, str]:
    """Return what uv is to be told about certificates, proxy and time limits, unless it was told already."""
    named = {variable: pip[name] for name, variable in TRANSPORT.items() if name in pip}
    return {variable: " ".join(value.split()) for variable, value in named.items() if variable not in environment}


def sources(pip: Settings, *, is_lock: bool) -> dict[str, str]:
    """Return where uv is to look for packages.

    A lock lists the hashes of all published files, so it is made from the main index alone: a local folder of wheels
    knows but a few of them. pip takes the best version of all its indexes, and hashes make that safe: so does uv.
    """
    added = {"UV_DEFAULT_INDEX": pip["index-url"]} if "index-url" in pip else {}
    if is_lock:
        return added
    folders = [place for place in pip.get("find-links", "").split() if "://" in place or Path(place).exists()]
    if folders:
        added["UV_FIND_LINKS"] = ",".join(folders)
    if extra := pip.get("extra-index-url", "").split():
        added |= {"UV_INDEX": " ".join(extra), "UV_INDEX_STRATEGY": "unsafe-best-match"}
    return added


def uv_names_sources(environment: Settings) -> bool:
    """Tell whether uv has package sources of its own, by environment or in a `uv.toml` of the user or the system."""
    return bool(SOURCE_VARIABLES & environment.keys()) or any(map(_names_sources, _uv_files(environment)))


def _uv_files(environment: Settings) -> list[Path]:
    if given := environment.get("UV_CONFIG_FILE"):
        return [Path(given)]
    home = environment.get("XDG_CONFIG_HOME") or str(Path("~/.config").expanduser())
    shared = environment.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    return [Path(folder, "uv", "uv.toml") for folder in (home, *shared.split(":"), "/etc")]


def _names_sources(path: Path) -> bool:
    if not path.is_file():
        return False
    settings = tomllib.loads(path.read_text(encoding="utf-8"))
    return bool(SOURCE_KEYS & (settings.keys() | settings.get("pip", {}).keys()))


if __name__ == "__main__":
    main()
