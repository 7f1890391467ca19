"""Interviews beside the survey: do the coders agree, and do both sources say the same?

The answers are SIMULATED: made by a program to try out the method. They are not findings.

    python examples/11_interviews.py

prints agreement, themes and the joint display, and writes snw.png into the folder that it is run from.
"""

import surveykit as sk

# 1. Files as a study has them: passages coded by two coders (one row a passage, theme and coder), and the survey.
sk.write_study(sk.simulate_study(), "ili")
coding = sk.read_coding("ili/coding.csv", codebook="ili/codebook.toml", quotations="ili/quotations.csv")

# 2. Do the coders see the same? Alpha counts what chance would give; read it beside the plain percentage.
print(sk.theme_agreement(coding), "\n")

# 3. In which share of the interviews does a theme come up?
prevalence = sk.theme_prevalence(coding, by="akim", lang="en")
print(prevalence, "\n")

# 4. The survey's answers to the same themes, and both side by side.
design = sk.SurveyDesign(sk.load_example("ili_2023"), weight="base_weight", cluster="settlement")
roles = {"group": "akim", "baseline": "appointed", "settlement": "settlement"}
comparison = sk.compare_settlements(design, ["trust_akim", "listens"], **roles, lang="en", rng=1)
themes = {"trust": "trust_akim", "looks_upward": "listens"}
print(sk.joint_display(comparison, prevalence, themes, group="elected", baseline="appointed", opposed=["looks_upward"]))

# 5. Strong, neutral and weak positions: does the whole interval of the favourable answers lie on one side of half?
items = ["trust_akim", "trust_kenes", "listens", "reports", "roads", "water"]
favourable = sk.collapse_items(design, items, top=2, lowest=1, highest=5)
ratings = sk.rate_positions(sk.means(favourable, [f"{item}_top2" for item in items], lang="en"))
sk.save_figure(sk.draw_snw(ratings), "snw.png")
