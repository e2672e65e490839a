"""The app manifest: pasted into Slack, it sets up everything this package needs and nothing more."""

from typing import Any

from bot.commands.verbs import VERBS
from bot.platforms.slack.listeners import COMMAND

_SCOPES = [
    "app_mentions:read",
    "channels:history",  # replies below briefings, and the threads that we are asked in
    "channels:join",
    "chat:write",
    "commands",
    "groups:history",
    "im:history",
]
_HINT_LIMIT = 1000


def manifest() -> dict[str, Any]:
    """The manifest for Socket Mode as JSON data (Slack: "Create New App", "From a manifest")."""
    return {
        "display_information": {
            "name": "AI Market Briefings",
            "description": "Briefings on AI business and policy in and between Korea and Japan, with sources",
            "background_color": "#1b1f3b",
        },
        "features": {
            "app_home": {"home_tab_enabled": False, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
            "bot_user": {"display_name": "brief", "always_online": True},
            "slash_commands": [
                {
                    "command": COMMAND,
                    "description": "AI-market briefings, answers and look-ups",
                    "usage_hint": " | ".join(f"{v.name} {v.argument or ''}".strip() for v in VERBS if not v.hidden)[:_HINT_LIMIT],
                    "should_escape": False,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": _SCOPES}},
        "settings": {
            "event_subscriptions": {"bot_events": ["app_mention", "message.channels", "message.groups", "message.im"]},
            "interactivity": {"is_enabled": False},
            "org_deploy_enabled": False,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }
