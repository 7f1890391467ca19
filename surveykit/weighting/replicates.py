"""Replicate weights: the sample as it would have been weighted had the sampling units fallen differently."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np

from surveykit._checks import ROUNDING, as_generator, check_option, warn
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, DesignError, WeightingError
from surveykit.progress_bar import track
from surveykit.weighting.replicate_factors import (
    bootstrap_factors,
    half_sample_factors,
    jackknife_factors,
    poisson_factors,
)

Kind = Literal["JK1", "JKn", "BRR", "Fay", "bootstrap", "Poisson"]
REPLICATES = 500
LARGEST = 50_000_000
"""Most factors that a jackknife may need before it is refused."""
COARSEST = 1e-6
"""Largest tolerance of a weighting step that passes for rounding: beyond, a real error may be as small."""


@dataclass(frozen=True, eq=False)
class ReplicateWeights:
    """Factors by which replicates change the weights of sampling units.

    Attributes
    ----------
    factors : float array, (units, replicates)
        Factor of each unit in each replicate.
    of_row : int array, (respondents,)
        Row of `factors` that belongs to each respondent.
    scale : float
        Factor of the variance; see `rscales`.
    rscales : float array, (replicates,)
        The variance is ``scale * sum over r of rscales[r] * (estimate_r - centre)^2``.
    kind : str
        How they were made ("JK1", "bootstrap", ...).
    df : float
        Degrees of freedom.
    mse : bool
        Whether the centre is the full-sample estimate (True) or the mean of the replicates (False; R's default).
    tolerance : float
        How far, as a part of it, the weighting steps that were repeated in every replicate leave a fixed total off.

    Raises
    ------
    ArgumentError
        When there is not one rscale per replicate.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"settlement": ["S1", "S1", "S2", "S3"], "q1": [1, 2, 3, 5]})
    >>> design = sk.SurveyDesign(answers, cluster="settlement")
    >>> made = sk.replicate_weights(design, "JK1")
    >>> made.kind, made.factors.shape, made.of_row.tolist(), made.df
    ('JK1', (3, 3), [0, 0, 1, 2], 2.0)
    >>> sk.means(design.with_replicates(made), "q1").table["std_error"].round(4).item()
    1.1922
    """

    factors: np.ndarray = field(repr=False)
    of_row: np.ndarray = field(repr=False)
    scale: float
    rscales: np.ndarray = field(repr=False)
    kind: str
    df: float
    mse: bool = True
    tolerance: float = 0.0

    def __post_init__(self) -> None:
        if self.factors.ndim != 2 or self.rscales.shape != (self.factors.shape[1],):
            raise ArgumentError(
                f"replicate weights need one rscale per replicate, but there are {self.factors.shape[-1]} replicates and {self.rscales.size} rscales"
            )
        for array in (self.factors, self.of_row, self.rscales):
            array.setflags(write=False)

    @property
    def n_replicates(self) -> int:
        """Number of replicates.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"settlement": ["S1", "S1", "S2", "S3"], "q1": [1, 2, 3, 5]})
        >>> design = sk.SurveyDesign(answers, cluster="settlement")
        >>> made = sk.replicate_weights(design, "JK1")
        >>> made.n_replicates
        3
        """
        return int(self.factors.shape[1])

    @property
    def rounding(self) -> float:
        """Part of what is combined below which a change between replicates is none.

        A total that the weighting fixes is off by the tolerance at most, in a replicate and in the full sample.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"settlement": ["S1", "S1", "S2", "S3"], "q1": [1, 2, 3, 5]})
        >>> design = sk.SurveyDesign(answers, cluster="settlement")
        >>> made = sk.replicate_weights(design, "JK1")
        >>> made.rounding < 1e-9
        True
        """
        return max(ROUNDING, 2 * self.tolerance)

    def weights(self, design: SurveyDesign) -> np.ndarray:
        """Return the full replicate weights, (respondents, replicates).

        Raises
        ------
        ArgumentError
            When the design has another number of respondents.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"settlement": ["S1", "S1", "S2", "S3"], "q1": [1, 2, 3, 5]})
        >>> design = sk.SurveyDesign(answers, cluster="settlement")
        >>> made = sk.replicate_weights(design, "JK1")
        >>> made.weights(design)
        array([[0. , 1.5, 1.5],
               [0. , 1.5, 1.5],
               [1.5, 0. , 1.5],
               [1.5, 1.5, 0. ]])
        """
        if len(design) != len(self.of_row):
            raise ArgumentError(
                f"these replicate weights belong to {len(self.of_row)} respondents, but the design has {len(design)}; make them from that design"
            )
        return np.asarray(design.weights[:, None] * self.factors[self.of_row])

    def covariance(self, replicates: np.ndarray, estimates: np.ndarray) -> np.ndarray:
        """Return the covariance matrix of estimates from their replicates, (replicates, estimates).

        Examples
        --------
        >>> import numpy as np
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"settlement": ["S1", "S1", "S2", "S3"], "q1": [1, 2, 3, 5]})
        >>> design = sk.SurveyDesign(answers, cluster="settlement")
        >>> made = sk.replicate_weights(design, "JK1")
        >>> made.covariance(np.array([[3.0], [2.0], [1.0]]), np.array([2.0])).round(4)
        array([[1.3333]])
        """
        centre = np.asarray(estimates) if self.mse else replicates.mean(axis=0)
        deviations = np.sqrt(self.scale * self.rscales)[:, None] * (np.asarray(replicates) - centre)
        return np.asarray(deviations.T @ deviations)


def replicate_weights(
    design: SurveyDesign,
    kind: Kind,
    *,
    replicates: int | None = None,
    fay_rho: float = 0.3,
    rng: np.random.Generator | int | None = None,
    steps: Callable[[SurveyDesign], SurveyDesign] | None = None,
    mse: bool = True,
) -> ReplicateWeights:
    """Return replicate weights made from a design's strata and clusters.

    Parameters
    ----------
    design : SurveyDesign
    kind : {"JK1", "JKn", "BRR", "Fay", "bootstrap", "Poisson"}
        "JK1" leaves out one cluster at a time (no strata), "JKn" within strata; "BRR" takes balanced halves of designs
        with two clusters per stratum, "Fay" weighs them `fay_rho` and ``2 - fay_rho``; "bootstrap" is Rao and Wu's
        (n - 1 clusters drawn from n in each stratum); "Poisson" draws independent factors for each cluster.
    replicates : int, optional
        For "bootstrap" and "Poisson"; 500 by default. The other kinds fix it.
    fay_rho : float
        Weight of the half left out, from 0 to below 1.
    rng : numpy Generator or int
        Needed by "bootstrap" and "Poisson".
    steps : function from design to design, optional
        Weighting steps, repeated in every replicate: ``steps=lambda d: rake(d, margins)``. The answer then belongs to
        ``steps(design)``.
    mse : bool
        Square deviations from the full-sample estimate; False: from the mean of the replicates.

    Returns
    -------
    ReplicateWeights
        One row of factors per sampling unit of the design, so that unit totals times factors are replicate totals; with
        `steps`, one row per respondent.

    Raises
    ------
    DesignError
        When the design does not suit the kind: strata for "JK1", no two clusters in any stratum for a jackknife, other
        than two per stratum for "BRR" and "Fay".
    ArgumentError
        When `replicates` is given for a kind that fixes it or is below 2, `fay_rho` is not from 0 to below 1, or `rng`
        is no Generator and no seed.
    WeightingError
        When one of the `steps` fails in a replicate; the message says which.

    Notes
    -----
    Of several stages only the first is resampled; a finite population of clusters enters "JK1" and "JKn" by the factor
    1 - n/N and "bootstrap" by its square root. Degrees of freedom are clusters minus strata.

    R: ``survey::as.svrepdesign(design, type = "JK1" | "JKn" | "BRR" | "Fay" | "subbootstrap", mse = TRUE)``. The
    half samples of "BRR" follow Hadamard matrices of Paley and Sylvester: for 2, 3 and 8 to 10 strata the half samples
    are R's, for other numbers as balanced, with errors that differ a little.
    "Poisson" factors are ``1 + sqrt(n / (n - 1)) (p - mean of p in the stratum) / t`` with p Poisson of mean 1, so that
    the variance of a total is matched; t is the smallest number from 1 that keeps factors from falling below 0, and
    ``scale = t^2 / replicates`` undoes it (Beaumont and Patak 2012, section 3).

    References
    ----------
    Wolter, K. M. (2007). Introduction to Variance Estimation. Springer, chapters 3-5.
    Rao, J. N. K. and Wu, C. F. J. (1988). Resampling inference with complex survey data. JASA 83, 231-241.
    Beaumont, J.-F. and Patak, Z. (2012). On the generalized bootstrap for sample surveys with special attention to
    Poisson sampling. International Statistical Review 80, 127-148.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"settlement": ["S1", "S1", "S2", "S3"]})
    >>> made = sk.replicate_weights(sk.SurveyDesign(answers, cluster="settlement"), "JK1")
    >>> made.factors
    array([[0. , 1.5, 1.5],
           [1.5, 0. , 1.5],
           [1.5, 1.5, 0. ]])
    >>> made.n_replicates, round(made.scale, 4), made.df
    (3, 0.6667, 2.0)
    """
    check_option(kind, get_args(Kind), "kind")
    factors, scale, rscales = _make_factors(design, kind, replicates, fay_rho, rng, mse)
    units = design.units
    made = ReplicateWeights(
        factors[units.stages[0].of_unit],
        units.of_row.copy(),
        scale,
        rscales,
        kind,
        float(design.degrees_of_freedom),
        mse,
    )
    return made if steps is None else _through_steps(design, made, steps)


def bootstrap_divisor(count: int, mse: bool, design: SurveyDesign) -> int:
    """Return what the squared deviations of so many bootstrap replicates are divided by.

    Deviations from the replicates' own mean lose one; Stata divides by their number either way ([SVY] variance
    estimation).
    """
    return count if mse or design.conventions == "stata" else count - 1


def _make_factors(
    design: SurveyDesign,
    kind: Kind,
    replicates: int | None,
    fay_rho: float,
    rng: np.random.Generator | int | None,
    mse: bool,
) -> tuple[np.ndarray, float, np.ndarray]:
    """Return factors (clusters x replicates), scale and rscales."""
    stage = design.units.stages[0]
    if kind in ("bootstrap", "Poisson"):
        count = REPLICATES if replicates is None else replicates
        if not isinstance(count, int | np.integer) or count < 2:
            raise ArgumentError(f"`replicates` must be a whole number of at least 2, but {replicates!r} was given")
        make = bootstrap_factors if kind == "bootstrap" else poisson_factors
        factors, scale = make(stage.stratum, np.asarray(stage.population), int(count), as_generator(rng))
        return factors, scale / bootstrap_divisor(int(count), mse, design), np.ones(int(count))
    if replicates is not None:
        raise ArgumentError(f"the number of replicates of {kind!r} follows from the design; leave out `replicates`")
    if kind in ("BRR", "Fay"):
        return half_sample_factors(stage.stratum, 0.0 if kind == "BRR" else fay_rho)
    if kind == "JK1" and design.units.n_strata > 1:
        raise DesignError(f'kind "JK1" knows no strata, but the design has {design.units.n_strata}; use "JKn"')
    if design.units.n_clusters**2 > LARGEST:
        raise DesignError(
            f'a jackknife of {design.units.n_clusters:,} sampling units needs as many replicates; name a cluster, or use "bootstrap"'
        )
    factors, scale, rscales = jackknife_factors(stage.stratum, stage.population, design.lonely_psu)
    if kind == "JK1":
        return factors, float(rscales[0]), np.ones(len(rscales))
    return factors, scale, rscales


def _through_steps(
    design: SurveyDesign, made: ReplicateWeights, steps: Callable[[SurveyDesign], SurveyDesign]
) -> ReplicateWeights:
    """Return replicate weights that have been through the weighting steps, one row per respondent of the result."""
    final = steps(design)
    labels = final.survey.frame.index
    factors = np.zeros((len(final), made.n_replicates))
    # weighting does not look at clusters, and a replicate may leave a single one in a stratum
    simple = replace(design, cluster=(), stratum=(), fpc=())
    for number, base in enumerate(track(made.weights(design).T, "replicates")):
        rows = base > 0
        there = simple.with_part(simple.survey.keep_rows(rows, "replicate"), base[rows])
        try:
            done = steps(there)
        except WeightingError as error:
            raise WeightingError(
                f"the weighting steps fail in replicate {number + 1} of {made.n_replicates}: {error}"
            ) from error
        position = labels.get_indexer(done.survey.frame.index)
        factors[position, number] = done.weights / final.weights[position]
    tolerance = max((record.tolerance for record in final.calibration), default=0.0)
    if tolerance > COARSEST:
        warn(
            f"the weighting steps stop at a tolerance of {tolerance:g}, so that what they fix still moves between replicates by as much, and gets a standard error that only the tolerance makes; give them one of {COARSEST:g} or less"
        )
        tolerance = 0.0
    return replace(made, factors=factors, of_row=np.arange(len(final)), tolerance=tolerance)
