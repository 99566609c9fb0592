"""Run npm in `frontend/` with the Node of this machine, or with one from PyPI where the machine has none that is fit.

python -m tools.node run build
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.pip_settings import pip_settings

BIN = Path(sys.executable).parent
NODE_MIN = (20, 19)  # Vite asks for it.


def main() -> None:
    """Become npm: its exit status is ours."""
    environment = dict(os.environ)
    path = environment.get("PATH", os.defpath)
    if not has_fit_node(path):
        path = f"{BIN}{os.pathsep}{path}"
        if not has_fit_node(path):
            _install_node()
    npm = shutil.which("npm", path=path)
    if npm is None:
        sys.exit("npm was not found. Install Node 20.19 or newer together with npm.")
    # npm has its own mirror settings; only a company's certificate is known to pip more often than to Node.
    certificate = environment.get("SSL_CERT_FILE") or pip_settings().get("cert")
    if certificate:
        environment.setdefault("NODE_EXTRA_CA_CERTS", certificate)
    os.execve(npm, [npm, "--prefix", "frontend", *sys.argv[1:]], environment | {"PATH": path})


def has_fit_node(path: str) -> bool:
    """Tell whether `path` leads to npm and to a Node that is new enough."""
    node = shutil.which("node", path=path)
    if node is None or shutil.which("npm", path=path) is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return version(answer.stdout) >= NODE_MIN


def version(answer: str) -> tuple[int, ...]:
    """Return `v22.12.0` as (22, 12, 0), and what is no version as ()."""
    parts = answer.strip().removeprefix("v").split(".")
    return tuple(map(int, parts)) if all(map(str.isdecimal, parts)) else ()


def _install_node() -> None:
    print("This machine has no Node 20.19 or newer with npm: installing one into .venv.", flush=True)
    command = [sys.executable, "-m", "tools.uv", "pip", "install", "--quiet", "--python", sys.executable]
    subprocess.run([*command, "--require-hashes", "-r", "requirements/node.txt"], check=True)


if __name__ == "__main__":
    main()
