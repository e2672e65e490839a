"""One-character countries in headlines."""

import pytest

from bot.knowledge.countries import signs


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("美·中 갈등 속 韓 반도체", "ko", ["US", "CN", "KR"]),
        ("日 정부, 라피더스 지원", "ko", ["JP"]),
        ("韓日 협력", "ko", ["KR", "JP"]),
        ("日本経済新聞 보도", "ko", []),
        ("米エヌビディアが出資", "ja", ["US"]),
        ("英政府、AI規制へ", "ja", ["GB"]),
        ("日韓首脳が会談", "ja", ["JP", "KR"]),
        ("米作りの季節", "ja", []),
        ("日中の最高気温", "ja", []),
        ("US and China", "en", []),
    ],
)
def test_signs(text: str, code: str, expected: list[str]) -> None:
    assert [country for country, _ in signs(text, code)] == expected
