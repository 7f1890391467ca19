"""Several waves become one survey, or a sentence says why they must not."""

import hashlib
from collections.abc import Mapping, Sequence

import pandas as pd

from surveykit._checks import as_names, check_columns, some, warn
from surveykit.codebook import Codebook, Variable, as_code
from surveykit.errors import ArgumentError, CodebookError
from surveykit.files.reading import PathLike
from surveykit.key_spellings import warn_of_spellings
from surveykit.reading.waves.crosswalk import Crosswalk, apply_crosswalk, read_crosswalk
from surveykit.reading.waves.question_differences import DOUBTFUL, find_differences, say_weights
from surveykit.survey import Provenance, Survey, as_survey, known_hashes
from surveykit.words.pages import texts_of


def stack_waves(
    waves: Mapping[str, Survey],
    *,
    crosswalk: Crosswalk | PathLike | None = None,
    name: str = "wave",
    qualify: str | Sequence[str] | None = None,
) -> Survey:
    """Put the waves of a survey under each other.

    Parameters
    ----------
    waves : mapping from wave to Survey
        In the order of time; the keys become the categories of the wave.
    crosswalk : path or Crosswalk, optional
        What a person settled between the waves (`WaveAudit.propose_crosswalk` writes a first one): names, recodes,
        missing codes, differences that are accepted.
    name : str
        Column that says which wave a row belongs to: an ordered category.
    qualify : str or sequence of str, optional
        Columns whose codes name other units in every wave (enumeration areas drawn anew, strata): "12" becomes
        "2021: 12".

    Returns
    -------
    Survey
        Rows numbered from 0. A variable that one wave lacks is empty there, with a warning. The provenance names every
        file; the survey is simulated when one wave is.

    Raises
    ------
    ReadError
        When the file of the crosswalk cannot be read.
    CodebookError
        When a column would mix two meanings: a code with another label, a scale of other codes or the other direction,
        a code that is missing in one wave and an answer in the other, other people who were asked, numbers and texts.
    ColumnError
        When the crosswalk, or `qualify`, names a column or a wave that does not exist.
    ArgumentError
        When there are fewer than two waves, a wave has a column `name` already, or one file is given as two waves;
        parts of one file, by `keep_rows`, that share no row are two waves.

    Notes
    -----
    `audit_waves` lists what changed.

    R: ``dplyr::bind_rows(waves, .id = "wave")``, which puts columns of one name under each other whatever they mean.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> waves = {"2021": sk.Survey(pd.DataFrame({"q1": [1, 2]})), "2023": sk.Survey(pd.DataFrame({"q1": [2]}))}
    >>> stacked = sk.stack_waves(waves)
    >>> stacked.data["wave"].tolist(), stacked.data["wave"].cat.ordered
    (['2021', '2021', '2023'], True)
    """
    surveys = {str(wave): as_survey(survey) for wave, survey in waves.items()}
    if len(surveys) < 2:
        raise ArgumentError("`waves` must hold at least two waves, as in {'2021': survey, '2023': survey}")
    _check_files(surveys)
    taken = [wave for wave, survey in surveys.items() if name in survey.frame.columns]
    if taken:
        raise ArgumentError(f"wave {taken[0]!r} has a column {name!r} already; give the new column another `name=`")
    settled = _read(crosswalk)
    given, surveys = surveys, apply_crosswalk(surveys, settled)
    _warn_of_lost_weights(given, surveys, settled)
    weight = _common_weight(surveys)
    differences = find_differences(surveys)
    accepted = {variable.name for variable in settled.variables.values() if variable.settled}
    qualified = as_names(qualify, "qualify")
    blocking = [
        difference
        for difference in differences
        if difference.blocking
        and (difference.variable not in accepted or difference.kind == "kind")
        and not (difference.variable in qualified and difference.kind == "keys")
    ]
    if blocking:
        more = f"; {len(blocking) - 1} more such differences are listed by audit_waves()" if len(blocking) > 1 else ""
        raise CodebookError(
            f"the waves cannot be stacked: {blocking[0].sentence}; settle it in a crosswalk, or leave the variable out{more}"
        )
    absent = [difference for difference in differences if difference.kind == "absent"]
    if absent:
        warn(f"not every wave has every variable, the others are empty there: {some([d.sentence for d in absent], 5)}")
    for kind in DOUBTFUL:
        doubtful = [d.sentence for d in differences if d.kind == kind and d.variable not in {*accepted, *qualified}]
        if doubtful:
            warn(f"{some(doubtful, 3)}; recode it in a crosswalk, or say `settled = true` of it there")
    frames = [_prepare(wave, survey, qualified) for wave, survey in surveys.items()]
    stacked = pd.concat(frames, ignore_index=True)
    warn_of_spellings(stacked)
    labels = [wave for wave, survey in surveys.items() for _ in range(len(survey))]
    stacked.insert(0, name, pd.Series(pd.Categorical(labels, categories=list(surveys), ordered=True)))
    book = _merge_codebooks(surveys, name, qualified)
    notes = [note for wave, survey in surveys.items() for note in _describe(wave, survey)]
    notes += [d.sentence + (", which was accepted" if d.blocking else "") for d in differences]
    notes += [f"the codes of {some(qualified)} were qualified by wave"] if qualified else []
    return Survey(stacked, book, _merge_provenance(surveys, notes, weight), _merge_reasons(surveys, qualified))


def _read(crosswalk: Crosswalk | PathLike | None) -> Crosswalk:
    if crosswalk is None or isinstance(crosswalk, Crosswalk):
        return crosswalk or Crosswalk()
    return read_crosswalk(crosswalk)


def _check_files(surveys: Mapping[str, Survey]) -> None:
    seen: dict[str, str] = {}
    for wave, survey in surveys.items():
        digest = survey.provenance.sha256
        if digest in seen and len(surveys[seen[digest]].frame.index.intersection(survey.frame.index)):
            raise ArgumentError(
                f"waves {seen[digest]!r} and {wave!r} are the same file ({survey.provenance.source!r}); give each wave its own"
            )
        if digest is not None:
            seen[digest] = wave


def _common_weight(surveys: Mapping[str, Survey]) -> str | None:
    """Return the weight that the waves' files name, under its one name.

    Raises
    ------
    CodebookError
        When the waves name different columns, which a crosswalk must bring under one name.
    """
    named = {wave: survey.provenance.weight for wave, survey in surveys.items() if survey.provenance.weight}
    names = list(dict.fromkeys(named.values()))
    if len(names) > 1:
        raise CodebookError(say_weights(named))
    if names and len(named) < len(surveys):
        without = [wave for wave in surveys if wave not in named]
        held = [wave for wave in without if names[0] in surveys[wave].frame.columns]
        what = "a column of that name is taken for it" if held else "it is empty there"
        warn(
            f"wave {next(iter(named))!r} is weighted by {names[0]!r}, but wave {without[0]!r} names no weight; {what}; give every wave its weight, or drop it from all of them"
        )
    return names[0] if names else None


def _warn_of_lost_weights(before: Mapping[str, Survey], after: Mapping[str, Survey], crosswalk: Crosswalk) -> None:
    """Warn when a crosswalk leaves out the weight that a file names, unless it drops it by name."""
    lost = {
        wave: survey.provenance.weight
        for wave, survey in before.items()
        if survey.provenance.weight
        and not after[wave].provenance.weight
        and survey.provenance.weight not in crosswalk.drop
    }
    if lost:
        wave, weight = next(iter(lost.items()))
        warn(
            f"the crosswalk leaves out {weight!r}, by which the file of wave {wave!r} is weighted; list it among the variables, or under `drop` when it shall go"
        )


def _prepare(wave: str, survey: Survey, qualified: Sequence[str]) -> pd.DataFrame:
    data = survey.data
    check_columns(data, qualified, "qualify")
    for column in qualified:
        texts = data[column].map(lambda value: f"{wave}: {as_code(value)}")
        data[column] = texts.where(data[column].notna()).astype("str")
    return data


def _merge_codebooks(surveys: Mapping[str, Survey], name: str, qualified: Sequence[str]) -> Codebook:
    books = [survey.codebook.keep(survey.frame.columns) for survey in surveys.values()]
    merged = books[0]
    for book in books[1:]:
        merged = merged.merge(book)
    plain = [Variable(column, merged[column].question) for column in qualified]
    return merged.replace(*plain, Variable(name, texts_of("wave"), measure="ordinal"))


def _merge_reasons(surveys: Mapping[str, Survey], qualified: Sequence[str]) -> dict[str, pd.Series]:
    parts: dict[str, list[pd.Series]] = {}
    offset = 0
    for survey in surveys.values():
        places = pd.Series(range(offset, offset + len(survey)), index=survey.frame.index)
        for column, codes in survey.missing_reasons.items():
            if column not in qualified:
                parts.setdefault(column, []).append(codes.set_axis(places[codes.index].to_numpy()))
        offset += len(survey)
    return {column: pd.concat(series) for column, series in parts.items()}


def _describe(wave: str, survey: Survey) -> list[str]:
    origin = survey.provenance
    weight = f", weight {origin.weight}" if origin.weight else ""
    head = f"wave {wave}: {origin.source}, {len(survey)} rows, SHA-256 {origin.sha256 or 'unknown'}{weight}"
    return [head, *(f"wave {wave}: {note}" for note in origin.notes)]


def _merge_provenance(surveys: Mapping[str, Survey], notes: Sequence[str], weight: str | None) -> Provenance:
    origins = [survey.provenance for survey in surveys.values()]
    digests = [origin.sha256 for origin in origins]
    joined = "\n".join(digest for digest in digests if digest)
    return Provenance(
        source=" + ".join(origin.source for origin in origins),
        sha256=hashlib.sha256(joined.encode("ascii")).hexdigest() if all(digests) else None,
        format=" + ".join(dict.fromkeys(origin.format for origin in origins)),
        encoding=" + ".join(dict.fromkeys(origin.encoding or "unknown" for origin in origins)),
        simulated=any(origin.simulated for origin in origins),
        weight=weight,
        notes=tuple(notes),
        files=tuple(dict.fromkeys(digest for origin in origins for digest in known_hashes(origin))),
    )
