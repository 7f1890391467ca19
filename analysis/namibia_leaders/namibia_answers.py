"""The authors' file as three surveys: villagers who rate both leaders, leaders, and villages with both side by side."""

from pathlib import Path

import numpy as np
import pandas as pd

import surveykit as sk

HERE = Path(__file__).parent
PUBLISHED_AT = "github.com/IvoSteimanis/Leadership-Namibia"
SHA256 = "e82c2a645821bd55ed2e716dfde8383f3e22f742806d0e204241a4116e5bcbb9"
"""Hash of the version of leadership.dta that the numbers in claims.csv and in the documentation were held against."""

SOURCE_ITEMS = {
    "e_1": "b12satisfactionTL",
    "e_2": "b10b",
    "e_3": "b11g",
    "e_4": "b8b",
    "e_5": "b11f",
    "e_6": "b8c",
    "e_7": "b11h",
    "e_8": "b8d",
}
"""The authors' five-point item and the four-point question that it was made of, in which code 5 is "don't know"."""

ITEMS = tuple(SOURCE_ITEMS)
KNOWN_ITEMS = tuple(name.replace("e_", "k_") for name in ITEMS)
PAIRS = (("e_2", "e_1"), ("e_4", "e_3"), ("e_6", "e_5"), ("e_8", "e_7"))
"""The same question on the elected leader and on the chief."""
KNOWN_PAIRS = tuple((one.replace("e_", "k_"), other.replace("e_", "k_")) for one, other in PAIRS)

LEADER_OUTCOMES = ("dem7", "nepotistic", "nepotisNR", "vengefulRN", "m_fg")
DONT_KNOW, SOURCE_DONT_KNOW, LAST_LEADER = 8, 5, 64
NEEDED = (
    "id",
    "village",
    "DEL",
    "TL",
    "elected",
    "id1",
    "social_type2",
    "decision1",
    "decision2",
    "month_exp",
    "month_pre",
    "relation2",
    "PSP_NN",
    "PSP_NR",
    "PSP_RN",
    *(f"dem{i}" for i in range(1, 5)),
    *(f"pseudo{i}" for i in range(1, 5)),
    *LEADER_OUTCOMES,
    *ITEMS,
    *SOURCE_ITEMS.values(),
)


def read_answers(path: Path) -> sk.Survey:
    """Return everybody in the file, with this study's codebook, `k_1` to `k_8`, and how each village's chief came in.

    `k_1` to `k_8` are the authors' `e_1` to `e_8` with "don't know" (their "neutral") taken out and counted as missing;
    `dont_know` counts how many of the eight a villager could not answer.
    """
    book = sk.read_codebook(HERE / "codebook.toml")
    survey = sk.read_survey(path, encoding="windows-1252", codebook=book)
    absent = [name for name in NEEDED if name not in survey.frame.columns]
    if absent:
        raise sk.ColumnError(
            f"{path.name} has no column {absent[0]!r}, so it is not the authors' leadership.dta; they publish it at {PUBLISHED_AT}"
        )
    frame = survey.frame
    known = {
        item.replace("e_", "k_"): frame[item]
        .where(~could_not_say(survey, source), DONT_KNOW)
        .where(frame["id"] > LAST_LEADER)
        for item, source in SOURCE_ITEMS.items()
    }
    chiefs = frame[frame["TL"] == 1].set_index("village")["elected"]
    texts = [book[name] for name in book] + [number_villages(frame["village"])]
    unanswered = sum((codes == DONT_KNOW).astype(float) for codes in known.values())
    added = {"chief_elected": frame["village"].map(chiefs), "dont_know": unanswered.where(frame["id"] > LAST_LEADER)}
    answers = survey.with_columns({**known, **added}, *texts)
    return answers.with_missing_codes()


def could_not_say(survey: sk.Survey, source: str) -> pd.Series:
    """Return who answered a four-point question with "don't know", which this study's codebook declares missing."""
    reasons = survey.missing_reasons[source]
    said = reasons.index[reasons == SOURCE_DONT_KNOW]
    return pd.Series(survey.frame.index.isin(said), index=survey.frame.index)


def number_villages(village: pd.Series) -> sk.Variable:
    """Return the description of `village` with numbers in place of names: twelve neighbours answered in each."""
    codes = sorted(village.dropna().astype(int).unique())
    return sk.Variable(
        "village", {"en": "Village", "ru": "Деревня", "kk": "Ауыл"}, {code: {"und": f"V{code:02d}"} for code in codes}
    )


def villagers(survey: sk.Survey) -> sk.SurveyDesign:
    """Return the design of the villagers: villages are the sampling units, everybody counts the same."""
    rows = survey.keep_rows(survey.frame["id"] > LAST_LEADER, "villagers")
    return sk.SurveyDesign(rows, cluster="village")


def leaders(survey: sk.Survey) -> sk.SurveyDesign:
    """Return the design of the leaders: two in each village."""
    rows = survey.keep_rows(survey.frame["id"] <= LAST_LEADER, "leaders")
    return sk.SurveyDesign(rows, cluster="village")


def villages(survey: sk.Survey) -> sk.SurveyDesign:
    """Return one row per village: each outcome of its chief (`_chief`) and of its elected leader (`_elected`)."""
    frame = survey.frame[survey.frame["id"] <= LAST_LEADER].set_index("village").sort_index()
    both = {}
    for outcome in LEADER_OUTCOMES:
        both[f"{outcome}_elected"] = frame.loc[frame["DEL"] == 1, outcome]
        both[f"{outcome}_chief"] = frame.loc[frame["DEL"] == 0, outcome]
    texts = [
        sk.Variable(f"{name}_{who}", survey.codebook[name].question)
        for name in LEADER_OUTCOMES
        for who in ("elected", "chief")
    ]
    wide = sk.Survey(pd.DataFrame(both).reset_index(), survey.codebook.replace(*texts), survey.provenance)
    return sk.SurveyDesign(wide, cluster="village")


def count_sample(survey: sk.Survey) -> dict[str, float | str]:
    """Return the counts that the authors state, and how often a published definition fails on a row."""
    frame = survey.frame
    chiefs_and_elected, people = frame[frame["id"] <= LAST_LEADER], frame[frame["id"] > LAST_LEADER]
    per_village = people.groupby("village").size()
    both = chiefs_and_elected.groupby("village")["DEL"].agg(lambda kinds: sorted(kinds) == [0, 1])
    relations = [
        people.groupby("village")["relation2"].agg(lambda given, kind=kind: (given.str.strip() == kind).sum())
        for kind in ("TL", "DL", "No")
    ]
    months = pd.concat([frame["month_exp"], frame["month_pre"]])
    lenient = chiefs_and_elected["PSP_NR"] < chiefs_and_elected["PSP_NN"]
    vengeful = chiefs_and_elected["PSP_RN"] > chiefs_and_elected["PSP_NN"]
    equal_first, equal_second = frame["decision1"] == 1, frame["decision2"] == 1
    return {
        "sample.leaders": len(chiefs_and_elected),
        "sample.villagers": len(people),
        "sample.villages": frame["village"].nunique(),
        "sample.villagers_per_village": _one_number(per_village),
        "sample.villages_with_both": int(both.sum()),
        "sample.months": f"{months.min():.0f};{months.max():.0f}",
        "sample.relations": ";".join(str(_one_number(counts)) for counts in relations),
        "nepotism.both": int((lenient & vengeful).sum()),
        "definition.lenient": int((lenient != (chiefs_and_elected["nepotisNR"] == 1)).sum()),
        "definition.vengeful": int((vengeful != (chiefs_and_elected["vengefulRN"] == 1)).sum()),
        "definition.egalitarian": int(((equal_first & equal_second) != (frame["social_type2"] == 1)).sum()),
        "definition.generous": int(((equal_first & ~equal_second) != (frame["social_type2"] == 2)).sum()),
    }


def recoded_neutral(survey: sk.Survey) -> pd.DataFrame:
    """Return for each item how many villagers stand at "neutral", and how many of them said "don't know"."""
    people = survey.frame[survey.frame["id"] > LAST_LEADER]
    rows = [
        {
            "item": item,
            "neutral": int((people[item] == 3).sum()),
            "dont_know": int(((people[item] == 3) & could_not_say(survey, source)[people.index]).sum()),
        }
        for item, source in SOURCE_ITEMS.items()
    ]
    return pd.DataFrame(rows)


def _one_number(counts: pd.Series) -> int | float:
    """Return the number that is the same in every village, or NaN."""
    return int(counts.iloc[0]) if counts.nunique() == 1 else np.nan
