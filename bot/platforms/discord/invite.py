"""How the bot comes into a server: the address to open, with the least that it needs there."""

import base64

import discord
from discord.utils import oauth_url

from bot.errors import UserError

PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    read_message_history=True,
    attach_files=True,
)
_CALLED = {"read_messages": "View Channels", "send_messages_in_threads": "Send Messages in Threads"}
_NO_ID = "neither DISCORD_TOKEN is set nor --application given: the portal shows the Application ID under General Information"


def invite(token: str, application: str = "") -> str:
    """What to open and what to tick, for people; the application's id is part of its token.

    Raises:
        UserError: there is no id to be had.
    """
    id = application or application_of(token)
    if not id.isdecimal():
        raise UserError(_NO_ID)
    server = oauth_url(int(id), permissions=PERMISSIONS, scopes=("bot", "applications.commands"))
    person = oauth_url(int(id), scopes=("applications.commands",)) + "&integration_type=1"
    wanted = ", ".join(called(name) for name, given in PERMISSIONS if given)
    return "\n".join(
        (
            "For a server, opened by somebody with Manage Server:",
            f"  {server}",
            f"  permissions: {wanted}",
            "For yourself, to ask in any server and in direct messages (needs User Install under Installation in the portal):",
            f"  {person}",
            "Privileged Gateway Intents to tick under Bot in the portal: none.",
        )
    )


def called(permission: str) -> str:
    """A permission as Discord's own settings call it."""
    return _CALLED.get(permission) or permission.replace("_", " ").title()


def application_of(token: str) -> str:
    """The application's id, which the first part of its bot's token spells; empty where it does not."""
    first = token.split(".", 1)[0]
    try:
        return base64.b64decode(first + "=" * (-len(first) % 4), validate=True).decode("ascii")
    except ValueError:
        return ""
