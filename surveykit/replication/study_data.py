"""The data of a study, made ready: waves read, codes explained, weights raked, scales scored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_option
from surveykit.codebook import Codebook, as_texts
from surveykit.coded_answers.undeclared import not_yet_told, warn_of_undeclared
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, CodebookError, ColumnError, ReadError, SurveyKitError
from surveykit.files.reading import hash_file
from surveykit.interviews.coding import Coding, read_coding
from surveykit.likert.scale import LikertScale
from surveykit.reading.codebooks.any_codebook import read_codebook
from surveykit.reading.waves.stacking import stack_waves
from surveykit.replication.study_doors import collapse_items, rake, read_survey, score_scale
from surveykit.replication.study_file import STUDY_FILE, Study
from surveykit.replication.study_mapping import MAPPING_FILE, read_mapping, split_waves, translate, warn_of_coarser_unit
from surveykit.survey import Survey
from surveykit.weighting.margins_file import read_margins_file
from surveykit.weighting.targets import DATA_STATUS
from surveykit.words.pages import word
from surveykit.words.simulated import SIMULATED

ALL_WAVES = "all"
ROLES_TO_SPARE = {"weight": "gap_weight", "stratum": "gap_stratum", "fpc": "gap_fpc"}
"""Roles of the design that a file of another holder may lack, by the key of the sentence that says so."""


@dataclass(frozen=True)
class Gap:
    """Something that a file of another holder does not have: the key of its sentence, and what fills it."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)

    def sentence(self, lang: str) -> str:
        """Return it in one language."""
        return word(self.key, lang, **self.values)


@dataclass(frozen=True, eq=False)
class StudyData:
    """The answers of a study, ready for its steps.

    Attributes
    ----------
    study : Study
    designs : mapping from wave to SurveyDesign
        With raked weights and scored scales; ``"all"`` holds all waves together when there are several.
    unraked : mapping from wave to SurveyDesign
        The same before raking.
    scales : mapping from name to LikertScale
    inputs : mapping from file name to SHA-256
        The data files.
    coding : Coding or None
        The coded interviews.
    columns : mapping from str to str, or None
        For a file of another holder: its name of each column. None for the answers that the study ships.
    gaps : tuple of Gap
        What the file of another holder does not have.
    """

    study: Study
    designs: Mapping[str, SurveyDesign]
    unraked: Mapping[str, SurveyDesign] = field(repr=False)
    scales: Mapping[str, LikertScale] = field(repr=False)
    inputs: Mapping[str, str] = field(repr=False)
    coding: Coding | None = field(default=None, repr=False)
    columns: Mapping[str, str] | None = field(default=None, repr=False)
    gaps: tuple[Gap, ...] = ()

    @property
    def waves(self) -> list[str]:
        """Names of the waves, the earliest first."""
        return [wave for wave in self.designs if wave != ALL_WAVES]

    def absent(self, names: Iterable[str], wave: str | None = None) -> list[str]:
        """Return which columns nobody has an answer to in a wave, though the study knows them.

        Only a file of another holder may lack what the study names; a name that the study does not know either is left
        to whoever uses it, and is refused there.
        """
        if self.columns is None:
            return []
        frame, known = self.design(wave).survey.frame, known_names(self.study)
        return [name for name in names if name in known and (name not in frame or frame[name].isna().all())]

    @property
    def simulated(self) -> bool:
        """Whether any of the answers are simulated."""
        return any(design.survey.provenance.simulated for design in self.designs.values())

    @property
    def last_wave(self) -> str:
        """Name of the last wave."""
        return self.waves[-1]

    def design(self, wave: str | None) -> SurveyDesign:
        """Return the design of a wave (the last one when none is named)."""
        chosen = self.last_wave if wave is None else wave
        check_option(chosen, list(self.designs), "wave")
        return self.designs[chosen]


def load_study_data(study: Study, data: Path | None = None) -> StudyData:
    """Read the waves of a study and make them ready.

    Parameters
    ----------
    study : Study
    data : Path, optional
        The holder's own file, or folder of files, in place of those that the study ships.
    """
    surveys, inputs, columns = read_waves(study, data)
    gaps: list[Gap] = []
    scales = {scale["name"]: make_scale(scale) for scale in study.section("scales")}
    lenient = data is not None
    surveys = {wave: prepare(study, survey, scales, gaps if lenient else None) for wave, survey in surveys.items()}
    unraked = {wave: make_design(study, survey, gaps if lenient else None) for wave, survey in surveys.items()}
    designs = {wave: rake_study(study, design, data, gaps) for wave, design in unraked.items()}
    if len(designs) > 1:
        designs[ALL_WAVES] = _stack(study, designs)
    return StudyData(
        study,
        MappingProxyType(designs),
        MappingProxyType(unraked),
        MappingProxyType(scales),
        MappingProxyType(inputs),
        _load_coding(study, data),
        columns,
        tuple(gap for place, gap in enumerate(gaps) if gap not in gaps[:place]),
    )


def known_names(study: Study) -> frozenset[str]:
    """Return the columns that a study can name: the items of its codebook, its scales, its indicators."""
    book = study.section("data").get("codebook")
    names = set() if book is None else set(read_codebook(study.file(book)))
    names |= {scale["name"] for scale in study.section("scales")}
    for given in study.section("collapsed"):
        names |= {indicator_name(item, given) for item in given["items"]}
    return frozenset(names)


def _load_coding(study: Study, data: Path | None) -> Coding | None:
    """Return the coded interviews; those that the study ships are not mixed with answers of another's file."""
    given = study.section("interviews")
    places = {key: _beside(study, data, given[key]) for key in ("coding", "quotations") if key in given}
    if not given or (data is not None and not places["coding"].is_file()):
        return None
    if "quotations" in places and not places["quotations"].is_file():
        del places["quotations"]
    book = study.file(given["codebook"]) if "codebook" in given else None
    coding = read_coding(places["coding"], codebook=book, quotations=places.get("quotations"))
    return coding if data is None else replace(coding, origin=replace(coding.origin, simulated=False))


def _beside(study: Study, data: Path | None, name: str) -> Path:
    """Return a file of the study, or the one of its name beside the data of another holder."""
    if data is None:
        return study.file(name)
    return (data if data.is_dir() else data.parent) / Path(name).name


def read_waves(study: Study, data: Path | None) -> tuple[dict[str, Survey], dict[str, str], Mapping[str, str] | None]:
    """Return the survey of each wave, the hashes of the files read, and another holder's names of the columns."""
    waves = study.section("waves")
    if not waves:
        raise CodebookError(f"{STUDY_FILE} of {study.name!r} names no wave; write [waves.NAME] with a `file`")
    if data is not None and data.is_file():
        return _read_one_file(study, data)
    surveys, inputs = {}, {}
    for wave, given in waves.items():
        path = study.file(given["file"]) if data is None else data / Path(given["file"]).name
        if not path.is_file():
            raise ReadError(f"there is no {str(path)!r}{_whereabouts(study)}")
        options = {key: given[key] for key in ("encoding", "delimiter", "decimal") if key in given}
        if "codebook" in given:
            options["codebook"] = study.file(given["codebook"])
        with not_yet_told():
            read = read_survey(path, **options)
        surveys[wave] = _explain(study, read)
        if not len(surveys[wave]):
            raise ReadError(f"{path.name!r} has column names but no respondents; ask its sender for the file again")
        inputs[path.name] = hash_file(path)
    names = {name: name for survey in surveys.values() for name in survey.frame}
    return surveys, inputs, None if data is None else names


def _whereabouts(study: Study) -> str:
    """Say where the data are to be had."""
    where = study.section("data").get("where")
    text = where.get("en", "") if isinstance(where, dict) else where
    return f"; {text}" if text else "; give the file with --data"


def missing_data(study: Study, data: Path | None) -> str | None:
    """Return the sentence that says that the data are absent and where they are to be had, or None."""
    if data is not None and not data.exists():
        return f"there is no {str(data)!r}{_whereabouts(study)}"
    if data is None and study.section("data").get("required"):
        return f"the data of {study.name!r} are not part of this project{_whereabouts(study)}"
    return None


def _explain(study: Study, survey: Survey) -> Survey:
    """Return the survey with the texts of the study's own codebook."""
    name = study.section("data").get("codebook")
    if name is not None:
        book: Codebook = read_codebook(study.file(name)).keep(survey.frame.columns)
        survey = replace(survey, codebook=book.merge(survey.codebook)).with_missing_codes()
    warn_of_undeclared(survey)
    return survey


def _read_one_file(study: Study, data: Path) -> tuple[dict[str, Survey], dict[str, str], Mapping[str, str]]:
    """Return the waves that one file of the data's holder contains, columns and codes translated by mapping.toml."""
    mapping, files = read_mapping(data.parent / MAPPING_FILE), [data]
    files += [data.parent / MAPPING_FILE] if mapping else []
    name = study.section("data").get("codebook")
    book = Codebook() if name is None else read_codebook(study.file(name))
    # that the study's own answers are simulated, and how they are weighted, says nothing of the holder's
    book = replace(book, simulated=False, weight=None)
    groups = frozenset(given["group"] for given in study.section("comparisons").values())
    with not_yet_told():
        read = read_survey(data)
    survey = translate(read, mapping, book, groups)
    for column in _roles(study):
        if column not in survey.frame:
            raise ColumnError(
                f"{data.name!r} has no column {column!r}, without which nothing can be compared; say in {MAPPING_FILE} beside it what it is called there (`surveykit map` drafts one)"
            )
    asked = _items_shown(study, book)
    if asked and not any(item in survey.frame for item in asked):
        raise ReadError(
            f"{data.name!r} has answers to none of the items of {study.name!r}; say in {MAPPING_FILE} beside it which columns they are (`surveykit map` drafts one)"
        )
    for given in list(study.section("comparisons").values())[:1]:
        warn_of_coarser_unit(survey, given["settlement"], given["group"])
    warn_of_undeclared(survey)
    surveys = split_waves(survey, mapping, list(study.section("waves")), data.name)
    theirs = {ours: column for ours, column in mapping.get("columns", {}).items()}
    columns = {column: theirs.get(column, column) for column in survey.frame}
    return surveys, {path.name: hash_file(path) for path in files}, columns


def _items_shown(study: Study, book: Codebook) -> list[str]:
    """Return the items of its codebook whose answers a study shows."""
    names = [item for section in ("scales", "collapsed") for given in study.section(section) for item in given["items"]]
    for given in [*study.section("comparisons").values(), *study.section("tables"), *study.section("figures")]:
        names += as_names(given.get("outcomes", ()), "outcomes")
    return [name for name in dict.fromkeys(names) if name in book]


def _roles(study: Study) -> list[str]:
    """Return the columns without which a study compares nothing: its groups, its settlements, its clusters."""
    names = [given[role] for given in study.section("comparisons").values() for role in ("group", "settlement")]
    return list(dict.fromkeys([*names, *as_names(study.section("design").get("cluster", ()), "cluster")]))


def make_scale(given: Mapping[str, Any]) -> LikertScale:
    """Return the scale that an entry of [[scales]] describes."""
    return LikertScale(
        given["name"],
        tuple(given["items"]),
        given["lowest"],
        given["highest"],
        tuple(given.get("reversed_items", ())),
        given.get("question", {}),
    )


def prepare(study: Study, survey: Survey, scales: Mapping[str, LikertScale], gaps: list[Gap] | None = None) -> Survey:
    """Return the survey with scale scores and 0/1 indicators added.

    Where `gaps` is a list, what lacks an item is left out and listed there: a scale without one of its items is another
    scale.
    """
    frame = survey.frame
    for given in study.section("scales"):
        lacking = [] if gaps is None else [item for item in given["items"] if _is_lacking(frame, item)]
        if lacking and gaps is not None:
            gaps.append(Gap("gap_scale", MappingProxyType({"name": given["name"], "names": ", ".join(lacking)})))
            continue
        survey = score_scale(survey, scales[given["name"]], min_answered=given.get("min_answered", len(given["items"])))
    for given in study.section("collapsed"):
        kind = {key: given[key] for key in ("top", "bottom", "lowest", "highest") if key in given}
        items = [item for item in given["items"] if gaps is None or not _is_lacking(frame, item)]
        if items:
            survey = collapse_items(survey, items, **kind)
            if "question" in given:
                made = [survey.codebook[indicator_name(item, given)] for item in items]
                asked = [replace(variable, question=as_texts(given["question"])) for variable in made]
                survey = replace(survey, codebook=survey.codebook.replace(*asked))
    return survey


def indicator_name(item: str, given: Mapping[str, Any]) -> str:
    """Return the name of the indicator that an entry of [[collapsed]] makes of an item."""
    end = "top" if "top" in given else "bottom"
    return f"{item}_{end}{given.get(end)}"


def _is_lacking(frame: pd.DataFrame, name: str) -> bool:
    return name not in frame or bool(frame[name].isna().all())


def make_design(study: Study, survey: Survey, gaps: list[Gap] | None = None) -> SurveyDesign:
    """Return the sampling design that study.toml describes, over one wave; without a weight that is not there."""
    given = dict(study.section("design"))
    for role, key in ROLES_TO_SPARE.items():
        if gaps is not None and isinstance(given.get(role), str) and given[role] not in survey.frame:
            gaps.append(Gap(key, MappingProxyType({"name": given.pop(role)})))
    try:
        return SurveyDesign(survey, **given)
    except SurveyKitError as error:
        raise type(error)(f"{STUDY_FILE}, [design]: {error}") from error


def rake_study(
    study: Study, design: SurveyDesign, data: Path | None = None, gaps: list[Gap] | None = None
) -> SurveyDesign:
    """Return the design raked to the margins of the study, or as it is when the study names none.

    Margins that lie beside the data of another holder (`data`) take the place of those of the study. Real answers are
    never raked to the margins of a simulated population: they stay as they are, and `gaps` says so.
    """
    given = study.section("raking")
    if not given:
        return design
    path = _margins_file(study, data)
    margins = read_margins_file(path)
    made_up = DATA_STATUS in margins and (margins[DATA_STATUS] == SIMULATED).any()
    if made_up and not design.survey.provenance.simulated:
        if data is None or gaps is None:
            raise ArgumentError(
                f"{path.name} holds the margins of a simulated population, but the answers are real; put {path.name} of the real population in its place, or delete [raking] in {STUDY_FILE}"
            )
        gaps.append(Gap("gap_margins", MappingProxyType({"name": path.name})))
        return design
    named = margins["column"].unique() if "column" in margins else ()  # a cross table has none
    lacking = [name for name in named if _is_lacking(design.survey.frame, name)]
    if lacking and data is not None and gaps is not None:
        gaps.append(Gap("gap_raking", MappingProxyType({"names": ", ".join(lacking)})))
        return design
    options = {key: given[key] for key in ("max_weight_ratio", "tolerance") if key in given}
    return rake(design, margins, **options)


def _margins_file(study: Study, data: Path | None) -> Path:
    """Return the file of margins: the one beside the data when there is one."""
    name = study.section("raking")["margins"]
    beside = _beside(study, data, name)
    return beside if beside.is_file() else study.file(name)


def _stack(study: Study, designs: Mapping[str, SurveyDesign]) -> SurveyDesign:
    """Return one design over all waves, each wave with its own raked weights."""
    survey = stack_waves({wave: design.survey for wave, design in designs.items()})
    raked = np.concatenate([design.weights for design in designs.values()])
    first = next(iter(designs.values()))
    options = {
        key: given for key, given in study.section("design").items() if key == "lonely_psu" or getattr(first, key)
    }
    if first.weight is not None or any(design.steps for design in designs.values()):
        survey = survey.with_columns({"study_weight": raked})
        options["weight"] = "study_weight"
    return SurveyDesign(survey, **options)
