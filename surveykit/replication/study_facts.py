"""Facts of the data that titles and paragraphs of a study.toml speak of: `{wave}`, `{n}`, `{units}`."""

import re
from collections.abc import Mapping
from typing import Any

from surveykit.codebook import as_texts, pick_text
from surveykit.errors import CodebookError
from surveykit.replication.study_data import ALL_WAVES, StudyData
from surveykit.replication.study_file import STUDY_FILE

PLACE = re.compile(r"\{(\w+)\}")
FACTS = ("wave", "waves", "n", "units", "group", "baseline", "n_group", "n_baseline")
"""What a title or paragraph may name between braces.

wave, waves: the wave shown, all waves; n: respondents of that wave; units: settlements that are compared; group,
baseline: labels of the two kinds; n_group, n_baseline: settlements of each.
"""


def fill(texts: Any, data: StudyData, lang: str, options: Mapping[str, Any] | None = None) -> str:
    """Return a text of study.toml in one language, its facts filled in from the data.

    Parameters
    ----------
    texts : str or mapping from language to text, or None
    data : StudyData
    lang : str
    options : mapping, optional
        The table or figure that the text belongs to; it names the wave and the comparison.
    """
    text = pick_text(as_texts(texts), lang)
    named = set(PLACE.findall(text))
    for name in sorted(named - set(FACTS)):
        raise CodebookError(
            f"{STUDY_FILE}: {text!r} names {{{name}}}, which is no fact of the data; it may name {', '.join(f'{{{one}}}' for one in FACTS)}"
        )
    if not named:
        return text
    facts = facts_of(data, lang, {} if options is None else options)
    if named - set(facts):
        raise CodebookError(
            f"{STUDY_FILE}: {text!r} speaks of a comparison, but the study has none; add [comparisons.NAME]"
        )
    return PLACE.sub(lambda found: facts[found.group(1)], text)


def facts_of(data: StudyData, lang: str, options: Mapping[str, Any]) -> dict[str, str]:
    """Return the facts as texts; those of a comparison only where the study has one."""
    comparisons = data.study.section("comparisons")
    given = comparisons.get(options.get("comparison"), next(iter(comparisons.values()), {}))
    wave = options.get("wave", comparisons.get(options.get("comparison"), {}).get("wave", data.last_wave))
    survey = data.design(wave if wave in data.designs else None).survey
    facts = {
        "wave": ", ".join(data.waves) if wave == ALL_WAVES else wave,
        "waves": ", ".join(data.waves),
        "n": str(len(survey)),
    }
    if not given:
        return facts
    frame, variable = survey.frame, survey.codebook[given["group"]]
    baseline = survey.codebook.code_of(given["group"], given["baseline"])
    others = [code for code in variable.labels if code != baseline]
    of_group = frame[given["group"]].isin(others)
    of_baseline = frame[given["group"]] == baseline
    return facts | {
        "units": str(frame.loc[of_group | of_baseline, given["settlement"]].nunique()),
        "group": " / ".join(variable.label(code, lang) for code in others),
        "baseline": variable.label(baseline, lang),
        "n_group": str(frame.loc[of_group, given["settlement"]].nunique()),
        "n_baseline": str(frame.loc[of_baseline, given["settlement"]].nunique()),
    }
