"""Slack: what people do there (listeners), how things look there (render), and how they are posted (send)."""

from bot.platforms.slack.check import check
from bot.platforms.slack.connection import Connection, connect
from bot.platforms.slack.listeners import build_app
from bot.platforms.slack.manifest import manifest
from bot.platforms.slack.send import SlackMessenger
from bot.platforms.slack.socket_mode import serve

__all__ = ["Connection", "SlackMessenger", "build_app", "check", "connect", "manifest", "serve"]
