"""The functions that study.toml calls, behind the public door: anybody may have written the values that stand there."""

from surveykit._door import hold_to_signature
from surveykit.comparison.answers.event_study import group_time_effects as _group_time_effects
from surveykit.comparison.answers.settlements import compare_settlements as _compare_settlements
from surveykit.comparison.planning.feasibility_check import check_feasibility as _check_feasibility
from surveykit.estimation.quantities.means import means as _means
from surveykit.estimation.quantities.shares import shares as _shares
from surveykit.interviews.coding import theme_agreement as _theme_agreement
from surveykit.interviews.coding import theme_prevalence as _theme_prevalence
from surveykit.interviews.joint_display import joint_display as _joint_display
from surveykit.interviews.snw import rate_positions as _rate_positions
from surveykit.likert.reliability import cronbach_alpha as _cronbach_alpha
from surveykit.likert.scale import collapse_items as _collapse_items
from surveykit.likert.scale import score_scale as _score_scale
from surveykit.reading.inspection import read_survey as _read_survey
from surveykit.report.figures.difference_figure import draw_differences as _draw_differences
from surveykit.report.figures.influence_figure import draw_influence as _draw_influence
from surveykit.report.figures.likert_figure import draw_shares as _draw_shares
from surveykit.report.figures.randomization_figure import draw_randomization as _draw_randomization
from surveykit.report.figures.snw_figure import draw_snw as _draw_snw
from surveykit.report.figures.weights_figure import draw_weights as _draw_weights
from surveykit.weighting.diagnostics import compare_weights as _compare_weights
from surveykit.weighting.diagnostics import summarize_weights as _summarize_weights
from surveykit.weighting.raking import rake as _rake

check_feasibility = hold_to_signature(_check_feasibility)
collapse_items = hold_to_signature(_collapse_items)
compare_settlements = hold_to_signature(_compare_settlements)
compare_weights = hold_to_signature(_compare_weights)
cronbach_alpha = hold_to_signature(_cronbach_alpha)
draw_differences = hold_to_signature(_draw_differences)
draw_influence = hold_to_signature(_draw_influence)
draw_randomization = hold_to_signature(_draw_randomization)
draw_shares = hold_to_signature(_draw_shares)
draw_snw = hold_to_signature(_draw_snw)
draw_weights = hold_to_signature(_draw_weights)
group_time_effects = hold_to_signature(_group_time_effects)
joint_display = hold_to_signature(_joint_display)
means = hold_to_signature(_means)
rake = hold_to_signature(_rake)
rate_positions = hold_to_signature(_rate_positions)
read_survey = hold_to_signature(_read_survey)
score_scale = hold_to_signature(_score_scale)
shares = hold_to_signature(_shares)
summarize_weights = hold_to_signature(_summarize_weights)
theme_agreement = hold_to_signature(_theme_agreement)
theme_prevalence = hold_to_signature(_theme_prevalence)
