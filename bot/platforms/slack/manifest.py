"""The app manifest: pasted into Slack, it sets up everything this package needs and nothing more."""

from typing import Any

import yaml

from bot.commands.verbs import VERBS
from bot.errors import ConfigError
from bot.platforms.slack.surface import COMMAND, EVENTS, EVENTS_PATH, REDIRECT_PATH, SCOPES, SHORTCUTS

Json = dict[str, Any]

_HINT_LIMIT = 1000
_ABOUT = (
    "Reads Korean, Japanese and English news feeds, keeps what concerns AI business and AI policy in and between Korea and "
    "Japan, joins reports of one event across languages into one story, and posts a briefing in which every sentence cites its "
    "source. Ask it in a channel, in its Messages tab or below a briefing: it answers from the same archive, or says that the "
    "archive does not know."
)
_PROMPTS = (
    ("Today's briefing", "today"),
    ("Korean firms in Tokyo", "Which Korean AI companies opened an office in Japan?"),
    ("Data centre subsidies", "Which subsidies for AI data centres were announced in Korea and Japan?"),
    ("What can you do?", "help"),
)


def manifest(url: str | None = None) -> Json:
    """The manifest as JSON data, for Socket Mode; with ``url``, the public address of our server, for HTTP and OAuth.

    Raises:
        ConfigError: ``url`` is no address that Slack would call.
    """
    public = _public(url) if url else ""
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "AI Market Briefings",
            "description": "Briefings on AI business and policy in and between Korea and Japan, with sources",
            "long_description": _ABOUT,
            "background_color": "#1b1f3b",
        },
        "features": _features(public),
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}} | ({"redirect_urls": [public + REDIRECT_PATH]} if public else {}),
        "settings": {
            "event_subscriptions": {"bot_events": sorted(EVENTS)} | _called(public, "request_url"),
            "interactivity": {"is_enabled": True} | _called(public, "request_url", "message_menu_options_url"),
            "org_deploy_enabled": False,
            "socket_mode_enabled": not public,
            "token_rotation_enabled": False,
        },
    }


def as_yaml(made: Json) -> str:
    """A manifest as YAML, in its own order."""
    return yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=120)


def _features(public: str) -> Json:
    command = {
        "command": COMMAND,
        "description": "AI-market briefings, answers and look-ups",
        "usage_hint": _hint(),
        "should_escape": False,
    }
    return {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "bot_user": {"display_name": "brief", "always_online": True},
        "agent_view": {
            "agent_description": "Ask about AI business and AI policy in Korea and Japan; every sentence cites its source.",
            "suggested_prompts": [{"title": title, "message": message} for title, message in _PROMPTS],
        },
        "shortcuts": [
            {"type": kind, "name": name, "callback_id": id, "description": description}
            for id, (kind, name, description) in SHORTCUTS.items()
        ],
        "slash_commands": [command | _called(public, "url")],
    }


def _hint() -> str:
    """The verbs as far as they go."""
    hint = ""
    for verb in VERBS:
        more = f"{hint} | {verb.name} {verb.argument or ''}".strip(" |")
        if not verb.hidden and len(more) <= _HINT_LIMIT:
            hint = more
    return hint


def _called(public: str, *keys: str) -> Json:
    """The keys under which Slack wants our address; none in Socket Mode."""
    return dict.fromkeys(keys, public + EVENTS_PATH) if public else {}


def _public(url: str) -> str:
    if not url.startswith("https://") or not url[8:].strip("/") or any(char in url for char in "?# \n"):
        raise ConfigError([f"{url!r}: Slack calls https addresses only, such as https://brief.example.com"])
    return url.rstrip("/")
