"""Asks the pages at a steady rate, from a process of its own, over a database of invented articles.

    python -m bench.web [--articles 100000] [--rate 200] [--seconds 30] [--servers 2] [--database FILE]

The load is open: requests leave on time, however slow the answers are, and waiting counts. One in five comes from somebody who
is signed in. One JSON line: milliseconds (p50, p95, p99) of all and of each kind of page, the servers' processor time a request,
and what went wrong. Without --database the articles are made anew in a folder that goes afterwards; with it they are made once
and kept.
"""

import argparse
import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from itertools import groupby
from pathlib import Path
from urllib.parse import quote, urlencode

import aiohttp

from bot.app import spare_collections
from bot.archive.search import Archive
from bot.commands.handlers import Commands
from bot.config import Settings
from bot.knowledge import register
from bot.model import Article, Channel, Page, Relevance, StoryDecision, Topic
from bot.pipeline import facts
from bot.pipeline.briefing import Briefer
from bot.platforms.web import site
from bot.platforms.web.links import Links
from bot.server import served
from bot.store import Store
from bot.store.visits import Visit

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SPAN_DAYS = 365
RELEVANT = 0.3  # of all articles
REPORTS = (1, 1, 1, 2, 2, 3, 5)  # of a story
PLACE = Channel("slack", "C1", "T1")
SECRET = "bench-" + "s" * 40
SIGNED_IN = 0.2
_BATCH = 5_000
_TOLD = {
    "ko": (
        "{who}, {city}에 AI 데이터센터 건설…{n}억원 투자",
        "{who}가 {city}에 AI 데이터센터를 짓기 위해 {n}억원을 투자한다고 23일 밝혔다. 가동은 2028년 상반기가 목표다. "
        "회사는 현지 기업과 함께 전력과 냉각 설비를 마련하고 엔지니어 {m}명을 새로 뽑는다. "
        "업계는 이번 투자가 일본과 한국의 AI 인프라 경쟁을 앞당길 것으로 본다.",
    ),
    "ja": (
        "{who}、{city}でAI研究拠点を開設 {n}億円を投資",
        "{who}は{city}にAIの研究拠点を開設し、{n}億円を投資すると発表した。技術者{m}人を採用し、2027年度の稼働を目指す。"
        "政府は補助金の対象とするか検討している。韓国企業との共同開発も計画する。",
    ),
    "en": (
        "{who} to invest ${n} million in AI chips for {city}",
        "{who} said it will invest ${n} million to develop AI chips and open an office in {city} by March 2027, "
        "hiring {m} engineers. The company expects first customers in Japan and South Korea next year.",
    ),
}
_POLICIES = (
    (
        "ko",
        "정부, AI 데이터센터 특별법 {n}호 추진",
        "과학기술정보통신부는 AI 데이터센터 특별법을 2027년 7월 1일 시행한다고 밝혔다. 보조금 {n}억원을 편성한다.",
    ),
    (
        "ja",
        "経産省、AI半導体に{n}億円を補助",
        "経済産業省はAI半導体の量産に最大{n}億円を補助すると発表した。申請は2027年3月末まで受け付ける。",
    ),
)
_CITIES = {
    "ko": ("도쿄", "오사카", "부산", "서울"),
    "ja": ("東京", "大阪", "ソウル", "福岡"),
    "en": ("Tokyo", "Osaka", "Seoul", "Busan"),
}
_WORDS = (
    "도쿄 AI 데이터센터",
    "AI 半導体 補助金",
    "Tokyo office AI chips",
    "투자 country:KR",
    "topic:policy 補助",
    "NAVER 오사카",
    '"AI研究拠点" lang:ja',
)


class NoPages:
    """Nobody reads pages of others here."""

    async def read(self, url: str) -> Page:
        raise NotImplementedError


# ---- the database ----


def invented(count: int, seed: int = 11) -> Iterator[tuple[str, list[Article], Relevance | None]]:
    """Stories: an id, their reports, and what is found of them; None for what nobody would keep. ``count`` articles in all."""
    pick = random.Random(seed)
    names = [one for one in register.load() if one.kind == "company" and one.country in ("KR", "JP")]
    made = 0
    while made < count:
        kept = pick.random() < RELEVANT
        reports = pick.choice(REPORTS) if kept else 1
        who = names[int(len(names) * pick.random() ** 3)]
        start = NOW - timedelta(minutes=SPAN_DAYS * 1440 * pick.random())
        figures = {"n": pick.randint(20, 9_000), "m": pick.randint(5, 400)}
        articles = []
        for _ in range(min(reports, count - made)):
            articles.append(_report(made, pick, who.aliases, who.id, start, figures, policy=kept and pick.random() < 0.1))
            made += 1
        topics = tuple(pick.sample(list(Topic), 2))
        found = Relevance(
            round(pick.uniform(0.5, 1), 2), True, topics, pick.choice((("KR",), ("JP",), ("JP", "KR"))), None, (who.id,)
        )
        yield f"s{made}", articles, found if kept else None


def _report(
    number: int,
    pick: random.Random,
    aliases: Mapping[str, tuple[str, ...]],
    id: str,
    start: datetime,
    figures: dict[str, int],
    *,
    policy: bool,
) -> Article:
    at = start + timedelta(minutes=pick.randint(0, 300))
    if policy:
        language, title, text = pick.choice(_POLICIES)
        title, text = title.format(**figures), text.format(**figures)
    else:
        language = pick.choice(("ko", "ja", "en"))
        known = aliases.get(language, ()) or (id,)
        words = {"who": known[0], "city": pick.choice(_CITIES[language]), **figures}
        title, text = (part.format(**words) for part in _TOLD[language])
    outlet = f"Outlet {pick.randint(1, 80)}"
    return Article(
        f"a{number}", title, text, f"https://news.example/{number}", outlet, language, at, at, "f1", fingerprint=str(number)
    )


async def fill(store: Store, count: int) -> None:
    """Put ``count`` invented articles with their stories and facts into an empty database."""
    batch: list[tuple[str, list[Article], Relevance | None]] = []
    for story in invented(count):
        batch.append(story)
        if sum(len(articles) for _, articles, _ in batch) >= _BATCH:
            await _keep(store, batch)
            batch = []
    await _keep(store, batch)
    await store.visits.begin(Visit("slack", "T1", "U1", True, NOW, NOW + timedelta(days=9)), SECRET)


async def _keep(store: Store, batch: Sequence[tuple[str, list[Article], Relevance | None]]) -> None:
    kept = [(id, articles, found) for id, articles, found in batch if found]
    relevant = [article for _, articles, _ in kept for article in articles]
    extracted = {one.id: facts.extract(one.text, one.language, one.at) for one in relevant}
    nothing = Relevance(0.1, False)
    async with store.transaction():
        await store.articles.add([article for _, articles, _ in batch for article in articles])
        await store.articles.save_relevance({one.id: found or nothing for _, articles, found in batch for one in articles})
        await store.facts.save(extracted)
        for day, its in groupby(sorted(kept, key=_learned), key=lambda one: _learned(one).date()):
            told = [(id, articles) for id, articles, _ in its]
            decisions = [StoryDecision(one.id, id, place > 0) for id, articles in told for place, one in enumerate(articles)]
            until = datetime.combine(day, time_of_day.max, UTC)
            await store.stories.save(decisions, [one for _, articles in told for one in articles], min(until, NOW))


def _learned(story: tuple[str, list[Article], Relevance | None]) -> datetime:
    """When we last learned of a story."""
    return max(one.first_seen or NOW for one in story[1])


# ---- the server ----


async def serve(database: Path, port: int) -> None:
    """The pages until the process is ended; says when they can be asked."""
    store = await Store.open(f"sqlite:///{database}")
    archive = Archive(store, home=Path(f"{database}.index"))
    await archive.refresh()
    spare_collections()
    commands = Commands(store, Briefer(store), archive, NoPages(), None, lambda: [])
    began = time.monotonic()
    routes = site.connect(
        Settings(public_pages=True), commands, Links("k" * 40, ""), lambda: NOW + timedelta(seconds=time.monotonic() - began)
    )
    async with served("127.0.0.1", port, routes):
        print("ready", flush=True)
        await asyncio.Event().wait()


# ---- the load ----


async def paths(store: Store, seed: int = 3) -> Iterator[tuple[str, str]]:
    """Kind and address of what people open, in the shares in which they do, without end."""
    stories = [one.id for one in await store.stories.outlines(3_000)]
    names = [one.id for one in register.load() if one.kind == "company" and one.country in ("KR", "JP")]
    return _mixed(random.Random(seed), stories, names)


def _mixed(pick: random.Random, stories: Sequence[str], names: Sequence[str]) -> Iterator[tuple[str, str]]:
    def near(known: Sequence[str]) -> str:
        """The first ones are opened most, as news is."""
        return quote(known[int(len(known) * pick.random() ** 4)], safe="")

    def filtered(*fields: tuple[str, Sequence[str]]) -> str:
        return urlencode({name: value for name, values in fields if (value := pick.choice(("", *values)))})

    countries, topics = ("country", ("KR", "JP")), ("topic", [topic.value for topic in Topic])
    kinds = {
        "front": (15, lambda: "/"),
        "stories": (12, lambda: f"/stories?page={pick.choice((1, 1, 1, 2, 3))}"),
        "story": (25, lambda: f"/stories/{near(stories)}"),
        "names": (5, lambda: f"/names?{filtered(countries)}"),
        "name": (10, lambda: f"/names/{near(names)}"),
        "policies": (4, lambda: f"/policies?{filtered(countries)}"),
        "ledger": (8, lambda: f"/ledger?{filtered(countries, topics)}"),
        "csv": (1, lambda: f"/ledger.csv?{filtered(countries, topics)}"),
        "search": (
            8,
            lambda: (
                "/search?"
                + urlencode({"q": f"{pick.choice(_WORDS)} {pick.choice(names) if pick.random() < 0.3 else ''}".strip()})
            ),
        ),
        "compare": (2, lambda: "/compare"),
        "atom": (5, lambda: f"/stories.atom?{filtered(countries, topics)}"),
        "json": (3, lambda: f"/stories.json?{filtered(countries)}"),
        "feeds": (2, lambda: "/feeds"),
    }
    weights = [share for share, _ in kinds.values()]
    while True:
        kind = pick.choices(list(kinds), weights)[0]
        yield kind, kinds[kind][1]()


async def load(
    addresses: Sequence[str], asked: Iterator[tuple[str, str]], rate: float, seconds: float
) -> tuple[dict[str, list[float]], Counter[str]]:
    """Milliseconds of each request by kind, from the moment at which it was due; and what failed. The servers take turns."""
    taken: dict[str, list[float]] = defaultdict(list)
    failed: Counter[str] = Counter()
    pick = random.Random(5)
    connector = aiohttp.TCPConnector(limit=400)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(30)) as session:

        async def one(address: str, kind: str, path: str, due: float) -> None:
            cookies = {"language": pick.choice(("ko", "ja", "en"))} | ({"session": SECRET} if pick.random() < SIGNED_IN else {})
            try:
                async with session.get(
                    address + path, headers={"cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())}
                ) as answer:
                    await answer.read()
                    if answer.status != 200:
                        failed[f"{kind} {answer.status}"] += 1
            except (aiohttp.ClientError, TimeoutError) as error:
                failed[f"{kind} {type(error).__name__}"] += 1
            taken[kind].append((time.perf_counter() - due) * 1000)

        began = time.perf_counter() + 0.2
        tasks = []
        for number in range(int(rate * seconds)):
            kind, path = next(asked)
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.append(asyncio.create_task(one(addresses[number % len(addresses)], kind, path, due)))
        await asyncio.gather(*tasks)
    return taken, failed


def figures(taken: Sequence[float]) -> dict[str, float]:
    """Count and milliseconds."""
    ordered = sorted(taken)
    at = {
        name: ordered[min(int(len(ordered) * share), len(ordered) - 1)]
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    }
    return {"requests": len(ordered), **{name: round(value, 1) for name, value in at.items()}}


async def measure(database: Path, options: argparse.Namespace) -> dict[str, object]:
    """Fill the database where it is empty, start the server, warm it for some seconds, ask."""
    store = await Store.open(f"sqlite:///{database}")
    try:
        made = time.perf_counter()
        if (await store.articles.extent())[1] < options.articles:
            await fill(store, options.articles)
        made = time.perf_counter() - made
        asked = await paths(store)
    finally:
        await store.close()
    with ExitStack() as stack:
        began = time.perf_counter()
        servers = [stack.enter_context(_server(database)) for _ in range(options.servers)]
        started = time.perf_counter() - began
        addresses = [address for address, _ in servers]
        slowest = max([await first_time(address, asked) for address in addresses], key=lambda found: max(found.values()))
        await load(addresses, asked, options.rate / 2, options.warm)
        before = sum(processor_seconds(pid) for _, pid in servers)
        taken, failed = await load(addresses, asked, options.rate, options.seconds)
        used = sum(processor_seconds(pid) for _, pid in servers) - before
        peak = max(memory(pid) for _, pid in servers)
    everything = [one for its in taken.values() for one in its]
    return {
        "articles": options.articles,
        "rate": options.rate,
        "servers": options.servers,
        "cores": os.cpu_count(),
        "made_seconds": round(made),
        "started_seconds": round(started, 1),
        "slowest_first_page_seconds": slowest,
        "server_mb": peak,
        "server_cpu_ms_per_request": round(used * 1000 / len(everything), 2),
        **figures(everything),
        "failed": sum(failed.values()),
        "errors": dict(failed),
        "pages": {kind: figures(its) for kind, its in sorted(taken.items())},
    }


@contextmanager
def _server(database: Path) -> Iterator[tuple[str, int]]:
    """A process that serves the pages: its address and id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "bench.web", "--serve", str(port), "--database", str(database)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout and server.stdout.readline() == b"ready\n"
            yield f"http://127.0.0.1:{port}", server.pid
        finally:
            server.terminate()


async def first_time(address: str, asked: Iterator[tuple[str, str]]) -> dict[str, float]:
    """Open a page of each kind, one after the other; the slowest with its seconds, and how long all took."""
    seen: dict[str, float] = {}
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(120)) as session:
        for _ in range(400):
            kind, path = next(asked)
            if kind not in seen:
                began = time.perf_counter()
                async with session.get(address + path) as answer:
                    await answer.read()
                seen[kind] = round(time.perf_counter() - began, 1)
    slowest = max(seen, key=lambda kind: seen[kind])
    return {slowest: seen[slowest]}


def processor_seconds(pid: int) -> float:
    """Of a process, its own and the system's on its behalf; 0 where the system does not tell."""
    file = Path(f"/proc/{pid}/stat")
    if not file.exists():
        return 0.0
    ticks = file.read_text().rsplit(")", 1)[1].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> int:
    """The most megabytes that a process ever held; 0 where the system does not tell."""
    file = Path(f"/proc/{pid}/status")
    return int(file.read_text().split("VmHWM:")[1].split()[0]) // 1024 if file.exists() else 0


def main() -> None:
    """Measure and print; or serve, for a measuring process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--warm", type=float, default=60, help="seconds before at half the rate, not counted")
    parser.add_argument("--servers", type=int, default=2, help="processes, which take turns as behind a balancer: one a core")
    parser.add_argument("--database", type=Path)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve(options.database, options.serve))
        return
    with tempfile.TemporaryDirectory() as folder:
        row = asyncio.run(measure(options.database or Path(folder) / "web.sqlite3", options))
    print(json.dumps(row))


if __name__ == "__main__":
    main()
