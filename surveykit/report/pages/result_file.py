"""A result as a file that keeps all of it, and the way back: numbers in full, codes, origin, findings, seed, code."""

import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import surveykit
from surveykit._checks import check_option
from surveykit.comparison.feasibility import UnderVerdict
from surveykit.errors import ArgumentError, CodebookError, ReadError
from surveykit.files.json_file import read_json
from surveykit.files.reading import PathLike, check_file
from surveykit.files.writing import check_target, write_text_whole
from surveykit.formatting import printable_lines
from surveykit.reading.codebook_file import format_codebook, parse_codebook
from surveykit.recipes import code_of, recipe_of
from surveykit.report.disclosure import protected
from surveykit.report.verdict import verdict_of
from surveykit.results import Origin, Result
from surveykit.words.messages import Label, Message, Told, said_in
from surveykit.words.pages import LANGUAGES
from surveykit.words.simulated import SIMULATED

KIND, FORMAT = "surveykit result", 1
_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "made_as": str, "title": str, "method": str, "headline": str, "quantity": str, "verdict": dict, "finding": dict,
    "said": dict, "origin": dict, "facts": dict, "columns": list, "code": (str, type(None)), "seed": (int, type(None)),
}  # fmt: skip
ALL = ""
"""The key of what was found of all outcomes together."""


@dataclass(frozen=True, eq=False, kw_only=True)
class StoredResult(Result):
    """A result that was read from a file: table, codes, origin and sentences as they were written.

    What is worked out from the answers (covariances, influence, further contrasts) is not in a file, and the verdict on
    settlements is kept in words; `code()` tells how to make the result anew.

    Attributes
    ----------
    made_as : str
        Class of the result that was written: "Estimates", "SettlementComparison" and the like.
    version : str
        Of the surveykit that wrote it.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> result = sk.means(sk.SurveyDesign(pd.DataFrame({"trust": [1, 2, 3, 4, 2, 5]})), "trust")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     stored = sk.read_result(sk.write_result(result, pathlib.Path(folder) / "trust.json"))
    ...
    >>> stored.made_as, stored.finding() == result.finding()
    ('Estimates', True)
    """

    made_as: str = ""
    version: str = ""
    written_findings: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    written_headline: str = field(default="", repr=False)
    written_verdict: Mapping[str, str] = field(default_factory=dict, repr=False)
    written_code: str | None = field(default=None, repr=False)
    written_seed: int | None = field(default=None, repr=False)

    @property
    def seed(self) -> int | None:
        """The seed that the result was made with."""
        return self.written_seed

    def code(self) -> str:
        """Return the code that made the result, as it was when the result was written.

        Raises
        ------
        ArgumentError
            When it was not known then.
        """
        if self.written_code is None:
            raise ArgumentError(
                "how this result was made was not known when it was written; write the one that the public function returned"
            )
        return self.written_code

    def finding(self, lang: str | None = None, *, outcome: str | None = None) -> str:
        """Return what was found, in the sentences that were written with the result.

        Raises
        ------
        ArgumentError
            When `lang` is no language that surveykit speaks, or the table has no such outcome.
        """
        if outcome is not None:
            check_option(outcome, [name for name in self.written_findings if name != ALL], "outcome")
        return self.written_findings.get(outcome or ALL, {}).get(self._language(lang), "")

    def findings(self, lang: str | None = None, *, outcome: str | None = None) -> tuple[Message, ...]:
        """Raise: the records behind the sentences are made from the answers, which a file of a result does not have.

        Raises
        ------
        ArgumentError
            Always.
        """
        raise ArgumentError(
            "a result that was read from a file has the sentences, finding(lang), and not the records behind them; run its code() to have them"
        )

    def summary(self) -> str:
        """Return what was found, the verdict where there was one, table and notes as plain text."""
        return printable_lines(
            "\n".join(part for part in (self.finding(), self.written_headline, self._body()) if part)
        )


def write_result(result: Result, path: str | Path) -> Path:
    """Write all of a result to a file, from which `read_result` reads it back.

    Parameters
    ----------
    result : Result
        Small cells are hidden (`hide_small_cells`), as in every file.
    path : str or Path
        Ending in .json.

    Returns
    -------
    Path
        Of the file.

    Raises
    ------
    WriteError
        When the name has another ending, the file cannot be written (nothing half-written stays), or is there: it is
        replaced only when surveykit wrote it and nobody changed it since.
    ArgumentError
        When `result` is no Result.

    Notes
    -----
    The file is JSON in UTF-8: the table with every digit, the sentences on method and findings in three languages, the
    codes behind its texts with their labels, where the numbers come from, the seed, and the code that makes the result.
    Nothing of the answers themselves is in it. The same result gives the same bytes.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> result = sk.means(sk.SurveyDesign(pd.DataFrame({"trust": [1, 2, 3, 4, 2, 5]})), "trust")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     stored = sk.read_result(sk.write_result(result, pathlib.Path(folder) / "trust.json"))
    ...
    >>> stored.table["estimate"].tolist() == result.table["estimate"].tolist()
    True
    """
    target = check_target(path, (".json",))
    text = json.dumps(_content(protected(result), result), ensure_ascii=False, indent=1, allow_nan=False)
    return write_text_whole(text + "\n", target, answers=result.origin.hashes)


def read_result(path: PathLike) -> StoredResult:
    """Read a result that `write_result` wrote.

    Parameters
    ----------
    path : path

    Returns
    -------
    StoredResult
        A `Result` with the table, codes, sentences, seed and code of the one that was written; tables and reports are
        made of it as of any other. What is worked out from the answers is not in it.

    Raises
    ------
    ReadError
        When the file is absent, damaged, or none that `write_result` wrote.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import surveykit as sk
    >>> design = sk.SurveyDesign(sk.load_example("anes_1996"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = sk.write_result(sk.means(design, "age"), pathlib.Path(folder) / "age.json")
    ...     print(sk.read_result(path).code().splitlines()[-1])
    ...
    result = sk.means(design, 'age')
    """
    file = Path(check_file(path))
    content = read_json(file)
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise ReadError(f"{file.name!r} holds no result; read_result() reads what write_result() wrote")
    if content.get("format") != FORMAT:
        raise ReadError(
            f"{file.name!r} is of format {content.get('format')!r}, which this surveykit does not know; read it with the version that wrote it, {content.get('version')}"
        )
    try:
        return _result_of(content)
    except (LookupError, TypeError, ValueError, AttributeError, CodebookError) as error:
        raise ReadError(f"{file.name!r} is damaged; write the result anew") from error


def _content(shown: Result, made: Result) -> dict[str, Any]:
    """Return what a file says of a result: as it may leave the house, and the code of the one that was made."""
    origin = shown.origin
    outcomes = [
        name for name in pd.unique(shown.table.get("outcome", pd.Series(dtype=object))) if isinstance(name, str)
    ]
    columns = {column for meaning in shown.group_codes.values() for column, _ in meaning}
    book = origin.codebook.keep([name for name in origin.codebook if name in columns or name in outcomes])
    stored = shown if isinstance(shown, StoredResult) else None
    return {
        "kind": KIND,
        "format": FORMAT,
        "version": stored.version if stored else surveykit.__version__,
        **({"data_status": SIMULATED} if origin.simulated else {}),
        "made_as": stored.made_as if stored else type(shown).__name__,
        "title": shown.title,
        "method": shown.method,
        "said": {name: _in_languages(text) for name, text in (("title", shown.title), ("method", shown.method))},
        "headline": _headline(shown),
        "verdict": {lang: verdict_of(shown, lang) for lang in LANGUAGES},
        "finding": {
            outcome or ALL: {lang: shown.finding(lang, outcome=outcome) for lang in LANGUAGES}
            for outcome in (None, *outcomes)
        },
        "quantity": shown.quantity,
        "seed": made.seed,
        "code": stored.written_code if stored else code_of(made, answers=False) if recipe_of(made) else None,
        "facts": {name: _plain(fact) for name, fact in shown.facts.items()},
        "origin": {
            name: _plain(getattr(origin, name))
            for name in (
                "source",
                "sha256",
                "simulated",
                "weight",
                "lang",
                "conventions",
                "files",
                "weighted_by",
                "steps",
            )
        },
        "codebook": format_codebook(book),
        "group_codes": [
            [name, [list(map(_plain, pair)) for pair in pairs]] for name, pairs in shown.group_codes.items()
        ],
        "level_codes": [
            [outcome, [[text, _plain(code)] for text, code in codes.items()]]
            for outcome, codes in shown.level_codes.items()
        ],
        "columns": [
            {"name": name, "type": _type_of(column), "values": [_plain(value) for value in column]}
            for name, column in shown.table.items()
        ],
    }


def _headline(result: Result) -> str:
    if isinstance(result, StoredResult):
        return result.written_headline
    return result.headline() if isinstance(result, UnderVerdict) else ""


def _type_of(column: pd.Series) -> str:
    """Return the type that a column is given when it is read; categories and the like come back as single values."""
    kind = str(column.dtype)
    return kind if kind in ("float64", "int64", "Int64", "bool", "str") else "object"


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; numbers that JSON does not have, and pairs, say what they are."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is pd.NA:  # a count that is hidden
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": str(value)}
    if isinstance(value, tuple | list):
        return {"list": [_plain(one) for one in value]}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def _value(plain: Any) -> Any:
    if isinstance(plain, dict):
        return float(plain["number"]) if "number" in plain else tuple(_value(one) for one in plain["list"])
    return plain


def _check_kinds(content: Mapping[str, Any]) -> None:
    """Raise a TypeError or ValueError where a part of a file is of a kind that `write_result` never writes."""
    for name, kinds in _KINDS.items():
        if not isinstance(content[name], kinds) or isinstance(content[name], bool):
            raise TypeError(name)
    texts = [content["verdict"], *content["finding"].values()]
    if not all(isinstance(text, str) for by_language in texts for text in by_language.values()):
        raise TypeError("a sentence is no text")
    if len({len(column["values"]) for column in content["columns"]}) > 1:
        raise ValueError("columns of different lengths")


def _result_of(content: Mapping[str, Any]) -> StoredResult:
    _check_kinds(content)
    columns = {
        column["name"]: pd.Series([_value(one) for one in column["values"]], dtype=column["type"])
        for column in content["columns"]
    }
    book = parse_codebook(tomllib.loads(content["codebook"])).codebook
    return StoredResult(
        pd.DataFrame(columns),
        _told(content, "method"),
        Origin(codebook=book, **{name: _value(one) for name, one in content["origin"].items()}),
        {name: _value(fact) for name, fact in content["facts"].items()},
        _told(content, "title"),
        group_codes={
            name: tuple((column, _value(code)) for column, code in pairs) for name, pairs in content["group_codes"]
        },
        level_codes={
            outcome: {text: _value(code) for text, code in codes} for outcome, codes in content["level_codes"]
        },
        quantity=content["quantity"],
        made_as=content["made_as"],
        version=content["version"],
        written_findings=content["finding"],
        written_headline=content["headline"],
        written_verdict=content["verdict"],
        written_code=content["code"],
        written_seed=content["seed"],
    )


def _in_languages(text: str) -> dict[str, str]:
    """Return a text in Russian and Kazakh, where it has words in them."""
    return {lang: said_in(text, lang) for lang in ("ru", "kk")} if isinstance(text, Told) else {}


def _told(content: Mapping[str, Any], name: str) -> str:
    """Return a text of a file with what it says in other languages; none has English alone."""
    text, texts = str(content[name]), content["said"][name]
    return Told(text, (Label(text, texts),)) if texts else text
