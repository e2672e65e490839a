"""Which articles matter, and what is said about them; all headlines are made up."""

import pytest

from bot.knowledge import weights
from bot.model import Topic
from bot.pipeline import relevance
from tests.builders import article


def judge(title: str, language: str, summary: str = "", outlet: str = "", url: str = ""):  # type: ignore[no-untyped-def]
    return relevance.judge(article(title=title, language=language, summary=summary, outlet=outlet, url=url))


@pytest.mark.parametrize(
    ("title", "language", "topic", "countries"),
    [
        ("업스테이지, 도쿄에 일본 법인 설립…기업용 LLM 공략", "ko", Topic.EXPANSION, {"KR", "JP"}),
        ("アンソロピック、東京に拠点を開設 日本企業向けに生成AIを販売", "ja", Topic.EXPANSION, {"JP"}),
        ("Anthropic to open office in Seoul as demand for AI agents grows", "en", Topic.EXPANSION, {"KR"}),
        ("퓨리오사AI, 1500억원 규모 시리즈D 투자 유치", "ko", Topic.INVESTMENT, {"KR"}),
        ("Sakana AI raises $150 million from Japanese banks", "en", Topic.INVESTMENT, {"JP"}),
        ("과기정통부, AI 기본법 시행령 입법예고", "ko", Topic.POLICY, {"KR"}),
        ("政府、AI開発企業への減税を来年度の税制改正で検討", "ja", Topic.POLICY, {"JP"}),
        ("South Korea's science ministry earmarks 2 trillion won for AI in budget plan", "en", Topic.POLICY, {"KR"}),
        ("SK텔레콤, 울산에 1GW급 AI 데이터센터 착공", "ko", Topic.INFRASTRUCTURE, {"KR"}),
        ("さくらインターネット、北海道にGPUデータセンターを建設", "ja", Topic.INFRASTRUCTURE, {"JP"}),
        ("SK hynix to build HBM packaging plant in Cheongju", "en", Topic.CHIPS, {"KR"}),
        ("ラピダス、2ナノ半導体の量産へ新棟を建設", "ja", Topic.CHIPS, {"JP"}),
    ],
)
def test_what_a_briefing_needs(title: str, language: str, topic: Topic, countries: set[str]) -> None:
    verdict = judge(title, language)
    assert verdict.relevant, verdict
    assert verdict.topics[0] == topic
    assert set(verdict.countries) == countries


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("코스피, AI주 급등에 2% 상승 마감…삼성전자 신고가", "ko"),
        ("日経平均続伸、AI関連株に買い アドバンテストが最高値", "ja"),
        ("Seoul shares open higher on chip rally", "en"),
        ("삼성전자, AI 기능 강화한 갤럭시 태블릿 출시", "ko"),
        ("Claude Codeで家計簿アプリを作ってみた", "ja"),
        ("LG's new TV uses AI to sharpen karaoke nights", "en"),
        ("전북 오리농장서 고병원성 AI 확진…2만 마리 살처분", "ko"),
        ("鳥インフルエンザ、養鶏場で今季初の確認", "ja"),
        ("France places poultry farms on alert for bird flu", "en"),
        ("Meta hires AI researchers from Google", "en"),
        ("생성형 AI 활용 세미나 30일 코엑스서 개최", "ko"),
        ("市職員がAIを学ぶ研修会", "ja"),
        ("프로야구 한화 이글스, 5연승", "ko"),
        ("", "en"),
    ],
)
def test_what_a_briefing_leaves_out(title: str, language: str) -> None:
    assert not judge(title, language).relevant


def test_without_subject_or_angle_nothing_is_relevant() -> None:
    shifted = weights.shifted(weights.load(), [(tuple(weights.load().features), True)] * 20)
    for title in ("한국 정부, 쌀 수매가 인상 방침", "US firm opens AI data center in Ohio with federal subsidies"):
        verdict = relevance.judge(article(title=title, language="ko" if title[0] == "한" else "en", outlet="", url=""), shifted)
        assert not verdict.relevant
        assert verdict.score <= 0.2


def test_reasons_are_words() -> None:
    verdict = judge("업스테이지, 도쿄에 일본 법인 설립", "ko", "업스테이지는 기업용 AI 시장을 노린다.")
    assert "Upstage (company, KR)" in verdict.reasons
    assert "법인 설립 → expansion" in verdict.reasons
    assert "도쿄 → JP" in verdict.reasons
    assert verdict.entities == ("Upstage",)
    against = judge("코스피 급락, AI 거품론에 삼성전자 약세", "ko").reasons
    assert any(reason.endswith("→ stock colour (against)") for reason in against)
    assert "no AI subject" in judge("비가 오는 서울", "ko").reasons


@pytest.mark.parametrize(
    ("title", "language", "direction"),
    [
        ("업스테이지, 일본 시장 진출…도쿄 법인 설립", "ko", "KR→JP"),
        ("リベリオン、東京に日本法人を設立 AI半導体を販売", "ja", "KR→JP"),
        ("OpenAI opens Seoul office to serve Korean enterprises", "en", "US→KR"),
        ("Rebellions signs deal to enter Saudi Arabia with AI chips", "en", "KR→SA"),
        ("정부, AI 예산 10조원 편성", "ko", None),
        ("SK텔레콤, 울산에 AI 데이터센터 건설", "ko", None),
    ],
)
def test_direction_needs_a_move_across_a_border(title: str, language: str, direction: str | None) -> None:
    assert judge(title, language).direction == direction


def test_a_byline_is_no_angle() -> None:
    verdict = judge("구글, 아일랜드 AI 데이터센터 증설", "ko", "(서울=연합뉴스) 홍길동 기자 = 구글이 더블린에 투자한다.")
    assert "KR" not in verdict.countries or not verdict.relevant


def test_another_countrys_government_is_not_ours() -> None:
    assert not judge("英政府、AI安全法案を提出へ", "ja").relevant
    assert not judge("中国政府、AI企業への補助金を拡大", "ja").relevant


def test_an_article_without_language_is_judged_by_its_script() -> None:
    assert judge("정부, AI 반도체 예산 2조원 편성", "").relevant


def test_many_are_judged_as_one_by_one() -> None:
    articles = [article(id=str(n), title=title, language="ko") for n, title in enumerate(("업스테이지 도쿄 법인", "날씨", "AI"))]
    assert list(relevance.judge_many(articles)) == [relevance.judge(one) for one in articles]


def test_doubt_verdict_and_feedback() -> None:
    verdict = judge("업스테이지, 도쿄 법인 설립", "ko")
    refused = relevance.with_verdict(verdict, False, "only a rumour", "model-x")
    assert not refused.relevant
    assert refused.score == verdict.score
    assert refused.reasons[-1] == "model-x: not relevant: only a rumour"
    assert not relevance.is_doubtful(judge("코스피 마감 시황", "ko"))
    features = relevance.features_of(article(title="업스테이지, 도쿄 법인 설립"))
    assert "office@title" in features
    lower = relevance.judge(article(title="업스테이지, 도쿄 법인 설립"), weights.shifted(weights.load(), [(features, False)] * 3))
    assert lower.score < relevance.judge(article(title="업스테이지, 도쿄 법인 설립")).score


@pytest.mark.parametrize(
    ("title", "language", "topic", "direction"),
    [
        ("기업용 AI 스타트업 올거나이즈, 본사 미국서 일본으로 이전", "ko", Topic.EXPANSION, "US→JP"),
        ("Allganize moves headquarters from the US to Japan, eyes Tokyo listing", "en", Topic.EXPANSION, "US→JP"),
        ("Allganize、本社を米国から日本に移転 生成AIを企業に", "ja", Topic.EXPANSION, "US→JP"),
    ],
)
def test_a_seat_moves_from_where_the_words_say(title: str, language: str, topic: Topic, direction: str) -> None:
    verdict = judge(title, language)
    assert verdict.relevant
    assert verdict.topics[0] == topic
    assert verdict.direction == direction


def test_a_move_between_korea_and_japan_concerns_both() -> None:
    verdict = judge("리벨리온, 도쿄에 첫 해외 법인 설립", "ko")
    assert verdict.direction == "KR→JP"
    assert set(verdict.countries) == {"KR", "JP"}
    assert verdict.topics[0] == Topic.EXPANSION


@pytest.mark.parametrize(
    ("title", "language", "country"),
    [
        ("정부, AI 개발사 법인세 감면 3년 연장", "ko", "KR"),
        ("政府、AIソフト開発企業の法人税を軽減へ", "ja", "JP"),
        ("Japan plans corporate tax relief for AI software makers", "en", "JP"),
    ],
)
def test_tax_relief_for_ai_firms_is_policy(title: str, language: str, country: str) -> None:
    verdict = judge(title, language)
    assert verdict.relevant
    assert verdict.topics[0] == Topic.POLICY
    assert verdict.countries == (country,)


def test_foreign_venture_capital_counts_where_only_the_summary_names_ai() -> None:
    verdict = judge("해외 벤처캐피털, 한국 투자 3년 만에 최저", "ko", "국내 AI 스타트업이 받은 해외 투자금이 급감했다.")
    assert verdict.relevant
    assert verdict.topics[0] == Topic.INVESTMENT


def test_the_outlet_behind_a_headline_is_no_angle() -> None:
    plain = judge("Meta hires AI researchers from Google", "en")
    signed = judge("Meta hires AI researchers from Google | Business Insider Japan", "en")
    assert signed.countries == plain.countries == ()
    blog = judge("生成AIエージェントの作り方 | 架空商事 技術ブログ", "ja")
    assert "developers' site (against)" in blog.reasons
