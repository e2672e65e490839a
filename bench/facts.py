"""Articles a second, on one core, from which amounts and dates are read; and with events and policies from whole texts.

    python -m bench.facts [--articles 3000] [--file ARTICLES.jsonl]

Without a file the articles are made up, in three languages, as long as a title and a summary are. One JSON line.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.feeds.jsonl import read_texts
from bot.knowledge import dates, money
from bot.pipeline import facts

PUBLISHED = datetime(2026, 11, 23, tzinfo=UTC)
MADE_UP = (
    (
        "ko",
        "가람전자, 새만금 AI 데이터센터에 {n}조 2000억원 투자\n가람전자는 23일 2030년까지 최대 {n}조원을 들여 데이터센터를 "
        "짓는다고 밝혔다. 정부는 내년 상반기 450억엔(약 4428억원)의 보조금을 검토한다. 회사의 3분기 매출은 {n}억원이다.",
    ),
    (
        "ja",
        "みなと半導体、熊本に新工場 {n}億円を投資\nみなと半導体は11月20日、約{n}億円を投じて2027年度に新工場を稼働させると"
        "発表した。政府は最大1000億円の補助金を検討している。",
    ),
    (
        "en",
        "Harbor AI raises ${n} million to build data centers in Osaka\nHarbor AI said on Friday it raised ${n} million at a $2.5 "
        "bn valuation and will open a Tokyo office by March 2027. Japan plans subsidies of up to ¥45bn (about $290 million).",
    ),
    # Most articles of a feed say nothing of money.
    (
        "ko",
        "가람전자, 새 언어모델 {n} 공개\n가람전자는 23일 한국어와 일본어를 이해하는 새 모델을 공개했다. "
        "회사는 내년 상반기 일본 고객에게 먼저 제공하고, 이후 동남아로 넓힐 계획이다. 새 모델은 이전 판보다 응답이 {n}% 빠르다.",
    ),
    (
        "ja",
        "みなと半導体、AI向け次世代品{n}の試作を開始\nみなと半導体は11月20日、次世代品の試作を始めたと発表した。2027年度の量産を目指す。"
        "熊本の拠点では技術者{n}人を新たに採用する。",
    ),
    (
        "en",
        "Harbor AI shows model {n} at a fair in Tokyo\nHarbor AI on Friday showed a model that answers in Korean and Japanese. "
        "It runs on {n} chips and will reach customers in Japan by March 2027, the company said.",
    ),
)


def made_up(count: int) -> list[tuple[str, str]]:
    """Language and text of ``count`` articles, no two of a language alike."""
    chosen = ((place, *MADE_UP[place % len(MADE_UP)]) for place in range(count))
    return [(language, text.format(n=2 + place)) for place, language, text in chosen]


def a_second(work: Callable[[str, str], object], texts: Sequence[tuple[str, str]]) -> int:
    """How many of ``texts`` one second of processor time takes through ``work``."""
    started = time.process_time()
    for language, text in texts:
        work(language, text)
    return round(len(texts) / (time.process_time() - started))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=3000)
    options.add_argument("--file", type=Path)
    given = options.parse_args()
    texts = [(one.language, one.text) for one in read_texts(given.file)] if given.file else made_up(given.articles)
    texts = texts[: given.articles]
    facts.extract(texts[0][1], texts[0][0], PUBLISHED)  # the data files are read once

    def figures(language: str, text: str) -> object:
        return money.read_amounts(text, language), dates.read_dates(text, PUBLISHED)

    result = {
        "articles": len(texts),
        "characters": round(sum(len(text) for _, text in texts) / len(texts)),
        "money_and_dates_a_second": a_second(figures, texts),
        "all_facts_a_second": a_second(lambda language, text: facts.extract(text, language, PUBLISHED), texts),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
