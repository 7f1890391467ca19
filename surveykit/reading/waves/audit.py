"""The audit of waves: what changed between them, what may be one variable under two names, and a crosswalk to edit."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pandas as pd

from surveykit.codebook import Code, Variable, pick_text
from surveykit.coded_answers.undeclared import labelled_no_answer, undeclared_codes
from surveykit.coded_answers.wordings import bare_question, compare_wordings, likeness, tokens
from surveykit.errors import ArgumentError
from surveykit.files.reading import PathLike
from surveykit.files.writing import write_text_whole
from surveykit.reading.codebook_file import quote
from surveykit.reading.waves.question_differences import Difference, find_differences
from surveykit.results import Origin, Result, glossary_frame
from surveykit.survey import Survey, as_survey, known_hashes
from surveykit.words.messages import Columns, Figure, Message, Slot, Told

SAME_VARIABLE = 0.9
"""Likeness of two questions from which they may be one variable under two names."""


@dataclass(frozen=True)
class Rename:
    """Two columns that ask alike: perhaps one variable that was renamed.

    Attributes
    ----------
    names : mapping from wave to column
    likeness : float
        From 0 to 1.
    question : str
        The question of the first of them.
    questions : mapping from wave to question
    same : bool
        True when both ask the same word by word (spelling apart); otherwise they only look alike.
    """

    names: Mapping[str, str]
    likeness: float
    question: str
    questions: Mapping[str, str] = field(default_factory=dict)
    same: bool = True


@dataclass(frozen=True, eq=False)
class WaveAudit(Result):
    """What changed between waves.

    Attributes
    ----------
    differences : tuple of Difference
        What changed, variable by variable.
    renames : tuple of Rename
        Columns that seem to be one under two names.
    undeclared : mapping from wave to mapping from column to codes
        Codes whose label says that there is no answer, and that the file does not declare missing.
    columns : mapping from wave to names
        The columns of each wave.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> old = sk.Codebook.of([sk.Variable("q1", "Do you trust the akim?", labels={1: "No", 2: "Yes"})])
    >>> new = sk.Codebook.of([sk.Variable("q1", "Do you trust the akim?", labels={1: "Yes", 2: "No"})])
    >>> answers = pd.DataFrame({"q1": [1, 2, 2]})
    >>> waves = {"2021": sk.Survey(answers, old), "2023": sk.Survey(answers, new)}
    >>> audit = sk.audit_waves(waves)
    >>> [difference.kind for difference in audit.differences], audit.columns["2021"]
    (['direction'], ('q1',))
    """

    differences: tuple[Difference, ...] = field(default=(), repr=False)
    renames: tuple[Rename, ...] = field(default=(), repr=False)
    undeclared: Mapping[str, Mapping[str, tuple[Code, ...]]] = field(default_factory=dict, repr=False)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def propose_crosswalk(self, path: PathLike | None = None) -> str:
        """Return a crosswalk as TOML that a person edits and `stack_waves(crosswalk=...)` takes; write it to `path`.

        Variables that were renamed and ask the same word by word are proposed with their undeclared missing codes. All
        else stands there as a comment, both questions in full, and stays refused until a person takes the ``#`` away,
        recodes it, says ``settled = true`` or drops the variable. A file that is there and was
        edited since surveykit wrote it, or is none of surveykit's, is left alone.

        Raises
        ------
        WriteError
            When the file cannot be written, or is there and surveykit did not write it or it was edited since.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> old = sk.Codebook.of([sk.Variable("q1", "Do you trust the akim?", labels={1: "No", 2: "Yes"})])
        >>> new = sk.Codebook.of([sk.Variable("q1", "Do you trust the akim?", labels={1: "Yes", 2: "No"})])
        >>> answers = pd.DataFrame({"q1": [1, 2, 2]})
        >>> waves = {"2021": sk.Survey(answers, old), "2023": sk.Survey(answers, new)}
        >>> print(sk.audit_waves(waves).propose_crosswalk().splitlines()[-1])
        # settled = true
        """
        text = _propose(self)
        if path is not None:
            write_text_whole(text, path, answers=self.origin.hashes)
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
        would mix two meanings) and `difference` (a sentence); first what blocks. Kinds: absent, renamed, undeclared (a
        missing code that nothing declares) and those of `Difference`: kind, keys, question (a word of it changed),
        direction, length, meaning, missing, universe (who was asked), weight, wording (spelling), mode (face to face,
        by telephone), measure, language (texts without a common language: not compared), range and magnitude (numbers
        that look like other scales or units).

    Raises
    ------
    ArgumentError
        When there are fewer than two waves.

    Notes
    -----
    Universe and mode are compared where the codebooks of both waves tell them (`universe` and `mode` of a codebook
    file); a .sav or .dta has no place for them: ``survey.with_codebook(read_codebook("wave.toml"))`` adds them.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> old = sk.Codebook.of([sk.Variable("q1", "Do you trust the akim?", labels={1: "No", 2: "Yes"})])
    >>> new = sk.Codebook.of([sk.Variable("q1", "Do you trust the akim?", labels={1: "Yes", 2: "No"})])
    >>> answers = pd.DataFrame({"q1": [1, 2, 2]})
    >>> waves = {"2021": sk.Survey(answers, old), "2023": sk.Survey(answers, new)}
    >>> sk.audit_waves(waves).table[["outcome", "kind", "blocks"]]
      outcome       kind  blocks
    0      q1  direction    True
    """
    surveys = {str(wave): as_survey(survey) for wave, survey in waves.items()}
    if len(surveys) < 2:
        raise ArgumentError("`waves` must hold at least two waves, as in {'2021': survey, '2023': survey}")
    differences = find_differences(surveys)
    renames = find_renames(surveys, differences)
    undeclared = {wave: _undeclared(survey) for wave, survey in surveys.items()}
    silent = sorted({d.variable for d in differences if d.kind == "language"})
    rows: list[tuple[str, str, str, bool, str]]
    rows = [(d.variable, d.kind, " ".join(d.waves), d.blocking, d.sentence) for d in differences]
    rows += [(next(iter(r.names.values())), "renamed", " ".join(r.names), False, _say_rename(r)) for r in renames]
    rows += [
        (name, "undeclared", wave, False, _say_undeclared(wave, surveys[wave].codebook[name], codes))
        for wave, columns in undeclared.items()
        for name, codes in columns.items()
    ]
    rows.sort(key=lambda row: not row[3])
    keys = ("outcome", "kind", "waves", "blocks", "difference")
    table = glossary_frame(pd.DataFrame(rows, columns=keys), keys[1:])
    blocking = len({d.variable for d in differences if d.blocking})
    bare = _only_one(surveys, lambda variable: bool(variable.labels))
    untold = _only_one(surveys, lambda variable: bool(variable.question), or_none=True)
    opening: dict[str, Slot] = {
        "n": Figure(str(len(surveys))),
        "waves": ", ".join(surveys),
        "blocking": Figure(str(blocking)),
    }
    method = Told.of(
        Message("waves_method.opening", opening),
        _counted_columns("waves_method.silent", silent),
        _counted_columns("waves_method.bare", bare),
        _counted_columns("waves_method.untold", untold),
        between=" ",
    )
    facts = {
        "n_waves": len(surveys), "n_differences": len(differences), "n_blocking": blocking, "n_renamed": len(renames),
        "n_not_compared": len(silent), "n_without_question": len(untold),
    }  # fmt: skip
    columns = {wave: tuple(map(str, survey.frame.columns)) for wave, survey in surveys.items()}
    origins = [survey.provenance for survey in surveys.values()]
    origin = Origin(
        " + ".join(one.source for one in origins),
        None,
        any(one.simulated for one in origins),
        files=tuple(digest for one in origins for digest in known_hashes(one)),
    )
    return WaveAudit(
        table,
        method,
        origin,
        facts,
        Told.of(Message("titles.wave_audit")),
        tuple(differences),
        renames,
        undeclared,
        columns,
    )


def _counted_columns(key: str, names: Sequence[str]) -> Slot:
    """Return the sentence on some columns, "" when there are none."""
    return Message(key, {"n": Figure(str(len(names))), "names": Columns(tuple(names), 5)}) if names else ""


def find_renames(surveys: Mapping[str, Survey], differences: list[Difference]) -> tuple[Rename, ...]:
    """Return pairs of columns under different names that ask alike, each column once, in neighbouring waves."""
    waves = list(surveys)
    moved = {d.variable for d in differences if d.kind in ("absent", "question", "kind")}
    found: list[Rename] = []
    for first, second in pairwise(waves):
        ours, theirs = (_questions(surveys[wave], moved) for wave in (first, second))
        pairs = sorted(
            ((compare_wordings(text, other).verdict != "question", alike, name, new)
             for name, text in ours.items() for new, other in theirs.items()
             if name != new and _may_be_alike(text, other) and (alike := likeness(text, other)) >= SAME_VARIABLE),
            key=lambda pair: (not pair[0], -pair[1]),
        )  # fmt: skip
        taken: set[tuple[str, str]] = set()
        for same, alike, name, new in pairs:
            if not {(first, name), (second, new)} & taken:
                taken |= {(first, name), (second, new)}
                found.append(
                    Rename(
                        {first: name, second: new}, alike, ours[name], {first: ours[name], second: theirs[new]}, same
                    )
                )
    return tuple(sorted(found, key=lambda rename: list(rename.names.values())))


def _questions(survey: Survey, names: set[str]) -> dict[str, str]:
    texts = {name: pick_text(survey.codebook[name].question) for name in survey.frame.columns if name in names}
    return {name: text for name, text in texts.items() if len(bare_question(text)) > 4}


def _may_be_alike(text: str, other: str) -> bool:
    """Spare the slow comparison where the words already differ."""
    ours, theirs = {*tokens(bare_question(text))}, {*tokens(bare_question(other))}
    return len(ours & theirs) >= 0.5 * max(len(ours), len(theirs))


def _undeclared(survey: Survey) -> dict[str, tuple[Code, ...]]:
    """Return the codes that look missing: by their label, whether anybody has them or not, and by where they lie."""
    found = {}
    for name in survey.frame.columns:
        variable = survey.codebook[name]
        apart = undeclared_codes(survey.frame[name], variable) if name != survey.provenance.weight else {}
        codes = {*labelled_no_answer(variable), *apart}
        found[name] = tuple(sorted(codes, key=lambda code: (isinstance(code, str), code)))
    return {name: codes for name, codes in found.items() if codes}


def _only_one(surveys: Mapping[str, Survey], told: Callable[[Variable], bool], or_none: bool = False) -> list[str]:
    """Return the columns of several waves that only some of them describe; with `or_none`, those that none does too."""
    names = dict.fromkeys(name for survey in surveys.values() for name in survey.frame.columns)
    found = []
    for name in names:
        given = [told(survey.codebook[name]) for survey in surveys.values() if name in survey.frame.columns]
        if len(given) > 1 and not all(given) and (or_none or any(given)):
            found.append(str(name))
    return found


def _say_rename(rename: Rename) -> str:
    names = " and ".join(f"{name!r} of wave {wave!r}" for wave, name in rename.names.items())
    asked = list(rename.questions.values())
    if rename.same or len(asked) < 2:
        return f"{names} ask alike ({rename.likeness:.0%}): {rename.question[:80]!r}"
    return (
        f"{names} look alike ({rename.likeness:.0%}) and ask something else: {asked[0][:160]!r} and {asked[1][:160]!r}"
    )


def _say_undeclared(wave: str, variable: Variable, codes: tuple[Code, ...]) -> str:
    words = "; ".join(
        f"{code} = {variable.label(code)!r}" if code in variable.labels else f"{code}, which lies far off"
        for code in codes
    )
    return f"{variable.name!r} of wave {wave!r} has codes that look missing and are not declared so: {words}"


HEAD = (
    "# A crosswalk between waves, made by audit_waves(), edited by a person, read by stack_waves(crosswalk=...).",
    "# A variable with a '!' is refused until it is recoded, dropped, or `settled = true` accepts the difference:",
    "# take the '#' away from what you want. Nothing behind a '#' happens.",
    "only_listed = false  # true: the stacked survey holds the variables listed here and no others",
    "drop = []",
)


def _propose(audit: WaveAudit) -> str:
    lines = list(HEAD)
    blocking: dict[str, list[Difference]] = {}
    for difference in audit.differences:
        if difference.blocking:
            blocking.setdefault(difference.variable, []).append(difference)
    taken, moved = {*blocking}, set()
    for chain in _chains(audit.renames):
        columns = {wave: column for rename in chain for wave, column in rename.names.items()}
        name = _free_name(audit, chain, taken)
        taken.add(name)
        moved |= {*columns.values()}
        block = [f"[variables.{_toml_key(name)}]", *_propose_sources(columns), *_propose_missing(audit, columns)]
        # what is refused as it stands stays refused until a person has looked: a comment does nothing
        free = chain[0].same and not {*columns.values()} & {*blocking}
        lines += ["", *(comment for rename in chain for comment in _comment(rename))]
        lines += block if free else [f"# {line}" for line in block]
    for name, differences in blocking.items():
        lines += ["", *dict.fromkeys(line for difference in differences for line in _comment_difference(difference))]
        lines.append(f"{'# ' if name in moved else ''}[variables.{_toml_key(name)}]")
        lines += [f"# {line}" for line in _propose_missing(audit, dict.fromkeys(audit.undeclared, name))]
        lines.append("# settled = true")
    return "\n".join(_one_line(line) for line in lines) + "\n"


def _comment(rename: Rename) -> list[str]:
    return [f"# {_say_rename(rename)}", *(f"#   {wave}: {text}" for wave, text in rename.questions.items())]


def _comment_difference(difference: Difference) -> list[str]:
    asked = zip(difference.waves, difference.texts) if any(difference.texts) else ()
    return [f"# ! {difference.sentence}", *(f"#   {wave}: {text}" for wave, text in asked)]


def _one_line(line: str) -> str:
    """Return a line of TOML without what would end it early: line ends and other steering signs of a question."""
    return "".join(mark if mark >= " " and mark not in "\x7f\x85\u2028\u2029" else " " for mark in line)


def _chains(renames: Sequence[Rename]) -> list[list[Rename]]:
    """Return the renames, those of one variable over several waves together where they ask the same."""
    chains: list[list[Rename]] = []
    for rename in renames:
        if not rename.same:
            chains.append([rename])
            continue
        ends = {*rename.names.items()}
        joined = [chain for chain in chains if chain[0].same and any(ends & {*one.names.items()} for one in chain)]
        together = [one for chain in joined for one in chain] + [rename]
        waves = [wave for one in together for wave in one.names]
        # a variable has one column in each wave: what would give it two stays a chain of its own
        if len({(wave, column) for one in together for wave, column in one.names.items()}) > len(set(waves)):
            chains.append([rename])
            continue
        chains = [chain for chain in chains if chain not in joined] + [together]
    return chains


def _free_name(audit: WaveAudit, chain: Sequence[Rename], taken: set[str]) -> str:
    """Return the latest name, or names joined where a wave uses that one for another variable."""
    columns = {wave: column for rename in chain for wave, column in rename.names.items()}
    ordered = [columns[wave] for wave in audit.columns if wave in columns]
    later = ordered[-1]
    # a wave outside the chain may hold the name for the same variable; where it does not, the name is refused already
    used = later in taken or any(
        later in known and columns.get(wave, later) != later for wave, known in audit.columns.items()
    )
    name = "_".join(dict.fromkeys(ordered)) if used else later
    known = {column for each in audit.columns.values() for column in each} if used else set()
    while name in taken or name in known:
        name += "_"
    return name


def _propose_sources(columns: Mapping[str, str]) -> list[str]:
    return [f"from.{_toml_key(wave)} = {quote(column)}" for wave, column in columns.items()]


def _propose_missing(audit: WaveAudit, names: Mapping[str, str]) -> list[str]:
    return [
        f"missing.{_toml_key(wave)} = [{', '.join(quote(code) if isinstance(code, str) else str(code) for code in codes)}]"
        for wave, name in names.items()
        if (codes := audit.undeclared.get(wave, {}).get(name, ()))
    ]


def _toml_key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quote(name)
