"""What is kept as JSON: alike objects share their parts, and nothing else changes."""

from dataclasses import replace

from bot.store import codec
from tests.platforms.slack.editions import edition, item


def test_what_several_hold_is_dumped_once_and_reads_the_same() -> None:
    one = replace(edition(item(1), item(2)), key="first")
    other = replace(one, key="second", missed=3)
    third = replace(edition(), key="third")
    found = codec.dump_all([one, other, third])
    assert found == [codec.dump(one), codec.dump(other), codec.dump(third)]
    assert found[0]["items"] is found[1]["items"]
    assert [each["key"] for each in found] == ["first", "second", "third"]
