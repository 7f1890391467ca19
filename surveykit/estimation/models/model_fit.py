"""What a fitted regression comes back as: its table of coefficients under the names that statsmodels gives them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from surveykit._checks import check_share
from surveykit.codebook import distinct_texts
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.result_columns import Estimates
from surveykit.estimation.engine.t_distribution import t_interval
from surveykit.estimation.engine.totals import weights_of
from surveykit.estimation.models.model_clusters import ModelClusters
from surveykit.estimation.models.model_kinds import ModelKind, Solution
from surveykit.estimation.models.model_matrix import ModelData
from surveykit.estimation.models.ordinal_models import OrdinalModel
from surveykit.estimation.models.statsmodels_results import to_statsmodels
from surveykit.estimation.models.term_names import coefficients_of
from surveykit.findings import Names
from surveykit.words.messages import Message


@dataclass(frozen=True, eq=False, kw_only=True)
class ModelFit(Estimates):
    """A fitted regression: a table of coefficients, and what predictions and tests need.

    Attributes
    ----------
    formula, family, link : str
    df_residual : float
        Degrees of freedom of its t and F statistics; NaN with cluster-robust errors, under which every coefficient has
        its own (column `df`).
    data : ModelData
    kind : ModelKind
    solution : Solution
    refits : float array, (replicates, coefficients), or None
        With replicate weights: the coefficients of every replicate, NaN where it cannot be fitted.
    clusters : ModelClusters, or None
        With cluster-robust errors: what they follow from.

    Notes
    -----
    `params`, `bse`, `tvalues`, `pvalues`, `conf_int()`, `cov_params()`, `nobs` and `df_resid` are named as in
    statsmodels; `to_statsmodels` hands out a results object of statsmodels itself.
    """

    formula: str
    family: str
    link: str
    df_residual: float
    data: ModelData = field(repr=False)
    kind: ModelKind = field(repr=False)
    solution: Solution = field(repr=False)
    refits: np.ndarray | None = field(default=None, repr=False)
    clusters: ModelClusters | None = field(default=None, repr=False)

    @cached_property
    def covariance(self) -> np.ndarray:
        """Covariance of the coefficients: the design's, or the cluster-robust one that was asked for."""
        return super().covariance if self.clusters is None else self.clusters.fit().covariance

    @property
    def fitted_models(self) -> "Mapping[str, ModelFit]":
        """The model itself, under ""."""
        return {"": self}

    @property
    def __maketables_coef_table__(self) -> pd.DataFrame:
        """The coefficients in the form that maketables.ETable takes, under the questions and answers they stand for."""
        table, called = super().__maketables_coef_table__, self._terms(self.origin.lang)
        names = [called.get(term, str(term)) for term in self.table["term"]]
        return table.set_axis(pd.Index(distinct_texts(names, self.table["term"].tolist()), name="Coefficient"))

    def _terms(self, lang: str | None) -> dict[str, str]:
        """Return the question and answer that each coefficient of an answer or a number stands for, by its term."""
        book = self.origin.codebook
        known, _ = coefficients_of(self.data.info, self.data.names, book, lang)
        return {term: coefficient.text(book, lang) for term, coefficient in known.items()}

    def _wording(self, lang: str) -> Names:
        return replace(super()._wording(lang), terms=self._terms(lang))

    def _messages(self, table: pd.DataFrame, names: Names) -> list[Message]:
        """Return what the coefficients of covariates say: thresholds, shapes and the constant are no findings."""
        covariates = [name for name in self.data.names if name != "Intercept"]
        return super()._messages(table[table["term"].isin(covariates)], names)

    def _column(self, name: str) -> pd.Series:
        return pd.Series(self.table[name].to_numpy(), index=self.table["term"].tolist(), name=name)

    @property
    def params(self) -> pd.Series:
        """Coefficients by name.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> fit.params.round(4)
        Intercept      2.0000
        C(sex)[T.2]    1.6667
        Name: estimate, dtype: float64
        """
        return self._column("estimate")

    @property
    def bse(self) -> pd.Series:
        """Standard errors by name.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> fit.bse.round(4)
        Intercept      0.5774
        C(sex)[T.2]    0.6667
        Name: std_error, dtype: float64
        """
        return self._column("std_error")

    @property
    def tvalues(self) -> pd.Series:
        """Coefficients divided by their errors.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> fit.tvalues.round(4)
        Intercept      3.4641
        C(sex)[T.2]    2.5000
        Name: statistic, dtype: float64
        """
        return self._column("statistic")

    @property
    def pvalues(self) -> pd.Series:
        """Two-sided p-values by name, from t with the degrees of freedom of the column `df`.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> fit.pvalues.round(4)
        Intercept      0.1789
        C(sex)[T.2]    0.2422
        Name: p_value, dtype: float64
        """
        return self._column("p_value")

    def conf_int(self, alpha: float | None = None) -> pd.DataFrame:
        """Return the ends of t intervals, columns 0 and 1; `alpha` is one minus the model's confidence by default.

        Raises
        ------
        ArgumentError
            When `alpha` does not lie between 0 and 1.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> fit.conf_int().round(4)
                          0        1
        Intercept   -5.3359   9.3359
        C(sex)[T.2] -6.8041  10.1375
        """
        confidence = self.confidence if alpha is None else 1 - check_share(alpha, "alpha")
        estimate, std_error, df = (self.table[name].to_numpy() for name in ("estimate", "std_error", "df"))
        ends = t_interval(estimate, std_error, df, confidence)
        return pd.DataFrame(np.column_stack(ends), index=self.table["term"].tolist())

    def cov_params(self) -> pd.DataFrame:
        """Return the covariance of the coefficients by name, NaN for those that have no error.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> fit.cov_params().loc["C(sex)[T.2]", "C(sex)[T.2]"].round(4).item()
        0.4444
        """
        unknown = self.table["std_error"].isna().to_numpy()
        covariance = np.where(unknown[:, None] | unknown, np.nan, self.covariance)
        names = self.table["term"].tolist()
        return pd.DataFrame(covariance, index=names, columns=names)

    @property
    def nobs(self) -> int:
        """Respondents of the model.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> fit.nobs
        6
        """
        return int(self.table["n"].iloc[0])

    @property
    def df_resid(self) -> float:
        """The same as `df_residual`.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> fit.df_resid
        1.0
        """
        return self.df_residual

    def to_statsmodels(self) -> Any:
        """Return the fit as a results object of statsmodels: `WLS`, `GLM` or `OrderedModel`.

        Same design matrix, same weights (scaled to mean 1), same coefficients; errors, tests and intervals are those of
        this fit. With cluster-robust errors each coefficient and each combination in `t_test` has its own degrees of
        freedom; an F test of several has the fewest of them, with a warning. See
        `surveykit.estimation.models.statsmodels_results.to_statsmodels`.

        Raises
        ------
        ArgumentError
            For a negative binomial model, whose statsmodels counterpart takes no weights.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> result = fit.to_statsmodels()
        >>> type(result).__module__.split(".")[0], result.params.round(4).to_dict()
        ('statsmodels', {'Intercept': 2.0, 'C(sex)[T.2]': 1.6667})
        """
        if self.family == "negative-binomial":
            raise ArgumentError(
                "statsmodels' negative binomial model takes no weights, so this fit cannot be handed over; use family='poisson', or the table of this one"
            )
        data, y = self.data, self.data.y
        if isinstance(self.kind, OrdinalModel):
            y = np.searchsorted(np.asarray(self.kind.levels, dtype=float), y).astype(float)
        df = self.df_residual if self.clusters is None else self.clusters.degrees_of_freedom
        return to_statsmodels(
            data.x[data.pattern],
            y,
            weights_of(self.design, data.rows),
            self.table["estimate"].to_numpy(),
            self.cov_params().to_numpy(),
            df,
            data.names,
            self.family,
            link=self.link,
            levels=getattr(self.kind, "labels", ()),
            outcome=data.outcome,
            errors=str(self.table["method"].iloc[0]),
        )

    @property
    def dropped(self) -> pd.Series:
        """Respondents left out by missing column; one may count under several columns.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, None], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> fit.dropped.to_dict()
        {'y': 1}
        """
        return pd.Series(dict(self.data.dropped), dtype=int, name="n")
