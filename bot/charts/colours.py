"""The colours of charts: told apart by people who do not see red and green, and by their lightness alone."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours on a card. ``tones``: of what a series or moment is about, full and pale."""

    card: str
    border: str
    text: str
    muted: str
    rule: str
    tones: dict[str, tuple[str, str]]

    def tone(self, name: str) -> tuple[str, str]:
        """The full and the pale colour for ``name``."""
        return self.tones.get(name, self.tones[""])


_LIGHT = {
    "KR": ("#1B6CB0", "#B9D5EC"),
    "JP": ("#D2600C", "#F6D0AE"),
    "both": ("#6B5B95", "#D5CEE4"),
    "en": ("#17806D", "#B4DDD4"),
    "": ("#4B5563", "#CBD1D8"),
}
_DARK = {
    "KR": ("#5BA8E6", "#2B4B66"),
    "JP": ("#F2994A", "#6A4422"),
    "both": ("#B3A2DD", "#4A4168"),
    "en": ("#4CC2A9", "#235247"),
    "": ("#A8B0BA", "#474E57"),
}
LIGHT = Theme("#FFFFFF", "#DEDCD7", "#1D2126", "#59616B", "#C9CDD2", {**_LIGHT, "ko": _LIGHT["KR"], "ja": _LIGHT["JP"]})
DARK = Theme("#212429", "#3B4048", "#F0F1F3", "#B0B7C0", "#4D545D", {**_DARK, "ko": _DARK["KR"], "ja": _DARK["JP"]})
