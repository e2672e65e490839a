import json
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge import boilerplate
from bot.model import Article, Relevance, Story, Summary
from bot.pipeline.summaries import extract
from tests.builders import NOON, article

LEDE = "업스테이지가 23일 도쿄에 법인을 세우고 기업용 거대언어모델 판매에 나선다고 밝혔다."
DETAIL = "회사는 2027년까지 일본에 300억원을 투자하고 인력을 50명으로 늘릴 계획이다."


def story(*articles: Article, entities: tuple[str, ...] = ("Upstage",)) -> Story:
    return Story("s1", articles, tuple(Relevance(0.9, True, entities=entities) for _ in articles))


def folded(text: str) -> str:
    return " ".join(text.split())


def is_verbatim(summary: Summary, among: Story) -> bool:
    """Each quoted sentence stands in each of its sources, each headline is part of a title."""
    articles = {one.id: one for one in among.articles}
    numbers = {source.number: articles[source.article_id] for source in summary.sources}

    def holds(one: Article, sentence: str) -> bool:
        return any(sentence.removesuffix("…") in folded(text) for text in (one.title, one.summary, one.body))

    said = all(any(holds(numbers[cite], sentence.text) for cite in sentence.cites) for sentence in summary.sentences)
    return said and summary.headline in folded(numbers[1].title)


def test_the_best_sentences_in_the_asked_language() -> None:
    korean = article("ko", "업스테이지, 도쿄 법인 설립", summary=f"(서울=연합뉴스) 홍길동 기자 = {LEDE} 날씨가 맑았다. {DETAIL}")
    english = article(
        "en", "Upstage opens a Tokyo office", language="en", outlet="Korea Herald", summary="Upstage opened an office in Tokyo."
    )
    told = story(korean, english)
    summary = extract(told, "ko")
    assert summary.headline == "업스테이지, 도쿄 법인 설립"
    assert [sentence.text for sentence in summary.sentences] == [LEDE, DETAIL]
    assert all(sentence.quoted and sentence.cites == (1,) for sentence in summary.sentences)
    assert [(source.number, source.article_id) for source in summary.sources] == [(1, "ko")]
    assert summary.method == "extract"
    other = extract(told, "en")
    assert other.headline == "Upstage opens a Tokyo office"
    assert other.sentences[0].text == "Upstage opened an office in Tokyo."
    assert is_verbatim(summary, told)
    assert is_verbatim(other, told)


def test_a_language_that_nobody_wrote_in_gets_the_others_words() -> None:
    summary = extract(story(article(summary=LEDE)), "ja")
    assert [sentence.text for sentence in summary.sentences] == [LEDE]
    assert summary.language == "ja"


def test_title_only_stories_quote_the_title() -> None:
    summary = extract(story(article(title="[속보] 업스테이지, 도쿄 법인 설립(종합)")), "ko")
    assert summary.headline == "업스테이지, 도쿄 법인 설립"
    assert [(one.text, one.cites, one.quoted) for one in summary.sentences] == [(summary.headline, (1,), True)]


def test_a_sentence_said_by_several_publishers_cites_them() -> None:
    same = LEDE.replace("밝혔다", "전했다")
    first = article("a", summary=LEDE, outlet="전자신문")
    second = article("b", title="업스테이지 일본 진출", summary=same, outlet="연합뉴스")
    sister = article("c", title="업스테이지 일본 진출", summary=same, outlet="연합뉴스TV")
    other = article("d", title="업스테이지 일본 진출", summary=LEDE.replace("23일", "24일"), outlet="매일경제")
    summary = extract(story(first, second, sister, other), "ko")
    assert len(summary.sentences) == 1
    cited = {summary.sources[number - 1].article_id for number in summary.sentences[0].cites}
    assert cited == {"a", "b"}


def test_no_sentence_repeats_another() -> None:
    near = "업스테이지가 23일 도쿄에 법인을 세우고 기업용 거대언어모델 판매에 나선다고 이날 밝혔다."
    summary = extract(story(article("a", summary=f"{LEDE} {near}"), article("b", title="다른 제목", summary=near)), "ko")
    assert len(summary.sentences) == 1


def test_a_foreign_sentence_must_tell_something_else() -> None:
    korean = article("a", summary="업스테이지가 300억원을 들여 도쿄에 법인을 세운다고 밝혔다.")
    again = "アップステージは300億ウォンを投じて東京に法人を設立すると発表した。"
    more = "アップステージは日本での投資に45億円を充てる計画だと発表した。"
    same = story(korean, article("b", title="韓国アップステージが東京へ", language="ja", summary=again))
    assert len(extract(same, "ko").sentences) == 1
    richer = story(korean, article("b", title="韓国アップステージが東京へ", language="ja", summary=more))
    assert [one.text for one in extract(richer, "ko").sentences][1:] == [more]


@pytest.mark.parametrize(
    "notice",
    [
        "무단전재 및 재배포 금지, 저작권자 (c) 예시일보 2026년 11월 23일",
        "この2026年11月23日の記事は有料会員限定です。",
        "Read more about Upstage and its 300 million dollar plan in Tokyo on our site.",
        "사진=업스테이지 제공, 2026년 11월 23일 도쿄에서 열린 행사",
        "제보는 카카오톡으로 받습니다. upstage@example.com 2026년",
    ],
)
def test_notices_are_not_news(notice: str) -> None:
    summary = extract(story(article(summary=f"{notice}\n{LEDE}")), "ko")
    assert [sentence.text for sentence in summary.sentences] == [LEDE]


def test_a_sentence_cut_off_is_shown_only_where_nothing_else_is() -> None:
    cut = "업스테이지는 일본 금융권을 대상으로 문서 처리 서비스를 넓히고 현지 협력사와 함께 올해..."
    assert [one.text for one in extract(story(article(summary=f"{LEDE} {cut}")), "ko").sentences] == [LEDE]
    (only,) = extract(story(article(summary=cut)), "ko").sentences
    assert only.text == cut.rstrip(".") + "…"


def test_a_body_that_repeats_the_summary_is_read_once() -> None:
    summary = extract(story(article(summary=LEDE, body=f"{LEDE}\n{DETAIL}")), "ko")
    assert [sentence.text for sentence in summary.sentences] == [LEDE, DETAIL]


def test_at_most_as_many_sentences_as_asked() -> None:
    text = f"{LEDE} {DETAIL} 일본 법인은 금융사와 병원을 첫 고객으로 삼는다. 대표는 박모 씨가 맡아 내년 3월 취임한다."
    told = story(article(summary=text))
    assert len(extract(told, "ko").sentences) == 3
    assert len(extract(told, "ko", max_sentences=1).sentences) == 1


def test_the_headline_is_that_of_the_best_article() -> None:
    blog = article("a", title="도쿄로 간 업스테이지, 성공할까?", summary=LEDE)
    ministry = article("b", title="과기정통부, 업스테이지 도쿄 법인 지원", url="https://www.korea.kr/1", summary=DETAIL)
    assert extract(story(blog, ministry), "ko").headline == ministry.title
    equal = [
        article(name, title=f"업스테이지 도쿄 법인 {name}", published=NOON + timedelta(hours=n)) for n, name in enumerate("xy")
    ]
    assert extract(story(*equal), "ko").headline == equal[0].title


@pytest.mark.parametrize(
    ("title", "outlet", "cleaned"),
    [
        ("[단독] 리벨리온, 日 첫 법인 세운다", "ETNews", "리벨리온, 日 첫 법인 세운다"),
        ("【速報】経産省、データセンターに支援", "NHK", "経産省、データセンターに支援"),
        ("経産省、データセンターに支援 - 日本経済新聞", "Google News", "経産省、データセンターに支援"),
        ("Rebellions opens first office abroad - The Korea Herald", "", "Rebellions opens first office abroad"),
        ("Rebellions opens office in Tokyo | Tom's Gear", "tomsgear.com", "Rebellions opens office in Tokyo"),
        ("인재 부족 | 비즈니스뉴스 | 동양경제온라인", "동양경제온라인", "인재 부족"),
        ('정부, 10조원 투입…업계 "환영"', "", '정부, 10조원 투입…업계 "환영"'),
        ("AI 전략: 한국 - 일본 비교", "", "AI 전략: 한국 - 일본 비교"),
        ("[속보]", "", "[속보]"),
    ],
)
def test_headlines_lose_tags_and_outlets(title: str, outlet: str, cleaned: str) -> None:
    assert boilerplate.headline(title, outlet) == cleaned


@pytest.mark.parametrize(
    ("sentence", "bare"),
    [
        ("(서울=연합뉴스) 홍길동 기자 = 정부가 밝혔다.", "정부가 밝혔다."),
        ("[예시일보 홍길동 기자] 정부가 밝혔다.", "정부가 밝혔다."),
        ("홍길동·김예시 기자 = 정부가 밝혔다.", "정부가 밝혔다."),
        ("【東京=時事】政府は決めた。", "政府は決めた。"),
        ("【ソウル聯合ニュース】政府は決めた。", "政府は決めた。"),
        ("SEOUL, Nov. 23 (Yonhap) -- The ministry said so.", "The ministry said so."),
        ("Tokyo, Dec. 25 (Jiji Press)--The ministry said so.", "The ministry said so."),
        ("OpenAI (ChatGPT) — a US firm — said so.", "OpenAI (ChatGPT) — a US firm — said so."),
        ("◆ 정부가 밝혔다.", "정부가 밝혔다."),
    ],
)
def test_sentences_lose_datelines_and_bylines(sentence: str, bare: str) -> None:
    assert boilerplate.bare(sentence) == bare


@pytest.mark.parametrize("text", ["가" * 40_000, "1," * 20_000, "[" * 20_000, "(서울=" * 8_000, "." * 40_000, "약 " * 20_000])
def test_hostile_texts_take_no_time(text: str) -> None:
    started = perf_counter()
    extract(story(article(title=text, summary=text, body=text)), "ko")
    assert perf_counter() - started < 2.0


_PIECES = st.lists(
    st.sampled_from(
        [
            LEDE,
            DETAIL,
            "(도쿄=예시통신) 홍길동 특파원 = ",
            "[속보] ",
            "\n",
            "  ",
            "日本政府は450億円を支援すると発表した。",
            "【東京=時事】",
            "The ministry will spend up to 45 billion yen on it by 2030. ",
            "Tokyo (Wire News) -- ",
            "무단전재 금지",
            "...",
            "…",
            '"그는',
            "- Example News",
        ]
    ),
    min_size=1,
    max_size=8,
).map("".join)


@given(
    st.lists(st.tuples(_PIECES, _PIECES, st.sampled_from(["ko", "ja", "en"])), min_size=1, max_size=4),
    st.sampled_from(["ko", "ja", "en"]),
)
def test_every_quoted_sentence_is_verbatim(parts: list[tuple[str, str, str]], language: str) -> None:
    told = story(
        *(
            article(f"a{n}", title=title.strip() or "제목", summary=text, language=code, outlet=f"Outlet {n}")
            for n, (title, text, code) in enumerate(parts)
        )
    )
    summary = extract(told, language)
    assert is_verbatim(summary, told)
    assert summary.sentences
    assert len({sentence.text for sentence in summary.sentences}) == len(summary.sentences) <= 3
    assert [source.number for source in summary.sources] == list(range(1, len(summary.sources) + 1))
    assert {cite for sentence in summary.sentences for cite in sentence.cites} <= {source.number for source in summary.sources}
    assert extract(told, language) == summary


def test_verbatim_on_real_stories(shared: Path) -> None:
    lines = (shared / "eval" / "stories-dev.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines:
        items = json.loads(line)["items"]
        told = story(
            *(
                article(
                    item["id"], item["title"], summary=item["summary"] or "", language=item["lang"], outlet=item["source"] or ""
                )
                for item in items
            ),
            entities=(),
        )
        for language in ("ko", "ja", "en"):
            summary = extract(told, language)
            assert is_verbatim(summary, told)
            assert not any(
                boilerplate.is_notice(sentence.text) for sentence in summary.sentences if sentence.text != summary.headline
            )
