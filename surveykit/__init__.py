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
    "codebook": ["Codebook", "Variable"],
    "survey": ["Provenance", "Survey"],
    "results": ["GLOSSARY", "Origin", "Result"],
    "reading.spss_file": ["read_spss"],
    "reading.stata_file": ["read_stata"],
    "reading.sas_file": ["read_sas"],
    "reading.csv_file": ["read_csv"],
    "reading.codebook_file": ["read_codebook", "write_codebook"],
    "reading.spss_writer": ["write_spss"],
    "reading.csv_writer": ["write_csv"],
    "reading.inspection": ["inspect_file", "read_survey"],
    "reading.chunks": ["read_spss_in_chunks"],
    "reading.harmonisation": ["compare_crosswalks"],
    "reading.keys": ["link_panel", "unify_keys"],
    "reading.codebook_export": ["export_codebook", "render_codebook"],
    "reading.codebook_draft": ["draft_codebook"],
    "reading.undeclared": ["declare_missing", "find_undeclared_codes"],
    "reading.xlsform": ["read_xlsform"],
    "reading.response_sets": ["ResponseSet", "count_responses", "find_response_sets", "split_answers"],
    "reading.crosswalk": ["Crosswalk", "read_crosswalk"],
    "reading.drift": ["WaveAudit", "audit_waves"],
    "reading.waves": ["stack_waves"],
    "labels": ["as_category", "describe_columns", "frequencies"],
    "design": ["SurveyDesign", "audit_design"],
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
    "estimation.means": ["means", "totals"],
    "estimation.shares": ["shares"],
    "estimation.ratios": ["ratios"],
    "estimation.contrasts": ["contrast"],
    "estimation.conventions": ["CONVENTIONS", "Conventions"],
    "estimation.replication_variance": ["replicate_variance"],
    "estimation.rao_scott": ["rao_scott_test"],
    "estimation.goodness_of_fit": ["goodness_of_fit_test"],
    "estimation.t_tests": ["t_test"],
    "estimation.rank_tests": ["rank_test"],
    "estimation.trend": ["trend_test"],
    "estimation.quantiles": ["quantiles"],
    "estimation.variances": ["correlations", "covariances", "variances"],
    "estimation.standardisation": ["standardised_means"],
    "estimation.regression": ["fit_model"],
    "estimation.term_tests": ["term_test"],
    "estimation.marginal_effects": ["average_marginal_effects", "average_predictions", "predictions"],
    "comparison.gate": ["check_feasibility"],
    "comparison.settlements": ["compare_settlements"],
    "comparison.odds": ["compare_odds"],
    "comparison.mixed": ["compare_mixed"],
    "comparison.randomization_test": ["randomization_test"],
    "comparison.groups": ["compare_groups"],
    "comparison.joint": ["joint_test"],
    "comparison.paired": ["compare_paired"],
    "comparison.multiplicity": ["adjust_p_values"],
    "comparison.waves": ["difference_in_differences"],
    "comparison.event_study": ["group_time_effects"],
    "comparison.balance": ["covariate_balance"],
    "comparison.adjustment": ["balance_settlements"],
    "comparison.sensitivity": ["sensitivity_to_confounding"],
    "comparison.intraclass": ["intraclass_correlation"],
    "comparison.power": ["minimum_detectable_effect", "plan_comparison"],
    "interviews.coding": ["Coding", "cleared_quotations", "read_coding", "theme_agreement", "theme_prevalence"],
    "interviews.agreement": ["coder_agreement"],
    "interviews.joint_display": ["joint_display"],
    "interviews.snw": ["rate_positions", "snw_matrix"],
    "report.likert_figure": ["draw_shares"],
    "report.difference_figure": ["draw_differences"],
    "report.weights_figure": ["draw_weights"],
    "report.randomization_figure": ["draw_randomization"],
    "report.drawing": ["alt_text", "plotted_numbers"],
    "report.disclosure": ["hide_small_cells", "show_small_cells"],
    "report.parts": ["Exhibit"],
    "report.balance_figure": ["draw_balance"],
    "report.dots_figure": ["draw_dots"],
    "report.influence_figure": ["draw_influence"],
    "report.power_figure": ["draw_power"],
    "report.snw_figure": ["draw_snw"],
    "report.timeline_figure": ["draw_timeline"],
    "report.trend_figure": ["draw_trend"],
    "report.figure_file": ["save_figure"],
    "report.tables": ["write_table"],
    "report.document": ["write_report"],
    "report.comparison_report": ["compose_report"],
    "replication.claims": ["Ledger"],
    "replication.study": ["replicate_study", "run_study"],
    "replication.verification": ["verify_outputs"],
    "replication.report_folder": ["write_report_folder"],
    "simulation.ili_like": ["simulate_study"],
    "simulation.study_files": ["write_study"],
    "simulation.starter_study": ["init_study"],
}  # fmt: skip
_MODULE_OF = {name: module for module, names in _WHERE.items() for name in names}

__all__ = list(_MODULE_OF)


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'surveykit' has no attribute {name!r}")
    value = getattr(import_module(f"surveykit.{_MODULE_OF[name]}"), name)
    if isinstance(value, FunctionType):  # what users call answers in words; the package itself calls it as it is
        value = import_module("surveykit._door").hold_to_signature(value)
    elif isinstance(value, type) and hasattr(value, "__dataclass_fields__"):
        import_module("surveykit._door").hold_to_fields(value)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
