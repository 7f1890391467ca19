"""One village of ten elected its akim. What can a thousand interviews say about that?

The answers are SIMULATED: made by a program to try out the method. They are not findings.

    python examples/08_one_elected_village.py

prints a verdict, a refusal and the little that is left, and writes assignments.png into the folder that it is run from.
"""

import surveykit as sk

# 1. Let one village alone have elected: S03. The interviews stay as they are.
survey = sk.load_example("ili_2023")
only = (survey.frame["settlement"] == "S03").map({True: "elected", False: "appointed"})
survey = survey.with_columns({"kind": only})
design = sk.SurveyDesign(survey, weight="base_weight", cluster="settlement")
roles = {"group": "kind", "baseline": "appointed", "settlement": "settlement"}
print("SIMULATED answers\n")

# 2. Ask first what these villages can answer. Nothing about the answers is looked at here.
print(sk.check_feasibility(design, **roles).headline(), "\n")

# 3. A program that counts respondents is not troubled at all.
persons = sk.t_test(sk.SurveyDesign(survey, weight="base_weight"), "influence", "kind")
print(f"As if 1,000 people had been drawn by lot: p = {persons.table['p_value'].iloc[0]:.4f}\n")

# 4. Counting villages, the comparison is refused ...
try:
    sk.compare_settlements(design, "influence", **roles)
except sk.FeasibilityError as error:
    print(error, "\n")

# 5. ... and who insists gets the difference among the ten that were possible: p cannot be below 1 in 10.
result = sk.compare_settlements(design, "influence", **roles, allow_single=True)
print(result.finding())
sk.save_figure(sk.draw_randomization(result, outcome="influence", estimand="settlement"), "assignments.png")
