"""Simulated structured interviews, coded by two coders who do not always agree."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from surveykit.simulation.truth import District

QUOTATION = "[SIMULATED passage {number}: no one said this]"


@dataclass(frozen=True, eq=False)
class SimulatedInterviews:
    """Coded passages and quotations of simulated interviews.

    Attributes
    ----------
    coding : pandas.DataFrame
        Long: interview, settlement, akim, role, passage, coder, theme, present.
    quotations : pandas.DataFrame
        passage, quotation, cleared.
    truth : pandas.DataFrame
        theme, group, value: share of interviews in which the theme is truly expected.
    """

    coding: pd.DataFrame = field(repr=False)
    quotations: pd.DataFrame = field(repr=False)
    truth: pd.DataFrame = field(repr=False)


def simulate_interviews(district: District, rng: np.random.Generator) -> SimulatedInterviews:
    """Simulate interviews in every settlement at the time of the last wave, and their coding.

    `rng` should be a stream of its own, so that the interviews do not change the survey's answers.
    """
    given = district.parameters["interviews"]
    themes, last = given["themes"], district.waves[-1]
    rows, quotations, number = [], [], 0
    for _, settlement in district.settlements.iterrows():
        elected = settlement[f"exposure_{last}"] > 0
        for role in given["roles"]:
            interview = f"{settlement['settlement']}-{role}"
            for place in range(1, given["passages"] + 1):
                number += 1
                passage = f"P{number:03d}"
                there = {theme: rng.random() < shares[int(elected)] for theme, shares in themes.items()}
                for coder, sees, imagines in zip(given["coders"], given["sees"], given["imagines"]):
                    for theme, true in there.items():
                        present = int(rng.random() < (sees if true else imagines))
                        rows.append(
                            (
                                interview,
                                settlement["settlement"],
                                2 if elected else 1,
                                role,
                                passage,
                                coder,
                                theme,
                                present,
                            )
                        )
                text = QUOTATION.format(number=place)
                quotations.append((passage, text, "yes" if rng.random() < given["cleared"] else "no"))
    columns = ["interview", "settlement", "akim", "role", "passage", "coder", "theme", "present"]
    return SimulatedInterviews(
        pd.DataFrame(rows, columns=columns),
        pd.DataFrame(quotations, columns=["passage", "quotation", "cleared"]),
        _truth(district),
    )


def _truth(district: District) -> pd.DataFrame:
    """Return the chance that a theme is truly in at least one passage of an interview."""
    given = district.parameters["interviews"]
    rows = [
        {"theme": theme, "group": group, "value": 1 - (1 - share) ** given["passages"]}
        for theme, shares in given["themes"].items()
        for group, share in zip(("appointed", "elected"), shares)
    ]
    return pd.DataFrame(rows)
