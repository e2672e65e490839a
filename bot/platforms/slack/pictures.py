"""Charts of posted messages: drawn and uploaded when the message is sent, shared by nothing but its image blocks.

A frozen message names its charts and has blocks that stand for them. A picture that cannot be had is left out and the log says
so; an upload that was cut off leaves a file that nobody sees.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import log
from bot.charts.pictures import drawn
from bot.errors import DeliveryError
from bot.model import Chart, File, Message
from bot.platforms.slack.blocks import Json
from bot.platforms.slack.files import TROUBLE, upload
from bot.platforms.slack.refusals import REFUSED_BLOCKS, as_ours, before_posting, code_of
from bot.store.codec import dump, load

_FILE = re.compile(r"slack[ _]file")  # what Slack names when it refuses one
LIMIT = 20.0  # seconds for all pictures of a message
PAUSES = (1.0, 3.0)  # seconds before an upload is tried again, or a post whose picture Slack has not processed yet
_LONGEST_PAUSE = 5.0
_KEPT_FOR = 600.0  # seconds: channels of one workspace that get the same chart in one morning share the file
_KEPT = 500


def stand_ins(charts: Sequence[Chart]) -> dict[str, Chart]:
    """An id for each chart that has the form of a file's, until it is uploaded."""
    return {f"FCHART{number:03}": chart for number, chart in enumerate(charts)}


def frozen(message: Message, charts: Mapping[str, Chart]) -> Message:
    """``message`` with the data of the charts whose stand-ins its blocks show."""
    shown = [_file_id(block) for block in message.payload.get("blocks", ())]
    named = {id: dump(charts[id]) for id in shown if id in charts}
    return Message({**message.payload, "charts": named}, message.in_thread) if named else message


class Pictures:
    """Uploads the charts of messages. ``pauses``: as PAUSES."""

    def __init__(self, pauses: Sequence[float] = PAUSES) -> None:
        self.pauses = pauses
        self._uploaded: OrderedDict[tuple[str, Chart], tuple[float, str]] = OrderedDict()

    async def shown(
        self, client: AsyncWebClient, workspace: str, payload: Mapping[str, Any], *, needed: bool = False
    ) -> dict[str, Any]:
        """``payload`` as Slack takes it, with its pictures. ``needed``: it replaces a message that has them.

        Raises:
            DeliveryError: a needed picture could not be had now; nothing was posted.
        """
        body = {key: value for key, value in payload.items() if key != "charts"}
        charts: Mapping[str, Any] = payload.get("charts") or {}
        if not charts:
            return body
        ids: dict[str, str] = {}
        try:
            async with asyncio.timeout(LIMIT):
                for stand_in, data in charts.items():
                    ids[stand_in] = await self._id(client, workspace, load(Chart, data), needed)
        except TimeoutError as error:
            if needed:
                raise DeliveryError("Slack: a picture could not be uploaded in time") from error
            log.warning("slack.picture_lost", workspace=workspace, error=f"no answer within {LIMIT:g} s")
        return body | {"blocks": _filled(payload["blocks"], {stand_in: ids.get(stand_in, "") for stand_in in charts})}

    def forget(self) -> None:
        """Slack did not take a picture: what was uploaded lately is not to be trusted."""
        self._uploaded.clear()

    async def _id(self, client: AsyncWebClient, workspace: str, chart: Chart, needed: bool) -> str:
        """Slack's id of the chart's picture; "" where there is none to be had."""
        key, now = (workspace, chart), monotonic()
        if key in self._uploaded and now - self._uploaded[key][0] < _KEPT_FOR:
            return self._uploaded[key][1]
        for file in await drawn([chart]):
            if id := await self._upload(client, workspace, file, needed):
                self._uploaded[key] = now, id
                while len(self._uploaded) > _KEPT:
                    self._uploaded.popitem(last=False)
            return id
        return ""

    async def _upload(self, client: AsyncWebClient, workspace: str, file: File, needed: bool) -> str:
        for pause in (*self.pauses, None):
            try:
                return await upload(client, file)
            except TROUBLE as error:
                trouble = before_posting(as_ours(error))
                passing = not trouble.permanent and not (isinstance(error, SlackApiError) and _is_refusal(error))
                if passing and pause is not None:
                    await asyncio.sleep(min(max(trouble.retry_after or 0.0, pause), _LONGEST_PAUSE) if pause else 0)
                    continue
                if passing and needed:
                    raise trouble from error
                log.warning("slack.picture_lost", workspace=workspace, file=file.name, error=str(trouble))
                return ""
        return ""


class Remedy:
    """What can be done about one message whose blocks Slack refuses: wait for a picture, leave pictures out, send its text."""

    def __init__(self, pictures: Pictures, body: dict[str, Any], delivery_id: str) -> None:
        self._pictures, self._body, self._delivery = pictures, body, delivery_id
        self._pauses = iter(pictures.pauses)

    async def applied(self, error: SlackApiError) -> bool:
        """Whether another try of the body, which this may have changed, makes sense."""
        if code_of(error) not in REFUSED_BLOCKS or not self._body.get("blocks"):
            return False
        plainer = [block for block in self._body["blocks"] if not _file_id(block)]
        if len(plainer) == len(self._body["blocks"]):
            log.warning("slack.blocks_refused", error=code_of(error), delivery=self._delivery)
            del self._body["blocks"]
            return True
        pause = next(self._pauses, None) if _FILE.search(str(error.response)) else None
        if pause is not None:
            await asyncio.sleep(pause)
            return True
        log.warning("slack.picture_lost", error=str(error.response)[:200], delivery=self._delivery)
        self._pictures.forget()
        self._body["blocks"] = plainer
        return True


def _is_refusal(error: SlackApiError) -> bool:
    """Whether Slack itself said no, for a reason that no second try changes."""
    status = int(getattr(error.response, "status_code", None) or 0)
    return status < 429 and code_of(error) not in ("", "ratelimited", "rate_limited", "fatal_error", "internal_error")


def _file_id(block: Mapping[str, Any]) -> str:
    return str((block.get("slack_file") or {}).get("id") or "")


def _filled(blocks: Sequence[Json], ids: Mapping[str, str]) -> list[Json]:
    """``blocks`` with files in the place of stand-ins, and without those for which there is none."""
    made: list[Json] = []
    for block in blocks:
        stand_in = _file_id(block)
        if stand_in not in ids:
            made.append(block)
        elif ids[stand_in]:
            made.append({**block, "slack_file": {"id": ids[stand_in]}})
    return made
