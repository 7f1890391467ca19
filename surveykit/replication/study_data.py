"""The data of a study, made ready: waves read, codes explained, weights raked, scales scored."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from surveykit._checks import check_option
from surveykit.codebook import Codebook
from surveykit.coded_answers.undeclared import not_yet_told, warn_of_undeclared
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, CodebookError, ReadError, SurveyKitError
from surveykit.files.reading import hash_file
from surveykit.interviews.coding import Coding, read_coding
from surveykit.likert.scale import LikertScale
from surveykit.reading.codebooks.any_codebook import read_codebook
from surveykit.reading.waves.stacking import stack_waves
from surveykit.replication.study_doors import collapse_items, rake, read_survey, score_scale
from surveykit.replication.study_file import STUDY_FILE, Study
from surveykit.replication.study_mapping import MAPPING_FILE, read_mapping, split_waves, translate
from surveykit.survey import Survey
from surveykit.weighting.margins_file import read_margins_file
from surveykit.weighting.targets import DATA_STATUS
from surveykit.words.simulated import SIMULATED

ALL_WAVES = "all"


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
    """

    study: Study
    designs: Mapping[str, SurveyDesign]
    unraked: Mapping[str, SurveyDesign] = field(repr=False)
    scales: Mapping[str, LikertScale] = field(repr=False)
    inputs: Mapping[str, str] = field(repr=False)
    coding: Coding | None = field(default=None, repr=False)

    @property
    def simulated(self) -> bool:
        """Whether any of the answers are simulated."""
        return any(design.survey.provenance.simulated for design in self.designs.values())

    @property
    def last_wave(self) -> str:
        """Name of the last wave."""
        return [wave for wave in self.designs if wave != ALL_WAVES][-1]

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
    surveys, inputs = read_waves(study, data)
    scales = {scale["name"]: make_scale(scale) for scale in study.section("scales")}
    surveys = {wave: prepare(study, survey, scales) for wave, survey in surveys.items()}
    unraked = {wave: make_design(study, survey) for wave, survey in surveys.items()}
    designs = {wave: rake_study(study, design, data) for wave, design in unraked.items()}
    if len(designs) > 1:
        designs[ALL_WAVES] = _stack(study, designs)
    return StudyData(
        study,
        MappingProxyType(designs),
        MappingProxyType(unraked),
        MappingProxyType(scales),
        MappingProxyType(inputs),
        _load_coding(study, data),
    )


def _load_coding(study: Study, data: Path | None) -> Coding | None:
    """Return the coded interviews; those that the study ships are not mixed with answers of another's file."""
    given = study.section("interviews")
    if not given or (data is not None and not (data / Path(given["coding"]).name).is_file()):
        return None
    places = {
        key: study.file(given[key]) if data is None else data / Path(given[key]).name
        for key in ("coding", "quotations")
        if key in given
    }
    book = study.file(given["codebook"]) if "codebook" in given else None
    coding = read_coding(places["coding"], codebook=book, quotations=places.get("quotations"))
    return coding if data is None else replace(coding, origin=replace(coding.origin, simulated=False))


def read_waves(study: Study, data: Path | None) -> tuple[dict[str, Survey], dict[str, str]]:
    """Return the survey of each wave, and the hashes of the files read."""
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
    return surveys, inputs


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


def _read_one_file(study: Study, data: Path) -> tuple[dict[str, Survey], dict[str, str]]:
    """Return the waves that one file of the data's holder contains, columns and codes translated by mapping.toml."""
    mapping, files = read_mapping(data.parent / MAPPING_FILE), [data]
    files += [data.parent / MAPPING_FILE] if mapping else []
    with not_yet_told():
        read = read_survey(data)
    survey = _explain(study, translate(read, mapping))
    surveys = split_waves(survey, mapping, list(study.section("waves")), data.name)
    return surveys, {path.name: hash_file(path) for path in files}


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


def prepare(study: Study, survey: Survey, scales: Mapping[str, LikertScale]) -> Survey:
    """Return the survey with scale scores and 0/1 indicators added."""
    for given in study.section("scales"):
        survey = score_scale(survey, scales[given["name"]], min_answered=given.get("min_answered", len(given["items"])))
    for given in study.section("collapsed"):
        kind = {key: given[key] for key in ("top", "bottom", "lowest", "highest") if key in given}
        survey = collapse_items(survey, given["items"], **kind)
    return survey


def make_design(study: Study, survey: Survey) -> SurveyDesign:
    """Return the sampling design that study.toml describes, over one wave."""
    try:
        return SurveyDesign(survey, **study.section("design"))
    except SurveyKitError as error:
        raise type(error)(f"{STUDY_FILE}, [design]: {error}") from error


def rake_study(study: Study, design: SurveyDesign, data: Path | None = None) -> SurveyDesign:
    """Return the design raked to the margins of the study, or as it is when the study names none.

    Margins that lie beside the data (`data`) go before those of the study. Real answers are never raked to the
    margins of a simulated population.
    """
    given = study.section("raking")
    if not given:
        return design
    path = _margins_file(study, data)
    margins = read_margins_file(path)
    made_up = DATA_STATUS in margins and (margins[DATA_STATUS] == SIMULATED).any()
    if made_up and not design.survey.provenance.simulated:
        raise ArgumentError(
            f"{path.name} holds the margins of a simulated population, but the answers are real; put {path.name} of the real population beside the data file, or delete [raking] in {STUDY_FILE}"
        )
    options = {key: given[key] for key in ("max_weight_ratio", "tolerance") if key in given}
    return rake(design, margins, **options)


def _margins_file(study: Study, data: Path | None) -> Path:
    """Return the file of margins: the one beside the data when there is one."""
    own = study.file(study.section("raking")["margins"])
    if data is None:
        return own
    beside = (data if data.is_dir() else data.parent) / own.name
    return beside if beside.is_file() else own


def _stack(study: Study, designs: Mapping[str, SurveyDesign]) -> SurveyDesign:
    """Return one design over all waves, each wave with its own raked weights."""
    survey = stack_waves({wave: design.survey for wave, design in designs.items()})
    raked = np.concatenate([design.weights for design in designs.values()])
    options = dict(study.section("design"))
    if "weight" in options or study.section("raking"):
        survey = survey.with_columns({"study_weight": raked})
        options["weight"] = "study_weight"
    return SurveyDesign(survey, **options)
