"""surveykit: social surveys compared between few settlements.

The public names are listed here once and loaded on first use, so that ``import surveykit`` and ``surveykit --help``
stay fast. ``import surveykit as sk; sk.read_spss(...)`` is the intended way in.
"""

from importlib import import_module
from types import FunctionType

__version__ = "0.1.0"

_WHERE = {
    "errors": [
        "ArgumentError", "CodeError", "CodebookError", "ColumnError", "DesignError", "EncodingError",
        "FeasibilityError", "MissingExtraError", "ReadError", "SurveyKitError", "SurveyKitWarning", "WeightingError",
        "WriteError",
    ],
    "progress_bar": ["progress"],
    "codebook": ["Codebook", "ResponseSet", "Variable"],
    "survey": ["Provenance", "Survey"],
    "results": ["GLOSSARY", "Origin", "Result"],
    "reading.spss_stata.spss_file": ["read_spss"],
    "reading.spss_stata.stata_file": ["read_stata"],
    "reading.spss_stata.sas_file": ["read_sas"],
    "reading.csv.csv_file": ["read_csv"],
    "reading.tables.excel_file": ["read_excel"],
    "reading.tables.parquet_file": ["read_parquet", "write_parquet"],
    "reading.codebooks.any_codebook": ["read_codebook"],
    "reading.codebook_file": ["write_codebook"],
    "reading.spss_stata.spss_writer": ["write_spss"],
    "reading.csv.csv_writer": ["write_csv"],
    "reading.inspection": ["inspect_file", "read_survey"],
    "reading.spss_stata.chunks": ["read_spss_in_chunks"],
    "reading.waves.harmonization": ["compare_crosswalks"],
    "reading.waves.panel": ["link_panel"],
    "reading.codebooks.export": ["export_codebook", "render_codebook"],
    "reading.codebooks.draft": ["draft_codebook"],
    "reading.codebooks.xlsform": ["read_xlsform"],
    "reading.waves.crosswalk": ["Crosswalk", "read_crosswalk"],
    "reading.waves.audit": ["WaveAudit", "audit_waves"],
    "reading.waves.stacking": ["stack_waves"],
    "key_spellings": ["unify_keys"],
    "coded_answers.undeclared": ["declare_missing", "find_undeclared_codes"],
    "coded_answers.response_sets": ["count_responses", "find_response_sets", "split_answers"],
    "labels": ["as_category", "describe_columns", "frequencies"],
    "design": ["SurveyDesign"],
    "design_audit": ["audit_design"],
    "conventions": ["CONVENTIONS", "Conventions"],
    "weighting.raking": ["rake"],
    "weighting.margins_file": ["read_margins_file"],
    "weighting.poststratification": ["poststratify"],
    "weighting.calibration": ["calibrate"],
    "weighting.nonresponse": ["adjust_nonresponse"],
    "weighting.trimming": ["scale_weights", "trim_weights"],
    "weighting.replicates": ["ReplicateWeights", "replicate_weights"],
    "weighting.supplied_replicates": ["supplied_replicate_weights"],
    "weighting.diagnostics": ["compare_weights", "summarize_weights"],
    "likert.scale": ["LikertScale", "collapse_items", "score_scale"],
    "likert.coding": ["code_items"],
    "likert.quality": ["QualityReport", "QualityRule", "check_quality", "interviewer_effects"],
    "likert.reliability": ["cronbach_alpha"],
    "likert.dimensions": ["check_dimensions"],
    "likert.polychoric": ["polychoric_correlations"],
    "estimation.quantities.means": ["means", "totals"],
    "estimation.quantities.shares": ["shares"],
    "estimation.quantities.agreement": ["agreement"],
    "estimation.quantities.ratios": ["ratios"],
    "estimation.quantities.contrasts": ["contrast"],
    "estimation.engine.replication": ["replicate_variance"],
    "estimation.hypotheses.rao_scott": ["rao_scott_test"],
    "estimation.hypotheses.goodness_of_fit": ["goodness_of_fit_test"],
    "estimation.hypotheses.t_tests": ["t_test"],
    "estimation.hypotheses.rank_tests": ["rank_test"],
    "estimation.hypotheses.trend": ["trend_test"],
    "estimation.quantities.quantiles": ["quantiles"],
    "estimation.quantities.population_variances": ["correlations", "covariances", "variances"],
    "estimation.quantities.standardization": ["standardized_means"],
    "estimation.models.regression": ["fit_model"],
    "estimation.models.term_tests": ["term_test"],
    "estimation.models.marginal_effects": ["average_marginal_effects", "average_predictions", "predictions"],
    "estimation.tables.model_comparison": ["compare_models"],
    "estimation.tables.sample_description": ["describe_sample"],
    "comparison.planning.feasibility_check": ["check_feasibility"],
    "comparison.answers.settlements": ["compare_settlements"],
    "comparison.answers.odds": ["compare_odds"],
    "comparison.answers.mixed": ["compare_mixed"],
    "comparison.answers.any_statistic": ["randomization_test"],
    "comparison.answers.groups": ["compare_groups"],
    "comparison.answers.joint": ["joint_test"],
    "comparison.answers.crosstab": ["Crosstab", "crosstab"],
    "comparison.answers.paired": ["compare_paired"],
    "comparison.methods.multiplicity": ["adjust_p_values"],
    "comparison.answers.waves": ["difference_in_differences"],
    "comparison.answers.event_study": ["group_time_effects"],
    "comparison.planning.balance": ["covariate_balance"],
    "comparison.planning.adjustment": ["balance_settlements"],
    "comparison.planning.sensitivity": ["sensitivity_to_confounding"],
    "comparison.intraclass": ["intraclass_correlation"],
    "comparison.planning.power": ["minimum_detectable_effect", "plan_comparison"],
    "interviews.coding": ["Coding", "cleared_quotations", "read_coding", "theme_agreement", "theme_prevalence"],
    "interviews.agreement": ["coder_agreement"],
    "interviews.joint_display": ["joint_display"],
    "interviews.snw": ["rate_positions", "snw_matrix"],
    "report.figures.estimates_figure": ["draw_estimates"],
    "report.figures.likert_figure": ["draw_shares"],
    "report.figures.difference_figure": ["draw_differences"],
    "report.figures.weights_figure": ["draw_weights"],
    "report.figures.randomization_figure": ["draw_randomization"],
    "report.figures.drawing": ["alt_text", "plotted_numbers"],
    "report.disclosure": ["hide_small_cells", "hide_together", "show_small_cells"],
    "report.pages.exhibits": ["Exhibit"],
    "report.figures.balance_figure": ["draw_balance"],
    "report.figures.dots_figure": ["draw_dots"],
    "report.figures.influence_figure": ["draw_influence"],
    "report.figures.power_figure": ["draw_power"],
    "report.figures.snw_figure": ["draw_snw"],
    "report.figures.timeline_figure": ["draw_timeline"],
    "report.figures.trend_figure": ["draw_trend"],
    "report.figures.figure_file": ["save_figure"],
    "report.pages.table_file": ["write_table"],
    "report.pages.result_file": ["read_result", "write_result"],
    "report.pages.document": ["write_report"],
    "report.pages.explorer": ["write_explorer"],
    "report.pages.comparison_report": ["compose_report"],
    "replication.claims": ["Ledger"],
    "replication.draft_mapping": ["draft_mapping"],
    "replication.study": ["replicate_study", "run_study"],
    "replication.verification": ["verify_outputs"],
    "replication.report_folder": ["write_report_folder"],
    "examples.example_surveys": ["load_example"],
    "simulation.ili_like": ["simulate_study"],
    "simulation.study_files": ["write_study"],
    "simulation.starter_study": ["init_study"],
}  # fmt: skip
_MODULE_OF = {name: module for module, names in _WHERE.items() for name in names}

_FORMER = {"standardised_means": "standardized_means"}
"""Former spellings, which keep working for two minor versions and say so (CONTRIBUTING.md, "Names that go")."""

__all__ = list(_MODULE_OF)


def __getattr__(name: str) -> object:
    if name in _FORMER:
        import_module("surveykit._checks").warn(f"sk.{name} is spelled sk.{_FORMER[name]} now; the former name will go")
        return globals().get(_FORMER[name]) or __getattr__(_FORMER[name])
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'surveykit' has no attribute {name!r}{_way_out(name)}")
    value = getattr(import_module(f"surveykit.{_MODULE_OF[name]}"), name)
    if isinstance(value, FunctionType):  # what users call answers in words; the package itself calls it as it is
        value = import_module("surveykit._door").hold_to_signature(value)
    elif isinstance(value, type) and hasattr(value, "__dataclass_fields__"):
        import_module("surveykit._door").hold_to_fields(value)
    globals()[name] = value
    return value


def _way_out(name: str) -> str:
    """Return what to write in place of a name that another program has or that is misspelt; Python's own have none."""
    if name.startswith("_"):
        return ""
    wanted = name.lower().replace(".", "_")
    for program, calls in import_module("surveykit.habits").NAMES.items():
        for theirs, call in calls.items():
            if theirs.lower().replace(".", "_") == wanted:
                return f"; {theirs} of {program} is sk.{call} here"
    near: str = import_module("surveykit._checks").suggest(name, __all__)
    return near or "; dir(surveykit) lists the names"


def __dir__() -> list[str]:
    return sorted(__all__)
