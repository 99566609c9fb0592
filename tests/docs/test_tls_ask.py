"""The Caddyfile of the documentation asks at an address that there is, and passes on what verification needs."""

import re
from pathlib import Path

from fastapi import FastAPI

from liulian.links.domain_model import proof_path
from liulian.web.tls_ask import PATH, add_tls_ask

OPERATE = (Path(__file__).parents[2] / "docs" / "operate.md").read_text(encoding="utf-8")


def test_caddy_asks_where_it_is_answered() -> None:
    app = FastAPI()
    add_tls_ask(app, token=None)

    asked = re.findall(r"^\s*ask http://127\.0\.0\.1:8000(\S+)$", OPERATE, re.MULTILINE)

    assert asked == [PATH]
    assert PATH in {getattr(route, "path", "") for route in app.routes}


def test_proxies_pass_on_the_file_that_proves_a_domain() -> None:
    handled = re.findall(r"^\s*(?:handle|location) (/\.well-known/liulian-)\*? \{$", OPERATE, re.MULTILINE)

    assert len(handled) == 2
    assert all(proof_path("a-token").startswith(beginning) for beginning in handled)
