"""A real survey from beginning to end: the American National Election Study 1996, as statsmodels ships it.

    python examples/09_a_real_survey.py

prints a table and a test, and writes places.png into the folder that it is run from. The 944 answers are real; the file
has neither weights nor clusters, so intervals treat the respondents as drawn one by one.
"""

import surveykit as sk

# 1. Load, and look around.
survey = sk.load_example("anes_1996")
print(sk.describe_columns(survey)[["name", "question", "n_valid"]].to_string(index=False), "\n")

# 2. Who expects to vote for whom, by education? Column percentages, with the Rao-Scott test beneath.
design = sk.SurveyDesign(survey)
table = sk.crosstab(design, "vote", "educ", percent="column")
print(table, "\n")

# 3. Where do people place the candidates and themselves? Seven answers from liberal to conservative; which side is
#    "right" of the middle is what the figure's totals count.
places = sk.shares(design, ["selfLR", "ClinLR", "DoleLR"], by="vote")
print(places.finding(), "\n")
print(
    sk.agreement(places)
    .table[["outcome", "group", "term", "estimate", "conf_low", "conf_high"]]
    .round(3)
    .to_string(index=False)
)
sk.save_figure(sk.draw_shares(places, title="Liberal or conservative? Voters of 1996"), "places.png")
