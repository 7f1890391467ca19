"""What users of R, Stata, SPSS, SAS, pandas and statsmodels type, and the word for it here: all of it, and only data.

`surveykit.__getattr__` asks for names, the door for arguments, `check_option` for options and `formulas/habits` for
what stands in formulas; docs/howto/from_other_programs.md is made of the first table. Tests run every call here.
"""

from collections.abc import Mapping

NAMES: Mapping[str, Mapping[str, str]] = {
    "R": {
        "svydesign": 'SurveyDesign(answers, weight="weight", cluster="village", stratum="zone")',
        "svrepdesign": 'supplied_replicate_weights(design, ["rep1", "rep2"], kind="other", scale=0.5, combined=False)',
        "as_survey": 'SurveyDesign(answers, weight="weight", cluster="village")',
        "as_survey_design": 'SurveyDesign(answers, weight="weight", cluster="village")',
        "as_svrepdesign": 'replicate_weights(design, "JKn")',
        "bootweights": 'replicate_weights(design, "bootstrap")', "brrweights": 'replicate_weights(design, "JKn")',
        "svymean": 'means(design, "trust")', "svytotal": 'totals(design, "voted")', "svyby": 'means(design, "trust", by="sex")',
        "survey_mean": 'means(design, "trust", by="sex")', "survey_total": 'totals(design, "voted", by="sex")', "survey_prop": 'shares(design, "trust")',
        "svyratio": 'ratios(design, [("trust", "age")])', "survey_ratio": 'ratios(design, [("trust", "age")])',
        "svyquantile": 'quantiles(design, "age", [0.25, 0.5, 0.75])', "survey_median": 'quantiles(design, "age")', "oldsvyquantile": 'quantiles(design, "age")',
        "svyvar": 'variances(design, "trust")', "svycor": 'correlations(design, ["trust", "age"])', "svycontrast": 'contrast(sk.means(design, "trust", by="sex"), {0: 1, 1: -1})',
        "svyciprop": 'shares(design, "voted", interval="logit")', "svytable": 'crosstab(design, "trust", "sex")',
        "svyglm": 'fit_model("trust ~ age + C(sex)", design)', "svyolr": 'fit_model("trust ~ age + C(sex)", design, family="ordinal")',
        "svyttest": 't_test(design, "trust", "sex")', "svychisq": 'rao_scott_test(design, "trust", "sex")', "svyranktest": 'rank_test(design, "trust", "sex")',
        "svygofchisq": 'goodness_of_fit_test(design, "sex", {1: 0.5, 2: 0.5})', "regTermTest": 'term_test(model, "C(sex)")',
        "svystandardize": 'standardized_means(design, "trust", {"sex": {1: 0.5, 2: 0.5}})', "svypredmeans": 'average_predictions(model, "sex")',
        "svycralpha": "cronbach_alpha(survey, scale)", "degf": 'means(design, "trust").table["df"]',
        "trimWeights": "trim_weights(design, max_weight_ratio=5)", "postStratify": 'poststratify(design, {"sex": {1: 600, 2: 600}})',
        "read_sav": 'read_spss("answers.sav")', "read_dta": 'read_stata("answers.dta")', "read_xpt": 'read_sas("answers.xpt")', "as_factor": 'as_category(survey, "trust")', "p_adjust": 'adjust_p_values([0.01, 0.2], "holm")',
        "coef_test": 'fit_model("trust ~ age", design, variance="cr2")', "vcovCR": 'fit_model("trust ~ age", design, variance="cr2")',
        "lm": 'fit_model("trust ~ age", design)', "glm": 'fit_model("voted ~ age", design, family="binomial")', "lmer": 'compare_mixed(design, "trust", group="akim", baseline=0, settlement="village")',
        "polr": 'fit_model("trust ~ age", design, family="ordinal")', "tbl_svysummary": 'describe_sample(design, ["age", "trust"], by="sex")', "modelsummary": "compare_models([model])",
    },
    "Stata": {
        "svyset": 'SurveyDesign(answers, weight="weight", cluster="village", stratum="zone")', "svy": 'means(design, "trust")', "mean": 'means(design, "trust")',
        "total": 'totals(design, "voted")', "proportion": 'shares(design, "trust")', "ratio": 'ratios(design, [("trust", "age")])',
        "tabulate": 'crosstab(design, "trust", "sex")', "tab": 'crosstab(design, "trust", "sex")', "tab1": 'frequencies(survey, "trust")', "tab2": 'crosstab(design, "trust", "sex")',
        "lookfor": 'describe_columns(survey, "trust")', "summarize": 'describe_sample(design, ["age", "trust"])', "regress": 'fit_model("trust ~ age", design)', "reg": 'fit_model("trust ~ age", design)',
        "logit": 'fit_model("voted ~ age", design, family="binomial")', "logistic": 'fit_model("voted ~ age", design, family="binomial")', "probit": 'fit_model("voted ~ age", design, family="binomial", link="probit")',
        "ologit": 'fit_model("trust ~ age", design, family="ordinal")', "nbreg": 'fit_model("visits ~ age", design, family="negative-binomial")', "test": 'term_test(model, "C(sex)")',
        "testparm": 'term_test(model, "C(sex)")', "lincom": 'contrast(sk.means(design, "trust", by="sex"), {0: 1, 1: -1})', "margins": 'average_marginal_effects(model, "age")', "ttest": 't_test(design, "trust", "sex")',
        "alpha": "cronbach_alpha(survey, scale)", "boottest": 'compare_settlements(design, "trust", group="akim", baseline=0, settlement="village", methods="wild")', "ritest": 'randomization_test(design, "trust", group="akim", baseline=0, settlement="village")',
        "esttab": "compare_models([model])", "didregress": 'difference_in_differences(design, "trust", group="akim", baseline=0, wave="wave", settlement="village")', "csdid": 'group_time_effects(design, "trust", first_wave="first_wave", wave="wave", settlement="village")',
        "kappa": 'coder_agreement(ratings, ["first", "second"])', "append": 'stack_waves({"2021": survey, "2023": survey}, name="round")',
    },
    "SPSS": {
        "frequencies_table": 'frequencies(survey, "trust")', "freq": 'frequencies(survey, "trust")', "crosstabs": 'crosstab(design, "trust", "sex")', "ctables": 'crosstab(design, "trust", "sex")', "csplan": 'SurveyDesign(answers, weight="weight", cluster="village", stratum="zone")',
        "csdescriptives": 'means(design, "trust")', "descriptives": 'means(design, "trust")', "cstabulate": 'crosstab(design, "trust", "sex")', "csglm": 'fit_model("trust ~ age", design)', "cslogistic": 'fit_model("voted ~ age", design, family="binomial")',
        "csordinal": 'fit_model("trust ~ age", design, family="ordinal")', "reliability": "cronbach_alpha(survey, scale)", "weight_by": 'SurveyDesign(answers, weight="weight")', "display_dictionary": "describe_columns(survey)",
        "missing_values": 'declare_missing(survey, {"trust": {9: "refused"}})', "get_file": 'read_spss("answers.sav")', "add_files": 'stack_waves({"2021": survey, "2023": survey}, name="round")',
    },
    "SAS": {
        "proc_surveymeans": 'means(design, "trust")', "surveymeans": 'means(design, "trust")', "proc_surveyfreq": 'crosstab(design, "trust", "sex")', "surveyfreq": 'crosstab(design, "trust", "sex")',
        "proc_surveyreg": 'fit_model("trust ~ age", design)', "surveyreg": 'fit_model("trust ~ age", design)', "proc_surveylogistic": 'fit_model("voted ~ age", design, family="binomial")', "surveylogistic": 'fit_model("voted ~ age", design, family="binomial")',
    },
    "other Python libraries": {
        "DataFrame": "Survey(answers)", "value_counts": 'frequencies(survey, "trust")', "groupby": 'means(design, "trust", by="sex")', "describe": "describe_columns(survey)", "concat": 'stack_waves({"2021": survey, "2023": survey}, name="round")', "merge": 'link_panel({"2021": survey, "2023": survey}, key="person")',
        "pivot_table": 'means(design, "trust", by=["sex", "zone"])', "corr": 'correlations(design, ["trust", "age"])', "median": 'quantiles(design, "age")', "quantile": 'quantiles(design, "age", [0.25, 0.5, 0.75])', "ols": 'fit_model("trust ~ age", design)',
        "OrderedModel": 'fit_model("trust ~ age", design, family="ordinal")', "ttest_ind": 't_test(design, "trust", "sex")', "mannwhitneyu": 'rank_test(design, "trust", "sex")', "kruskal": 'rank_test(design, "trust", "sex")', "chi2_contingency": 'rao_scott_test(design, "trust", "sex")', "multipletests": 'adjust_p_values([0.01, 0.2], "holm")',
        "cohen_kappa_score": 'coder_agreement(ratings, ["first", "second"])', "Design": 'SurveyDesign(answers, weight="weight", cluster="village")', "Sample": 'SurveyDesign(answers, weight="weight", cluster="village")', "plot_likert": 'draw_shares(sk.shares(design, "trust"))', "savefig": 'save_figure(sk.draw_shares(sk.shares(design, "trust")), "trust.svg")',
    },
}  # fmt: skip
"""Names that other programs have, and a call that does the same here."""

_DESIGN = "the design is said once, SurveyDesign(answers, {})"
ARGUMENTS: Mapping[str, tuple[tuple[str, ...], str]] = {
    **dict.fromkeys(["ids", "id", "psu", "clusters", "cluster_var", "cluster"], (("cluster", "settlement"), _DESIGN.format('cluster="village"'))),
    **dict.fromkeys(["strata", "stratum", "strata_var"], (("stratum", "strata"), _DESIGN.format('stratum="zone"'))),
    **dict.fromkeys(["weights", "weight", "w", "pweight", "pw", "aweight", "fweight", "freq_weights", "sample_weight"], (("weight", "weights"), _DESIGN.format('weight="weight"'))),
    "fpc": (("fpc",), _DESIGN.format('fpc="population"')),
    "nest": ((), "reused cluster numbers are taken as different clusters in different strata, without an argument: leave it out"),
    "check_strata": ((), "strata are always checked: leave it out"),
    **dict.fromkeys(["singleunit", "lonely", "lonely_psu"], (("lonely_psu",), _DESIGN.format('cluster="village", lonely_psu="adjust"'))),
    **dict.fromkeys(["data", "df", "frame", "variables", "design", "des", "svy"], (("design", "survey", "data", "frame"), "")),
    **dict.fromkeys(["over", "by", "groupby", "domain", "group_by", "subgroup"], (("by", "group"), 'estimates by group are means(design, "trust", by="sex")')),
    **dict.fromkeys(["subpop", "subset", "where", "if_", "query", "filter"], (("where",), 'keep the rows beforehand, survey.keep_rows(answers["age"] > 40, "over forty")')),
    **dict.fromkeys(["vce", "robust", "cov_type", "cov_kwds", "se_type", "vcov"], (("variance", "methods"), 'errors are those of the design, SurveyDesign(answers, weight="weight", cluster="village"): leave it out')),
    **dict.fromkeys(["formula", "x", "y", "var", "vars", "varlist", "column", "columns", "item", "items", "outcome", "outcomes", "variable"],
                    (("formula", "outcomes", "outcome", "items", "item", "pairs", "variables", "rows", "column"), "")),
    **dict.fromkeys(["level", "conf_level", "ci", "confidence_level"], (("confidence",), 'an interval has its level where it is made, means(design, "trust", confidence=0.9)')),
    "alpha": (("confidence=0.95", "level"), 'an interval has its level where it is made, means(design, "trust", confidence=0.95)'),
    **dict.fromkeys(["na_rm", "dropna", "skipna", "na_action"], ((), "missing answers are left out and counted, without an argument: leave it out")),
    **dict.fromkeys(["deff", "design_effects"], (("design_effect",), 'design effects are means(design, "trust", design_effect="with_replacement")')),
    **dict.fromkeys(["exponentiate", "eform", "odds_ratio", "irr"], (("exponentiate",), "odds ratios are a table of the model, compare_models([model], exponentiate=True)")),
    **dict.fromkeys(["percent", "pct", "percentages", "normalize", "prop"], (("percent",), 'shares lie between 0 and 1; percentages stand in crosstab(design, "trust", "sex", percent="column")')),
    **dict.fromkeys(["probabilities", "quantile", "quantiles", "q", "percentiles"], (("probabilities",), 'quantiles are quantiles(design, "age", [0.25, 0.5, 0.75])')),
    **dict.fromkeys(["probs", "prob", "prob_sel"], (("probabilities",), 'a weight is one over the probability, SurveyDesign(answers.assign(weight=1 / answers["probability"]), weight="weight")')),
    **dict.fromkeys(["seed", "random_state", "set_seed"], (("rng",), "nothing is drawn by chance here: leave it out")),
    **dict.fromkeys(["reps", "nreps", "n_boot", "b"], (("replicates", "draws"), 'replicate weights are replicate_weights(design, "bootstrap", replicates=500)')),
    **dict.fromkeys(["treatment", "treat", "treated", "arm"], (("group",), 'groups are compared by compare_groups(design, "trust", group="sex", baseline=1)')),
    **dict.fromkeys(["control", "reference", "ref", "reference_group", "baseline"], (("baseline",), 'the reference of a model is named in its formula, fit_model("trust ~ C(sex, Treatment(1))", design)')),
    **dict.fromkeys(["covariates", "controls", "adjust"], (("adjust_for", "covariates"), 'covariates stand in a formula, fit_model("trust ~ age + C(sex)", design)')),
    **dict.fromkeys(["sep", "delim", "delimiter"], (("delimiter",), 'only text tables have a delimiter, read_csv("answers.csv", delimiter=",")')),
    **dict.fromkeys(["usecols", "col_select", "keep_columns"], (("columns",), "read it whole and take columns of survey.frame: leave it out")),
    **dict.fromkeys(["sheet_name"], (("sheet",), 'only workbooks have sheets, read_excel("answers.xlsx", sheet="answers")')),
    **dict.fromkeys(["skiprows", "skip"], (("title_rows",), "this file has no title rows: leave it out")),
    **dict.fromkeys(["header"], (("header_rows",), "this file has no header rows: leave it out")),
    **dict.fromkeys(["apply_value_formats", "convert_categoricals", "formats_as_category"], ((), 'codes stay numbers with their labels beside them; ordered labels are as_category(survey, "trust")')),
    **dict.fromkeys(["user_na", "user_missing"], (("user_missing",), 'missing codes are read with the file, read_spss("answers.sav", user_missing="codes")')),
    **dict.fromkeys(["file", "filename", "filepath", "filepath_or_buffer", "path_or_buf"], (("path", "folder"), "")),
    **dict.fromkeys(["type", "method", "kind"], (("kind", "methods", "method", "family", "interval", "rule"), "")),
    **dict.fromkeys(["margins"], (("margins",), 'crosstab(design, "trust", "sex") has its totals already: leave it out')),
    **dict.fromkeys(["sample_margins", "population_margins", "population", "targets", "totals"], (("margins", "targets", "totals"), 'weights are fitted to a population by rake(design, {"sex": {1: 0.5, 2: 0.5}})')),
    **dict.fromkeys(["bounds", "trim", "cap"], (("bounds", "max_weight_ratio"), "weights are cut by trim_weights(design, max_weight_ratio=5)")),
}  # fmt: skip
"""Arguments of other programs: the arguments for it here, of which the first that a function has is said, and what to
do where it has none ("" where nothing is to be said)."""

ATTRIBUTES: Mapping[str, str] = {
    "Survey": "a survey holds its table, survey.frame.{}",
    "Result": "a result holds its table, result.table.{}",
    "SurveyDesign": "estimates are functions of a design, means(design, 'trust'), and its answers are design.survey.frame",
}
"""What is said of attributes that these classes do not have, and a DataFrame has."""

TABLES: Mapping[str, tuple[str, str, str]] = {
    "Survey": (
        "survey.frame",
        "survey.keep_rows(rows, 'why')",
        "every change makes another survey, survey.with_columns({'new': ...})",
    ),
    "Result": ("result.table", "result.table[rows]", "results stay as they were computed; change result.table.copy()"),
    "SurveyDesign": (
        "design.survey.frame",
        "means(design, 'trust', where=rows)",
        "every change makes another design, SurveyDesign(survey.with_columns({'new': ...}), weight=..., cluster=...)",
    ),
}
"""Where these classes hold their table, what is done with some of its rows, and how what they hold is changed."""

OPTIONS: Mapping[str, Mapping[str, str]] = {
    "family": {
        **dict.fromkeys(["logit", "logistic", "quasibinomial", "bernoulli", "probit"], "binomial"),
        **dict.fromkeys(["ols", "OLS", "linear", "normal", "regress", "identity", "lm"], "gaussian"),
        **dict.fromkeys(["quasipoisson", "count", "log-linear"], "poisson"),
        **dict.fromkeys(["nb", "negbin", "nbreg", "nb2"], "negative-binomial"),
        **dict.fromkeys(["ologit", "oprobit", "polr", "clm", "ordered", "cumulative"], "ordinal"),
    },
    "method": {"fdr": "bh", "fdr_bh": "bh", "benjamini-hochberg": "bh", "fdr_by": "by", "simes-hochberg": "hochberg"},
    "conventions": {"R": "r-survey", "survey": "r-survey", "samplics": "svy"},
    "lonely_psu": {"fail": "error", "centered": "adjust", "scaled": "average"},
    "kind": {"jackknife": "JK1", "jk": "JK1", "jkn": "JKn", "subbootstrap": "bootstrap", "boot": "bootstrap"},
    "percent": {"col": "column", "columns": "column", "index": "row", "rows": "row", "all": "total", "cell": "total"},
}  # fmt: skip
"""Options of other programs, by argument, and the option here."""

_STATA = (
    "Stata's i.sex is C(sex) here, c.age is age, a##b is a * b and a#b is a:b; a base is named by C(sex, Treatment(2))"
)
FORMULAS: tuple[tuple[str, str], ...] = (
    (r"`", "backticks quote a name in R; here it is Q('its name')"),
    (r"(?<![\w.])(?:i|ib\d*|ibn|c|o)\.[A-Za-z_]|#", _STATA),
    (
        r"(?<![\w.])(?:as\.)?(?:factor|ordered|character)\s*\(|(?<![\w.])relevel\s*\(",
        "R's factor(x) is C(x) here; the reference is named by C(x, Treatment('value'))",
    ),
    (r"(?<![\w.])as\.(?:numeric|integer|double)\s*\(", "numbers are numbers here; numeric=[...] takes a labelled column as one"),
    (r"(?<![\w.])ns\s*\(", "R's ns(x, df) is cr(x, df) here, a natural cubic spline"),
    (r"(?<![\w.])pm(?:ax|in)\s*\(", "R's pmax() and pmin() are maximum() and minimum() here, of two numbers each"),
    (r"(?<![\w.])offset\s*\(", "formulas have no offset(); a linear model may have it subtracted from the outcome as a column first"),
    (r"(?<![\w.])(?:lag|L\d*)\s*\(|(?<![\w.])[LFD]\d*\.[A-Za-z_]", "formulas know no lags; make the earlier answer a column first, or compare waves by difference_in_differences()"),
    (r"~\s*\.(?![\w])", "'.' stands for all other columns in R; here every column is named"),
    (r"\(\s*[01]\s*(?:\+[^()|]*)?\|", "(1 | settlement) is a random intercept in lme4; compare_mixed() fits one, and errors know of settlements by SurveyDesign(cluster=)"),
    (r"\)\s*\^", "a power is written ** here: I(age**2) for a square, (a + b)**2 for all pairs"),
    (r"[{}]", "curly braces have no meaning in a formula; a column whose name has them is Q('its name')"),
)  # fmt: skip
"""A pattern of what is typed in formulas of other programs, and what to write; the first that fits is said."""
