"""What a process of the bot does: everything, or one part of it, any number of each on PostgreSQL."""

from dataclasses import dataclass

from bot.config import Settings
from bot.errors import ConfigError

KINDS = ("schedule", "worker", "slack", "discord", "web")
_ON_A_FILE = ("", "worker", "web")


@dataclass(frozen=True, slots=True)
class Kind:
    """``ticks``: finds what is due and puts jobs; ``works``: runs jobs; ``listens``: to these platforms' connections; ``web``:
    takes requests over HTTP; ``shares``: other processes may do the same, with jobs in a queue.
    """

    name: str
    ticks: bool
    works: bool
    listens: frozenset[str]
    web: bool
    shares: bool

    @property
    def alone(self) -> bool:
        """Whether this process runs its jobs itself, without a queue."""
        return self.ticks and self.works and not self.shares

    @property
    def answers(self) -> bool:
        """Whether people talk to this process."""
        return self.web or bool(self.listens)


def kind_of(settings: Settings, only: str = "") -> Kind:
    """What ``bot run --only`` asks for; all of it where nothing is said.

    Raises:
        ConfigError: this kind of process needs PostgreSQL, or a port.
    """
    shares = not settings.database_url.startswith("sqlite")
    if not shares and only not in _ON_A_FILE:
        raise ConfigError(
            [
                f"--only {only}: needs PostgreSQL (DATABASE_URL=postgresql://…), where several processes share their work; "
                "on SQLite run `bot run`, or `--only web` beside `--only worker`"
            ]
        )
    if only == "web" and not settings.http_port:
        raise ConfigError(["BOT_HTTP_PORT: missing, expected the port that `bot run --only web` listens on"])
    every = only in ("", "worker") if not shares else not only
    listens = {"slack", "discord"} if every else {only} & {"slack", "discord"}
    return Kind(
        name=only or "all",
        ticks=every or only == "schedule",
        works=every or only == "worker",
        listens=frozenset(listens),
        web=only in ("", "web"),
        shares=shares,
    )
