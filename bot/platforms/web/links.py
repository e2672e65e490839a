"""Links that sign a person in: signed, good once and for a quarter of an hour (door: itsdangerous)."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from itsdangerous import BadData, URLSafeSerializer

from bot.model import Channel, Request

LASTS = timedelta(minutes=15)
PATH = "/sign-in"
_FOR = "sign-in"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Whom a link signs in, and until when it is good."""

    place: Channel
    person: str
    admin: bool
    expires: datetime


class Links:
    """Makes and reads links. ``key``: what all processes of this site sign with."""

    def __init__(self, key: str, base_url: str) -> None:
        self._key, self._base_url = key, base_url

    def sign_in(self, request: Request) -> str:
        """An address for who made the request, and nobody else: it belongs in an answer that only they see."""
        place, until = request.channel, int((request.at + LASTS).timestamp())
        data = [place.platform, place.workspace, request.person, int(request.admin), until, secrets.token_urlsafe(9)]
        return f"{self._base_url}{PATH}?{urlencode({'token': self.sign(data, _FOR)})}"

    def read(self, token: str, now: datetime) -> Ticket | None:
        """Whom a token signs in; None where it is not ours or too old. Whether it was used before, the store knows."""
        data = self.unsign(token, _FOR)
        if not isinstance(data, list) or len(data) != 6:
            return None
        platform, workspace, person, admin, until, _ = data
        expires = datetime.fromtimestamp(until, UTC)
        return Ticket(Channel(platform, "", workspace), person, bool(admin), expires) if expires > now else None

    def sign(self, data: Any, purpose: str) -> str:
        """JSON data that only we can have written, for one purpose."""
        return str(self._signer(purpose).dumps(data))

    def unsign(self, text: str, purpose: str) -> Any:
        """What was signed for this purpose; None where it was not."""
        try:
            return self._signer(purpose).loads(text) if len(text) <= 2000 else None
        except BadData:
            return None

    def mark(self, words: str) -> str:
        """What stands for ``words`` and nobody else can make."""
        return hmac.new(self._key.encode(), words.encode(), sha256).hexdigest()

    def _signer(self, purpose: str) -> URLSafeSerializer:
        return URLSafeSerializer(
            self._key, salt=f"web.{purpose}", signer_kwargs={"digest_method": sha256, "key_derivation": "hmac"}
        )
