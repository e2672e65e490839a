"""What is common tells little; what no table knows is rarest."""

import math

from bot.knowledge import rarity


def test_common_tells_less_than_rare_and_unknown_is_rarest() -> None:
    assert 0 <= rarity.of_term("ai") < rarity.of_term("tokyo") <= rarity.RAREST_TERM
    assert rarity.of_term("zzgluon") == rarity.RAREST_TERM
    assert rarity.of_subject("place japan") < rarity.of_subject("no such subject") == rarity.RAREST_SUBJECT


def test_many_terms_at_once_are_the_same() -> None:
    assert rarity.of_terms(["ai", "zzgluon"]) == [(term, rarity.of_term(term)) for term in ("ai", "zzgluon")]


def test_the_norm_is_a_length() -> None:
    assert rarity.norm([]) == 0
    assert math.isclose(rarity.norm(["x unknown", "y unknown"]), rarity.RAREST_SUBJECT * math.sqrt(2))
