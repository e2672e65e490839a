"""The process behind a balancer: what Slack sends over HTTP is answered by the real bot, and no secret is written anywhere."""

import re
from pathlib import Path

from tests.platforms.slack.cloud import SECRET, Cloud
from tests.test_service import _free_port, bot, ended, line_with


async def test_the_web_process_answers_what_workspaces_that_installed_the_app_ask(tmp_path: Path) -> None:
    port = _free_port()
    async with Cloud() as cloud:
        team = cloud.add("T0ALPHA")
        cloud.runs_at(port)
        changes = {
            "BOT_HTTP_PORT": str(port),
            "BOT_LOG_LEVEL": "DEBUG",
            "SLACK_API_URL": cloud.url,
            "SLACK_CLIENT_ID": cloud.client_id,
            "SLACK_CLIENT_SECRET": cloud.client_secret,
            "SLACK_SIGNING_SECRET": SECRET,
        }
        async with bot(tmp_path, "--only", "web", **changes) as process:
            seen = await line_with(process, "service.ready")
            assert (await cloud.install(team))[0] == 200
            ack = await team.command("help")
            await team.until(lambda: "/brief today" in str(team.shown(ack)))
            status, seconds, rest = await ended(process)
    assert ack.seconds < 3 and (status, seconds < 10) == (0, True)
    assert "slack.installed" in rest
    assert not re.search(rf"xoxb|{SECRET}|{cloud.client_secret}", seen + rest)
