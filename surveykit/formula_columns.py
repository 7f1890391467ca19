"""The columns that a formula names: where they stand, which of them are categories, and the matrix that they make."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import patsy

from surveykit._checks import some, suggest
from surveykit.codebook import Code, Codebook, Variable, as_code
from surveykit.errors import ArgumentError, ColumnError

_NAME = re.compile(r"""
    Q\(\s*(['"])(.+?)\1\s*\)           # a column quoted by Q()
    | (['"]).*?\3                        # other text in quotes is none
    | (?<![\w.])(?!np\.)([^\W\d]\w*)\b  # a bare name; no attribute, no module
      (?!\s*(?:\(|=(?!=)))               # no function, no name of an argument
""", re.VERBOSE)


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The right side of a formula, read against the data and their codebook.

    A column that the codebook calls nominal or ordinal and labels is a category where it stands alone, and its codes
    where it stands inside an expression.

    Attributes
    ----------
    formula : str
        As it was given, for messages.
    parsed : patsy.ModelDesc
    names : list of str
        Columns of the data that it names.
    places : mapping from column to set of str
        Where each column stands: "alone", as what C() makes a "category" of, "inside" an expression.
    coded : mapping from column to mapping from code to label
        Columns taken as categories because the codebook says so.
    known : pandas.Index
        All columns of the data.
    """

    formula: str
    parsed: patsy.ModelDesc
    names: list[str]
    places: Mapping[str, set[str]]
    coded: Mapping[str, Mapping[Code, str]]
    known: pd.Index

    def categorize(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the columns with categories where the formula takes them for such, on new row labels."""
        columns = {}
        for name in frame.columns:
            column = frame[name]
            if name in self.coded:
                given = {self.coded[name][code] for code in column.unique()}  # not what `where` or a gap has emptied
                levels = [label for label in self.coded[name].values() if label in given]
                columns[name] = pd.Categorical([self.coded[name][code] for code in column], categories=levels)
            elif isinstance(column.dtype, pd.CategoricalDtype):
                columns[name] = column.cat.remove_unused_categories().array
            elif not pd.api.types.is_numeric_dtype(column.dtype):
                columns[name] = pd.Categorical(column.astype(object))
            elif self.places[name] == {"category"}:
                values, index = np.unique(column.to_numpy(), return_inverse=True)  # 2.0 reads 2 in a term's name
                columns[name] = pd.Categorical.from_codes(index, [as_code(value) for value in values])
            else:
                columns[name] = column.to_numpy()
            one = isinstance(columns[name], pd.Categorical) and len(columns[name].categories) < 2
            if "alone" in self.places[name] and one:
                raise ArgumentError(f"{name!r} in {self.formula!r} is the same for everybody who answered, so it "
                                    "explains nothing; leave it out")
        return pd.DataFrame(columns, index=range(len(frame)))

    def matrix(self, frame: pd.DataFrame) -> patsy.DesignMatrix:
        """Return the design matrix of columns that `categorize` has made."""

        def category(data: object, contrast: object = None, levels: object = None) -> object:
            return _make_category(data, contrast, levels, self.coded)

        data = frame if len(frame.columns) else pd.DataFrame(index=range(len(frame)))
        try:
            with np.errstate(all="ignore"):  # what is infinite is told of in words
                return patsy.dmatrix(self.parsed, data, eval_env=patsy.EvalEnvironment([{"np": np, "C": category}]),
                                     NA_action="raise")
        except patsy.PatsyError as error:
            raise _unreadable(error, self.formula, self.known) from error


def read_terms(
    right: str, formula: str, frame: pd.DataFrame, book: Codebook, numeric: Sequence[str] | None = None,
    lang: str | None = None,
) -> Terms:
    """Return the right side of a formula, read against the data and their codebook.

    Parameters
    ----------
    right, formula : str
        The right side, and all of it for messages.
    frame : pandas.DataFrame
    book : Codebook
    numeric : sequence of str, optional
        Labelled columns that are numbers all the same; None where the caller has no such option.
    lang : str, optional
        Language of the categories' labels.
    """
    names, parsed = columns_in(right, frame), _parse(right, formula, frame.columns)
    places = _places_of(parsed, names)
    coded = {name: _labelled(book[name], frame[name], lang) for name in names if name not in (numeric or ())}
    coded = {name: labels for name, labels in coded.items() if labels and places[name] != {"inside"}}
    both = [name for name in coded if "inside" in places[name]]
    if both:
        way_out = "" if numeric is None else f", or pass numeric={both[:1]!r}"
        raise ArgumentError(f"the formula {formula!r} takes {both[0]!r}, whose answers have labels, as a category and "
                            "inside an expression of its codes too; add the expression to the data as a column first"
                            + way_out)
    dates = [name for name in names if pd.api.types.is_datetime64_any_dtype(frame[name].dtype)]
    if dates:
        raise ColumnError(f"the formula {formula!r} names {dates[0]!r}, which holds dates; turn them into numbers "
                          "(days since a start, say) or into periods first")
    return Terms(formula, parsed, names, places, coded, frame.columns)


def columns_in(expression: str, frame: pd.DataFrame) -> list[str]:
    """Return the columns of the data that an expression names."""
    return list(dict.fromkeys(name for name in _names_in(expression) if name in frame.columns))


def _names_in(expression: str) -> list[str]:
    return [quoted or bare for _, quoted, _, bare in _NAME.findall(expression)]


def _labelled(variable: Variable, column: pd.Series, lang: str | None) -> Mapping[Code, str]:
    if variable.measure not in ("nominal", "ordinal") or not variable.labels or column.dtype == "category":
        return {}
    present = [code for code in variable.labels if (column == code).any()]
    if not column.dropna().isin(present).all():
        return {}
    labels = {code: variable.label(code, lang) for code in present}
    return labels if len(set(labels.values())) == len(labels) else {code: str(code) for code in present}


def _parse(right: str, formula: str, known: pd.Index) -> patsy.ModelDesc:
    try:
        return patsy.ModelDesc.from_formula(right)
    except patsy.PatsyError as error:
        raise _unreadable(error, formula, known) from error


def _places_of(parsed: patsy.ModelDesc, names: Sequence[str]) -> dict[str, set[str]]:
    """Return where each column stands in a formula: "alone", as what C() makes a "category" of, "inside" others."""
    places: dict[str, set[str]] = {name: set() for name in names}
    for code in {factor.code for term in parsed.rhs_termlist for factor in term.factors}:
        wrapped = re.match(r"C\(\s*(?:Q\(\s*(['\"])(.+?)\1\s*\)|([^\W\d]\w*))\s*[,)]", code)
        first = (wrapped[2] or wrapped[3]) if wrapped else None
        for name in _names_in(code):
            alone = re.fullmatch(rf"{re.escape(name)}|Q\(\s*(['\"]){re.escape(name)}\1\s*\)", code)
            if name in places:
                places[name].add("alone" if alone else "category" if name == first else "inside")
    return places


def _make_category(data: object, contrast: object, levels: object, coded: Mapping[str, Mapping[Code, str]]) -> object:
    """Stand in for patsy's C(): a pandas category needs no wrapping, which patsy would unwrap value by value.

    A reference of a labelled column may be named by its code.
    """
    if isinstance(data, pd.Series) and data.dtype == "category":
        if contrast is None and levels is None:
            return data
        labels = coded.get(str(data.name), {})
        if isinstance(contrast, patsy.Treatment) and contrast.reference is not None:
            reference, known = as_code(contrast.reference), list(data.cat.categories)
            if labels.get(reference, reference) not in known:  # patsy would take a number for a position
                raise ArgumentError(f"nobody among those who answered has {data.name!r} {contrast.reference!r}, which "
                                    f"the formula names as the reference; the answers are {some(known)}")
            contrast = patsy.Treatment(labels.get(reference, reference))
    return patsy.builtins.C(data, contrast, levels)


def _unreadable(error: patsy.PatsyError, formula: str, known: pd.Index) -> Exception:
    """Return what patsy could not read as a sentence about the formula."""
    missing = re.search(r"name '(\w+)' is not defined", str(error))
    if missing:
        return ColumnError(f"the formula {formula!r} names {missing.group(1)!r}, which is not a column"
                           f"{suggest(missing.group(1), known)}")
    if "missing values" in str(error):
        return ArgumentError(f"a term of {formula!r} has no value for some respondents who answered (the logarithm "
                             "of a negative number, say); make these missing, or use another term")
    return ArgumentError(f"the formula {formula!r} cannot be read: {error.message}")
