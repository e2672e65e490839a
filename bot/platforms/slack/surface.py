"""What the app is to Slack: its command, shortcuts, events and scopes, in one place for manifest, listeners, doctor and tests."""

from collections.abc import Mapping

COMMAND = "/brief"

# callback_id → type, name and description as people see them
SUMMARIZE_MESSAGE = "summarize_message"
WHY_MESSAGE = "why_message"
ASK = "ask"
SUBSCRIBE = "subscribe"
SHORTCUTS: Mapping[str, tuple[str, str, str]] = {
    SUMMARIZE_MESSAGE: ("message", "Summarize links", "The pages that this message links to, in a few cited sentences"),
    WHY_MESSAGE: ("message", "Why this story", "Why the story of this message was told, or why its article was kept or rejected"),
    ASK: ("global", "Ask a question", "A cited answer on AI business and policy in Korea and Japan"),
    SUBSCRIBE: ("global", "Subscribe to briefings", "Choose which briefings a channel gets, and when"),
}

EVENTS_PATH = "/slack/events"  # also for commands, shortcuts, buttons and forms
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"

# Each event with the scope that Slack asks for it.
EVENTS: Mapping[str, str] = {
    "agent_session_stopped": "assistant:write",
    "app_home_opened": "",
    "app_mention": "app_mentions:read",
    "app_uninstalled": "",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "tokens_revoked": "",
}

# Each scope with what it is for. There is none to read files, other people's direct messages or addresses.
SCOPES: Mapping[str, str] = {
    "app_mentions:read": "questions by mention",
    "assistant:write": "the Messages tab: suggested prompts, progress, stop",
    "channels:history": "replies below briefings, and finding our own message again after a lost answer",
    "channels:join": "posting to a public channel that nobody invited us to",
    "channels:read": "whether we are in a channel and may post there, before the first briefing fails",
    "chat:write": "briefings and answers",
    "commands": "/brief and the shortcuts",
    "files:write": "charts and tables as files",
    "groups:history": "the same as channels:history, in private channels that invited us",
    "groups:read": "the same as channels:read, in private channels that invited us",
    "im:history": "questions in direct messages",
    "im:write": "telling the owner of a briefing that it cannot be posted",
    "users:read": "who is an admin and may manage feeds and subscriptions",
}
