"""Settings from the environment: read, checked, every problem in one report."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot import log
from bot.config.checks import (
    address_or_off,
    flag,
    money,
    one_of,
    person,
    positive,
    secret,
    site_address,
    web_address,
    whole,
    zone,
)
from bot.errors import ConfigError
from bot.model import LANGUAGES

IN_MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. Every field's variable is in docs/settings.md; tokens never appear in a representation."""

    database_url: str = field(default="sqlite:///data/bot.sqlite3", repr=False)
    index_dir: str = ""
    feeds_file: Path = Path("feeds.yaml")
    prompts_dir: Path = Path("prompts")
    language: str = "en"
    time_zone: str = "Asia/Seoul"
    log_level: str = "INFO"
    log_format: str = "text"
    poll_seconds: int = 60
    http_host: str = "127.0.0.1"
    http_port: int = 0
    probe_port: int = 0
    retention_days: int = 0
    grace_days: int = 30
    backup_dir: str = ""
    backup_keep: int = 7
    ping_url: str = field(default="", repr=False)
    operator: str = ""
    fetch_allow_loopback: bool = False
    rates_url: str = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist-90d.xml"
    user_agent: str = "ai-market-briefings/0.1 (+feed reader)"
    openai_api_key: str = field(default="", repr=False)
    openai_base_url: str = ""
    model: str = ""
    model_fast: str = ""
    model_embedding: str = ""
    model_tokens_per_call: int = 60_000
    model_tokens_per_day: int = 500_000
    model_tokens_per_month: int = 0
    model_tokens_per_workspace: int = 0
    model_money_per_day: Decimal = Decimal(0)
    model_money_per_month: Decimal = Decimal(0)
    model_price_sent: Decimal = Decimal(0)
    model_price_received: Decimal = Decimal(0)
    model_fast_price_sent: Decimal = Decimal(0)
    model_fast_price_received: Decimal = Decimal(0)
    model_embedding_price: Decimal = Decimal(0)
    model_currency: str = "USD"
    slack_bot_token: str = field(default="", repr=False)
    slack_app_token: str = field(default="", repr=False)
    slack_signing_secret: str = field(default="", repr=False)
    slack_client_id: str = ""
    slack_client_secret: str = field(default="", repr=False)
    slack_api_url: str = ""
    discord_token: str = field(default="", repr=False)
    discord_api_url: str = ""
    base_url: str = ""
    public_pages: bool = False
    web_secret: str = field(default="", repr=False)
    discord_client_id: str = ""
    discord_client_secret: str = field(default="", repr=False)

    @property
    def index_home(self) -> Path | None:
        """The folder of the search index: beside a SQLite database where nothing else is said; None keeps it in memory."""
        if self.index_dir == IN_MEMORY:
            return None
        if self.index_dir:
            return Path(self.index_dir)
        scheme, _, file = self.database_url.partition(":///")
        return Path(f"{file}.index").expanduser() if scheme.startswith("sqlite") and file else None

    @property
    def has_model(self) -> bool:
        """Whether summaries may come from a language model."""
        return bool(self.openai_api_key or self.openai_base_url)

    @property
    def has_slack(self) -> bool:
        """Whether Slack can be served: one workspace's token or OAuth for several, and Socket Mode or HTTP."""
        return bool((self.slack_bot_token or self.slack_client_id) and (self.slack_app_token or self.slack_signing_secret))

    @property
    def has_discord(self) -> bool:
        """Whether Discord can be served."""
        return bool(self.discord_token)

    @property
    def over_https(self) -> bool:
        """Whether people reach our pages by https."""
        return self.base_url.startswith("https://")


def variable(name: str) -> str:
    """The environment variable that sets the field ``name`` of Settings."""
    own = ("openai_", "slack_", "discord_", "database_")
    return name.upper() if name.startswith(own) else f"BOT_{name.upper()}"


_MONEY = (
    "model_money_per_day", "model_money_per_month", "model_price_sent", "model_price_received", "model_fast_price_sent",
    "model_fast_price_received", "model_embedding_price",
)  # fmt: skip
_READERS: Mapping[str, Callable[[str], Any]] = {
    "feeds_file": Path,
    "prompts_dir": Path,
    "language": one_of(*LANGUAGES),
    "time_zone": zone,
    "log_level": one_of("DEBUG", "INFO", "WARNING", "ERROR"),
    "log_format": one_of("text", "json"),
    "poll_seconds": positive,
    "http_port": whole,
    "probe_port": whole,
    "retention_days": whole,
    "grace_days": whole,
    "backup_keep": positive,
    "ping_url": web_address,
    "operator": person,
    "fetch_allow_loopback": flag,
    "rates_url": address_or_off,
    "openai_base_url": web_address,
    **dict.fromkeys(("model_tokens_per_call", "model_tokens_per_day"), positive),
    **dict.fromkeys(("model_tokens_per_month", "model_tokens_per_workspace"), whole),
    **dict.fromkeys(_MONEY, money),
    "slack_api_url": web_address,
    "discord_api_url": web_address,
    "base_url": site_address,
    "public_pages": flag,
    "web_secret": secret,
}


def platform_port(environment: Mapping[str, str] | None = None) -> int:
    """The port that hosting platforms give a web process in ``PORT``; 0 where there is none. Raises ConfigError."""
    text = (os.environ if environment is None else environment).get("PORT", "").strip()
    if text and not (text.isdigit() and 0 < int(text) < 65_536):
        raise ConfigError([f"PORT: {text!r} cannot be used, expected a port such as 8080"])
    return int(text or 0)


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from ``environment`` (default: this process's). Raises ConfigError with every problem."""
    values = os.environ if environment is None else environment
    found: dict[str, Any] = {}
    problems = []
    for setting in fields(Settings):
        text = values.get(variable(setting.name), "").strip()
        if not text:
            continue
        try:
            found[setting.name] = _READERS.get(setting.name, str)(text)
        except ValueError as exc:
            shown = repr(text) if setting.repr else "what is set"
            problems.append(f"{variable(setting.name)}: {shown} cannot be used, {exc}")
    problems += _contradictions(found)
    secret = [setting.name for setting in fields(Settings) if not setting.repr and setting.name in found]
    log.hide(*(_secret(name, found[name]) for name in secret))
    if problems:
        raise ConfigError(problems)
    return Settings(**found)


def _secret(name: str, value: str) -> str:
    """What must never be shown of a setting: of the database's URL only the password."""
    if name != "database_url":
        return value
    with suppress(ValueError):  # it is no URL at all, as the database will say
        return urlsplit(value).password or ""
    return ""


def _contradictions(found: Mapping[str, Any]) -> list[str]:
    """What cannot be meant together."""
    problems = []
    for name in ("model_money_per_day", "model_money_per_month"):
        if found.get(name) and not (found.get("model_price_sent") and found.get("model_price_received")):
            problems.append(f"{variable(name)}: needs BOT_MODEL_PRICE_SENT and BOT_MODEL_PRICE_RECEIVED, of a million tokens")
    if ("slack_client_id" in found) != ("slack_client_secret" in found):
        problems.append("SLACK_CLIENT_ID and SLACK_CLIENT_SECRET: one is set without the other")
    if ("discord_client_id" in found) != ("discord_client_secret" in found):
        problems.append("DISCORD_CLIENT_ID and DISCORD_CLIENT_SECRET: one is set without the other")
    if "slack_bot_token" in found and "slack_client_id" in found:
        problems.append("SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID for those that install the app: set one of them")
    return problems
