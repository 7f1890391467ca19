"""From a file and the roles of its columns to a design and a comparison: what the commands hand to the functions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import surveykit as sk
from surveykit.files.kinds import sniff_kind
from surveykit.files.writing import check_target

if TYPE_CHECKING:
    from surveykit.comparison.answers.settlements import SettlementComparison


def reading(codebook: Path | None, sheet: str | None) -> dict[str, Any]:
    """Return the options of reading that a command was given."""
    return {name: value for name, value in (("codebook", codebook), ("sheet", sheet)) if value is not None}


def read_data(file: Path, codebook: Path | None, sheet: str | None) -> "sk.Survey":
    """Return the survey in a file of any kind, with the texts of a codebook file when there is one."""
    return sk.read_survey(file, **reading(codebook, sheet))


def is_workbook(file: Path) -> bool:
    """Say whether a file is an Excel workbook, which has sheets."""
    return file.is_file() and sniff_kind(file) == "xlsx"


def make_design(
    survey: "sk.Survey", weight: str | None, cluster: str | None = None, stratum: Sequence[str] = (), **how: Any
) -> "sk.SurveyDesign":
    """Return the design; the weight that the file itself names holds unless another is given."""
    return sk.SurveyDesign(
        survey,
        weight=weight or survey.provenance.weight,
        cluster=(cluster,) if cluster else (),
        stratum=tuple(stratum),
        **how,
    )


def run_comparison(
    file: Path, codebook: Path | None, outcomes: Sequence[str], roles: Mapping[str, Any], lang: str | None
) -> "tuple[sk.SurveyDesign, SettlementComparison]":
    """Return the design and the comparison that the options of a command ask for."""
    given = dict(roles)
    survey = read_data(file, codebook, given.pop("sheet"))
    how = {name: given.pop(name) for name in ("lonely_psu", "zero_weights")}
    design = make_design(
        survey, given.pop("weight"), given.pop("cluster") or given["settlement"], given.pop("stratum"), **how
    )
    margins, ceiling = given.pop("margins"), given.pop("max_weight_ratio")
    if margins is not None:
        design = sk.rake(design, sk.read_margins_file(margins), max_weight_ratio=ceiling)
    elif ceiling is not None:
        raise sk.ArgumentError("`max_weight_ratio` is the ceiling of raking, so it needs `margins`; give both, or none")
    estimand, methods = given.pop("estimand"), given.pop("methods")
    if given["baseline"] is None:
        feasibility = sk.check_feasibility(design, group=given["group"], settlement=given["settlement"], lang=lang)
        given["baseline"] = feasibility.facts["baseline"]
    result = sk.compare_settlements(
        design, outcomes, **given, lang=lang, methods=methods[0] if methods in (("all",), ("everyday",)) else methods
    )
    if estimand != "both":
        result = replace(result, table=result.table[result.table["estimand"] == estimand].reset_index(drop=True))
    return design, result


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)  # whatever its name is: links, relative paths, other spellings
    except OSError:  # one of them is not there (yet)
        return one.resolve() == other.resolve()


def check_outputs(outputs: Iterable[Path], inputs: Iterable[Path | None]) -> None:
    """Raise, before anything is computed, unless every output is a file that can be written and no input.

    Raises
    ------
    WriteError
        When an output is a folder or one of the inputs, or its folder does not exist.
    """
    read = [path for path in inputs if path is not None]
    for path in outputs:
        if any(_is_same_file(check_target(path), one) for one in read):
            raise sk.WriteError(f"'{path}' is read by this command and is never written over; give --out another name")
