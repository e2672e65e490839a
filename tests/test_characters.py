"""What nobody sees is known as such, whatever Unicode calls it."""

import unicodedata

import pytest

from bot.characters import is_hidden
from bot.platforms.discord import text as discord
from bot.platforms.slack import text as slack
from bot.platforms.web import text as web

HIDDEN = "\u200b\u202e\u2065\u2069\ufeff\ufdd0\ufff5\ufffe\U000e0001\U000e0014\U000e0041\U000e0fff\U0010ffff\ud800"


@pytest.mark.parametrize("character", HIDDEN, ids=ascii)
def test_hidden_characters_reach_no_platform(character: str) -> None:
    assert is_hidden(character)
    for clean in (slack.clean, discord.clean, web.clean):
        assert clean(f"a{character}b") == "ab"
    address = f"https://example.com/a{character}b"
    assert slack.web_url(address) is None or character not in str(slack.web_url(address))
    assert character not in (discord.safe_url(address) or "")
    assert character not in web.web_url(address)


def test_nothing_that_is_read_is_hidden() -> None:
    for first, last in ((0x20, 0x7E), (0xAC00, 0xD7A3), (0x3041, 0x3096), (0x4E00, 0x9FFF), (0x1F300, 0x1F5FF)):
        assert not any(is_hidden(chr(code)) for code in range(first, last + 1))
    assert not is_hidden("\ufe0f"), "it makes the emoji before it one"
    assert unicodedata.category("\U000e0100") == "Mn" and not is_hidden("\U000e0100"), "which form of a Chinese character"
