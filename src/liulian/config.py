"""Every setting, once: its name, its default, what it means in both languages. Read from the environment at the start.

Only `bootstrap` and `cli` see the whole; every other part is handed the values it needs.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ada_url import URL

from liulian.base.net import TrustedProxies

PREFIX = "LIULIAN_"
SECRET_LENGTH_MIN = 32  # Whoever guesses it can manage every link that has no owner.
MAKE_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
DAYS_MAX = 36_500  # A hundred years; no calendar that we compute with ends before.
LINE_LENGTH_MAX = 100  # What still fits the foot of a page on a phone.


class BadSettingError(Exception):
    """A setting has a value that cannot be used; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `default` is what the documentation shows; `read` turns text into a value or raises ValueError."""

    name: str
    default: str
    kind: str
    en: str
    zh: str
    read: Callable[[str], Any] = field(repr=False, default=str)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError("a number above zero")
    return number


def _days(text: str) -> int:
    number = int(text)
    if not 1 <= number <= DAYS_MAX:
        raise ValueError(f"days between 1 and {DAYS_MAX}")
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65_535:
        raise ValueError("a port between 0 and 65535")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number <= 3_600:
        raise ValueError("seconds between 0 and 3600")
    return number


def _base_url(text: str) -> str | None:
    """Return the origin as browsers send it: lower case, a host of any script in its DNS form, no default port."""
    if not text:
        return None
    wanted = ValueError("an origin such as https://lnk.example.com, without a path")
    try:
        url = URL(text)
    except ValueError:
        raise wanted from None
    has_more = url.pathname != "/" or url.search or url.hash or url.username or url.password
    if url.protocol not in ("http:", "https:") or has_more or url.hostname.endswith("."):
        raise wanted
    return str(url.origin)


def _database_url(text: str) -> str | None:
    from liulian.storage.engines import parse_database_url

    if text:
        parse_database_url(text)
    return text or None


def _optional(text: str) -> str | None:
    return text or None


def _secret(text: str) -> str | None:
    if 0 < len(text) < SECRET_LENGTH_MIN:
        raise ValueError(f"at least {SECRET_LENGTH_MIN} characters, made by {MAKE_KEY}")
    return text or None


def _line(text: str) -> str | None:
    """Return a text that is shown to people as it is."""
    if len(text) > LINE_LENGTH_MAX or not text.isprintable():
        raise ValueError(f"one line of at most {LINE_LENGTH_MAX} characters")
    return text or None


def _smtp_url(text: str) -> str | None:
    from liulian.channels.smtp import SmtpMailer

    if text:
        SmtpMailer.parse(text, sender="")
    return text or None


def _sender(text: str) -> str | None:
    """Return an address, with or without a name before it."""
    if text and ("@" not in parseaddr(text)[1] or not text.isprintable()):
        raise ValueError("an address such as links@example.com or Liulian <links@example.com>")
    return text or None


def _issuer(text: str) -> str | None:
    if text and not text.startswith(("https://", "http://")):
        raise ValueError("an issuer such as https://login.example.com")
    return text or None


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip().lower() for name in text.split(",") if name.strip())


def _switch(text: str) -> bool:
    if text.lower() not in ("on", "off"):
        raise ValueError("on or off")
    return text.lower() == "on"


def _level(text: str) -> str:
    if text.lower() not in ("debug", "info", "warning", "error"):
        raise ValueError("debug, info, warning or error")
    return text.lower()


SETTINGS: tuple[Setting, ...] = (
    Setting("HOST", "127.0.0.1", "address", "Address to listen on.", "监听地址。"),
    Setting("PORT", "8000", "port", "Port to listen on; 0 takes a free one.", "监听端口，0 表示任选空闲端口。", _port),
    Setting("DATA_DIR", "./data", "folder", "Where everything is kept.", "所有数据存放的目录。", Path),
    Setting(
        "WORKERS",
        "",
        "number",
        "Web processes; default: one per core. Worker and query process come beside them.",
        "Web 进程数，默认每核一个；后台进程和查询进程另计。",
        lambda text: _count(text) if text else os.cpu_count() or 1,
    ),
    Setting(
        "SECRET_KEY",
        "",
        "secret",
        f"Root of all signing keys, at least {SECRET_LENGTH_MIN} characters, such as `{MAKE_KEY}` prints; "
        "default: made on the first start, in the data folder.",
        f"所有签名密钥的根，至少 {SECRET_LENGTH_MIN} 个字符，可用 `{MAKE_KEY}` 生成；默认首次启动时在数据目录生成。",
        _secret,
    ),
    Setting(
        "TIME_ZONE",
        "Asia/Shanghai",
        "zone",
        "Where a day begins: for daily visitors and as the default of statistics.",
        "一天从哪里算起：日访客和统计的默认时区。",
        ZoneInfo,
    ),
    Setting(
        "DATABASE_URL",
        "",
        "url",
        "`postgresql://user:password@host/name`; default: SQLite in the data folder.",
        "`postgresql://用户:密码@主机/库名`；默认使用数据目录中的 SQLite。",
        _database_url,
    ),
    Setting(
        "LAKE_URL",
        "",
        "url",
        "Where clicks are kept: a folder or `s3://bucket/path`; default: a folder in the data folder.",
        "点击数据的位置：目录或 `s3://桶/路径`；默认在数据目录中。",
        _optional,
    ),
    Setting(
        "BASE_URL",
        "",
        "url",
        "Public origin of short links, such as `https://lnk.example.com`. With it, only this name, verified "
        "domains and plain addresses are answered; without it any host is.",
        "短链的公开地址，如 `https://lnk.example.com`。设置后只应答这个域名、已验证的域名和 IP 地址；"
        "不设置则接受任何主机名。",
        _base_url,
    ),
    Setting(
        "TRUSTED_PROXIES",
        "",
        "networks",
        "Networks whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, separated by commas; "
        "`loopback` and `private` stand for the usual ones.",
        "信任哪些网段发来的 `X-Forwarded-For` 与 `X-Forwarded-Proto`，用逗号分隔；`loopback`、`private` 代表常见网段。",
        TrustedProxies.parse,
    ),
    Setting(
        "HEAD_TIMEOUT",
        "10",
        "seconds",
        "Time in which a request head must arrive.",
        "请求头必须在此时间内到齐。",
        _seconds,
    ),
    Setting(
        "KEEP_ALIVE_TIMEOUT", "15", "seconds", "How long an idle connection is kept.", "空闲连接保留多久。", _seconds
    ),
    Setting(
        "CONNECTIONS_MAX", "20000", "number", "Connections per web process.", "每个 Web 进程的连接数上限。", _count
    ),
    Setting(
        "ROUTES_MAX",
        "200000",
        "number",
        "Links each web process keeps in memory.",
        "每个 Web 进程在内存中保留的短链数。",
        _count,
    ),
    Setting(
        "METRICS_TOKEN",
        "",
        "secret",
        "Bearer token for `/metrics`; without it only this machine may read it.",
        "读取 `/metrics` 的 Bearer 令牌；不设置则只允许本机读取。",
        _optional,
    ),
    Setting(
        "OPERATOR",
        "",
        "text",
        "Who runs this installation, as the privacy notice and the terms name them.",
        "谁在运行这个网站，写进隐私说明和使用条款。",
        _line,
    ),
    Setting(
        "CONTACT",
        "",
        "text",
        "How they are reached, such as an e-mail address; shown in the privacy notice and the terms.",
        "怎样联系运行者，例如电子邮箱，写进隐私说明和使用条款。",
        _line,
    ),
    Setting(
        "ICP_NUMBER",
        "",
        "text",
        "ICP filing number of the domain, shown at the foot of every public page.",
        "域名的 ICP 备案号，显示在每个公开页面的页脚。",
        _line,
    ),
    Setting(
        "POLICE_NUMBER",
        "",
        "text",
        "Public security filing number of the domain, shown beside it.",
        "公安联网备案号，显示在它旁边。",
        _line,
    ),
    Setting(
        "ANONYMOUS_LINKS",
        "on",
        "word",
        "on: whoever reaches this server may make links; off: only callers with an API key.",
        "on：能访问本站的人都可以创建短链；off：只有持 API 密钥的调用者可以。",
        _switch,
    ),
    Setting(
        "ANONYMOUS_LINKS_PER_HOUR",
        "20",
        "number",
        "Links that callers without a key may make in any hour, for each address (IPv6: each /64).",
        "没有密钥的调用者每小时最多创建多少条短链，按地址计（IPv6 按 /64）。",
        _count,
    ),
    Setting(
        "FEEDS_DIR",
        "",
        "folder",
        "Lists of harmful addresses (hosts, names, URLs, CSV, JSON); default: `feeds` in the data folder.",
        "不安全网址名单的目录（hosts、域名、网址、CSV、JSON），默认为数据目录中的 `feeds`。",
        lambda text: Path(text) if text else None,
    ),
    Setting(
        "ANONYMOUS_LINK_DAYS",
        "30",
        "number",
        "Days after which a link ends that was made without a key.",
        "不带密钥创建的短链，多少天后过期。",
        _days,
    ),
    Setting(
        "SMTP_URL",
        "",
        "url",
        "Mail server for letters about accounts: `smtps://user:password@host`, `smtp+tls://…` (STARTTLS) or `smtp://…`."
        " Needs `LIULIAN_BASE_URL`: links in letters lead there.",
        "发送账号邮件的服务器：`smtps://用户:密码@主机`，`smtp+tls://…`（STARTTLS）或 `smtp://…`。"
        "须同时设置 `LIULIAN_BASE_URL`，邮件里的链接都指向它。",
        _smtp_url,
    ),
    Setting(
        "MAIL_FROM",
        "",
        "text",
        "Sender of these letters, such as `Liulian <links@example.com>`.",
        "这些邮件的发件人，如 `留链 <links@example.com>`。",
        _sender,
    ),
    Setting(
        "OIDC_ISSUER",
        "",
        "url",
        "Provider of single sign-on (OpenID Connect), as it calls itself. "
        "Its redirect address here is `/api/v1/session/oidc/sso/callback`. Needs `LIULIAN_BASE_URL`.",
        "单点登录服务（OpenID Connect）的 issuer。在那里登记的回调地址是本站的 `/api/v1/session/oidc/sso/callback`。"
        "须同时设置 `LIULIAN_BASE_URL`。",
        _issuer,
    ),
    Setting(
        "OIDC_CLIENT_ID",
        "",
        "text",
        "How the provider knows this installation.",
        "在单点登录服务登记的客户端 ID。",
        _line,
    ),
    Setting("OIDC_CLIENT_SECRET", "", "secret", "The secret that goes with it.", "对应的客户端密钥。", _optional),
    Setting(
        "OIDC_NAME",
        "SSO",
        "text",
        "What the button to sign in there says.",
        "登录按钮上显示的名称。",
        _line,
    ),
    Setting(
        "OIDC_DOMAINS",
        "",
        "names",
        "Domains of e-mail addresses for which the provider answers, separated by commas: whoever it says has such an "
        "address gets the account with it. Without any, people first connect their account in the console.",
        "由单点登录服务负责的邮箱域名，用逗号分隔：它认定的邮箱持有人可直接登录同邮箱的账号。不设置则需先在控制台连接账号。",
        _names,
    ),
    Setting("LOG_LEVEL", "info", "word", "debug, info, warning or error.", "debug、info、warning 或 error。", _level),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, read and checked. Paths are absolute."""

    host: str
    port: int
    data_dir: Path
    workers: int
    secret_key: str | None = field(repr=False)
    time_zone: ZoneInfo
    database_url: str = field(repr=False)
    lake_url: str
    base_url: str | None
    trusted_proxies: TrustedProxies
    head_timeout: float
    keep_alive_timeout: float
    connections_max: int
    routes_max: int
    metrics_token: str | None = field(repr=False)
    operator: str | None
    contact: str | None
    icp_number: str | None
    police_number: str | None
    anonymous_links: bool
    anonymous_links_per_hour: int
    feeds_dir: Path
    anonymous_link_days: int
    smtp_url: str | None = field(repr=False)
    mail_from: str | None
    oidc_issuer: str | None
    oidc_client_id: str | None
    oidc_client_secret: str | None = field(repr=False)
    oidc_name: str
    oidc_domains: frozenset[str]
    log_level: str

    @property
    def spool_dir(self) -> Path:
        """Where web processes write clicks."""
        return self.data_dir / "spool"

    @property
    def meters_dir(self) -> Path:
        """Where processes count."""
        return self.data_dir / "meters"

    @property
    def geo_dir(self) -> Path:
        """Where geo files are put."""
        return self.data_dir / "geo"

    @property
    def texts_dir(self) -> Path:
        """Where the operator's own privacy notice and terms are put."""
        return self.data_dir / "texts"

    @property
    def imports_dir(self) -> Path:
        """Where uploaded files lie until their links are made."""
        return self.data_dir / "imports"

    @property
    def pictures_dir(self) -> Path:
        """Where members' photos lie."""
        return self.data_dir / "members"

    @property
    def query_socket(self) -> Path:
        """Where the query process listens."""
        return self.data_dir / "run" / "query.sock"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings. Raises BadSettingError with a sentence for the first value that cannot be used."""
    values = {setting.name.lower(): _read(setting, environment) for setting in SETTINGS}
    data_dir = values["data_dir"] = values["data_dir"].expanduser().absolute()
    values["database_url"] = values["database_url"] or f"sqlite:///{data_dir / 'liulian.db'}"
    values["lake_url"] = values["lake_url"] or str(data_dir / "lake")
    values["feeds_dir"] = (values["feeds_dir"] or data_dir / "feeds").expanduser().absolute()
    _check_together(values)
    return Settings(**values)


def _check_together(values: Mapping[str, Any]) -> None:
    """Raise BadSettingError for a setting that is of no use without another one."""
    for name, needed in (
        ("smtp_url", "mail_from"),
        ("smtp_url", "base_url"),  # Links in letters must not follow a Host header that somebody else chose.
        ("oidc_issuer", "oidc_client_id"),
        ("oidc_issuer", "oidc_client_secret"),
        ("oidc_issuer", "base_url"),
    ):
        if values[name] and not values[needed]:
            raise BadSettingError(f"{PREFIX}{name.upper()}: {PREFIX}{needed.upper()} must be set too")


def unknown_settings(environment: Mapping[str, str]) -> list[str]:
    """Return names that look like settings of ours and are none: a typing error is better heard of than guessed."""
    known = {PREFIX + setting.name for setting in SETTINGS}
    return sorted(name for name in environment if name.startswith(PREFIX) and name not in known)


def _read(setting: Setting, environment: Mapping[str, str]) -> Any:
    text = environment.get(PREFIX + setting.name, "").strip() or setting.default
    try:
        return setting.read(text)
    except (ValueError, KeyError, OSError) as error:  # ZoneInfo says KeyError.
        raise BadSettingError(f"{PREFIX}{setting.name}{_shown(setting, text)}: {setting.en} ({error})") from error


def _shown(setting: Setting, text: str) -> str:
    """Return what may be repeated of a value that cannot be used: neither a secret nor a password may end in a log."""
    return "" if setting.kind == "secret" else "=" + repr(re.sub(r"//.*@", "//***@", text))
