"""The mixed model that readers ask for: settlements as random intercepts, through statsmodels, without weights."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm

from surveykit._checks import check_share, from_smallest, warn
from surveykit.comparison.feasibility import UnderVerdict
from surveykit.comparison.multiplicity import adjust_within
from surveykit.comparison.question import check_outcomes, make_question
from surveykit.comparison.settlement_methods import row_of_t
from surveykit.design import SurveyDesign
from surveykit.results import glossary_frame

MIXED_COLUMNS = ("icc", "p_holm", "p_bh")


def compare_mixed(
    design: SurveyDesign,
    outcomes: str | Sequence[str],
    *,
    group: str,
    baseline: object,
    settlement: str,
    adjust_for: str | Sequence[str] = (),
    confidence: float = 0.95,
    lang: str | None = None,
) -> UnderVerdict:
    """Compare settlements of two kinds by a model with a random intercept for each settlement, ignoring the weights.

    Parameters
    ----------
    design, outcomes, group, baseline, settlement, adjust_for, confidence, lang
        As in `compare_settlements`.

    Returns
    -------
    UnderVerdict
        One row per outcome and term (method "mixed", no estimand: large settlements count more than in the settlement
        average and less than in the person average), with the model's intraclass correlation.

    Warns
    -----
    SurveyKitWarning
        When the design has weights: statsmodels' mixed model has none.

    Notes
    -----
    Restricted maximum likelihood by ``statsmodels.MixedLM``. The t statistic is held against t with settlements minus 2
    degrees of freedom (minus one more for each covariate that describes settlements), as in a test of settlement means:
    statsmodels' own z test rejects far too often with few settlements. R: ``lmerTest::lmer(y ~ group + (1 |
    settlement))``, whose Satterthwaite or Kenward-Roger degrees of freedom are close to these when settlements are of
    like size.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> answers = pd.DataFrame({"unit": np.repeat([f"U{i}" for i in range(8)], 15)})
    >>> answers["akim"] = np.where(answers["unit"] < "U4", "elected", "appointed")
    >>> answers["trust"] = rng.normal(3, 1, 120) + rng.normal(0, 0.5, 8)[np.repeat(range(8), 15)]
    >>> result = compare_mixed(SurveyDesign(answers), "trust", group="akim", baseline="appointed", settlement="unit")
    >>> result.table["df"].tolist()
    [6.0]
    """
    alpha = 1 - check_share(confidence, "confidence")
    question = make_question(design, group=group, baseline=baseline, settlement=settlement, adjust_for=adjust_for,
                             lang=lang)
    names = check_outcomes(design, outcomes, question, "outcomes")
    if np.ptp(design.weights) > 0:
        warn("the mixed model ignores the weights; for a weighted comparison use compare_settlements()")
    found: list[dict[str, Any]] = []
    cases = []
    for name in names:
        for term in question.terms:
            answers = question.answers(name, term)
            case = question.cases(answers, ("person",))[0]
            cases.append(case)
            assert case.judgement is not None
            y, _ = from_smallest(answers.y)
            if case.spread == 0:
                warn(f"everybody compared gave the same answer to {name!r}, so there is no error and no test")
                estimate, error, icc = 0.0, 0.0, np.nan
            else:
                estimate, error, icc = _fit(y, answers.matrix(), answers.arms.of_row)
            df = len(case.arms) - 2.0 - case.judgement.numbers.n_settlement_covariates
            row = dict(case.describe("mixed", row_of_t(estimate, error, df, alpha)))
            found.append({**row, "estimand": None, "n_weighted": np.nan, "icc": icc})
    feasibility = question.verdicts(cases)
    table = adjust_within(pd.DataFrame(found), ["term"])
    method = (f"Linear model with a random intercept for each {settlement}, restricted maximum likelihood, "
              "unweighted; t with "
              "settlements minus 2 degrees of freedom. It assumes normal settlement effects that are unrelated to "
              "size and "
              "covariates; with few settlements prefer CR2 or randomisation inference.")
    return UnderVerdict(glossary_frame({str(key): table[key] for key in table}, MIXED_COLUMNS), method,
                        design.origin(lang), {"verdict": feasibility.verdict, "confidence": confidence}, "Mixed model",
                        feasibility)


def _fit(y: np.ndarray, x: np.ndarray, cluster: np.ndarray) -> tuple[float, float, float]:
    """Return the group's coefficient, its standard error and the intraclass correlation.

    Where the variance between settlements is estimated as zero, statsmodels' mixed model returns coefficients that are
    not those of the model; least squares is the model then.
    """
    plain = sm.OLS(y, x).fit()
    if plain.ssr <= 1e-24 * float(y @ y):  # the groups explain everything but rounding
        return float(plain.params[1]), 0.0, 0.0
    best, fits = -np.inf, []
    for method in ("bfgs", "powell"):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                fit = sm.MixedLM(y, x, groups=cluster).fit(reml=True, method=method)
            except np.linalg.LinAlgError:
                continue
            between, error = float(np.asarray(fit.cov_re)[0, 0]), float(fit.bse_fe[1])
        if between > 1e-8 * float(fit.scale) and error > 0 and fit.llf > best:
            best = fit.llf
            fits.append((float(fit.params[1]), error, between / (between + float(fit.scale))))
    return fits[-1] if fits else (float(plain.params[1]), float(plain.bse[1]), 0.0)
