"""A survey: a DataFrame of codes with its codebook, its missing reasons and where it came from."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from numbers import Number
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_columns, check_mask, check_values
from surveykit.codebook import Codebook, Variable
from surveykit.errors import ArgumentError, CodebookError, ColumnError
from surveykit.formatting import file_name
from surveykit.overview import overview


@dataclass(frozen=True)
class Provenance:
    """Where data came from.

    Attributes
    ----------
    source : str
        Name of the file (without its folder), or "a DataFrame".
    sha256 : str or None
        Hash of the file's bytes.
    format : str
        "SPSS .sav", "CSV" and the like.
    encoding : str or None
        Encoding that the texts were decoded with.
    encoding_how : str
        The encoding and why that one; a sentence of the notes says it too.
    simulated : bool
        True when the answers were made by a program; every output then says SIMULATED.
    weight : str or None
        Weight variable that the file names (SPSS's WEIGHT BY).
    notes : tuple of str
        What the reader decided, recoded or could not keep, one sentence each.
    files : tuple of str
        SHA-256 of the other files that the survey rests on: its codebook, the files of stacked waves.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> came = sk.Provenance("ili_2023.csv", format="CSV", simulated=True)
    >>> sk.Survey(pd.DataFrame({"q1": [1, 2]}), provenance=came).provenance.simulated
    True
    """

    source: str = "a DataFrame"
    sha256: str | None = None
    format: str = "DataFrame"
    encoding: str | None = None
    simulated: bool = False
    weight: str | None = None
    notes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    encoding_how: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "source", file_name(self.source))

    def note(self, *sentences: str) -> "Provenance":
        """Return the provenance with further notes.

        Examples
        --------
        >>> import surveykit as sk
        >>> sk.Provenance().note("two interviews of minors left out").notes
        ('two interviews of minors left out',)
        """
        return replace(self, notes=(*self.notes, *sentences))


def known_hashes(provenance: Provenance) -> list[str]:
    """Return the SHA-256 of every file that a survey was read from: data, codebook, and those of stacked waves."""
    return list(dict.fromkeys([*([provenance.sha256] if provenance.sha256 else []), *provenance.files]))


READ_FROM = "surveykit: read from"
"""Where a DataFrame keeps, in its `attrs`, the SHA-256 of the files that its survey was read from."""


@dataclass(frozen=True, eq=False)
class Survey:
    """Answers, their meaning and their origin; frozen, every change makes another survey.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per respondent, codes as numbers, missing answers as NaN. For reading; `data` is a copy to change.
    codebook : Codebook
    provenance : Provenance
    missing_reasons : mapping from column to pandas.Series
        For each column with declared missing codes, the original code of the rows that are missing for that reason
        (index: row labels of `frame`). Rows that are NaN and not listed were simply empty.

    Raises
    ------
    ArgumentError
        When `frame` is no table (pandas, polars, pyarrow), or its row labels are not unique.
    ColumnError
        When a column is not named by a text, or holds lists, bytes or complex numbers.
    CodebookError
        When two columns have one name.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> book = sk.Codebook.of([sk.Variable("q1", missing={99: {"en": "refused"}})])
    >>> survey = sk.Survey(pd.DataFrame({"q1": [1, 2, 99]}), book).with_missing_codes()
    >>> survey.data["q1"].tolist(), survey.missing_reasons["q1"].tolist()
    ([1.0, 2.0, nan], [99])
    """

    frame: pd.DataFrame = field(repr=False)
    codebook: Codebook = field(default_factory=Codebook, repr=False)
    provenance: Provenance = field(default_factory=Provenance)
    missing_reasons: Mapping[str, pd.Series] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.codebook.simulated and not self.provenance.simulated:  # a codebook object carries what its file says
            object.__setattr__(self, "provenance", replace(self.provenance, simulated=True))
        frame = as_frame(self.frame)
        if frame.columns.nlevels > 1:
            raise ColumnError(
                f"the columns have {frame.columns.nlevels} levels, {frame.columns[0]!r} for one; give each one name, frame.columns = ['_'.join(map(str, names)) for names in frame.columns]"
            )
        numbered = next((name for name in frame.columns if not isinstance(name, str)), None)
        if numbered is not None:
            raise ColumnError(
                f"the column {numbered!r} is not named by a text; write frame.columns = frame.columns.map(str)"
            )
        if not frame.columns.is_unique:
            twice = frame.columns[frame.columns.duplicated()][0]
            raise CodebookError(f"column {twice!r} occurs twice; rename one of them before making a survey")
        if not frame.index.is_unique:
            raise ArgumentError("the row labels of a survey must be unique; call reset_index(drop=True) first")
        for name in frame.columns:
            _check_cells(frame[name])
        decimals = [name for name in frame.columns if _holds_decimals(frame[name])]
        frame = (
            frame.assign(
                **{name: [math.nan if pd.isna(value) else float(value) for value in frame[name]] for name in decimals}
            )
            if decimals
            else frame.copy(deep=False)
        )
        known = known_hashes(self.provenance)
        if known:  # a copy, so that the caller's frame stays without it
            frame.attrs[READ_FROM] = tuple(known)
        object.__setattr__(self, "frame", frame)
        object.__setattr__(self, "missing_reasons", MappingProxyType(dict(self.missing_reasons)))

    @property
    def data(self) -> pd.DataFrame:
        """The answers as a DataFrame that is the caller's to change (a shallow copy; the survey keeps its own).

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> survey = sk.Survey(pd.DataFrame({"q1": [1, 2]}))
        >>> changed = survey.data
        >>> changed["q1"] = 0
        >>> survey.data["q1"].tolist()
        [1, 2]
        """
        return self.frame.copy(deep=False)

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        return f"Survey({self._in_short()})"

    def _in_short(self) -> str:
        """Return what a survey is in one line: size, file, and whether its answers are simulated."""
        provenance, columns = self.provenance, len(self.frame.columns)
        parts = [f"{len(self):,} respondent{'s' * (len(self) != 1)}", f"{columns:,} column{'s' * (columns != 1)}"]
        parts += [f"weight {provenance.weight}"] if provenance.weight else []
        return ", ".join([*parts, provenance.source, *(["SIMULATED"] if provenance.simulated else [])])

    def _repr_html_(self) -> str:
        weight = self.provenance.weight
        roles = {weight: "weight"} if weight is not None and weight in self.frame else {}
        warning = "SIMULATED" if self.provenance.simulated else ""
        head = [f"Survey: {self._in_short()}", *self.provenance.notes]
        return overview(head, self.frame, self.codebook, self.missing_reasons, roles, warning)

    def with_missing_codes(self, columns: Iterable[str] | None = None) -> "Survey":
        """Return the survey with the declared missing codes of all columns, or some, as NaN, their reasons kept.

        Raises
        ------
        ColumnError
            When one of `columns` does not exist.
        ArgumentError
            When one is named twice.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> book = sk.Codebook.of([sk.Variable("q1", missing={98: {"en": "don't know"}, 99: {"en": "refused"}})])
        >>> survey = sk.Survey(pd.DataFrame({"q1": [1, 98, 99]}), book)
        >>> survey.with_missing_codes().data["q1"].tolist()
        [1.0, nan, nan]
        """
        data, reasons = self.data, dict(self.missing_reasons)
        wanted = self.codebook if columns is None else as_names(columns, "columns")
        check_columns(data, [] if columns is None else wanted, "columns")
        for name in [name for name in wanted if name in self.codebook and name in data.columns]:
            found = self.codebook[name].is_missing(data[name])
            if found.any():
                before = reasons.get(name)
                reasons[name] = data[name][found] if before is None else pd.concat([before, data[name][found]])
                data[name] = data[name].mask(found, np.nan if pd.api.types.is_numeric_dtype(data[name]) else None)
        return replace(self, frame=data, missing_reasons=reasons)

    def with_codebook(self, codebook: Codebook) -> "Survey":
        """Return the survey with a second codebook's texts added (further languages), its missing codes applied.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> survey = sk.Survey(pd.DataFrame({"q1": [1, 2, 9]}))
        >>> book = sk.Codebook.of([sk.Variable("q1", "The akim listens", missing={9: "refused"})])
        >>> known = survey.with_codebook(book)
        >>> known.codebook["q1"].ask(), known.data["q1"].tolist()
        ('The akim listens', [1.0, 2.0, nan])
        """
        return replace(self, codebook=self.codebook.merge(codebook)).with_missing_codes()

    def with_columns(self, columns: Mapping[str, Any], *variables: Variable) -> "Survey":
        """Return the survey with columns added or replaced, and with their descriptions.

        Raises
        ------
        ColumnError
            When a name is no text.
        ArgumentError
            When values have another length or other row labels than the survey.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> survey = sk.Survey(pd.DataFrame({"age": [17, 34, 70]}))
        >>> aged = survey.with_columns({"old": survey.frame["age"] >= 60}, sk.Variable("old", "60 years or older"))
        >>> aged.data["old"].tolist(), aged.codebook["old"].ask()
        ([False, False, True], '60 years or older')
        """
        reasons = {name: codes for name, codes in self.missing_reasons.items() if name not in columns}
        unnamed = next((name for name in columns if not isinstance(name, str)), None)
        if unnamed is not None:
            raise ColumnError(f"a column is named by a text, but `columns` names {unnamed!r}; write {str(unnamed)!r}")
        made = {name: check_values(values, self.frame, f"columns[{name!r}]") for name, values in columns.items()}
        return replace(
            self, frame=self.data.assign(**made), codebook=self.codebook.replace(*variables), missing_reasons=reasons
        )

    def keep_rows(self, rows: pd.Series | np.ndarray, why: str) -> "Survey":
        """Return the survey with the rows where `rows` is True; `why` goes into the provenance.

        Raises
        ------
        ArgumentError
            When `rows` does not hold one True or False per row of the survey, or True for none of them.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> survey = sk.Survey(pd.DataFrame({"age": [17, 34, 70]}))
        >>> adults = survey.keep_rows(survey.frame["age"] >= 18, "minors left out")
        >>> adults.data["age"].tolist(), adults.provenance.notes
        ([34, 70], ('kept 2 of 3 rows: minors left out',))
        """
        chosen = check_mask(rows, self.frame, "rows")
        if len(self) and not chosen.any():
            raise ArgumentError(f"`rows` is True for none of the {len(self)} rows, so nobody would be left ({why})")
        data = self.frame.loc[chosen]
        reasons = {name: codes[codes.index.isin(data.index)] for name, codes in self.missing_reasons.items()}
        sentence = f"kept {int(chosen.sum())} of {len(self)} rows: {why}"
        return replace(self, frame=data, missing_reasons=reasons, provenance=self.provenance.note(sentence))

    def count_missing(self, name: str) -> pd.Series:
        """Return the number of rows missing in a column, by reason code ("empty" for those without a reason).

        Raises
        ------
        ColumnError
            When the column does not exist.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"q1": [1, 98, 98, 99, None]})
        >>> sk.declare_missing(answers, {"q1": [98, 99]}).count_missing("q1").to_dict()
        {98.0: 2, 99.0: 1, 'empty': 1}
        """
        check_columns(self.frame, [name], "name")
        reasons = self.missing_reasons.get(name, pd.Series(dtype=float))
        counts = reasons.value_counts()
        counts = counts[sorted(counts.index, key=lambda code: (isinstance(code, str), code))]
        counts.loc["empty"] = int(self.frame[name].isna().sum()) - len(reasons)
        return counts.rename("n")


def restore_missing_codes(survey: Survey) -> pd.DataFrame:
    """Return the frame with the original code in every cell that is missing for a stated reason."""
    data = survey.data
    for name, codes in survey.missing_reasons.items():
        if name not in data.columns or not len(codes):
            continue
        column = data[name]
        words = pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_numeric_dtype(codes.dtype)
        if words or column.dtype.kind in "Mm":  # a reason among numbers, or a code among dates or times
            column = column.astype(object)
        column = column.copy()
        column.loc[codes.index] = codes
        data[name] = column
    return data


def _check_cells(column: pd.Series) -> None:
    """Raise where a cell is no single value, or no number that has a place on a scale.

    Lists cannot be counted and complex numbers cannot be ordered, so that every count would break on them.
    """
    if pd.api.types.is_complex_dtype(column.dtype):
        raise ColumnError(f"column {column.name!r} holds complex numbers, which have no order; keep the real part")
    if not pd.api.types.is_object_dtype(column.dtype):
        return
    cells = column.to_numpy(dtype=object)
    kinds = {*map(type, cells)}
    if kinds <= _PLAIN_CELLS:
        return
    for kind in sorted(kinds - _PLAIN_CELLS, key=lambda one: one.__name__):
        place = next(at for at, cell in enumerate(cells) if type(cell) is kind)
        if issubclass(kind, tuple):  # pairs may be keys: they can be told apart and counted
            continue
        if issubclass(kind, list | dict | set | np.ndarray | pd.Series | pd.DataFrame):
            way = "make several columns of it, join its parts into one text (split_answers() parts them), or drop it"
        elif issubclass(kind, bytes | bytearray):
            way = "decode it to text first"
        elif issubclass(kind, complex | np.complexfloating):
            way = "keep the real part"
        elif issubclass(kind, int):
            if all(abs(cell) <= _LARGEST for cell in cells if type(cell) is int):
                continue
            way = f"write texts where they are keys; numbers end at {_LARGEST:.0e}"
        else:
            continue
        what = "a whole number beyond all numbers" if kind is int else f"a cell of kind {kind.__name__}"
        raise ColumnError(f"column {column.name!r} holds {what} (row {column.index[place]}), which is no answer; {way}")


_PLAIN_CELLS = {str, float, bool, type(None), type(pd.NA)}
_LARGEST = int(np.finfo(float).max)


def _holds_decimals(column: pd.Series) -> bool:
    """Tell whether a column holds Decimals or Fractions, as databases give numbers; as objects they would be texts."""
    if not pd.api.types.is_object_dtype(column.dtype):
        return False
    values = column.dropna()
    return (
        len(values) > 0
        and any(isinstance(value, Decimal | Fraction) for value in values.head(1))
        and all(isinstance(value, Number) and not isinstance(value, complex) for value in values)
    )


def as_frame(data: Any) -> pd.DataFrame:
    """Return a pandas DataFrame from one, or from anything with a `to_pandas` method (polars, pyarrow)."""
    if isinstance(data, pd.DataFrame):
        return data
    if hasattr(data, "to_pandas"):
        return data.to_pandas()
    raise ArgumentError(
        f"data must be a pandas, polars or pyarrow frame, but {type(data).__name__} was given; read a file with read_spss(), read_stata() or read_csv()"
    )


def as_survey(data: Any) -> Survey:
    """Return a Survey from a Survey, or from a frame without a codebook."""
    return data if isinstance(data, Survey) else Survey(as_frame(data))
