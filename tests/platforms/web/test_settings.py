"""What the settings and the doctor say of the pages."""

import pytest

from bot.config import read_settings
from bot.errors import ConfigError
from bot.surroundings import BAD, GOOD, OFF, pages


@pytest.mark.parametrize(
    ("environment", "state", "words"),
    [
        ({}, OFF, "set BOT_BASE_URL"),
        ({"BOT_PUBLIC_PAGES": "true"}, BAD, "on this machine only"),
        ({"BOT_BASE_URL": "http://briefings.example.com"}, BAD, "https"),
        ({"BOT_BASE_URL": "http://localhost:8080"}, GOOD, "only who signs in"),
        (
            {"BOT_BASE_URL": "https://Briefings.example.com/", "BOT_PUBLIC_PAGES": "yes"},
            GOOD,
            "https://briefings.example.com, everybody",
        ),
        (
            {"BOT_BASE_URL": "https://b.example", "DISCORD_CLIENT_ID": "1", "DISCORD_CLIENT_SECRET": "sssssss"},
            GOOD,
            "`/brief web`, Discord",
        ),
    ],
)
def test_the_doctor_says_what_the_pages_lack(environment: dict[str, str], state: str, words: str) -> None:
    found = pages(read_settings(environment))
    assert (found[0], words in found[1]) == (state, True), found


@pytest.mark.parametrize(
    ("environment", "problem"),
    [
        ({"BOT_BASE_URL": "https://b.example/path"}, "without a path"),
        ({"BOT_BASE_URL": "ftp://b.example"}, "http or https"),
        ({"BOT_BASE_URL": "https://user:pw@b.example"}, "without user name"),
        ({"BOT_WEB_SECRET": "short"}, "at least 32 characters"),
        ({"DISCORD_CLIENT_ID": "1"}, "one is set without the other"),
    ],
)
def test_settings_that_cannot_be_meant_stop_the_start(environment: dict[str, str], problem: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_settings(environment)
    assert problem in str(error.value)
    assert "short" not in str(error.value)
