"""Leaves a failing server alone, ever longer, so that a dead model costs readers no time."""

from collections.abc import Callable

from bot.errors import ModelUnavailable


class NotServed(ModelUnavailable):
    """The server did no work for this request."""


class Breaker:
    """Opens after ``limit`` failures in a row, for ``pause`` seconds, and for twice as long each time that it opens again.

    When the pause is over, one request in ``probe`` seconds is let through until one succeeds. A wrong key or an empty account
    opens it for an hour.
    """

    def __init__(
        self, clock: Callable[[], float], limit: int = 5, pause: float = 60.0, longest: float = 900.0, probe: float = 30.0
    ) -> None:
        self._clock, self._limit, self._first, self._longest, self._probe = clock, limit, pause, longest, probe
        self._failures = 0
        self._pause = pause
        self._open_until = 0.0

    def check(self) -> None:
        """Let a request through, or raise ModelUnavailable."""
        now = self._clock()
        if now < self._open_until:
            raise NotServed("the model's server failed repeatedly and is left alone for now", retry_after=self._open_until - now)
        if self._failures >= self._limit:
            self._open_until = now + self._probe

    def succeeded(self) -> None:
        """Forget earlier failures."""
        self._failures, self._pause, self._open_until = 0, self._first, 0.0

    def failed(self, *, hopeless: bool = False) -> None:
        """Count a failure; ``hopeless``: trying again soon cannot help."""
        now = self._clock()
        probing = self._failures >= self._limit
        self._failures += 1
        if hopeless:
            self._failures = max(self._failures, self._limit)
            self._open_until = now + 3600.0
        elif self._failures == self._limit or (probing and self._open_until <= now + self._probe):
            self._open_until = now + self._pause
            self._pause = min(2 * self._pause, self._longest)
