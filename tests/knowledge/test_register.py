"""Names in running text: borders, particles, widths, ambiguity, and the data behind them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigError
from bot.knowledge import register

REGISTER = register.load()


def ids(text: str) -> list[str]:
    return [mention.entity for mention in REGISTER.mentions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("업스테이지가 일본에서 도쿄 법인을 세운다", ["Upstage", "JP", "JP/Tokyo"]),
        ("アップステージ、東京に拠点", ["Upstage", "JP/Tokyo"]),
        ("Upstage's Tokyo office", ["Upstage", "JP/Tokyo"]),
        ("SK하이닉스와 삼성전자의", ["SK hynix", "Samsung Electronics"]),
        ("米ＮＶＩＤＩＡとﾘﾍﾞﾘｵﾝ", ["NVIDIA", "Rebellions"]),
        ("グーグルクラウドとグーグルディープマインド", ["Google Cloud", "Google DeepMind"]),
        ("UPSTAGE TO OPEN OFFICE", ["Upstage"]),
        ("라피더스에 대한 지원", ["Rapidus"]),
        ("North Korean hackers", ["KP"]),
    ],
)
def test_names_in_three_scripts(text: str, expected: list[str]) -> None:
    assert ids(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "기아대책이 아프리카 아동을 돕는다",
        "메타버스 전시회가 열렸다",
        "다음 달 투자 계획",
        "draw the line under it, he said",
        "メタバースの展示",
        "온라인 강의 라인업",
        "an upstage performance of rebellions past",
        "kt wiz beat the LG 트윈스",
        "arms and legs",
        "グーグルプレックス",
        "네이버후드",
        "속보 - v.daum.net",
    ],
)
def test_names_inside_other_words_are_not_names(text: str) -> None:
    assert not {"Kia", "Meta", "Daum", "LY Corporation", "Upstage", "Rebellions", "KT", "LG Group", "Arm", "Google"} & set(
        ids(text)
    )


def test_an_ambiguous_name_counts_in_company_only() -> None:
    assert ids("메타, AI 데이터센터에 투자") == ["Meta"]
    assert "Meta" not in ids("이 소설의 메타 구조를 읽는다")
    (mention,) = REGISTER.mentions("Arm IPO lifts chip designers")
    assert (mention.entity, mention.ambiguous) == ("Arm", True)
    assert ids("LINEヤフーはLINEの刷新を発表") == ["LY Corporation", "LY Corporation"]


def test_find_knows_all_scripts_and_widths() -> None:
    for name in ("업스테이지", "アップステージ", "UPSTAGE", "Ｕｐｓｔａｇｅ"):
        assert [entity.id for entity in REGISTER.find(name)] == ["Upstage"]
    assert REGISTER.find("no such name") == ()
    assert REGISTER.get("Upstage").country == "KR"
    with pytest.raises(KeyError):
        REGISTER.get("no such id")


@given(st.text(alphabet=st.sampled_from("업스테이지가 NVIDIAｴﾇﾋﾞﾃﾞｨｱエヌビディア東京,.(SK)하이닉스\n"), max_size=60))
def test_mentions_quote_the_text_in_order(text: str) -> None:
    at = 0
    for mention in REGISTER.mentions(text):
        assert mention.start >= at
        assert text[mention.start : mention.end] == mention.alias
        at = mention.end


def test_the_data_covers_the_market() -> None:
    named = [entity for entity in REGISTER if entity.kind not in register.PLACE_KINDS]
    assert len(named) >= 400
    for entity in named:
        assert any(entity.aliases.values()), entity.id


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{broken", "register.jsonl:2"),
        ('{"id": "A", "kind": "planet", "country": "KR", "aliases": {}}', "unknown kind 'planet'"),
        ('{"id": "First", "kind": "company", "country": "KR", "aliases": {}}', "there twice"),
        ('{"id": "B", "kind": "company", "country": "KR", "parent": "C", "aliases": {}}', "parent 'C'"),
        ('["list"]', "register.jsonl:2"),
    ],
)
def test_broken_data_names_file_and_line(line: str, reason: str) -> None:
    first = '{"id": "First", "kind": "company", "country": "KR", "aliases": {"en": ["First"]}}'
    with pytest.raises(ConfigError) as caught:
        register._read_entities(f"{first}\n{line}\n", "register.jsonl")
    assert reason in str(caught.value)


def test_an_everyday_word_is_a_name_in_a_list_beside_companies() -> None:
    found = {mention.entity for mention in REGISTER.mentions("뤼튼·파인더스AI·피처링·채널톡도 일본으로")}
    assert {"Wrtn Technologies", "FindersAI", "Featuring", "Channel Talk"} <= found
    assert not REGISTER.mentions("아이유, 피처링 논란")
