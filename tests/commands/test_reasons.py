"""The machine's reasons in the reader's language: all that it gives has words in each, and what it does not know stays as it is."""

import io
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import reasons
from bot.knowledge import lexicon
from bot.model import Boost, Filters, Relevance, Story, StoryDecision, Topic
from bot.pipeline import digest, relevance
from bot.pipeline.feedback import SHIFTED
from bot.pipeline.overriding import of_story
from bot.pipeline.stories import StoryWindow
from bot.store import Store
from bot.store.overrides import Override
from tests.builders import NOON, article
from tests.commands.place import Talk
from tests.commands.test_handlers import UPSTAGE, store
from tests.platforms.web.world import reports

__all__ = ["store"]
LOCALES = Path(reasons.__file__).parents[1] / "locales"


@pytest.mark.parametrize("language", ["ko", "ja"])
def test_every_reason_has_words_in_each_language(language: str) -> None:
    catalogs = [read_po(io.BytesIO(path.read_bytes()), locale=language) for path in (LOCALES / language).glob("*.po")]
    known = {str(one.id): str(one.string) for catalog in catalogs for one in catalog if isinstance(one.id, str)}
    groups = [one.means for one in lexicon.load().groups.values() if one.section != "events"]
    wanted = [*reasons.TEMPLATES, *reasons.STEPS, *groups, *lexicon.load().outlet_meanings.values()]
    assert [one for one in wanted if not known.get(one)] == []
    slots = re.compile(r"\{\w+\}")
    assert [one for one in wanted if sorted(slots.findall(one)) != sorted(slots.findall(known[one]))] == []


@pytest.mark.parametrize(
    ("reason", "korean", "japanese"),
    [
        ("Upstage (company, KR)", "업스테이지 (기업, 한국)", "アップステージ（企業、韓国）"),
        ("Tokyo office → expansion", "Tokyo office → 진출", "Tokyo office → 進出"),
        ("Tokyo → JP", "Tokyo → 일본", "Tokyo → 日本"),
        ("AI → KR → JP", "AI → KR → 일본", "AI → KR → 日本"),
        ("poultry → bird flu (against)", "poultry → 조류 인플루엔자(AI) (감점)", "poultry → 鳥インフルエンザ（減点）"),
        ("market desk (against)", "증시 데스크 (감점)", "市況デスク（減点）"),
        ("fake: model: not relevant: a note", "fake: model: 관련 없음: a note", "fake: model：関連なし：a note"),
        (f"{SHIFTED}: -0.12", "이 워크스페이스의 투표: -0.12", "このワークスペースの投票：-0.12"),
        (
            "96% the same event as “Upstage: shares rise” (ETNews): shares Upstage, Ministry of Science and ICT and the meaning",
            "“Upstage: shares rise” (ETNews) 기사와 같은 사건일 확률 96%: 공통점 업스테이지, 과학기술정보통신부 및 의미",
            "「Upstage: shares rise」 (ETNews)と同じ出来事である確率96%：共通点はアップステージ、科学技術情報通信部、意味",
        ),
        ("new stage: decision", "새로운 단계: 결정", "新しい段階：決定"),
        ("2 actors: Upstage, Rebellions", "당사자 2: 업스테이지 및 리벨리온", "当事者2：アップステージ、リベリオン"),
        ("Upstage", "업스테이지", "アップステージ"),
        ("boost policy +0.1", "가중 정책 +0.1", "加点 政策 +0.1"),
        ("boost Upstage -0.3", "가중 업스테이지 -0.3", "加点 アップステージ -0.3"),
        ("KR→JP", "KR→JP", "KR→JP"),
        ("something that no version of ours says", *["something that no version of ours says"] * 2),
    ],
)
def test_reasons_as_readers_see_them(reason: str, korean: str, japanese: str) -> None:
    assert [reasons.say(reason, language) for language in ("ko", "ja", "en")] == [korean, japanese, reason]


def given_by_the_pipeline() -> Iterator[str]:
    """What the steps say of English reports, so that every word of a language beside English is ours."""
    told = [one for one in reports() if one.language == "en"]
    told += [article(f"off{n}", text, language="en") for n, text in enumerate(OFF)]
    told += [article("again", told[0].title, language="en", published=NOON, outlet="Kyodo News English")]
    judged = {one.id: relevance.judge(one) for one in told}
    for one in judged.values():
        yield from one.reasons
        yield from relevance.with_verdict(one, True, "a firm opens an office", "fake").reasons[-1:]
    decisions = StoryWindow().decide(told)
    yield from (reason for made in decisions for reason in made.reasons)
    for one in told:
        seen = Story(one.id, (one, *told[-1:]), (judged[one.id], judged["again"]))
        edited = of_story(
            seen, [Override(one.id, "topic", ("policy",), "U", NOON), Override(one.id, "countries", ("KR",), "U", NOON)]
        )
        yield from edited.relevances[0].reasons
        wanted = Filters(boosts=(Boost("policy", 0.2),))
        span = {"since": NOON - timedelta(days=60), "until": NOON + timedelta(days=1)}
        for chosen in digest.select([edited], **span, filters=wanted, watchlist=("Rebellions", "office")):
            yield from chosen.reasons


OFF = ("Chip shares fall on Wall Street as traders take profits", "How to prune roses", "Seoul mayor opens a park festival")
OURS = {"ko": re.compile("[가-힣]"), "ja": re.compile("[ぁ-んァ-ヶ一-龠]")}
_NEUTRAL = re.compile(r".* → AI|(KR|JP)→(KR|JP)", re.DOTALL)


@pytest.mark.parametrize("language", ["ko", "ja"])
def test_whatever_the_steps_give_as_a_reason_is_said_in_the_language(language: str) -> None:
    given = dict.fromkeys(given_by_the_pipeline())
    assert len(given) > 40
    english = [one for one in given if not _NEUTRAL.fullmatch(one)]
    assert [one for one in english if not OURS[language].search(reasons.say(one, language))] == []


@given(st.text(alphabet="ab→ “”():,and%{}", max_size=60), st.sampled_from(["ko", "ja"]))
def test_whatever_is_kept_as_a_reason_is_said(text: str, language: str) -> None:
    for reason in (text, f"{text} → {text}", f"9% the same event as “{text}” ({text}): shares {text}", f"{text} (company, KR)"):
        assert isinstance(reasons.say(reason, language), str)


# ---- why ----


async def _why(store: Store, text: str, language: str, **changes: object) -> Sequence[str]:
    return (await Talk(store)(f"why {text}", language, **changes)).paragraphs


async def test_why_answers_in_the_language_of_who_asks(store: Store) -> None:
    await store.articles.save_relevance(
        {"ko": Relevance(0.95, True, (Topic.EXPANSION,), ("KR", "JP"), "KR→JP", ("Upstage",), ("Upstage (company, KR)",))}
    )
    again = StoryDecision("ja", "s1", True, reasons=("87% the same event as “x” (ETNews): shares Upstage", "new stage: done"))
    await store.stories.save([again], [article("ja")], NOON)
    lines = await _why(store, UPSTAGE.url, "ko")
    assert "• 업스테이지 (기업, 한국)" in lines
    lines = await _why(store, "s1", "ja")
    assert "• アップステージ（企業、韓国）" in lines
    assert any(
        line.endswith("「x」 (ETNews)と同じ出来事である確率87%：共通点はアップステージ; 新しい段階：完了") for line in lines
    )
    assert any("関連度0.95; 金額：450억엔; アップステージ" in line for line in lines)


async def test_why_tells_nothing_of_amounts_that_the_workspace_called_wrong(store: Store) -> None:
    before = "\n".join(await _why(store, "s1", "en"))
    assert "amount 450억엔" in before
    await Talk(store)(f"correct {UPSTAGE.url} amount 450억엔 wrong")
    place = [line for line in await _why(store, "s1", "en") if line.startswith("• Expansion")]
    assert place and "amount" not in place[0], "it weighs nothing here any more"
