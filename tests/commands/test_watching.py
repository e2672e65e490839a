"""The watchlist of a channel: names in any script, words, what it changes in briefings."""

import pytest

from bot.errors import UserError
from bot.model import Channel
from bot.store import Store
from bot.store.watchlist import Watched
from tests.commands.place import Talk, button
from tests.commands.test_handlers import store

__all__ = ["store"]
HERE = Channel("slack", "C1", "T1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("watch add 업스테이지", Watched("Upstage", True)),
        ("watch アップステージ", Watched("Upstage", True)),
        ("watch 추가 upstage", Watched("Upstage", True)),
        ("watch add 양자컴퓨터", Watched("양자컴퓨터", False)),
        ('watch add "Ministry of Economy, Trade and Industry"', Watched("Ministry of Economy, Trade and Industry", True)),
    ],
)
async def test_names_in_any_script_and_words_are_watched(store: Store, text: str, expected: Watched) -> None:
    talk = Talk(store)
    reply = await talk(text, admin=False)
    assert await store.watchlist.of_channel(HERE) == [expected]
    again = await talk(text)
    assert again.paragraphs == ("It is on the watchlist already.",)
    await talk.press(reply, "Remove")
    assert await store.watchlist.of_channel(HERE) == []
    whats = [(one.before, one.after) for one in await store.audit.of_workspace(HERE)]
    assert whats == [(expected.name, None), (None, expected.name)]


async def test_a_name_shows_in_three_scripts_and_what_else_it_may_mean(store: Store) -> None:
    talk = Talk(store)
    reply = await talk("watch add 업스테이지", "ja")
    assert reply.title == "アップステージ · 업스테이지 · Upstage"
    both = await talk("watch add 삼성", "ko")
    other = next(action for action in both.actions if "삼성전자" in action.label)
    assert other.text == "add 삼성전자"
    misspelt = await talk("watch add Upstge")
    assert await store.watchlist.of_channel(HERE) and button(misspelt, "Watch Upstage")


async def test_the_list_is_paged_and_each_entry_can_be_taken_off(store: Store) -> None:
    talk = Talk(store)
    assert "watches nothing yet" in (await talk("watch")).paragraphs[0]
    for n in range(12):
        await talk(f"watch add word{n:02}")
    first = await talk("watch list")
    assert first.title == "12 on this channel's watchlist" and len(first.paragraphs) == 10
    second = await talk.press(first, "More")
    assert second.paragraphs == ("• “word10”", "• “word11”")
    await talk.press(second, "✕ word11")
    assert len(await store.watchlist.of_channel(HERE)) == 11
    with pytest.raises(UserError, match="“word11” is not on this channel's watchlist"):
        await talk("watch remove word11")
    for text in ("watch add x", "watch add **", "watch add " + "x" * 61):
        with pytest.raises(UserError, match="2 to 60 characters"):
            await talk(text)


async def test_what_is_watched_comes_first(store: Store) -> None:
    talk = Talk(store)
    before = (await talk("today")).edition
    await talk("watch add 閣議決定")
    after = (await talk("today")).edition
    assert before is not None and after is not None
    weight = {item.story_id: item.weight for item in before.items}
    (watched,) = [item for item in after.items if item.weight != weight[item.story_id]]
    assert watched.story_id == "s2" and "on the watchlist: 閣議決定" in watched.reasons


async def test_another_channel_s_list_is_changed_by_managers_only(store: Store) -> None:
    talk = Talk(store)
    direct = Channel("slack", "D7", "T1")
    await talk("watch add Upstage")
    reply = await talk("watch in=C1 list", channel=direct)
    await talk.press(reply, "✕ Upstage", channel=direct)
    assert await store.watchlist.of_channel(HERE) == []
    with pytest.raises(UserError, match="Only those who manage"):
        await talk("watch in=C1 add Upstage", channel=direct, admin=False)
