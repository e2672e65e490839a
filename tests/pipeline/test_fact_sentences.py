"""Sentences in the manner of business news, written for these tests: what happened, who did it, and how far it is."""

from datetime import UTC, datetime

import pytest

from bot.model import EventFact
from bot.pipeline import facts

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SENTENCES = [
    ("ko", "네이버클라우드가 도쿄에 일본 법인을 설립했다", "subsidiary_established", "NAVER", "completed"),
    ("ko", "리벨리온, 일본 도쿄에 첫 해외 법인 설립", "subsidiary_established", "Rebellions", None),
    ("ko", "업스테이지는 내년 3월 도쿄 사무소를 열 계획이다", "office_opened", "Upstage", "planned"),
    ("ko", "올거나이즈가 본사를 미국에서 일본으로 이전했다", "office_opened", "Allganize", "completed"),
    ("ko", "퓨리오사AI가 1700억원 규모의 시리즈C 투자를 유치했다", "funding", "FuriosaAI", "completed"),
    ("ko", "리벨리온은 코스닥 상장 예비심사를 청구했다", "ipo", "Rebellions", None),
    ("ko", "SK텔레콤은 AWS와 울산에 AI 데이터센터를 짓는다", "datacenter_investment", "SK Telecom", None),
    ("ko", "삼성전자가 요코하마에 첨단 패키징 연구개발 거점을 설립한다", "fab_investment", "Samsung Electronics", None),
    ("ko", "카카오가 AI 스타트업을 인수했다", "acquisition", "Kakao", "completed"),
    ("ko", "LG전자와 마이크로소프트가 업무협약을 체결했다", "partnership", "LG Electronics", "completed"),
    ("ko", "과기정통부는 AI 인재 양성 전략을 발표했다", "government_program", "Ministry of Science and ICT", None),
    ("ko", "국회가 AI기본법 개정안을 의결했다", "law_in_force", "AI Basic Act (South Korea)", "decided"),
    ("ko", "정부는 내년도 AI 예산으로 10조원을 편성했다", "budget", None, None),
    ("ko", "개인정보보호위원회가 생성형 AI 개인정보 처리 가이드라인을 공개했다", "guideline", "Personal Information Protection Commission", None),
    ("ko", "SK하이닉스는 신입과 경력 인재 500명을 채용한다", "hiring", "SK hynix", None),
    ("ko", "중소벤처기업부가 AI 스타트업 100곳을 선정했다", "government_program", "Ministry of SMEs and Startups", "decided"),
    ("ko", "현대차그룹은 엔비디아와 손잡고 AI 팩토리를 구축한다", "datacenter_investment", "Hyundai Motor Group", None),
    ("ko", "소프트뱅크가 오픈AI에 400억달러를 투자한다", "funding", "SoftBank Group", None),
    ("ko", "삼성SDS는 구미에 AI 데이터센터를 건립한다", "datacenter_investment", "Samsung SDS", None),
    ("ja", "ラピダスは千歳市に新工場を建設する", "fab_investment", "Rapidus", None),
    ("ja", "ソフトバンクは苫小牧市にAIデータセンターを建設している", "datacenter_investment", "SoftBank Corp.", None),
    ("ja", "サカナAIはシリーズBで200億円を調達した", "funding", "Sakana AI", "completed"),
    ("ja", "アップステージが東京にオフィスを開設", "office_opened", "Upstage", None),
    ("ja", "経済産業省はラピダスに追加で8000億円を補助すると発表した", "subsidy", "Ministry of Economy, Trade and Industry", None),
    ("ja", "政府はAI基本計画を閣議決定した", "government_program", "Government of Japan", "decided"),
    ("ja", "AI推進法が参院本会議で可決、成立した", "law_in_force", "AI Promotion Act (Japan)", "decided"),
    ("ja", "NTTデータは韓国に現地法人を設立した", "subsidiary_established", "NTT", "completed"),
    ("ja", "富士通とエヌビディアは提携を拡大する", "partnership", "Fujitsu", None),
    ("ja", "キオクシアが東証プライムに上場した", "ipo", "Kioxia", None),
    ("ja", "日立は米IT企業を約1兆円で買収する", "acquisition", "Hitachi", None),
    ("ja", "デジタル庁は政府の生成AI利用に関するガイドラインを策定した", "guideline", "Digital Agency", None),
    ("ja", "経産省は2027年度予算の概算要求で2兆円を計上した", "budget", "Ministry of Economy, Trade and Industry", None),
    ("ja", "NECは新卒採用を1000人に拡大する", "hiring", "NEC", None),
    ("ja", "マイクロンは広島工場にHBMの新棟を建設する", "fab_investment", "Micron", None),
    ("en", "Upstage opens Tokyo office to sell LLMs", "office_opened", "Upstage", None),
    ("en", "Rebellions sets up Japanese subsidiary in Tokyo", "subsidiary_established", "Rebellions", None),
    ("en", "OpenAI plans to open a Seoul office in April", "office_opened", "OpenAI", "planned"),
    ("en", "Samsung Electronics to build a $250 million chip packaging facility in Yokohama", "fab_investment", "Samsung Electronics", None),
    ("en", "SoftBank to acquire Ampere for $6.5 billion", "acquisition", "SoftBank Corp.", None),
    ("en", "METI approves 1 trillion yen in subsidies for Rapidus", "subsidy", "Ministry of Economy, Trade and Industry", "decided"),
    ("en", "FuriosaAI files for an IPO on Nasdaq", "ipo", "FuriosaAI", None),
    ("en", "Naver and Nvidia sign a deal to collaborate on AI", "partnership", "NAVER", None),
    ("en", "South Korea's AI Basic Act takes effect in January", "law_in_force", "AI Basic Act (South Korea)", None),
    ("en", "Japan's parliament passed the AI promotion bill", "law_in_force", "AI Promotion Act (Japan)", "decided"),
    ("en", "The Ministry of Science and ICT unveiled a national AI strategy", "government_program", "Ministry of Science and ICT", None),
    ("en", "AWS will invest $5 billion in data centers in South Korea", "datacenter_investment", "Amazon Web Services", None),
    ("en", "Sakana AI raised 20 billion yen in a Series B round", "funding", "Sakana AI", "completed"),
    ("en", "Seoul set aside 10 trillion won for AI in next year's budget", "budget", None, None),
    ("en", "Japan's Digital Agency published guidelines on generative AI", "guideline", "Digital Agency", None),
    ("en", "SK Hynix broke ground on a packaging plant in Indiana", "fab_investment", "SK hynix", "decided"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "type", "actor", "status"), SENTENCES)
def test_what_happened(language: str, text: str, type: str, actor: str | None, status: str | None) -> None:
    found = [one for one in facts.extract(text, language, NOW) if isinstance(one, EventFact) and one.type == type]
    assert len(found) == 1
    assert actor is None or actor in found[0].actors[0]
    assert status in (None, found[0].status)
