"""The audit of waves: what changed between them, what may be one variable under two names, and a crosswalk to edit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from surveykit.codebook import Code, Variable, pick_text
from surveykit.errors import ArgumentError, WriteError
from surveykit.reading.codebook_file import quote
from surveykit.reading.differences import Difference, bare_question, find_differences, likeness
from surveykit.reading.files import PathLike, check_target, write_text_whole
from surveykit.results import Origin, Result, glossary_frame
from surveykit.survey import Survey, as_survey

SAME_VARIABLE = 0.9
"""Likeness of two questions from which they may be one variable under two names."""

LOOKS_MISSING = re.compile(
    r"don.?t know|do not know|\bdk\b|refus|no answer|\bmissing\b|not applicable|\bn/?a\b|not stated|can.?t say|not "
    r"asked"
    r"|не знаю|затрудн|отказ|нет ответа|не применимо|білмеймін|жауап (бер|жоқ)|бас тарт|айта алмаймын",
    re.IGNORECASE,
)
"""Labels of codes that usually mean "no answer" although the file does not declare them missing."""


@dataclass(frozen=True)
class Rename:
    """Two columns that ask alike: perhaps one variable that was renamed.

    Attributes
    ----------
    names : mapping from wave to column
    likeness : float
        From 0 to 1.
    question : str
    """

    names: Mapping[str, str]
    likeness: float
    question: str


@dataclass(frozen=True, eq=False)
class WaveAudit(Result):
    """What changed between waves.

    Attributes
    ----------
    differences : tuple of Difference
    renames : tuple of Rename
    undeclared : mapping from wave to mapping from column to codes
        Codes whose label says that there is no answer, and that the file does not declare missing.
    columns : mapping from wave to names
    """

    differences: tuple[Difference, ...] = field(default=(), repr=False)
    renames: tuple[Rename, ...] = field(default=(), repr=False)
    undeclared: Mapping[str, Mapping[str, tuple[Code, ...]]] = field(default_factory=dict, repr=False)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def propose_crosswalk(self, path: PathLike | None = None) -> str:
        """Return a crosswalk as TOML that a person edits and `stack_waves(crosswalk=...)` takes; write it to `path`.

        Renamed variables and undeclared missing codes are proposed; what a program cannot settle stands there as a
        comment and stays refused until a person recodes it, says ``settled = true`` or drops the variable. A file that
        is there and says anything else is left alone: somebody may have edited it.
        """
        text = _propose(self)
        if path is not None:
            if check_target(path).exists() and Path(path).read_bytes() != text.encode("utf-8"):
                raise WriteError(f"{str(path)!r} is there already and may have been edited, which would be lost; give "
                                 "the crosswalk another name")
            write_text_whole(text, path)
        return text


def audit_waves(waves: Mapping[str, Survey]) -> WaveAudit:
    """Compare the waves of a survey, variable by variable.

    Parameters
    ----------
    waves : mapping from wave to Survey
        In the order of time.

    Returns
    -------
    WaveAudit
        A table with one row per difference: `outcome` (the variable), `kind`, `waves`, `blocks` (True when stacking
        would mix two meanings) and `difference` (a sentence); first what blocks. Kinds: absent, renamed, kind,
        question, direction, length, meaning, missing, universe (who was asked), undeclared (a missing code that is
        only a label), wording, mode (face to face, by telephone), measure.

    Notes
    -----
    Universe and mode are compared where the codebooks of both waves tell them (`universe` and `mode` of a codebook
    file); a .sav or .dta has no place for them: ``survey.with_codebook(read_codebook("wave.toml"))`` adds them.
    """
    surveys = {str(wave): as_survey(survey) for wave, survey in waves.items()}
    if len(surveys) < 2:
        raise ArgumentError("`waves` must hold at least two waves, as in {'2021': survey, '2023': survey}")
    differences = find_differences(surveys)
    renames = find_renames(surveys, differences)
    undeclared = {wave: _undeclared(survey) for wave, survey in surveys.items()}
    rows: list[tuple[str, str, str, bool, str]]
    rows = [(d.variable, d.kind, " ".join(d.waves), d.blocking, d.sentence) for d in differences]
    rows += [(next(iter(r.names.values())), "renamed", " ".join(r.names), False, _say_rename(r)) for r in renames]
    rows += [(name, "undeclared", wave, False, _say_undeclared(wave, surveys[wave].codebook[name], codes))
             for wave, columns in undeclared.items() for name, codes in columns.items()]
    rows.sort(key=lambda row: not row[3])
    keys = ("outcome", "kind", "waves", "blocks", "difference")
    table = glossary_frame({key: [row[index] for row in rows] for index, key in enumerate(keys)}, keys[1:])
    blocking = len({d.variable for d in differences if d.blocking})
    method = (f"Compared {len(surveys)} waves ({', '.join(surveys)}): name, question, labels, length and direction of "
              f"the scale, missing codes, universe, mode, measure. {blocking} variables cannot be stacked as they are.")
    facts = {
        "n_waves": len(surveys), "n_differences": len(differences), "n_blocking": blocking, "n_renamed": len(renames),
    }  # fmt: skip
    columns = {wave: tuple(map(str, survey.frame.columns)) for wave, survey in surveys.items()}
    origins = [survey.provenance for survey in surveys.values()]
    origin = Origin(" + ".join(one.source for one in origins), None, any(one.simulated for one in origins))
    return WaveAudit(table, method, origin, facts, "Wave audit", tuple(differences), renames, undeclared, columns)


def find_renames(surveys: Mapping[str, Survey], differences: list[Difference]) -> tuple[Rename, ...]:
    """Return pairs of columns under different names that ask alike, each column once, in neighbouring waves."""
    waves = list(surveys)
    moved = {d.variable for d in differences if d.kind in ("absent", "question", "kind")}
    found: list[Rename] = []
    for first, second in pairwise(waves):
        ours, theirs = (_questions(surveys[wave], moved) for wave in (first, second))
        pairs = sorted(
            ((likeness(text, other), name, new) for name, text in ours.items() for new, other in theirs.items()
             if name != new and _may_be_alike(text, other)),
            key=lambda pair: -pair[0],
        )  # fmt: skip
        taken: set[tuple[str, str]] = set()
        for alike, name, new in pairs:
            if alike >= SAME_VARIABLE and not {(first, name), (second, new)} & taken:
                taken |= {(first, name), (second, new)}
                found.append(Rename({first: name, second: new}, alike, ours[name]))
    return tuple(sorted(found, key=lambda rename: list(rename.names.values())))


def _questions(survey: Survey, names: set[str]) -> dict[str, str]:
    texts = {name: pick_text(survey.codebook[name].question) for name in survey.frame.columns if name in names}
    return {name: text for name, text in texts.items() if len(bare_question(text)) > 4}


def _may_be_alike(text: str, other: str) -> bool:
    """Spare the slow comparison where the words already differ."""
    ours, theirs = set(bare_question(text).split()), set(bare_question(other).split())
    return len(ours & theirs) >= 0.5 * max(len(ours), len(theirs))


def _undeclared(survey: Survey) -> dict[str, tuple[Code, ...]]:
    found = {name: tuple(code for code, texts in survey.codebook[name].labels.items()
                         if any(LOOKS_MISSING.search(text) for text in texts.values()))
             for name in survey.frame.columns}
    return {name: codes for name, codes in found.items() if codes and len(codes) < len(survey.codebook[name].labels)}


def _say_rename(rename: Rename) -> str:
    names = " and ".join(f"{name!r} of wave {wave!r}" for wave, name in rename.names.items())
    return f"{names} ask alike ({rename.likeness:.0%}): {rename.question[:80]!r}"


def _say_undeclared(wave: str, variable: Variable, codes: tuple[Code, ...]) -> str:
    words = "; ".join(f"{code} = {variable.label(code)!r}" for code in codes)
    return f"{variable.name!r} of wave {wave!r} has codes that look missing and are not declared so: {words}"


def _propose(audit: WaveAudit) -> str:
    lines = [
        "# A crosswalk between waves, made by audit_waves(), edited by a person, read by stack_waves(crosswalk=...).",
        "# A variable with a '!' is refused until it is recoded, dropped, or `settled = true` accepts the difference.",
        "only_listed = false  # true: the stacked survey holds the variables listed here and no others",
        "drop = []",
    ]
    blocking: dict[str, list[Difference]] = {}
    for difference in audit.differences:
        if difference.blocking:
            blocking.setdefault(difference.variable, []).append(difference)
    renamed = {name: rename for rename in audit.renames for name in rename.names.values()}
    for rename in audit.renames:
        name = _free_name(audit, rename)
        lines += ["", f"# {_say_rename(rename)}", f"[variables.{_toml_key(name)}]"]
        lines += [f"from.{_toml_key(wave)} = {quote(column)}" for wave, column in rename.names.items()]
        lines += _propose_missing(audit, rename.names)
    for name, differences in blocking.items():
        if name in renamed:
            continue
        lines += ["", *(f"# ! {difference.sentence}" for difference in differences), f"[variables.{_toml_key(name)}]"]
        lines += _propose_missing(audit, dict.fromkeys(audit.undeclared, name))
        lines += ["# settled = true"]
    return "\n".join(line.replace("\n", " ") for line in lines) + "\n"


def _free_name(audit: WaveAudit, rename: Rename) -> str:
    """Return the later name, or both names joined where a wave uses the later one for another variable."""
    later = list(rename.names.values())[-1]
    taken = any(later in columns and rename.names.get(wave) != later for wave, columns in audit.columns.items())
    return "_".join(rename.names.values()) if taken else later


def _propose_missing(audit: WaveAudit, names: Mapping[str, str]) -> list[str]:
    return [f"missing.{_toml_key(wave)} = "
            f"[{', '.join(quote(code) if isinstance(code, str) else str(code) for code in codes)}]"
            for wave, name in names.items() if (codes := audit.undeclared.get(wave, {}).get(name, ()))]


def _toml_key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quote(name)
