"""What was posted and turns out wrong is put right once: in place, or in its thread."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from bot import log
from bot.model import Article, Channel, Correction, Edition, Message, Relevance, Slot, StoryDecision, Subscription, Topic
from bot.pipeline import facts
from bot.pipeline.amend import Amender
from bot.pipeline.briefing import Briefer, Wanted
from bot.pipeline.deliver import deliver_due
from bot.platforms.discord.render import edition_messages as discord_messages
from bot.platforms.slack.render import edition_messages as slack_messages
from bot.store import Store
from bot.store.overrides import Override
from tests.builders import NOON, article
from tests.pipeline.chat import Chat, Crash, Fuse
from tests.pipeline.mill import Brittle

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CHANNEL = Channel("slack", "C1", "T1")
RELEVANT = Relevance(0.9, True, (Topic.INVESTMENT,), ("KR",), None, ("Upstage",), ())
RAISED = article(
    "a1",
    "업스테이지, 시리즈C 1000억원 투자 유치",
    summary="업스테이지가 1000억원 규모의 투자를 유치했다고 밝혔다. 투자금은 일본 사업에 쓴다.",
)
OFFICE = article("a2", "리벨리온, 도쿄 법인 설립", summary="리벨리온이 도쿄에 첫 해외 법인을 설립했다고 밝혔다.")


class Shown(Chat):
    """A chat whose messages are an edition's texts: the first holds the headlines, the second everything else."""

    def render(self, edition: Edition, subscription: Subscription | None = None) -> tuple[Message, ...]:
        heads = [item.summary.headline for item in edition.items]
        rest = [sentence.text for item in edition.items for sentence in item.summary.sentences]
        rest += [amount.quote for item in edition.items for amount in item.amounts]
        return Message({"text": "\n".join(heads)}), Message({"text": "\n".join(rest)}, in_thread=True)


@dataclass
class Newsroom:
    """A store with one posted edition of two stories, and the chat that it was posted to."""

    store: Store
    chat: Shown
    amender: Amender

    async def report(self, story: str, *articles: Article, now: datetime = NOON) -> None:
        await self.store.articles.add(articles)
        await self._judged(articles, now)
        await self.store.stories.save([StoryDecision(one.id, story, False) for one in articles], articles, now)

    async def change(self, *articles: Article, now: datetime, relevance: Relevance = RELEVANT) -> None:
        """Outlets changed their articles, and the pipeline noticed."""
        await self.store.articles.change(articles)
        await self._judged(articles, now, relevance)

    async def _judged(self, articles: Sequence[Article], now: datetime, relevance: Relevance = RELEVANT) -> None:
        await self.store.articles.save_relevance({one.id: relevance for one in articles})
        await self.store.facts.save({one.id: facts.extract(one.text, one.language, one.at) for one in articles}, now)

    async def post(self, id: str = "daily", *, meanwhile: Callable[[], Awaitable[object]] | None = None) -> str:
        """``meanwhile``: what happens after the edition was composed and before it is planned."""
        edition = await Briefer(self.store).edition(
            Wanted(
                key=f"{id}/2026-11-23/08:00", since=NOON - HOUR, until=NOON + HOUR, language="ko", told_to=replace(CHANNEL, id=id)
            )
        )
        if meanwhile:
            await meanwhile()
        subscription = Subscription(id, replace(CHANNEL, id=id), (time(8),), language="ko")
        slot = Slot(id, date(2026, 11, 23), time(8), NOON)
        await self.store.subscriptions.add(subscription)
        assert await self.store.editions.plan(slot, subscription, edition, self.chat.render(edition), NOON)
        await deliver_due(self.store, {"slack": self.chat}, NOON)
        return slot.key

    async def amend(self, now: datetime) -> int:
        found = await self.amender.run({"slack": self.chat}, now)
        for minutes in range(3):
            self.chat.now = now + timedelta(minutes=minutes)
            await deliver_due(self.store, {"slack": self.chat}, self.chat.now)
        return found

    def texts(self) -> list[str]:
        """What each message was last changed to; of those that were."""
        ids = [one.id for one in self.chat.taken]
        return [text for id in ids if (text := self.chat.text(id, NOON + timedelta(days=9)))]


@pytest.fixture
async def newsroom(database_url: str) -> AsyncIterator[Newsroom]:
    store = await Store.open(database_url)
    made = Newsroom(store, Shown("slack", NOON), Amender(store))
    await made.report("s1", RAISED)
    await made.report("s2", OFFICE)
    yield made
    await store.close()


CORRECTED = replace(
    RAISED, title="업스테이지, 시리즈C 100억원 투자 유치", summary="업스테이지가 100억원 규모의 투자를 유치했다고 밝혔다."
)


async def test_an_amount_that_its_article_was_changed_on_is_put_right_in_place_with_before_and_after(newsroom: Newsroom) -> None:
    key = await newsroom.post()
    assert await newsroom.amend(NOON + HOUR) == 0

    await newsroom.change(CORRECTED, now=NOON + HOUR)
    assert await newsroom.amend(NOON + 2 * HOUR) == 1

    headlines, rest = newsroom.texts()
    assert CORRECTED.title in headlines and RAISED.title not in headlines and OFFICE.title in headlines
    [line, *others] = rest.splitlines()
    assert line.startswith("정정: 1,000억 원 → 100억 원")
    assert not any("1000억원" in other for other in others)
    assert len(newsroom.chat.taken) == 2
    [posted] = await newsroom.store.amendments.load([key])
    item = next(item for item in posted.edition.items if item.story_id == "s1")
    assert item.summary.sentences[0].cites == (item.summary.sources[0].number,)
    assert [amount.quote for amount in item.amounts] == ["100억원"]


@pytest.mark.parametrize(("amount", "said"), [("10억원", "→ 10억 원"), ("5000억원", "→ 5,000억 원"), ("", "출처에서 삭제")])
async def test_however_far_off_the_amount_was(newsroom: Newsroom, amount: str, said: str) -> None:
    await newsroom.post()
    words = f"{amount} 투자 유치" if amount else "투자 유치"
    changed = replace(RAISED, title=f"업스테이지, 시리즈C {words}", summary=f"업스테이지가 {words}를 밝혔다.")
    await newsroom.change(changed, now=NOON + HOUR)
    await newsroom.amend(NOON + 2 * HOUR)

    line = newsroom.texts()[1].splitlines()[0]
    assert line.startswith("정정: 1,000억 원") and said in line


async def test_it_is_put_right_once_whoever_looks_and_however_often(newsroom: Newsroom) -> None:
    await newsroom.post()
    await newsroom.change(CORRECTED, now=NOON + HOUR)
    assert [await newsroom.amend(NOON + 2 * HOUR), await newsroom.amend(NOON + 3 * HOUR)] == [1, 0]

    other = Amender(newsroom.store)  # after a restart everything is looked at again
    assert await other.run({"slack": newsroom.chat}, NOON + 4 * HOUR) == 0
    assert len(newsroom.chat.edits) == 2


async def test_two_processes_plan_it_once(newsroom: Newsroom) -> None:
    key = await newsroom.post()
    await newsroom.change(CORRECTED, now=NOON + HOUR)
    [read] = await newsroom.store.amendments.load([key])

    assert await newsroom.amend(NOON + 2 * HOUR) == 1
    assert not await newsroom.store.amendments.plan(read, read.edition, ["s1|amount|x"], [], NOON + 2 * HOUR)


async def test_a_second_change_is_told_from_what_was_shown_last(newsroom: Newsroom) -> None:
    await newsroom.post()
    await newsroom.change(CORRECTED, now=NOON + HOUR)
    await newsroom.amend(NOON + 2 * HOUR)
    again = replace(
        CORRECTED, title="업스테이지, 시리즈C 120억원 투자 유치", summary="업스테이지가 120억원 규모의 투자를 유치했다."
    )
    await newsroom.change(again, now=NOON + 3 * HOUR)
    await newsroom.amend(NOON + 4 * HOUR)

    assert "정정: 100억 원 → 120억 원" in newsroom.texts()[1]


async def test_where_nothing_can_be_edited_the_thread_says_it(newsroom: Newsroom) -> None:
    await newsroom.post()
    newsroom.chat.edits_refused = True
    await newsroom.change(CORRECTED, now=NOON + HOUR)
    await newsroom.amend(NOON + 2 * HOUR)

    first, _, note = newsroom.chat.taken
    assert (note.thread, newsroom.chat.edits) == (first.id, [])
    assert len(await newsroom.store.subscriptions.active()) == 1


async def test_what_a_later_report_adds_is_left_to_the_next_edition(newsroom: Newsroom) -> None:
    await newsroom.post()
    more = article(
        "a3", "업스테이지 투자 규모 1300억원으로", outlet="Hankyung", summary="업스테이지의 투자 유치 규모가 1300억원으로 늘었다."
    )
    await newsroom.report("s1", replace(more, published=NOON + HOUR, first_seen=NOON + HOUR), now=NOON + HOUR)

    assert await newsroom.amend(NOON + 2 * HOUR) == 0


async def test_only_what_may_make_wrong_what_was_told_is_looked_at(newsroom: Newsroom) -> None:
    await newsroom.post()
    ledger, cursor = newsroom.store.amendments, await newsroom.store.amendments.cursor()
    later = replace(article("a3", "업스테이지, 일본 은행과 제휴"), published=NOON + HOUR, first_seen=NOON + HOUR)
    await newsroom.report("s1", later, now=NOON + HOUR)
    assert await ledger.touched(cursor) == set()
    await newsroom.report("s1", replace(later, id="a4", title="[정정] 업스테이지 투자 금액"), now=NOON + HOUR)
    assert await ledger.touched(cursor) == {"s1"}
    cursor = await ledger.cursor()
    await newsroom.change(OFFICE, now=NOON + HOUR)
    assert await ledger.touched(cursor) == {"s2"}
    assert await ledger.touched(await ledger.cursor()) == set()


async def test_a_later_report_that_calls_the_amount_a_mistake_puts_it_right(newsroom: Newsroom) -> None:
    await newsroom.post()
    mistake = article(
        "a3",
        "[정정] 업스테이지, 시리즈C 700억원 투자 유치",
        summary="앞선 기사의 금액을 700억원 투자 유치로 정정한다. 업스테이지가 700억원을 투자 유치했다.",
    )
    await newsroom.report("s1", replace(mistake, published=NOON + HOUR, first_seen=NOON + HOUR), now=NOON + HOUR)
    await newsroom.amend(NOON + 2 * HOUR)

    assert "정정: 1,000억 원 → 700억 원" in newsroom.texts()[-1]


async def test_a_reworded_article_changes_nothing(newsroom: Newsroom) -> None:
    await newsroom.post()
    await newsroom.change(replace(RAISED, summary=RAISED.summary + " 회사는 인력도 늘린다."), now=NOON + HOUR)

    assert await newsroom.amend(NOON + 2 * HOUR) == 0


async def test_a_story_whose_sources_say_something_else_now_is_withdrawn(newsroom: Newsroom) -> None:
    await newsroom.post()
    gone = replace(RAISED, title="[삭제된 기사]", summary="요청에 따라 삭제된 기사입니다.")
    await newsroom.change(gone, now=NOON + HOUR, relevance=Relevance(0.0, False))
    await newsroom.amend(NOON + 2 * HOUR)

    rest = newsroom.texts()[-1]
    assert "철회:" in rest and "1000억원" not in rest and "리벨리온" in rest


async def test_an_article_that_only_scores_less_after_a_change_is_not_withdrawn(newsroom: Newsroom) -> None:
    await newsroom.post()
    less = replace(RAISED, summary="업스테이지가 1000억원 규모의 투자를 유치했다고 밝혔다.")
    await newsroom.change(less, now=NOON + HOUR, relevance=Relevance(0.45, False))

    assert await newsroom.amend(NOON + 2 * HOUR) == 0


async def test_one_event_that_was_shown_as_two_and_a_report_of_another_event(newsroom: Newsroom) -> None:
    second = article(
        "a4", "リベリオン、東京に法人設立", language="ja", outlet="Nikkei", summary="リベリオンが東京に現地法人を設立した。"
    )
    await newsroom.report("s3", second)
    await newsroom.post()
    store = newsroom.store
    await _moved(newsroom, "merge", "s2", "s3", second)
    assert await newsroom.amend(NOON + 2 * HOUR) == 1
    assert "같은 사안입니다" in newsroom.texts()[-1]

    await _moved(newsroom, "split", "s9", "s2", second)
    await newsroom.amend(NOON + 3 * HOUR)
    assert len(newsroom.chat.edits) >= 1 and await store.corrections.latest() == 2


async def _moved(newsroom: Newsroom, kind: str, to: str, left: str, moved: Article) -> None:
    decision = StoryDecision(moved.id, to, kind == "merge")
    await newsroom.store.stories.save([decision], [moved], NOON + HOUR)
    made = Correction(kind, to, left, (moved.id,), "slack", "T1", "U1", NOON + HOUR)
    await newsroom.store.corrections.add(made)
    if kind == "merge":
        await newsroom.store.editions.carry_told(to, left)


async def test_an_amount_that_an_editor_calls_wrong_goes_in_that_workspace_only(newsroom: Newsroom) -> None:
    await newsroom.post()
    [quote] = [fact.quote for fact in (await newsroom.store.facts.of_articles(["a1"]))["a1"] if hasattr(fact, "currency")][:1]
    elsewhere = Override("s1", "amount", (quote, "wrong"), "U9", NOON + HOUR)
    await newsroom.store.overrides.add(Channel("slack", "C9", "T9"), elsewhere)
    assert await newsroom.amend(NOON + 2 * HOUR) == 0

    await newsroom.store.overrides.add(CHANNEL, elsewhere)
    assert await newsroom.amend(NOON + 3 * HOUR) == 1
    assert "잘못된 금액" in newsroom.texts()[-1]


async def test_what_is_still_being_posted_is_looked_at_when_it_is_out(newsroom: Newsroom) -> None:
    newsroom.chat.faults = [None, "429"]
    await newsroom.post()
    await newsroom.change(CORRECTED, now=NOON + HOUR)
    assert await newsroom.amender.run({"slack": newsroom.chat}, NOON + HOUR) == 0
    assert await newsroom.amender.run({"slack": newsroom.chat}, NOON + HOUR + MINUTE) == 0  # it is not out yet
    await deliver_due(newsroom.store, {"slack": newsroom.chat}, NOON + HOUR)

    assert await newsroom.amend(NOON + 2 * HOUR) == 1


async def test_one_that_fails_does_not_stop_the_others(newsroom: Newsroom) -> None:
    def render(edition: Edition, subscription: Subscription | None = None) -> tuple[Message, ...]:
        if edition.key.startswith("broken"):
            raise ValueError("a bug of ours")
        return Shown.render(newsroom.chat, edition, subscription)

    lines: list[tuple[str, object]] = []
    stop = log.listen(lambda level, name, fields: lines.append((name, fields.get("edition"))))
    keys = [await newsroom.post(id) for id in ("broken", "daily")]
    newsroom.chat.render = render  # type: ignore[method-assign]
    await newsroom.change(CORRECTED, now=NOON + HOUR)
    assert await newsroom.amend(NOON + HOUR) == 1
    stop()
    assert ("amendment.failed", keys[0]) in lines and ("edition.amended", keys[1]) in lines


async def test_what_changes_while_an_edition_is_made_is_put_right_when_it_is_out(newsroom: Newsroom) -> None:
    await newsroom.post("early")
    await newsroom.amend(NOON)

    async def changed() -> None:
        await newsroom.change(CORRECTED, now=NOON + MINUTE)
        assert await newsroom.amend(NOON + MINUTE) == 1  # the one that is out

    await newsroom.post("daily", meanwhile=changed)
    assert await newsroom.amend(NOON + 2 * MINUTE) == 1
    early, daily = newsroom.texts()[1::2]
    assert early == daily and "정정: 1,000억 원 → 100억 원" in daily
    assert await newsroom.amend(NOON + 3 * MINUTE) == 0


async def test_a_week_later_nobody_is_bothered(newsroom: Newsroom) -> None:
    await newsroom.post()
    await newsroom.change(CORRECTED, now=NOON + 8 * 24 * HOUR)

    assert await newsroom.amend(NOON + 8 * 24 * HOUR) == 0


async def test_an_article_that_is_changed_again_and_again_does_not_keep_the_channel_busy(newsroom: Newsroom) -> None:
    await newsroom.post()
    for number in range(1, 7):
        title = f"업스테이지, 시리즈C {number}00억원 투자 유치"
        changed = replace(RAISED, title=title, summary=f"업스테이지가 {number}00억원 규모의 투자를 유치했다고 밝혔다.")
        await newsroom.change(changed, now=NOON + number * HOUR)
        await newsroom.amend(NOON + number * HOUR + HOUR / 2)

    sums: list[Any] = [text for text in (edit.text for edit in newsroom.chat.edits) if "정정" in text]
    assert len(sums) == 3


@pytest.mark.parametrize("render", [lambda edition, _=None: slack_messages(edition), discord_messages], ids=["slack", "discord"])
async def test_only_the_messages_that_read_differently_are_edited(newsroom: Newsroom, render: Any) -> None:
    """With the real renderers: a long briefing in several messages, of which one story is wrong."""
    long = "보조금과 전력망 지원을 두고 정부와 기업이 협의를 이어 가고 있으며 세부 내용은 다음 달에 공개된다. "
    for number in range(3, 15):
        one = article(
            f"a{number}",
            f"기업 {number}, 오사카 데이터센터 착공",
            summary=f"기업 {number}이 오사카에 데이터센터를 짓는다. {long * 2}",
        )
        await newsroom.report(f"s{number}", one)
    newsroom.chat.render = render  # type: ignore[method-assign]
    key = await newsroom.post()
    before = await newsroom.store.deliveries.of_edition(key)
    assert len(before) > 1 or render is not discord_messages

    await newsroom.change(CORRECTED, now=NOON + HOUR)
    assert await newsroom.amender.run({"slack": newsroom.chat}, NOON + HOUR) == 1

    added = (await newsroom.store.deliveries.of_edition(key))[len(before) :]
    by_id = {one.id: one for one in before}
    assert 0 < len(added) <= 2 and all(one.kind == "edit" for one in added)
    for one in added:
        assert "1000억원" in str(by_id[one.edits or ""].message.payload) or "정정" in str(one.message.payload)
        assert one.message.in_thread == by_id[one.edits or ""].message.in_thread
    assert "정정: 1,000억 원 → 100억 원" in "".join(str(one.message.payload) for one in added)
    untouched = [one for one in before if one.id not in {edit.edits for edit in added}]
    assert len(untouched) >= len(before) - 2 and not any("1000억원" in str(one.message.payload) for one in untouched)


async def test_a_crash_right_after_the_plan_was_made_neither_loses_nor_doubles_it(newsroom: Newsroom) -> None:
    await newsroom.post()
    await newsroom.change(CORRECTED, now=NOON + HOUR)
    writes = 0
    for at in range(1, 40):  # every step of the run, reading or writing, until one goes through
        fuse = Fuse(at)
        try:
            await Amender(Brittle(newsroom.store, fuse)).run({"slack": newsroom.chat}, NOON + HOUR)  # type: ignore[arg-type]
            break
        except Crash:
            writes += 1
    assert writes >= 1
    assert await newsroom.amend(NOON + 2 * HOUR) == 0
    assert len(newsroom.chat.edits) == 2 and "정정: 1,000억 원 → 100억 원" in newsroom.texts()[1]
