"""What can go wrong, and who deals with it.

    BotError
    ├ ConfigError(problems)             stop at start; every problem listed
    ├ FeedError(url)                    this feed fails, the run goes on
    │  ├ FetchError(permanent, retry_after)
    │  └ ParseError
    ├ ModelError                        this item fails, the run goes on extractively
    │  ├ ModelUnavailable(retry_after)
    │  ├ BadOutput
    │  └ BudgetSpent
    ├ StoreError(passing)               the database cannot be used; the message says what to do
    ├ ArchiveError                      the search index cannot be used; the database has everything
    ├ DeliveryError(permanent, retry_after, posted)
    └ UserError                         the person can fix it: the only text ever shown in chat
       └ FormError(fields)              what to put right, by field of a form

Anything else is a bug: it is logged with a reference, and people see only the reference.
"""

from collections.abc import Mapping, Sequence


class BotError(Exception):
    """Root of all errors that this program raises on purpose."""


class ConfigError(BotError):
    """Settings or feeds.yaml cannot be used; ``problems`` holds one line for each thing to put right."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class FeedError(BotError):
    """One feed or page failed."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason


class FetchError(FeedError):
    """The bytes could not be had. ``retry_after``: seconds, where the server named some. ``status``: what it answered with."""

    def __init__(
        self,
        url: str,
        reason: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(url, reason)
        self.permanent = permanent
        self.retry_after = retry_after
        self.status = status


class ParseError(FeedError):
    """The bytes are no feed or page that can be read."""


class ModelError(BotError):
    """A language-model call gave nothing usable. ``label``: why, in a word that is counted."""

    label = "failed"


class ModelUnavailable(ModelError):
    """The model's server is down, slow, refuses us or limits us. ``retry_after`` is in seconds."""

    label = "unavailable"

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class BadOutput(ModelError):
    """The model answered, but not with what was asked: truncated, refused, of the wrong shape or unsupported."""

    label = "unusable"


class BudgetSpent(ModelError):
    """The budget of tokens or money leaves no room for this call."""

    label = "budget"


class StoreError(BotError):
    """The database cannot be used as it is; the message says what to do. ``passing``: the same may work a little later."""

    def __init__(self, message: str, *, passing: bool = False) -> None:
        super().__init__(message)
        self.passing = passing


class ArchiveError(BotError):
    """The search index cannot be used; the message says what to do."""


class DeliveryError(BotError):
    """A message could not be posted.

    ``permanent``: trying again is pointless until a person changes something. ``retry_after``: seconds, as the platform asked.
    ``posted``: False where the platform surely holds no message, None where that is not known (time-out, 5xx), True where it took
    the message earlier and somebody has deleted it since. ``cure``: what the person can do, an English key of the locales.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        posted: bool | None = False,
        cure: str = "",
    ) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.retry_after = retry_after
        self.posted = posted
        self.cure = cure


class UserError(BotError):
    """Something the person who asked can put right. Its text is shown to them as it is."""


class FormError(UserError):
    """Fields of a form that the person has to put right: ``fields`` gives each one's name and what is wrong with it."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(fields.values()))
        self.fields = dict(fields)
