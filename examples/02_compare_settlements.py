"""Compare settlements that elected their akim with settlements whose akim was appointed.

The answers are SIMULATED: made by a program to try out the method. They are not findings.

    python examples/02_compare_settlements.py

prints what the settlements can answer, then the answers side by side, and writes two figures into the folder that it is
run from.
"""

import surveykit as sk

survey = sk.load_example("ili_2023")

# 1. A scale from three items, answered by at least two; higher means more trust.
trust = sk.LikertScale("trust", items=["trust_akim", "trust_kenes", "trust_maslikhat"], lowest=1, highest=5)
survey = sk.score_scale(survey, trust, min_answered=2)
design = sk.SurveyDesign(survey, weight="base_weight", cluster="settlement")
print(sk.cronbach_alpha(design, trust), "\n")

# 2. What can these settlements answer at all? Ask before looking at any outcome.
print(sk.check_feasibility(design, group="akim", baseline="appointed", settlement="settlement"), "\n")

# 3. The comparison, by every method that deserves trust, person average and settlement average side by side.
result = sk.compare_settlements(
    design, ["trust", "more_participation"], group="akim", baseline="appointed", settlement="settlement", rng=2023,
    lang="en",
)  # fmt: skip
print(result)

# 4. The difference with its intervals, and the distribution that the exact test rests on.
sk.save_figure(sk.draw_differences(result), "differences.png")
sk.save_figure(sk.draw_randomization(result, outcome="trust", estimand="person"), "randomization.png")
