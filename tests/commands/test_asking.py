"""Questions about a story or in a briefing's thread, answers that grow, why of a story, votes on answers, help."""

from dataclasses import replace
from datetime import time

import pytest

from bot.archive.search import Archive
from bot.commands.handlers import Commands
from bot.errors import UserError
from bot.model import Channel, CitedSentence, Message, Reply, Slot, StoryDecision, Subscription
from bot.pipeline.briefing import Briefer
from bot.store import Store
from tests.builders import NOON
from tests.commands.place import Talk, button
from tests.commands.test_handlers import LAW, UPSTAGE, said, store
from tests.fakes import FixedPages, FixedWriter

__all__ = ["store"]
HERE = Channel("slack", "C1", "T1")


async def posted(store: Store, channel: Channel = HERE) -> None:
    """A briefing of both stories whose first message the platform calls 111.222."""
    edition = (await Talk(store)("today")).edition
    assert edition is not None
    slot = Slot("team", NOON.date(), time(21), NOON)
    subscription = Subscription("team", channel, (time(21),))
    await store.editions.plan(slot, subscription, replace(edition, key=slot.key), [Message({"text": "x"})], NOON)
    (delivery,) = await store.deliveries.of_edition(slot.key)
    assert await store.deliveries.mark_sending(delivery.id, NOON, NOON)
    await store.deliveries.mark_sent(delivery.id, "111.222")


async def test_a_question_about_a_story_is_answered_from_it(store: Store) -> None:
    talk = Talk(store)
    alone = await talk("ask 얼마를 투자하나?", "ko")
    assert alone.answer is not None and not alone.answer.found, "nothing says what is asked about"
    about = await talk("ask 얼마를 투자하나?", "ko", about="s1")
    assert about.answer is not None and about.answer.found
    assert [source.article_id for source in about.answer.sources] == ["ko"] and "450억엔" in about.answer.sentences[0].text
    assert button(about, "이어서 질문").about == "s1"


async def test_a_reply_in_a_briefing_s_thread_is_about_its_stories(store: Store) -> None:
    await posted(store)
    talk = Talk(store)
    assert (await store.editions.of_message(HERE, "111.222")) is not None
    answered = await talk("閣議決定はいつ?", "ja", root="111.222")
    assert answered.answer is not None and answered.answer.found and answered.answer.sources[0].article_id == "ja"
    assert await store.editions.of_message(Channel("slack", "C1", "T2"), "111.222") is None
    thread = Channel("slack", "a-thread", "T1")
    assert (await store.editions.of_message(thread, "111.222")) is not None, "a thread may be a channel of its own"
    assert (await store.editions.of_message(HERE, "999")) is None


async def test_what_there_is_so_far_is_shown_while_an_answer_grows(store: Store) -> None:
    writer = FixedWriter(CitedSentence("Upstage set up an entity in Tokyo.", (1,)), CitedSentence("It costs ¥45bn.", (1,)))
    talk = Commands(store, Briefer(store, writer), Archive(store), FixedPages(), writer, lambda: [])
    seen: list[Reply] = []

    async def show(reply: Reply) -> None:
        seen.append(reply)

    last = await talk.handle(said("ask 업스테이지 법인은 어디에 있나?", "ko"), show)
    assert last.answer is not None and len(last.answer.sentences) == 2
    shown = [len(one.answer.sentences) for one in seen if one.answer]
    assert shown == sorted(shown) and shown and shown[-1] <= 2


async def test_a_vote_on_an_answer_is_kept_and_says_nothing_of_taste(store: Store) -> None:
    talk = Talk(store)
    answered = await talk("ask 업스테이지 법인은 어디에 있나?", "ko")
    await talk.press(answered, "👍")
    subject = button(answered, "👍").text
    assert await store.feedback.of_person(HERE, "U1", subject) is True and await store.feedback.votes(HERE) == []


async def test_why_of_a_story_tells_all_its_reports_and_its_place(store: Store) -> None:
    talk = Talk(store)
    await store.stories.save([StoryDecision("ja", "s1", True, reasons=("same amount",))], [LAW], NOON)
    await talk("watch add Upstage")
    reply = await talk("why s1")
    lines = "\n".join(reply.paragraphs)
    assert "• Upstage (company, KR)" in lines and "• ETNews: opens a story" in lines and "• ETNews: same amount" in lines
    assert "Place in the briefing" in lines and "on the watchlist: Upstage" in lines
    assert [action.label for action in reply.actions] == ["Sources", "Correct"]
    assert [action.label for action in (await talk("why s1", admin=False)).actions] == ["Sources"]
    sources = await talk.press(reply, "Sources")
    assert sources.summary is not None and [one.article_id for one in sources.summary.sources] == ["ja", "ko"]
    asked = await talk("why did 업스테이지 open in 도쿄?")
    assert asked.answer is not None, "more than one word is a question"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("topic policy", "topic: Policy"),
        ("topic 정책", "topic: Policy"),
        ("countries jp", "countries: JP"),
        ("amount 450억엔 wrong", "“450억엔” is wrong"),
        ("amount 450억엔 subsidy", "“450억엔” is: subsidy"),
    ],
)
async def test_a_correction_holds_for_the_next_edition_of_its_workspace(store: Store, text: str, told: str) -> None:
    talk = Talk(store)
    elsewhere = Channel("slack", "C1", "T2")
    before = (await talk("today", channel=elsewhere)).edition
    reply = await talk(f"correct {UPSTAGE.url} {text}")
    assert reply.paragraphs[0] == f"• {told}"
    edition, other = (await talk("today")).edition, (await talk("today", channel=elsewhere)).edition
    assert edition is not None and other is not None and before is not None
    assert other.items == before.items, "another workspace's briefings stay as they are"
    (item,) = [one for one in edition.items if one.story_id == "s1"]
    key = text.split()[0]
    if key == "topic":
        assert item.topic == "policy"
    elif key == "countries":
        assert item.countries == ("JP",) and item.direction is None
    elif text.endswith("wrong"):
        assert item.amounts == ()
        (there,) = [one for one in other.items if one.story_id == "s1"]
        assert "amount 450억엔" in there.reasons and "amount 450억엔" not in item.reasons, "it lifts the story no more"
    else:
        assert item.amounts[0].role == "subsidy"
    assert any(line.endswith(f"U1: {told}") for line in (await talk("why s1")).paragraphs)
    assert not any(told in line for line in (await talk("why s1", channel=elsewhere)).paragraphs)


async def test_corrections_by_form_keep_only_what_was_changed_and_move_with_a_merge(store: Store) -> None:
    talk = Talk(store)
    opened = await talk("correct s1")
    assert opened.form is not None and [one.name for one in opened.form.fields] == ["topic", "countries", "amount", "role"]
    with pytest.raises(UserError, match="Nothing was changed"):
        await talk.send(opened, {})
    await talk.send(opened, {"role": ["wrong"], "countries": ["KR"]})
    made = (await store.overrides.of_stories(["s1"]))["s1"]
    assert {(one.what, one.value) for one in made} == {("countries", ("KR",)), ("amount", ("450억엔", "wrong"))}
    await talk("merge s2 s1")
    assert len((await store.overrides.of_stories(["s2"]))["s2"]) == 2
    for text, words in (("amount 1조원 wrong", "states no such amount. It states: "), ("colour red", "Say topic and one of")):
        with pytest.raises(UserError, match=words):
            await talk(f"correct s2 {text}")
    with pytest.raises(UserError, match="Only those who manage"):
        await talk("correct s2 topic policy", admin=False)


async def test_help_teaches_by_what_one_wants_and_one_verb_with_its_examples(store: Store) -> None:
    reply = await Talk(store)("help", "ko")
    assert {"읽기", "이 채널의 브리핑", "바로잡기"} <= set(reply.paragraphs)
    one = await Talk(store)("help /brief subscribe")
    assert one.title == "/brief subscribe" and any("매일 오전 9시" in line for line in one.paragraphs)
    assert one.paragraphs[-1] == "Only for those who manage the workspace."
    assert (await Talk(store)("help nonsense")).title == (await Talk(store)("help")).title


async def test_search_goes_on_page_by_page(store: Store) -> None:
    talk = Talk(store)
    reply = await talk("search 법인")
    assert reply.actions == () and reply.summary is not None
    empty = await talk("search 법인", page=7)
    assert empty.summary is None
