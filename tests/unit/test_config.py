"""Settings: what holds when nothing is said, and what is said about a value that cannot be used."""

import os
from ipaddress import ip_address
from pathlib import Path

import pytest

from liulian.config import BadSettingError, read_settings, unknown_settings


def test_without_any_setting_the_program_is_private_and_keeps_everything_in_one_folder() -> None:
    settings = read_settings({})

    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, os.cpu_count())
    assert settings.data_dir == Path.cwd() / "data"
    assert settings.database_url == f"sqlite:///{settings.data_dir}/liulian.db"
    assert settings.lake_url == str(settings.data_dir / "lake")
    assert settings.time_zone.key == "Asia/Shanghai"
    assert (settings.base_url, settings.secret_key, settings.metrics_token) == (None, None, None)
    assert not settings.trusted_proxies
    assert (settings.head_timeout, settings.keep_alive_timeout) == (10.0, 15.0)


def test_everything_else_follows_the_data_folder() -> None:
    settings = read_settings({"LIULIAN_DATA_DIR": "/srv/liulian"})

    places = [settings.spool_dir, settings.meters_dir, settings.geo_dir, settings.query_socket, settings.lake_url]
    assert all(str(place).startswith("/srv/liulian/") for place in places)
    assert settings.database_url == "sqlite:////srv/liulian/liulian.db"


def test_a_relative_data_folder_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    settings = read_settings({"LIULIAN_DATA_DIR": "here/data"})

    assert settings.data_dir == tmp_path / "here" / "data"


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/someone")

    assert read_settings({"LIULIAN_DATA_DIR": "~/liulian"}).data_dir == Path("/home/someone/liulian")


@pytest.mark.parametrize(
    ("name", "value", "what_to_do"),
    [
        ("PORT", "eighty", "Port"),
        ("PORT", "65536", "between 0 and 65535"),
        ("PORT", "-1", "between 0 and 65535"),
        ("WORKERS", "0", "above zero"),
        ("WORKERS", "two", "Web processes"),
        ("WORKERS", "1.5", "Web processes"),
        ("TIME_ZONE", "Nowhere/Land", "No time zone found"),
        ("TIME_ZONE", "../../etc/passwd", "Where a day begins"),
        ("TIME_ZONE", "Asia", "Where a day begins"),
        ("DATABASE_URL", "mysql://localhost/x", "sqlite:///"),
        ("DATABASE_URL", "sqlite://", "sqlite:///"),
        ("DATABASE_URL", "liulian.db", "sqlite:///"),
        ("BASE_URL", "lnk.example.com", "https://lnk.example.com"),
        ("BASE_URL", "ftp://lnk.example.com", "https://lnk.example.com"),
        ("BASE_URL", "https://", "https://lnk.example.com"),
        ("BASE_URL", "https://lnk.example.com/go", "without a path"),
        ("BASE_URL", "https://lnk.example.com/?a=b", "without a path"),
        ("BASE_URL", "https://lnk.example.com:port", "https://lnk.example.com"),
        ("BASE_URL", "https://lnk.example.com:99999", "https://lnk.example.com"),
        ("BASE_URL", "https://lnk.example.com.", "https://lnk.example.com"),
        ("BASE_URL", "https://lnk.example.com#top", "https://lnk.example.com"),
        ("BASE_URL", "https://[::1", "Public origin"),
        ("TRUSTED_PROXIES", "10.0.0.0/33", "loopback"),
        ("TRUSTED_PROXIES", "proxy.example.com", "loopback"),
        ("HEAD_TIMEOUT", "0", "between 0 and 3600"),
        ("HEAD_TIMEOUT", "nan", "between 0 and 3600"),
        ("KEEP_ALIVE_TIMEOUT", "inf", "between 0 and 3600"),
        ("KEEP_ALIVE_TIMEOUT", "ten", "idle connection"),
        ("CONNECTIONS_MAX", "0", "above zero"),
        ("ROUTES_MAX", "-5", "above zero"),
        ("LOG_LEVEL", "loud", "debug, info, warning or error"),
    ],
)
def test_a_bad_value_is_named_and_it_is_said_what_to_do(name: str, value: str, what_to_do: str) -> None:
    with pytest.raises(BadSettingError) as said:
        read_settings({f"LIULIAN_{name}": value})

    sentence = str(said.value)
    assert sentence.startswith(f"LIULIAN_{name}=")
    assert value in sentence
    assert what_to_do in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://root:hunter2@localhost/x"),
        ("DATABASE_URL", "mysql://root:hunter2/@:@localhost/x"),
        ("BASE_URL", "https://me:hunter2@lnk.example.com"),
    ],
)
def test_a_password_in_a_value_that_cannot_be_used_is_not_repeated(name: str, value: str) -> None:
    with pytest.raises(BadSettingError) as said:
        read_settings({f"LIULIAN_{name}": value})

    assert "hunter2" not in str(said.value)
    assert "hunter2" not in str(said.value.__cause__)


@pytest.mark.parametrize(
    ("value", "base_url"),
    [
        ("https://lnk.example.com", "https://lnk.example.com"),
        ("https://lnk.example.com/", "https://lnk.example.com"),
        ("HTTPS://LNK.example.COM:8443", "https://lnk.example.com:8443"),
        ("https://短链.example.com", "https://xn--s7y033d.example.com"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_the_base_url_is_an_origin_as_browsers_send_it(value: str, base_url: str) -> None:
    assert read_settings({"LIULIAN_BASE_URL": value}).base_url == base_url


def test_an_empty_setting_and_spaces_around_one_count_for_nothing() -> None:
    settings = read_settings({"LIULIAN_PORT": "  ", "LIULIAN_WORKERS": "", "LIULIAN_LOG_LEVEL": " DEBUG "})

    assert (settings.port, settings.workers, settings.log_level) == (8000, os.cpu_count(), "debug")


def test_trusted_proxies_are_read_as_words_and_networks() -> None:
    trusted = read_settings({"LIULIAN_TRUSTED_PROXIES": "loopback, 203.0.113.0/24"}).trusted_proxies

    assert trusted.trusts(ip_address("127.0.0.1").packed)
    assert trusted.trusts(ip_address("203.0.113.9").packed)
    assert not trusted.trusts(ip_address("10.0.0.1").packed)


def test_names_that_look_like_ours_and_are_none_are_found() -> None:
    environment = {
        "LIULIAN_PORT": "80",
        "LIULIAN_PROT": "80",
        "LIULIAN_WORKERS2": "4",
        "liulian_host": "x",
        "LIULIAN_host": "x",
        "PATH": "/bin",
        "MY_LIULIAN_PORT": "1",
    }

    assert unknown_settings(environment) == ["LIULIAN_PROT", "LIULIAN_WORKERS2", "LIULIAN_host"]


def test_secrets_are_not_shown() -> None:
    settings = read_settings(
        {
            "LIULIAN_SECRET_KEY": "hunter2-key-of-more-than-32-letters",
            "LIULIAN_METRICS_TOKEN": "hunter2-token",
            "LIULIAN_DATABASE_URL": "postgresql://me:hunter2-password@db/liulian",
        }
    )

    assert settings.secret_key == "hunter2-key-of-more-than-32-letters"
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(settings)


def test_a_short_secret_is_refused_without_repeating_it_and_it_is_said_how_to_make_one() -> None:
    with pytest.raises(BadSettingError) as said:
        read_settings({"LIULIAN_SECRET_KEY": "hunter2" * 4 + "abc"})

    assert str(said.value).startswith("LIULIAN_SECRET_KEY: ")
    assert "secrets.token_urlsafe(32)" in str(said.value)
    assert "hunter2" not in str(said.value)
    assert "hunter2" not in str(said.value.__cause__)


def test_a_secret_of_32_characters_is_taken() -> None:
    assert read_settings({"LIULIAN_SECRET_KEY": "k" * 32}).secret_key == "k" * 32


def test_mail_and_single_sign_on_are_off_until_they_are_set() -> None:
    settings = read_settings({})

    assert (settings.smtp_url, settings.mail_from, settings.oidc_issuer) == (None, None, None)
    assert (settings.oidc_name, settings.oidc_domains) == ("SSO", frozenset())


def test_domains_of_single_sign_on_are_names_in_lower_case() -> None:
    settings = read_settings({"LIULIAN_OIDC_DOMAINS": "Example.com, tea.example ,"})

    assert settings.oidc_domains == {"example.com", "tea.example"}


@pytest.mark.parametrize(
    ("environment", "needed"),
    [
        ({"SMTP_URL": "smtp://mail.example"}, "MAIL_FROM"),
        ({"OIDC_ISSUER": "https://login.example", "OIDC_CLIENT_SECRET": "x"}, "OIDC_CLIENT_ID"),
        ({"OIDC_ISSUER": "https://login.example", "OIDC_CLIENT_ID": "x"}, "OIDC_CLIENT_SECRET"),
        ({"SMTP_URL": "smtp://mail.example", "MAIL_FROM": "a@example.com"}, "SMTP_URL: LIULIAN_BASE_URL must be set"),
        (
            {"OIDC_ISSUER": "https://login.example", "OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET": "x"},
            "OIDC_ISSUER: LIULIAN_BASE_URL must be set",
        ),
        ({"SMTP_URL": "mail.example", "MAIL_FROM": "a@example.com"}, "smtps://"),
        ({"SMTP_URL": "smtp://mail.example", "MAIL_FROM": "nobody"}, "address"),
        ({"OIDC_ISSUER": "login.example"}, "issuer"),
    ],
)
def test_setting_that_is_of_no_use_alone_says_what_is_missing(environment: dict[str, str], needed: str) -> None:
    with pytest.raises(BadSettingError, match=needed):
        read_settings({f"LIULIAN_{name}": value for name, value in environment.items()})
