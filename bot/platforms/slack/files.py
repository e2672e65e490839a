"""Files of a reply: images become part of the message, everything else is handed over beside it."""

from collections.abc import Iterable, Mapping, Sequence

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot import log
from bot.model import File
from bot.platforms.slack.text import bounded

TROUBLE = (SlackClientError, aiohttp.ClientError, TimeoutError, ValueError)
_PICTURES = (".png", ".jpg", ".jpeg", ".gif")
_NAME_LIMIT = 100
_ALT_LIMIT = 1000


def is_picture(file: File) -> bool:
    """Whether Slack shows it in a message."""
    return file.name.lower().endswith(_PICTURES)


async def upload_pictures(client: AsyncWebClient, files: Iterable[File]) -> Mapping[str, str]:
    """Slack's ids of the images among ``files``, by name; one that cannot be uploaded is left out, and the log says why."""
    ids: dict[str, str] = {}
    for file in filter(is_picture, files):
        try:
            ids[file.name] = await upload(client, file)
        except TROUBLE as error:
            log.warning("slack.file_lost", file=file.name, error=repr(error)[:200])
    return ids


async def upload(client: AsyncWebClient, file: File) -> str:
    """Slack's id of ``file``, which is shared nowhere yet. Raises what is among TROUBLE."""
    done = await client.files_upload_v2(filename=_name(file), content=file.content, alt_txt=bounded(file.alt, _ALT_LIMIT))
    return str(done["files"][0]["id"])


async def hand_over(client: AsyncWebClient, files: Sequence[File], channel: str, thread: str | None = None) -> bool:
    """Post ``files`` to a channel or thread, all in one message; False where that failed."""
    if not files:
        return True
    uploads = [{"filename": _name(file), "content": file.content} for file in files]
    try:
        await client.files_upload_v2(file_uploads=uploads, channel=channel, thread_ts=thread)
    except TROUBLE as error:
        log.warning("slack.file_lost", channel=channel, error=repr(error)[:200])
        return False
    return True


async def hand_to(client: AsyncWebClient, files: Sequence[File], person: str) -> bool:
    """Send ``files`` to a person's direct messages with us; False where that failed."""
    if not files:
        return True
    try:
        direct = await client.conversations_open(users=person)
    except TROUBLE as error:
        log.warning("slack.file_lost", person=person, error=repr(error)[:200])
        return False
    return await hand_over(client, files, str(direct["channel"]["id"]))


def _name(file: File) -> str:
    return bounded(file.name, _NAME_LIMIT) or "file"
