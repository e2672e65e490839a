"""Detection, folding, tokens and sentences in three languages."""

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge import language

MIXED = st.text(alphabet=st.sampled_from("가힣각 ㄱんカｶﾞ漢字ＡAaé1２.。!「」()“”\n\t🙂İß㈱"), max_size=60)


@pytest.mark.parametrize(
    ("text", "hint", "expected"),
    [
        ("업스테이지, 도쿄 법인 설립", "", "ko"),
        ("OpenAI, GPT-5 Codex 출시", "", "ko"),
        ("韓国のアップステージ、東京に拠点", "", "ja"),
        ("経済産業省", "", "ja"),
        ("経済産業省、半導体支援を拡大", "en", "ja"),
        ("人工知能戦略本部", "ja", "ja"),
        ("人工知能戦略本部", "zh", "zh"),
        ("韩国政府发布人工智能战略", "", "zh"),
        ("Upstage opens Tokyo office", "", "en"),
        ("Upstage opens Tokyo office", "ko", "en"),
        ("Samsung Electronics (삼성전자) will build a chip packaging research site in the Japanese city", "en", "en"),
        ("Правительство Японии", "", "ru"),
        ("12 345", "ja", "ja"),
        ("", "", "en"),
    ],
)
def test_language_of_a_title(text: str, hint: str, expected: str) -> None:
    assert language.detect(text, hint) == expected


@pytest.mark.parametrize("text", ["ＳＫ　ハイニックス", "SK ﾊｲﾆｯｸｽ", " sk\nハイニックス "])
def test_width_case_and_spacing_do_not_matter(text: str) -> None:
    assert language.normalise(text) == "sk ハイニックス"


@given(MIXED)
def test_fold_says_where_each_character_stood(text: str) -> None:
    folded, offsets = language.fold(text)
    if offsets is None:
        assert len(folded) == len(text)
    else:
        assert len(offsets) == len(folded) + 1
        assert offsets == sorted(offsets)
        assert offsets[-1] == len(text)
    assert folded == language.fold(unicodedata.normalize("NFC", text))[0] or "\u0307" in folded


def test_fold_maps_half_width_kana_back() -> None:
    text = "米ｴﾇﾋﾞﾃﾞｨｱ、上昇"
    folded, offsets = language.fold(text)
    at = folded.index("エヌビディア")
    assert offsets is not None
    assert text[offsets[at] : offsets[at + len("エヌビディア")]] == "ｴﾇﾋﾞﾃﾞｨｱ"


def test_tokens_are_bigrams_words_and_numbers() -> None:
    assert language.tokens("도쿄 법인 1,500억 NVIDIA H100") == ["도쿄", "법인", "1500", "억", "nvidia", "h", "100"]
    assert language.tokens("東京都のＡＩ") == ["東京", "京都", "都の", "ai"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "SoftBank raised $3.5 billion in the U.S. The deal closed Friday. Rapidus Corp. President Koike agreed.",
            ["SoftBank raised $3.5 billion in the U.S.", "The deal closed Friday.", "Rapidus Corp. President Koike agreed."],
        ),
        ("“We go. We win,” he said. Next.", ["“We go. We win,” he said.", "Next."]),
        (
            "정부는 10일 3.5조원을 투입한다고 밝혔다.이어 법을 고친다. “우리는 간다. 끝이다.”라고 말했다.",
            ["정부는 10일 3.5조원을 투입한다고 밝혔다.", "이어 법을 고친다.", "“우리는 간다. 끝이다.”라고 말했다."],
        ),
        (
            "社長は「量産する。必ずだ。」と述べた。投資額は3.5兆円。次の文！",
            ["社長は「量産する。必ずだ。」と述べた。", "投資額は3.5兆円。", "次の文！"],
        ),
        ("Title without a stop\nFirst line here", ["Title without a stop", "First line here"]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert language.sentences(text) == expected


@given(MIXED)
def test_sentences_are_verbatim_and_complete(text: str) -> None:
    at = 0
    for sentence in language.sentences(text):
        at = text.index(sentence, at) + len(sentence)
    assert "".join("".join(language.sentences(text)).split()) == "".join(text.split())


def test_language_of_real_titles(shared: Path) -> None:
    lines = (shared / "eval" / "corpus.jsonl").read_text("utf-8").splitlines()[:6000]
    rows = [json.loads(line) for line in lines]
    wrong = [row for row in rows if language.detect(row["title"], row["lang"]) != row["lang"]]
    assert len(wrong) <= 6
