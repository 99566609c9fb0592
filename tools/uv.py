"""Run uv with the package sources that this machine's pip is set to, where uv has no setting of its own.

A company's mirror, certificate and proxy are usually written down once, for pip. No address is kept in this project.

    python -m tools.uv pip install …
"""

import os
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

from tools.pip_settings import pip_settings

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


def main() -> None:
    """Become uv: its exit status is ours."""
    uv = Path(sys.executable).with_name("uv")
    arguments, pip = sys.argv[1:], pip_settings()
    added = transport(pip, os.environ)
    if not uv_names_sources(os.environ):
        is_lock = "compile" in arguments
        added |= sources(pip, is_lock=is_lock)
        arguments += ["--no-index"] if is_offline(pip) and not is_lock else []
    os.execve(uv, [str(uv), *arguments], os.environ | added)


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


def is_offline(pip: Settings) -> bool:
    """Tell whether pip may ask no index at all, only its `find-links`."""
    return pip.get("no-index", "0").lower() in {"1", "true", "yes", "on"}


def uv_names_sources(environment: Settings) -> bool:
    """Tell whether uv has package sources of its own, by environment or in a `uv.toml` of the user or the system."""
    return bool(SOURCE_VARIABLES & environment.keys()) or any(map(_names_sources, _uv_files(environment)))


def _uv_files(environment: Settings) -> list[Path]:
    if given := environment.get("UV_CONFIG_FILE"):
        return [Path(given)]
    home = environment.get("XDG_CONFIG_HOME") or str(Path(environment.get("HOME", "/"), ".config"))
    shared = environment.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    return [Path(folder, "uv", "uv.toml") for folder in (home, *shared.split(":"), "/etc")]


def _names_sources(path: Path) -> bool:
    if not path.is_file():
        return False
    settings = tomllib.loads(path.read_text(encoding="utf-8"))
    return bool(SOURCE_KEYS & (settings.keys() | settings.get("pip", {}).keys()))


if __name__ == "__main__":
    main()
