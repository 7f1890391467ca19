"""Who was sampled and how much each respondent counts: weights, clusters, strata."""

from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_columns, check_mask, check_option, check_values, some, warn
from surveykit.coded_answers.undeclared import warn_of_undeclared
from surveykit.design_weights import read_weights
from surveykit.errors import DesignError
from surveykit.key_spellings import tell_of_alike_keys
from surveykit.overview import overview
from surveykit.recipes import code_of
from surveykit.results import Origin
from surveykit.sampling_units import LonelyPSU, Units, ZeroWeights, factorize_columns, make_units
from surveykit.survey import Survey, as_survey, known_hashes
from surveykit.weighting_records import Calibration, SettlementBalance
from surveykit.words.messages import Columns, Message, Slot, Told, said
from surveykit.words.simulated import SIMULATED

ConventionName = Literal["surveykit", "r-survey", "stata", "sas", "spss", "svy"]


@dataclass(frozen=True, eq=False)
class SurveyDesign:
    """Who was sampled and how much each respondent counts. No statistics live here.

    Parameters
    ----------
    survey : Survey or DataFrame
    weight : str, Series or array of numbers, optional
        Column of weights (in persons represented, or any scale), or the numbers themselves, one per respondent; a
        Series is put in the order of the data by its row labels. None means that everybody counts the same, unless
        `fpc` says how many each respondent stands for.
    cluster : str or sequence of str, optional
        Column of the primary sampling units; further columns for further stages. None: every respondent is a unit.
    stratum : str or sequence of str, optional
        Column(s) whose combinations are the strata.
    fpc : str or sequence of str, optional
        For each stage a column with the number of units in the population of the stratum (or, if all values are at
        most 1, the sampling fraction). None: drawn with replacement. Without `weight`, a respondent's weight is the
        product over the stages of units in the population over units drawn, as in R; under the conventions of Stata,
        SPSS and svy, and where `fpc` names fewer stages than `cluster`, there is none, with a warning.
    lonely_psu : {"error", "remove", "certainty", "adjust", "average", "missing"}
        What to do with a stratum that has a single cluster: refuse (default), let it contribute no variance
        ("remove" and "certainty"), centre it at the mean over all clusters ("adjust"), give it the average
        variance of the other strata ("average"), or leave standard errors missing ("missing", Stata's way and the
        default under its conventions).
    zero_weights : {"error", "drop"}
        Whether rows of weight zero are refused or left out.
    conventions : {"surveykit", "r-survey", "stata", "sas", "spss", "svy"}
        Whose numerical conventions estimates follow (intervals, degrees of freedom, quantile rules); stamped on every
        result. See `surveykit.conventions`.

    Attributes
    ----------
    weights : float array, (respondents,)
        Weight of each respondent, made from `weight` and the weighting steps; read-only, and no argument.
    units : Units
        Clusters and strata as arrays.
    calibration : tuple of Calibration
        Totals that weighting steps have fixed.
    steps : tuple of str
        Weighting steps so far, one sentence each.
    replicates : ReplicateWeights or None
        Replicate weights that give the variance (`with_replicates`).
    balance : SettlementBalance or None
        What `balance_settlements` has done; it stays with the design through further steps and when rows leave.

    Raises
    ------
    ColumnError
        When a named column is absent.
    DesignError
        When weights are not positive numbers or not one per respondent, clusters or strata are incomplete, a stratum
        has one cluster (see `lonely_psu`), population counts do not fit the sample, or there are no rows.
    ArgumentError
        When an option is none of those listed, or the data are no table.

    Notes
    -----
    ``SurveyDesign(df, weight="w", cluster="settlement", stratum="zone")`` is R's
    ``svydesign(ids = ~settlement, strata = ~zone, weights = ~w, data = df, nest = TRUE)``.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4], "w": [1.0, 2, 1, 2], "settlement": ["S1", "S1", "S2", "S2"]})
    >>> design = sk.SurveyDesign(answers, weight="w", cluster="settlement")
    >>> design.units.n_clusters, design.degrees_of_freedom, design.weights.tolist()
    (2, 1, [1.0, 2.0, 1.0, 2.0])
    >>> design.describe()
    '4 respondents, 2 clusters (settlement), no strata, weighted by w'
    """

    survey: Survey
    weight: Any = None
    cluster: tuple[str, ...] = ()
    stratum: tuple[str, ...] = ()
    fpc: tuple[str, ...] = ()
    lonely_psu: LonelyPSU = "error"
    zero_weights: ZeroWeights = "error"
    calibration: tuple[Calibration, ...] = ()
    steps: tuple[str, ...] = ()
    conventions: ConventionName = "surveykit"
    weights: np.ndarray = field(default_factory=lambda: np.empty(0), repr=False)
    replicates: Any = field(default=None, repr=False)
    balance: SettlementBalance | None = field(default=None, repr=False)
    units: Units = field(init=False, repr=False)
    _kept: tuple[Any, np.ndarray] | None = field(default=None, repr=False)
    """What `weight` was and the weights that came of it: those of a copy, which are not read again."""

    def __post_init__(self) -> None:
        survey = as_survey(self.survey)
        names = {role: as_names(getattr(self, role), role) for role in ("cluster", "stratum", "fpc")}
        for role, columns in names.items():
            check_columns(survey.frame, columns, role)
        _check_replicates(self.replicates)
        made_new = self._is_made_new()
        check_option(self.lonely_psu, get_args(LonelyPSU), "lonely_psu")
        check_option(self.zero_weights, get_args(ZeroWeights), "zero_weights")
        check_option(self.conventions, get_args(ConventionName), "conventions")
        if self.conventions == "stata" and self.lonely_psu == "error":
            object.__setattr__(self, "lonely_psu", "missing")
        if len(survey) == 0:
            raise DesignError("a design needs respondents, but the data have no rows")
        name, weights = self.weight, self.weights
        if made_new:
            name, weights = read_weights(survey, self.weight, self.zero_weights)
            warn_of_undeclared(survey, [str(name), *(column for columns in names.values() for column in columns)])
        if survey.codebook and made_new:
            _warn_of_standing_codes(survey)
        if made_new and (weights == 0).any():
            survey = survey.keep_rows(weights > 0, "weight of zero left out")
            weights = weights[weights > 0]
        if len(weights) != len(survey):
            raise DesignError(f"there must be one weight per respondent ({len(survey)}), but {len(weights)} were given")
        for role, columns in names.items():
            object.__setattr__(self, role, tuple(columns))
        object.__setattr__(self, "survey", survey)
        object.__setattr__(self, "units", make_units(survey.frame, names, self.lonely_psu, self.replicates))
        if made_new and name is None and self.fpc:
            name, weights = self._weights_of_population(weights)
        if made_new and self.weight is None and survey.provenance.weight:
            how = f"weighted by {name}" if name else "unweighted"
            warn(
                f"the file names {survey.provenance.weight!r} as its weight, but the design is {how}; pass weight={survey.provenance.weight!r} to use it"
            )
        object.__setattr__(self, "weight", name)
        self._set_weights(weights)
        if made_new:
            for sentence in alike_keys(self):
                warn(sentence)

    def __len__(self) -> int:
        return len(self.survey)

    def __repr__(self) -> str:
        simulated = f"; {SIMULATED}" if self.survey.provenance.simulated else ""
        return f"SurveyDesign({self.describe()}{simulated})"

    def _repr_html_(self) -> str:
        survey, named = self.survey, {"cluster": self.cluster, "stratum": self.stratum, "population": self.fpc}
        roles: dict[str, str] = {self.weight: "weight"} if self.weight in survey.frame else {}
        for role, columns in named.items():
            roles |= {name: ", ".join(part for part in (roles.get(name), role) if part) for name in columns}
        head = [f"Survey design: {self.describe()}", f"conventions: {self.conventions}", survey.provenance.source]
        warning = SIMULATED if survey.provenance.simulated else ""
        return overview(head, survey.frame, survey.codebook, survey.missing_reasons, roles, warning)

    def _is_made_new(self) -> bool:
        """Tell whether weights are to be read: not so in a copy (`dataclasses.replace`), which keeps its own."""
        if self.weights.size and (self._kept is None or self._kept[1] is not self.weights):
            raise DesignError(
                "`weights` is what a design makes of `weight` and cannot be given; pass weight= with the name of a column or with the numbers themselves, which are then checked and named"
            )
        if self._kept is not None and (
            self._kept[0] is self.weight or (isinstance(self.weight, str) and self._kept[0] == self.weight)
        ):
            return False
        if self.steps:
            raise DesignError(
                f"`weight` cannot be replaced after {self.steps[-1]!r}, which changed the weights; make a new SurveyDesign"
            )
        return True

    def _set_weights(self, weights: np.ndarray) -> None:
        weights = np.array(weights, dtype=float)
        weights.setflags(write=False)
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "_kept", (self.weight, weights))

    def _weights_of_population(self, none: np.ndarray) -> tuple[str | None, np.ndarray]:
        """Return the weights that population counts imply, named, or none with a warning.

        R's ``svydesign`` without weights: the product over the stages of units in the population over units drawn.
        """
        stages, listed = self.units.stages, some(self.fpc)
        if self.conventions not in ("surveykit", "r-survey"):
            warn(
                f"the design is unweighted although `fpc` ({listed}) says how many units each stands for, as conventions {self.conventions!r} take it; pass weight= to weight it"
            )
            return None, none
        if len(self.fpc) < len(self.cluster):
            warn(
                f"`fpc` ({listed}) counts the units of {len(self.fpc)} of {len(self.cluster)} stages, so no weights follow from it and the design is unweighted; pass weight=, or a population count for every stage"
            )
            return None, none
        weights = none
        for stage in stages:
            drawn = np.bincount(stage.stratum)[stage.stratum]
            weights = weights * (stage.population / drawn)[stage.of_unit[self.units.of_row]]
        return f"population over sample by stage ({listed})", weights

    def code(self) -> str:
        """Return the code that makes this design again, from the reading of its file over every weighting step on.

        Raises
        ------
        ArgumentError
            When it is not known how the design was made: it was copied, unpickled, or made inside another function.

        Examples
        --------
        >>> import surveykit as sk
        >>> design = sk.SurveyDesign(sk.load_example("ili_2023"), weight="base_weight", cluster="settlement")
        >>> print(sk.rake(design, {"sex": {"Man": 0.48, "Woman": 0.52}}).code())
        import surveykit as sk
        <BLANKLINE>
        survey = sk.load_example('ili_2023')
        design = sk.SurveyDesign(survey, weight='base_weight', cluster='settlement')
        design_2 = sk.rake(design, {'sex': {'Man': 0.48, 'Woman': 0.52}})
        <BLANKLINE>
        """
        return code_of(self)

    @property
    def data(self) -> pd.DataFrame:
        """The answers, a shallow copy.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4], "w": [1.0, 2, 1, 2], "settlement": ["S1", "S1", "S2", "S2"]})
        >>> design = sk.SurveyDesign(answers, weight="w", cluster="settlement")
        >>> design.data.shape
        (4, 3)
        """
        return self.survey.data

    @property
    def degrees_of_freedom(self) -> int:
        """Clusters minus strata, or those of the replicate weights (R: ``degf``).

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4], "w": [1.0, 2, 1, 2], "settlement": ["S1", "S1", "S2", "S2"]})
        >>> design = sk.SurveyDesign(answers, weight="w", cluster="settlement")
        >>> design.degrees_of_freedom
        1
        """
        if self.replicates is not None:
            return int(self.replicates.df)
        n_clusters, n_strata = self.units.count_present()
        return n_clusters - n_strata

    def with_weights(
        self,
        weights: np.ndarray,
        step: str,
        calibration: Calibration | None = None,
        balance: SettlementBalance | None = None,
    ) -> "SurveyDesign":
        """Return the design with other weights, the step written down.

        Raises
        ------
        DesignError
            When a weight is not positive or there is not one per respondent, or the design has replicate weights, which
            would not follow.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4], "w": [1.0, 2, 1, 2], "settlement": ["S1", "S1", "S2", "S2"]})
        >>> design = sk.SurveyDesign(answers, weight="w", cluster="settlement")
        >>> changed = design.with_weights(design.weights / 2, "halved")
        >>> changed.weights.tolist(), changed.steps
        ([0.5, 1.0, 0.5, 1.0], ('halved',))
        """
        if self.replicates is not None:
            raise DesignError(
                f"{step!r} would change the weights but not their replicates; weight first, then make replicate_weights(design, kind, steps=...) and attach them"
            )
        after = np.array(check_values(weights, self.survey.frame, "weights"), dtype=float)
        if after.shape != self.weights.shape or not (np.isfinite(after) & (after > 0)).all():
            raise DesignError(
                f"a weighting step must give every respondent a positive weight, but {step!r} gave {int((~(after > 0)).sum())} of {len(self)} none; use a step with bounds"
            )
        records = self.calibration
        if calibration is not None:
            self._warn_where_clusters_are_fixed(calibration)
            records = (*records, replace(calibration, weights_before=self.weights, weights_after=after))
        changed = copy(self)  # the rows are the same, so clusters and strata need not be found again
        changed._set_weights(after)
        for name, value in (
            ("steps", (*self.steps, step)),
            ("calibration", records),
            ("balance", self.balance if balance is None else balance),
        ):
            object.__setattr__(changed, name, value)
        return changed

    def with_part(self, survey: Survey, weights: np.ndarray) -> "SurveyDesign":
        """Return the design of a part of the respondents, found anew, with the weights that they have there.

        Raises
        ------
        DesignError
            As for a new design.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4], "w": [1.0, 2, 1, 2], "settlement": ["S1", "S1", "S2", "S2"]})
        >>> design = sk.SurveyDesign(answers, weight="w", cluster="settlement")
        >>> part = design.with_part(design.survey.keep_rows(answers["q1"] > 1, "without the ones"), design.weights[1:])
        >>> len(part), part.units.n_clusters
        (3, 2)
        """
        weights = np.array(check_values(weights, survey.frame, "weights"), dtype=float)
        if weights.shape != (len(survey),) or not (np.isfinite(weights) & (weights > 0)).all():
            raise DesignError(
                "`weights` must give every respondent of the part a positive weight; leave the others out of it"
            )
        return replace(self, survey=survey, weights=weights, _kept=(self.weight, weights))

    def _warn_where_clusters_are_fixed(self, calibration: Calibration) -> None:
        """Warn when a step fixes the totals of (nearly) every cluster, which leaves the variance nothing to see."""
        for term, targets in zip(calibration.terms, calibration.targets):
            if self.cluster and len(targets) > max(self.degrees_of_freedom, 1):
                codes, cells = factorize_columns(self.survey.frame, list(term), "margin")
                pairs = np.unique(self.units.cluster_of_row * len(cells) + codes)
                if len(pairs) == self.units.n_clusters:
                    name = ":".join(term)
                    warn(
                        f"the {calibration.kind} fixes the totals of {len(targets)} levels of {name!r}, each of whole clusters, so nothing between the {self.units.n_clusters} clusters is left to vary and standard errors will be far too small; leave that margin out, or merge its levels"
                    )

    def with_survey(self, survey: Survey) -> "SurveyDesign":
        """Return the design over the same respondents with other columns (a score just computed, say).

        Raises
        ------
        DesignError
            When the survey does not hold the design's rows.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4], "w": [1.0, 2, 1, 2], "settlement": ["S1", "S1", "S2", "S2"]})
        >>> design = sk.SurveyDesign(answers, weight="w", cluster="settlement")
        >>> scored = design.survey.with_columns({"agrees": (answers["q1"] >= 3) * 1})
        >>> sk.means(design.with_survey(scored), "agrees").table["estimate"].item()
        0.5
        """
        before, after = self.survey.frame, survey.frame
        if len(survey) != len(self) or not after.index.equals(before.index):
            raise DesignError("the survey must hold the design's rows; make a new SurveyDesign for other rows")
        if any(
            name not in after or not after[name].equals(before[name])
            for name in (*self.cluster, *self.stratum, *self.fpc)
        ):
            return replace(self, survey=survey)
        changed = copy(self)
        object.__setattr__(changed, "survey", survey)
        return changed

    def keep_rows(self, rows: pd.Series | np.ndarray, why: str) -> "SurveyDesign":
        """Return the design of the respondents where `rows` is True; the clusters of the others stay in it, empty.

        A sample of ten villages stays one of ten villages when nobody in one of them answers (R: ``subset``). For
        estimates among a part of the respondents use `where`, which also knows of calibration.

        Raises
        ------
        DesignError
            When the design has been calibrated or has replicate weights, which belong to the whole sample.
        ArgumentError
            When `rows` does not hold one True or False per respondent, or True for none of them.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4], "w": [1.0, 2, 1, 2], "settlement": ["S1", "S1", "S2", "S2"]})
        >>> design = sk.SurveyDesign(answers, weight="w", cluster="settlement")
        >>> few = design.keep_rows(answers["settlement"] == "S1", "S1 only")
        >>> len(few), few.units.n_clusters
        (2, 2)
        """
        if self.calibration or self.replicates is not None:
            raise DesignError(
                "rows can leave a design only before calibration and replicate weights, which belong to the whole sample; pass `where` to the estimates instead"
            )
        chosen = check_mask(rows, self.survey.frame, "rows")
        if not chosen.any():
            raise DesignError("a design needs respondents, but no row is left")
        survey = self.survey.keep_rows(chosen, why)
        changed = copy(self)
        changed._set_weights(self.weights[chosen])
        for name, value in (("survey", survey), ("units", self.units.keep(chosen))):
            object.__setattr__(changed, name, value)
        return changed

    def with_replicates(self, replicates: Any) -> "SurveyDesign":
        """Return the design with its variance from replicate weights.

        `replicates` comes from `replicate_weights` (made here) or `supplied_replicate_weights` (made by the agency);
        all estimators then use them.

        Raises
        ------
        DesignError
            When the replicate weights belong to other respondents or other clusters.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4], "w": [1.0, 2, 1, 2], "settlement": ["S1", "S1", "S2", "S2"]})
        >>> design = sk.SurveyDesign(answers, weight="w", cluster="settlement")
        >>> jackknife = design.with_replicates(sk.replicate_weights(design, "JK1"))
        >>> sk.means(jackknife, "q1").table["method"].item()
        'replicates'
        """
        if replicates is None:
            raise DesignError(
                "`replicates` must be ReplicateWeights, but None was given; make them with replicate_weights(design, kind)"
            )
        _check_replicates(replicates)
        if len(replicates.of_row) != len(self):
            raise DesignError(
                f"the replicate weights belong to {len(replicates.of_row)} respondents, but the design has {len(self)}; make them from this design"
            )
        of_persons = np.array_equal(replicates.of_row, np.arange(len(self)))
        if of_persons or self.replicates is not None or not np.array_equal(replicates.of_row, self.units.of_row):
            return replace(self, replicates=replicates)
        changed = copy(self)  # the replicates were made from these units, which need not be found again
        object.__setattr__(changed, "replicates", replicates)
        object.__setattr__(changed, "units", replace(self.units, replicates=replicates))
        return changed

    def with_conventions(self, conventions: ConventionName | None) -> "SurveyDesign":
        """Return the design with other numerical conventions; None changes nothing.

        Raises
        ------
        ArgumentError
            When there are no conventions of that name.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4], "w": [1.0, 2, 1, 2], "settlement": ["S1", "S1", "S2", "S2"]})
        >>> design = sk.SurveyDesign(answers, weight="w", cluster="settlement")
        >>> ours, theirs = (sk.means(design.with_conventions(name), "q1").table for name in ("surveykit", "r-survey"))
        >>> ours["conf_low"].round(2).item(), theirs["conf_low"].round(2).item()  # R takes z where surveykit takes t
        (-10.04, 0.71)
        """
        if conventions is None or conventions == self.conventions:
            return self
        check_option(conventions, get_args(ConventionName), "conventions")
        changed = copy(self)
        object.__setattr__(changed, "conventions", conventions)
        return changed

    def origin(self, lang: str | None = None) -> Origin:
        """Return where the numbers of an estimate on this design come from.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4], "w": [1.0, 2, 1, 2], "settlement": ["S1", "S1", "S2", "S2"]})
        >>> design = sk.SurveyDesign(answers, weight="w", cluster="settlement")
        >>> design.origin().source, design.origin().weight
        ('a DataFrame', 'weighted by w')
        """
        provenance = self.survey.provenance
        return Origin(
            provenance.source,
            provenance.sha256,
            provenance.simulated,
            codebook=self.survey.codebook,
            lang=lang,
            conventions=self.conventions,
            files=tuple(known_hashes(provenance)),
            weighted_by=self.weight,
            steps=self.steps,
        )

    def describe(self, n: Slot = "", n_clusters: Slot = "") -> Told:
        """Return the design in one sentence; of how many of its respondents and clusters a result speaks, if not all.

        Parameters
        ----------
        n, n_clusters : str, or what a message says of them
            Respondents and clusters behind the result, such as "375" or "371 to 375"; those of the design by default.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4], "w": [1.0, 2, 1, 2], "settlement": ["S1", "S1", "S2", "S2"]})
        >>> design = sk.SurveyDesign(answers, weight="w", cluster="settlement")
        >>> design.describe(n="3")
        '3 of 4 respondents, 2 clusters (settlement), no strata, weighted by w'
        """
        units, replicates = self.units, self.replicates
        slots: dict[str, Slot] = {"respondents": _part(n, len(self)), "weight": self.origin().weight}
        if replicates is not None and not self.cluster and not self.stratum:
            told = Message("design.in_replicates", slots)
        else:
            clusters, strata = Message("design.no_clusters"), Message("design.no_strata")
            if self.cluster:
                names = Columns(self.cluster)
                clusters = Message("design.clusters", {"n": _part(n_clusters, units.n_clusters), "names": names})
            if self.stratum:
                strata = Message("design.strata", {"n": units.n_strata, "names": Columns(self.stratum)})
            told = Message("design.whole", {**slots, "clusters": clusters, "strata": strata})
        if replicates is None:
            return Told.of(told)
        repeated = Message("design.replicates", {"n": replicates.n_replicates, "kind": replicates.kind})
        return Told.of(told, repeated)


def _part(n: Slot, everybody: int) -> Slot:
    """Return how many of all, or how many there are where it is all of them."""
    if n == "" or said(n, "en") == said(everybody, "en"):
        return everybody
    return Message("design.part", {"part": n, "all": everybody})


def _check_replicates(replicates: Any) -> None:
    """Raise unless something is replicate weights, which stand in a higher layer and are known by what they have."""
    if replicates is not None and not (hasattr(replicates, "factors") and hasattr(replicates, "of_row")):
        raise DesignError(
            f"`replicates` must be ReplicateWeights, but {type(replicates).__name__} was given; make them with replicate_weights(design, kind) or supplied_replicate_weights()"
        )


def _warn_of_standing_codes(survey: Survey) -> None:
    """Warn when codes that the codebook declares missing still stand among the answers."""
    standing = [
        name
        for name, variable in survey.codebook.variables.items()
        if (variable.missing or variable.missing_ranges)
        and name in survey.frame
        and variable.is_missing(survey.frame[name]).any()
    ]
    if standing:
        warn(
            f"codes that the codebook declares missing stand among the answers of {some(standing)} and will count as answers; make the design from survey.with_missing_codes()"
        )


def alike_keys(design: SurveyDesign) -> list[str]:
    """Return what is to be said of keys of clusters and strata that look alike, or like no answer.

    The first respondent of each cluster, and the first cluster of each stratum, tells its keys, so that most rows need
    not be looked at again.
    """
    frame, units = design.survey.frame, design.units
    first = np.full(units.n_clusters, -1)
    first[units.cluster_of_row[::-1]] = np.arange(len(design))[::-1]
    of_stratum = first[np.searchsorted(units.stages[0].stratum, np.arange(units.n_strata))]
    if not units.all_present:
        first = of_stratum = first[first >= 0]
    sentences = []
    for name in [*design.cluster, *design.stratum]:
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column.dtype):
            continue
        if name in design.stratum:
            column = column.iloc[of_stratum]
        elif name == design.cluster[0]:
            column = column.iloc[first]
        sentences += tell_of_alike_keys(dict.fromkeys(column.to_numpy(dtype=object).tolist()), name)
    return sentences
