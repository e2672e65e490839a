"""Slack as the settings want it: one workspace or those that install the app, over Socket Mode, HTTP or both."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.routing import Route

from bot.config import Settings
from bot.platforms.slack.clients import PLATFORM, Clients, Installed, OneToken
from bot.platforms.slack.hooks import events_route, install_routes
from bot.platforms.slack.listeners import build_app
from bot.platforms.slack.oauth import OAuth, oauth
from bot.platforms.slack.send import SlackMessenger
from bot.platforms.slack.socket_mode import serve
from bot.ports import Conversation
from bot.store import Store


@dataclass(frozen=True, slots=True)
class Connection:
    """What posts, the pages that the HTTP server shows, and what listens until it is cancelled (None: only over HTTP)."""

    messenger: SlackMessenger
    routes: tuple[Route, ...]
    listen: Callable[[], Awaitable[None]] | None


def connect(settings: Settings, talk: Conversation, store: Store, now: Callable[[], datetime]) -> Connection:
    """Slack, of which ``settings.has_slack`` says that it is set up; nothing is sent yet."""
    url = settings.slack_api_url or None
    by_oauth: OAuth | None = None
    clients: Clients = OneToken(settings.slack_bot_token, url)
    if settings.slack_client_id:
        client_id, client_secret = settings.slack_client_id, settings.slack_client_secret
        clients = installed = Installed(
            store.installations, client_id=client_id, client_secret=client_secret, now=now, base_url=url
        )
        by_oauth = oauth(installed, client_id=client_id, client_secret=client_secret, now=now, joined=talk.joined, base_url=url)

    async def first(workspace: str, event: str) -> bool:
        return await store.heard.first(PLATFORM, workspace, event, now())

    app = build_app(
        settings.slack_bot_token,
        conversation=talk,
        notes=store.notes,
        now=now,
        base_url=url,
        oauth=by_oauth,
        first=first,
    )
    routes = install_routes(by_oauth.flow) if by_oauth else []
    if settings.slack_signing_secret:
        routes.append(events_route(app, settings.slack_signing_secret, now))

    async def listen() -> None:
        await serve(app, settings.slack_app_token, base_url=url, joined=talk.joined)

    return Connection(SlackMessenger(clients=clients), tuple(routes), listen if settings.slack_app_token else None)
