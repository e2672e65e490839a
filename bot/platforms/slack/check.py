"""What ``bot doctor`` asks Slack: are both tokens good, and may the app post?"""

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.errors import BotError
from bot.platforms.slack.clients import web_client

_NEEDED = ("chat:write", "commands", "app_mentions:read", "im:history")
_TIMEOUT = 10


async def check(bot_token: str, app_token: str, base_url: str | None = None) -> str:
    """One line on the connection. Raises BotError with what to do where something is wrong."""
    client = web_client(bot_token, base_url, _TIMEOUT)
    setting = "SLACK_BOT_TOKEN"
    try:
        who = await client.auth_test()
        setting = "SLACK_APP_TOKEN"
        await client.apps_connections_open(app_token=app_token)
    except SlackApiError as exc:
        code = exc.response.get("error")
        raise BotError(f"{setting}: Slack answers {code}; copy the token again from the app's settings") from exc
    except (aiohttp.ClientError, TimeoutError, OSError) as exc:
        raise BotError("Slack cannot be reached; check the connection and SLACK_API_URL") from exc
    granted = {scope.strip() for scope in str(who.headers.get("x-oauth-scopes", "")).split(",") if scope.strip()}
    missing = [scope for scope in _NEEDED if scope not in granted] if granted else []
    if missing:
        raise BotError(f"the app lacks {', '.join(missing)}; update it with `bot slack manifest` and install it again")
    return f"connected to {who['team']} as {who['user']}; invite it to each channel that gets a digest"
