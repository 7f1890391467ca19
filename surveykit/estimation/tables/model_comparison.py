"""Models side by side: labels for coefficients, reference answers, errors beneath, statistics of fit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import special

from surveykit._checks import check_option
from surveykit.codebook import Code, distinct_texts
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.totals import weights_of
from surveykit.estimation.models.model_fit import ModelFit
from surveykit.estimation.models.term_names import Coefficient, coefficients_of
from surveykit.formatting import Printed, beside, format_number, p_text
from surveykit.hidden_marks import hidden_mark
from surveykit.results import Origin, glossary_frame
from surveykit.translation import page_language, question_of
from surveykit.wide_results import WideForm, WideResult
from surveykit.words.messages import Columns, Figure, Message, Slot, Told
from surveykit.words.pages import word
from surveykit.words.simulated import SIMULATED

Beneath = Literal["std_error", "interval", "p_value"]

EXTRA = ("model", "variable", "code")
"""Columns beyond the glossary's; variables and codes of an interaction stand in one text, parted by " × "."""
RATIOS = ("logit", "log")
"""Links under which the exponent of a coefficient is a ratio: of odds, or of rates and means."""
STATISTICS = ("r_squared", "adjusted_r_squared", "mcfadden", "cox_snell", "nagelkerke", "design_aic")
NUMBERS = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")
DIGITS = 3
"""Decimals of coefficients and errors on a page."""
STARS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))


@dataclass(frozen=True, slots=True, eq=False)
class ModelForMaketables:
    """One model in the form that maketables.ETable takes; maketables itself is never imported.

    A fit itself goes there under the names of its formula: maketables takes whatever has params, bse and pvalues for a
    result of statsmodels.

    Attributes
    ----------
    coefficients : pandas.DataFrame
        b, se, t, p, ci95l, ci95u by what each coefficient stands for.
    outcome : str
        What the model explains, and SIMULATED when its answers are.
    statistics, labels : mapping from str
        Respondents, clusters and statistics of fit, and what they are called.
    """

    coefficients: pd.DataFrame
    outcome: str
    statistics: Mapping[str, float]
    labels: Mapping[str, str]

    @property
    def __maketables_coef_table__(self) -> pd.DataFrame:
        return self.coefficients.copy()

    @property
    def __maketables_depvar__(self) -> str:
        return self.outcome

    def __maketables_stat__(self, key: str) -> object:
        return self.statistics.get(key)

    @property
    def __maketables_stat_labels__(self) -> dict[str, str]:
        return dict(self.labels)

    @property
    def __maketables_default_stat_keys__(self) -> list[str]:
        return list(self.statistics)


@dataclass(frozen=True, eq=False)
class ModelComparison(WideResult):
    """Models side by side; see `compare_models`.

    Attributes
    ----------
    beneath : {"std_error", "interval", "p_value"} or None
        What stands under an estimate on a page.
    stars : bool
    rows : mapping from term to Coefficient
        What each term stands for, where it is no constant, threshold or shape.
    fits : mapping from str to ModelFit
        The models by what heads them.
    """

    beneath: Beneath | None = "std_error"
    stars: bool = False
    rows: Mapping[tuple[str, bool], Coefficient] | None = None
    fits: Mapping[str, ModelFit] = field(default_factory=dict, repr=False)

    @property
    def fitted_models(self) -> Mapping[str, ModelFit]:
        """The models, by their names in the table's column `model`."""
        return self.fits

    def wide(self, lang: str | None = None, digits: int = DIGITS) -> pd.DataFrame:
        """Return the table as a paper prints it: terms down, models across, every cell a text.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> sk.compare_models([fit]).wide().iloc[1].tolist()
        ['sex', '2', '1.667']
        """
        return self.form(lang, digits).plain()

    def form(self, lang: str | None = None, digits: int | None = None) -> WideForm:
        """Return the page form in one language, three decimals unless asked otherwise.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> sk.compare_models([fit]).form("kk").rows[1]
        ('sex', '2', ('1,667',))
        """
        return _Page(self, lang, DIGITS if digits is None else digits).form()

    def for_maketables(self, lang: str | None = None) -> list[ModelForMaketables]:
        """Return the models for `maketables.ETable`, under the questions and answers their coefficients stand for.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> sk.compare_models([fit]).for_maketables()[0].coefficients["b"].round(3).to_dict()
        {'sex – 2': 1.667, 'Constant': 2.0}
        """
        page = _Page(self, lang, DIGITS)
        return [page.for_maketables(model) for model in page.models]


class _Page:
    """The page form of models side by side, in one language."""

    def __init__(self, result: ModelComparison, lang: str | None, digits: int) -> None:
        self.result, self.digits = result, digits
        self.lang, self.labels = page_language(lang, result.origin), lang or result.origin.lang
        self.models = list(dict.fromkeys(result.table["model"]))

    def form(self) -> WideForm:
        table = self.result.table
        labels = (word("outcome", self.lang), word("level", self.lang))
        heads = distinct_texts([*labels, *self.models], range(len(self.models) + 2))[2:]
        keys = list(zip(table["term"], table["method"] == "reference"))
        rows = {(row["model"], *key): row for key, (_, row) in zip(keys, table.iterrows())}
        lines: list[tuple[str, str, tuple[Printed, ...]]] = []
        for term, reference in dict.fromkeys(keys):
            head, label = self._label(term, reference)
            found = [rows.get((model, term, reference)) for model in self.models]
            lines += [
                (head, "" if number else label, tuple(cells)) for number, cells in enumerate(self._cells(term, found))
            ]
        lines += [(word("of_model", self.lang), label, tuple(cells)) for label, cells in self._sizes()]
        order = {head: number for number, head in enumerate(dict.fromkeys(line[0] for line in lines))}
        return WideForm(labels, tuple(heads), tuple(sorted(lines, key=lambda line: order[line[0]])))

    def for_maketables(self, model: str) -> ModelForMaketables:
        table = self.result.table[self.result.table["model"] == model]
        coefficients = table[~table["method"].isin(["reference", "fit"])]
        names = [self._name(str(term)) for term in coefficients["term"]]
        columns = dict(zip(("b", "se", "t", "p", "ci95l", "ci95u"), NUMBERS))
        numbers = {short: coefficients[name].to_numpy(dtype=float) for short, name in columns.items()}
        index = pd.Index(distinct_texts(names, coefficients["term"].tolist()), name="Coefficient")
        fit = table[table["method"] == "fit"]
        found = {"N": coefficients["n"].max(), "n_clusters": coefficients["n_clusters"].max()}
        found |= dict(zip(fit["term"], fit["estimate"]))
        keys = {name: word("n" if name == "N" else name, self.lang) for name in found}
        outcome = question_of(coefficients["outcome"].iloc[0], self.labels, self.result.origin)
        if self.result.origin.simulated:
            outcome = f"{outcome} ({SIMULATED})"
        return ModelForMaketables(pd.DataFrame(numbers, index=index), outcome, found, keys)

    def _name(self, term: str) -> str:
        """Return what a coefficient stands for, in one line; a colon would be an interaction to maketables."""
        stands, book = (self.result.rows or {}).get((term, False)), self.result.origin.codebook
        said = " ".join(self._label(term, False)).strip() if stands is None else stands.text(book, self.labels)
        return said.replace(": ", " – ").replace(":", " – ")

    def _label(self, term: str, reference: bool) -> tuple[str, str]:
        lang = self.lang
        if term in STATISTICS:
            return word("of_model", lang), word(term, lang)
        stands = (self.result.rows or {}).get((term, reference))
        if stands is not None:
            book = self.result.origin.codebook
            return stands.heading(book, self.labels), stands.answer(book, self.labels) or word("per_unit", lang)
        if term == "Intercept":
            return word("constant", lang), ""
        return (word("threshold", lang), term) if "|" in term else (term, "")

    def _cells(self, term: str, found: Sequence[pd.Series | None]) -> Iterator[list[Printed]]:
        """Yield the line of estimates and the one beneath, cells by model."""
        known = [row for row in found if row is not None]
        if all(row["method"] == "reference" for row in known):
            said = word("reference", self.lang)
            yield [Printed("") if row is None else Printed(said, (said,)) for row in found]
            return
        digits = 1 if term == "design_aic" else self.digits
        yield [Printed("") if row is None else self._estimate(row, digits) for row in found]
        if self.result.beneath is not None and term not in STATISTICS:
            yield [Printed("") if row is None else self._below(row) for row in found]

    def _estimate(self, row: pd.Series, digits: int) -> Printed:
        if row.get("hidden") is True:
            mark = hidden_mark(row.get("hidden_why"), self.lang, int(self.result.facts["minimum_n"]))
            return Printed(mark, (mark,))
        stars = next((mark for bound, mark in STARS if row["p_value"] < bound), "") if self.result.stars else ""
        return format_number(row["estimate"], digits, self.lang).marked(after=stars)

    def _below(self, row: pd.Series) -> Printed:
        if row.get("hidden") is True:
            return Printed("")
        unknown = Printed("–", ("–",))
        if self.result.beneath == "interval":
            low, high = (
                format_number(row[end], self.digits, self.lang) or unknown for end in ("conf_low", "conf_high")
            )
            return beside(low.marked("["), high.marked(after="]"), by="; ")
        if self.result.beneath == "p_value":
            return p_text(row["p_value"], self.lang) or Printed("p = –", ("p = –",))
        return (format_number(row["std_error"], self.digits, self.lang) or unknown).marked("(", ")")

    def _sizes(self) -> Iterator[tuple[str, list[Printed]]]:
        """Yield the lines of respondents, clusters and degrees of freedom."""
        table = self.result.table
        first = table[table["n"].notna()].groupby("model", sort=False)
        for name in ("n", "n_clusters", "df"):
            of_model = first[name].agg(["min", "max"])
            cells = []
            for model in self.models:
                ends = [
                    format_number(end, 0 if name != "df" or end == round(end) else 1, self.lang)
                    for end in dict.fromkeys(of_model.reindex([model]).iloc[0].dropna())
                ]
                cells.append(beside(*dict.fromkeys(ends), by="–") if ends else Printed(""))  # withheld
            yield word(name, self.lang), cells


def compare_models(
    models: Sequence[ModelFit],
    *,
    names: Sequence[str] | None = None,
    exponentiate: bool = False,
    beneath: Beneath | None = "std_error",
    stars: bool = False,
) -> ModelComparison:
    """Lay models side by side.

    Parameters
    ----------
    models : sequence of ModelFit
        From `fit_model`, of any families.
    names : sequence of str, optional
        What heads each model; "(1)", "(2)" and so on by default.
    exponentiate : bool
        Whether models with a logit or log link show ratios of odds, rates or means; others stay as they are.
    beneath : {"std_error", "interval", "p_value"} or None
        What stands under each estimate on a page.
    stars : bool
        Whether p below 0.05, 0.01 and 0.001 is starred on a page.

    Returns
    -------
    ModelComparison
        `table` has one row per coefficient, reference answer (`method` is "reference") and statistic of fit, with the
        model's name in `model`, the columns of the data behind a term in `variable`, the label of the answer in `level`
        and its code in `code`. Printed and written to a page it is wide: models across.

    Raises
    ------
    ArgumentError
        When there is no model, something else than a fit is among them, there are more or fewer names than models, two
        models have one name, or `beneath` is none of its kinds.

    Notes
    -----
    A ratio is ``exp(b)``, its interval that of b at both ends, its error ``exp(b)`` times that of b (delta method);
    test and p-value stay those of b. Thresholds and the shape of a negative binomial model are not turned.

    Statistics of fit, with the weighted likelihood L, without any term L_0, N the sum of weights. gaussian: R2 and
    adjusted R2 as R's ``lm(weights = w)``. binomial: McFadden ``1 - log L / log L_0``, Cox-Snell
    ``1 - (L_0 / L)**(2 / N)`` and Nagelkerke, as R ``psrsq``. poisson: Cox-Snell. ordinal: McFadden. Design-based AIC
    of binomial and poisson models with errors of the design: deviance (weights of mean one) plus twice the sum of the
    generalized design effects of all terms (Lumley & Scott 2015); R ``AIC(svyglm)``. What a family or its errors do not
    allow is left out, and `method` says so. They compare models of the same respondents only.

    References
    ----------
    Lumley, T. and Scott, A. (2015). AIC and BIC for modeling with complex survey data. Journal of Survey Statistics and
    Methodology 3, 1-18.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
    >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
    >>> result = sk.compare_models([fit], names=["Trust"])
    >>> result.table[["model", "term", "method", "variable", "code", "estimate"]].head(3).round(3)
       model         term      method variable  code  estimate
    0  Trust  C(sex)[T.2]   reference      sex     1       NaN
    1  Trust  C(sex)[T.2]  linearized      sex     2     1.667
    2  Trust    Intercept  linearized      NaN  None     2.000
    """
    fits = _check_models(models)
    heads = [f"({number})" for number in range(1, len(fits) + 1)] if names is None else list(names)
    if len(heads) != len(fits):
        raise ArgumentError(
            f"`names` must have one name for each of the {len(fits)} models, but {len(heads)} were given"
        )
    twice = next((name for name in heads if heads.count(name) > 1), None)
    if twice is not None:
        raise ArgumentError(f"`names` has {twice!r} twice; give each model its own name")
    if beneath is not None:
        check_option(beneath, get_args(Beneath), "beneath")
    stand: dict[tuple[str, bool], Coefficient] = {}
    parts, absent = [], []
    for name, fit in zip(heads, fits):
        lines, own = _coefficients(fit, name, exponentiate)
        stand |= own
        found = fit_statistics(fit)
        absent += [] if found else [name]
        lines += [
            {**_empty(fit, name), "term": key, "method": "fit", "estimate": value} for key, value in found.items()
        ]
        codes = np.empty(len(lines), dtype=object)
        codes[:] = [line["code"] for line in lines]  # whole numbers stay such beside terms without a code
        parts.append(pd.DataFrame(lines).assign(code=codes))
    table = glossary_frame(pd.concat(_ordered(parts), ignore_index=True), EXTRA)
    return ModelComparison(
        table,
        _sentence(fits, heads, exponentiate, beneath, stars, absent),
        _origin(fits),
        {"n_models": len(fits), "confidence": fits[0].confidence},
        beneath=beneath,
        stars=stars,
        rows=stand,
        fits=dict(zip(heads, fits)),
    )


def _check_models(models: Sequence[ModelFit]) -> list[ModelFit]:
    fits = list(models)
    if not fits:
        raise ArgumentError("`models` must hold at least one fit of fit_model()")
    wrong = next((one for one in fits if not isinstance(one, ModelFit)), None)
    if wrong is not None:
        raise ArgumentError(f"`models` must hold fits of fit_model(), but a {type(wrong).__name__} is among them")
    return fits


def _origin(fits: Sequence[ModelFit]) -> Origin:
    """Return where all models come from: simulated when one of them is, no file of any of them to be written over."""
    files = dict.fromkeys(one for fit in fits for one in fit.origin.hashes)
    return replace(fits[0].origin, simulated=any(fit.origin.simulated for fit in fits), files=tuple(files))


def _ordered(parts: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Return the rows of all models, terms first, then constants, thresholds and shapes, then statistics of fit."""
    last = [part["variable"].isna() | (part["method"] == "fit") for part in parts]
    fit = [part["method"] == "fit" for part in parts]
    return (
        [part[~gone] for part, gone in zip(parts, last)]
        + [part[gone & ~stat] for part, gone, stat in zip(parts, last, fit)]
        + [part[stat] for part, stat in zip(parts, fit)]
    )


def _empty(fit: ModelFit, name: str) -> dict[str, Any]:
    return {"outcome": fit.data.outcome, "model": name, "variable": None, "code": None, "level": None}


def _coefficients(
    fit: ModelFit, name: str, exponentiate: bool
) -> tuple[list[dict[str, Any]], dict[tuple[str, bool], Coefficient]]:
    """Return the rows of a model, each reference answer before the coefficients held against it."""
    lang, book = fit.origin.lang, fit.origin.codebook
    found, references = coefficients_of(fit.data.info, fit.data.names, book, lang)
    before = dict(references)
    stand: dict[tuple[str, bool], Coefficient] = {}
    turned = exponentiate and fit.link in RATIOS
    rows = []
    for place, (_, row) in enumerate(fit.table.iterrows()):
        term = str(row["term"])
        if term in before:
            stand[term, True] = before[term]
            rows.append({**_empty(fit, name), "term": term, "method": "reference", **_codes(before[term], book, lang)})
        line = {**row.to_dict(), **_empty(fit, name)}
        if term in found:
            stand[term, False] = found[term]
            line |= _codes(found[term], book, lang)
        rows.append(_as_ratio(line) if turned and place < len(fit.data.names) else line)
    return rows, stand


def _codes(one: Coefficient, book: Any, lang: str | None) -> dict[str, Any]:
    codes: list[Code] = [code for _, code in one.parts if code is not None]
    return {
        "variable": " × ".join(name for name, _ in one.parts),
        "level": one.answer(book, lang) or None,
        "code": codes[0] if len(codes) == 1 else " × ".join(map(str, codes)) or None,
    }


def _as_ratio(line: dict[str, Any]) -> dict[str, Any]:
    ratio = float(np.exp(line["estimate"]))
    ends = {end: float(np.exp(line[end])) for end in ("conf_low", "conf_high")}
    return {**line, **ends, "estimate": ratio, "std_error": ratio * line["std_error"]}  # delta method


def fit_statistics(fit: ModelFit) -> dict[str, float]:
    """Return the statistics of fit that the family and the errors of a model allow; see `compare_models`."""
    y, weights = fit.data.y, weights_of(fit.design, fit.data.rows)
    total, loglik = float(weights.sum()), _loglik(fit, y, weights)
    constant = "Intercept" in fit.data.names or fit.family == "ordinal"
    found: dict[str, float] = {}
    if constant and fit.family == "gaussian":
        n, p = len(y), len(fit.data.names)
        found["r_squared"] = 1 + 2 * loglik / float(weights @ (y - np.average(y, weights=weights)) ** 2)
        found["adjusted_r_squared"] = 1 - (1 - found["r_squared"]) * (n - 1) / (n - p) if n > p else np.nan
    elif constant and fit.family in ("binomial", "ordinal"):
        _, place = np.unique(y, return_inverse=True)
        counts = np.bincount(place, weights)
        null = float(counts @ np.log(counts / total))
        found["mcfadden"] = 1 - loglik / null
        if fit.family == "binomial":
            found["cox_snell"] = -float(np.expm1(2 * (null - loglik) / total))
            found["nagelkerke"] = found["cox_snell"] / -float(np.expm1(2 * null / total))
    elif constant and fit.family == "poisson":
        null = -0.5 * _deviance("poisson", y, np.full(len(y), np.average(y, weights=weights)), weights)
        found["cox_snell"] = -float(np.expm1(2 * (null - loglik) / total))
    if fit.family in ("binomial", "poisson") and constant and fit.clusters is None:
        slopes = [place for place, name in enumerate(fit.data.names) if name != "Intercept"]
        covariance = fit.covariance[np.ix_(slopes, slopes)]
        if fit.table["std_error"].notna().all():
            working = fit.solution.inverse[np.ix_(slopes, slopes)] * fit.data.mean_weight
            # Lumley & Scott (2015): the penalty is the sum of the generalized design effects, not their number
            effects = float(np.trace(np.linalg.solve(working, covariance))) if slopes else 0.0
            found["design_aic"] = -2 * loglik / fit.data.mean_weight + 2 * effects
    return found


def _loglik(fit: ModelFit, y: np.ndarray, weights: np.ndarray) -> float:
    """Return the weighted log-likelihood of respondents, up to a constant; a solution may have that of means."""
    if fit.family not in ("gaussian", "binomial", "poisson"):
        return fit.solution.loglik
    eta = fit.data.x @ fit.solution.params[: fit.solution.n_slopes]
    mean = fit.kind.mean(fit.solution, eta)[0][:, 0][fit.data.pattern]
    return -0.5 * _deviance(fit.family, y, mean, weights)


def _deviance(family: str, y: np.ndarray, mean: np.ndarray, weights: np.ndarray) -> float:
    """Return the weighted deviance (McCullagh & Nelder 1989, section 2.3)."""
    if family == "gaussian":
        return float(weights @ (y - mean) ** 2)
    if family == "binomial":
        return -2 * float(weights @ (special.xlogy(y, mean) + special.xlog1py(1 - y, -mean)))
    return 2 * float(weights @ (special.xlogy(y, y / mean) - (y - mean)))


def _sentence(
    fits: Sequence[ModelFit],
    heads: Sequence[str],
    exponentiate: bool,
    beneath: Beneath | None,
    stars: bool,
    absent: list[str],
) -> Told:
    percent: dict[str, Slot] = {"percent": Figure(f"{100 * fits[0].confidence:g}%")} if beneath == "interval" else {}
    said: list[Slot] = [
        Message(f"models_method.beneath_{beneath}", percent) if beneath else Message("models_method.bare")
    ]
    if exponentiate:
        turned = [name for name, fit in zip(heads, fits) if fit.link in RATIOS]
        left = [name for name, fit in zip(heads, fits) if fit.link not in RATIOS]
        said += [Message("models_method.ratios", _named(turned))] if turned else []
        said += [Message("models_method.no_ratios", _named(left))] if left else []
    said += [Message("models_method.stars")] if stars else []
    said += [Message("models_method.no_fit", _named(absent))] if absent else []
    without = [name for name, fit in zip(heads, fits) if name not in absent and "design_aic" not in fit_statistics(fit)]
    said += [Message("models_method.no_aic", _named(without))] if without else []
    if len({fit.data.rows.tobytes() for fit in fits}) > 1:
        said.append(Message("models_method.other_respondents"))
    said += [Told.of(f"{name}: ", fit.method) for name, fit in zip(heads, fits)]
    return Told.of(*said, between=" ")


def _named(heads: Sequence[str]) -> dict[str, Slot]:
    return {"names": Columns(tuple(heads), 10)}
