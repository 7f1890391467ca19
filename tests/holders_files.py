"""Made-up files of five holders of "real" answers to the study of Ili district, and their mappings.

The files differ from the shipped ones in all that a chapter's file may differ in: number of units, of elected ones, of
items, of waves; names, codes and language. They are made by a program with a seed; no place stands behind them.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

import surveykit as sk

AGREE = {1: "Полностью не согласен", 2: "Не согласен", 3: "И да, и нет", 4: "Согласен", 5: "Полностью согласен"}


def answers(
    n_units: int, elected: int, items: Mapping[str, int], seed: int, per_unit: int = 30, effect: float = 0.8
) -> pd.DataFrame:
    """Respondents of some units, the first ones with an elected akim, and their answers from 1 to the number of steps."""
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(n_units), per_unit)
    is_elected = unit < elected
    mood = rng.normal(0, 0.25, n_units)[unit]
    frame = pd.DataFrame({"unit": [f"U{number + 1:02d}" for number in unit], "is_elected": is_elected.astype(int)})
    for name, steps in items.items():
        latent = mood + effect * is_elected + rng.normal(0, 1, len(unit))
        frame[name] = 1 + (latent[:, None] > np.linspace(-1.2, 1.2, steps - 1)).sum(axis=1)
    return frame.assign(sex=rng.integers(1, 3, len(unit)), age_group=rng.integers(1, 5, len(unit)))


def two_against_three(folder: Path) -> Path:
    """Five units in one wave of 2024, numbers without labels, no weight."""
    items = dict.fromkeys(["elections_good", "more_participation", "influence", "listens", "trust_akim"], 5)
    frame = answers(5, 2, items, seed=11).rename(columns={"unit": "okrug", "is_elected": "vybran"})
    frame.to_csv(folder / "field.csv", index=False)
    mapping = (
        '[wave]\nname = "2024"\n[columns]\nsettlement = "okrug"\nakim = "vybran"\n[codes.akim]\n0 = 1\n1 = 2\n'
        '[questions]\nelections_good.ru = "Хорошо, что жители выбирают акима"\n'
    )
    (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
    return folder / "field.csv"


def one_of_ten(folder: Path) -> Path:
    """The documented fact: ten units, one of which elected its akim; an SPSS file of 2021 with a weight."""
    items = dict.fromkeys(["q1", "q2", "q3", "q4"], 5) | {"q5": 4}
    frame = answers(10, 1, items, seed=12).assign(ves=1.0)
    frame["ves"] = np.where(np.arange(len(frame)) % 3 == 0, 1.5, 0.75)
    questions = {
        "q1": "Прямые выборы акима — это хорошо для нашего села?",
        "q2": "Стали ли жители после выборов больше участвовать в делах?",
        "q3": "Доверяете ли Вы акиму?",
        "q4": "Слышит ли Вас аким?",
        "q5": "Сколько раз за год Вы были на сходе?",
        "is_elected": "Акима выбирали жители?",
        "unit": "Сельский округ",
    }
    labels = {name: AGREE for name in ("q1", "q2", "q3", "q4")}
    labels |= {"q5": {1: "Ни разу", 2: "Один раз", 3: "Два-три раза", 4: "Больше"}, "is_elected": {0: "нет", 1: "да"}}
    book = sk.Codebook.of([sk.Variable(name, questions[name], labels.get(name, {})) for name in questions])
    survey = sk.Survey(frame, book, sk.Provenance("field", weight="ves"))
    sk.write_spss(survey, folder / "field.sav", lang="ru")
    codes = "".join(f"[codes.{name}]\n1 = 1\n2 = 2\n3 = 3\n4 = 4\n5 = 5\n" for name in ("elections_good", "trust_akim"))
    codes += "".join(
        f"[codes.{name}]\n1 = 1\n2 = 2\n3 = 3\n4 = 4\n5 = 5\n" for name in ("more_participation", "listens")
    )
    mapping = (
        '[wave]\nname = "2021"\n[columns]\nsettlement = "unit"\nakim = "is_elected"\nelections_good = "q1"\n'
        'more_participation = "q2"\ntrust_akim = "q3"\nlistens = "q4"\ngatherings = "q5"\nbase_weight = "ves"\n'
        f"[codes.akim]\n0 = 1\n1 = 2\n[codes.gatherings]\n1 = 1\n2 = 2\n3 = 3\n4 = 4\n{codes}"
    )
    (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
    return folder / "field.sav"


def thirty_villages(folder: Path) -> Path:
    """Thirty villages in ten units, of which three elected: by villages it would be nine against twenty-one."""
    items = dict.fromkeys(["elections_good", "more_participation", "influence", "listens", "water", "trust_akim"], 5)
    frame = answers(10, 3, items, seed=13, per_unit=36)
    frame["settlement"] = [f"village {unit}-{number % 3 + 1}" for number, unit in enumerate(frame["unit"])]
    frame.assign(year=2023).to_csv(folder / "field.csv", index=False)
    mapping = (
        '[wave]\ncolumn = "year"\n[columns]\nsettlement = "unit"\nakim = "is_elected"\n[codes.akim]\n0 = 1\n1 = 2\n'
    )
    (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
    return folder / "field.csv"


def three_items(folder: Path) -> Path:
    """Three items and nothing else, ten units, five of them elected."""
    frame = answers(10, 5, {"v1": 5, "v2": 5, "v3": 5}, seed=14, effect=0.1).drop(columns=["sex", "age_group"])
    frame.to_csv(folder / "field.csv", index=False)
    mapping = (
        '[wave]\nname = "2022"\n[columns]\nsettlement = "unit"\nakim = "is_elected"\nelections_good = "v1"\n'
        'more_participation = "v2"\ntrust_akim = "v3"\n[codes.akim]\n0 = 1\n1 = 2\n'
    )
    (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
    return folder / "field.csv"


def other_codes(folder: Path) -> Path:
    """In Russian, texts for answers, 8 and 9 for no answer, age groups of its own, waves of 2022 and 2025."""
    items = {"В1": 5, "В2": 5, "В3": 5, "В4": 5}
    waves = [
        answers(12, elected, items, seed=15 + elected, effect=1.0).assign(Год=year)
        for year, elected in ((2022, 5), (2025, 6))
    ]
    frame = pd.concat(waves, ignore_index=True)
    rng = np.random.default_rng(19)
    for name in ("В1", "В2"):
        frame[name] = frame[name].map({1: "Совершенно не согласен", 2: "Не согласен", 3: "Трудно сказать, и да и нет",
                                       4: "Согласен", 5: "Полностью согласен"})  # fmt: skip
        frame.loc[rng.random(len(frame)) < 0.05, name] = "Затрудняюсь ответить"
    for name in ("В3", "В4"):
        frame.loc[rng.random(len(frame)) < 0.05, name] = 8
        frame.loc[rng.random(len(frame)) < 0.02, name] = 9
    frame["Возраст"] = np.array(["до 25", "25-40", "41-60", "старше 60"])[frame.pop("age_group") - 1]
    frame["Пол"] = np.where(frame.pop("sex") == 1, "Мужской", "Женский")
    frame["Аким"] = np.where(frame.pop("is_elected") == 1, "избран", "назначен")
    frame.rename(columns={"unit": "Округ"}).to_csv(folder / "поле.csv", index=False, encoding="utf-8")
    mapping = (
        '[wave]\ncolumn = "Год"\n[columns]\nsettlement = "Округ"\nakim = "Аким"\nsex = "Пол"\nage_group = "Возраст"\n'
        'elections_good = "В1"\nmore_participation = "В2"\ntrust_akim = "В3"\nlistens = "В4"\n'
        '[missing]\n8 = 98\n9 = 99\n[codes]\nage_group = "own"\n'
        '[codes.elections_good]\n"Трудно сказать, и да и нет" = 3\n"Не согласен" = 2\n"Согласен" = 4\n'
        '[codes.more_participation]\n"Трудно сказать, и да и нет" = 3\n"Не согласен" = 2\n"Согласен" = 4\n'
    )
    (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
    return folder / "поле.csv"


HOLDERS = {
    "two against three": two_against_three,
    "one of ten": one_of_ten,
    "thirty villages": thirty_villages,
    "three items": three_items,
    "other codes": other_codes,
}
