"""How many villages does the next study need? Power by the very test that will be used.

    python examples/12_plan_a_study.py

prints what each plan can find and writes power.png into the folder that it is run from. Surveys are SIMULATED for each
plan, many times, and tested as the real one will be.
"""

import surveykit as sk

# 1. What is known before: neighbours resemble each other. From the example's answers, by how much?
design = sk.SurveyDesign(sk.load_example("ili_2023"), weight="base_weight", cluster="settlement")
print(sk.intraclass_correlation(design, "trust_akim"), "\n")

# 2. Plans: 8, 12 or 20 villages, 25 or 100 people in each; half of the villages elect.
#    Differences are in standard deviations.
plan = sk.plan_comparison(
    icc=0.05,
    settlements=[8, 12, 20],
    respondents=[25, 100],
    effects=[0, 0.2, 0.4, 0.6, 0.8],
    test="cr2",
    draws=150,
    rng=1,
)
print(plan, "\n")

# 3. Read the curves: four times the interviews help less than a few villages more.
sk.save_figure(
    sk.draw_power(plan, series="n_settlements", notes="SIMULATED: 150 surveys drawn for each point."), "power.png"
)
