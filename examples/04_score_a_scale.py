"""Make one score of several Likert items, and see whether they belong together.

The answers are SIMULATED: made by a program to try out the method. They are not findings.

    python examples/04_score_a_scale.py

prints alpha and what each item adds, and writes scale.png into the folder that it is run from.
"""

import surveykit as sk

survey = sk.load_example("ili_2023")
print("SIMULATED answers\n")

# 1. Four items on direct elections. One is worded the other way round: who agrees that it makes no difference thinks
#    less of elections. The scale turns it.
evaluation = sk.LikertScale(
    "evaluation",
    items=["elections_good", "better_people", "no_difference", "elections_divide"],
    lowest=1,
    highest=5,
    reversed_items=["no_difference", "elections_divide"],
    question={"en": "Evaluation of direct elections (1 to 5)"},
)

# 2. A score for everybody who answered at least three of the four: the mean of what was answered.
survey = sk.score_scale(survey, evaluation, min_answered=3)
design = sk.SurveyDesign(survey, weight="base_weight", cluster="settlement")

# 3. Do the items belong together? Alpha with its interval, and alpha without each item.
print(sk.cronbach_alpha(design, evaluation), "\n")

# 4. The score by age and by kind of akim, with errors that know of the ten settlements.
scores = sk.means(design, "evaluation", by="akim", lang="en")
print(scores)
sk.save_figure(
    sk.draw_estimates([scores, sk.means(design, "evaluation", by="age_group", lang="en")], names=["akim", "age"]),
    "scale.png",
)
