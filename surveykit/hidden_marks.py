"""What stands in place of a number that disclosure control hides."""

from surveykit.words.pages import word

FEW, FEW_IN_GROUP, DOMINATED, PROTECTS, UNSAID = "few", "few in group", "dominated", "protects", "unsaid"
"""Why a cell is hidden; unsaid where the reason itself would tell too much."""
SMALL_GROUP = 2
"""Shares of a group of fewer than this many times the threshold are hidden whole: each answer or the rest is small."""


def hidden_mark(why: object, lang: str | None, least: int) -> str:
    """Return what stands in place of a number hidden for one of these reasons.

    Examples
    --------
    >>> hidden_mark("few", "en", 5), hidden_mark("protects", "en", 5)
    ('hidden (n < 5)', 'hidden to protect another cell')
    """
    if why == FEW_IN_GROUP:
        return word("hidden", lang, n=SMALL_GROUP * least)
    if why == DOMINATED:
        return word("hidden_dominated", lang)
    if why == UNSAID:
        return word("hidden_short", lang)
    return word("hidden_protects", lang) if why == PROTECTS else word("hidden", lang, n=least)
