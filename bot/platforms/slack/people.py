"""Who manages a workspace, as Slack says: asked once a person and a few minutes."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot import log

_LASTS = timedelta(minutes=5)
_MOST = 2_000


class People:
    """Remembers who is an admin or owner. Whom Slack does not vouch for is none."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._known: OrderedDict[tuple[str, str], tuple[datetime, bool]] = OrderedDict()

    async def manages(self, client: AsyncWebClient, workspace: str, person: str) -> bool:
        """Whether ``person`` is an admin or owner of ``workspace``, and not of another that shares a channel with it."""
        found = self._known.get((workspace, person))
        if found and found[0] > self._now():
            return found[1]
        try:
            user = (await client.users_info(user=person)).get("user") or {}
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            reason = error.response.get("error") if isinstance(error, SlackApiError) else repr(error)[:200]
            log.warning("slack.person_unknown", workspace=workspace, reason=str(reason))
            return False
        ours = user.get("team_id") == workspace and not user.get("deleted") and not user.get("is_bot")
        admin = bool(ours and (user.get("is_admin") or user.get("is_owner")))
        self._known[workspace, person] = (self._now() + _LASTS, admin)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return admin
