"""How much of an answer is the interviewer's? And which interviews look as if nobody had asked?

The answers are SIMULATED: made by a program to try out the method. They are not findings.

    python examples/05_interviewers.py

prints the influence of interviewers and the flags, and writes interviewers.png into the folder that it is run from.
"""

import surveykit as sk

survey = sk.load_example("ili_2023")
print("SIMULATED answers\n")

# 1. Answers that one interviewer collects resemble each other. The intraclass correlation says how much, and deff what
#    that costs: with deff 1.5, 150 interviews say as much as 100.
trust = ["trust_akim", "trust_kenes", "trust_maslikhat", "trust_district"]
print(sk.interviewer_effects(survey, trust, interviewer="interviewer"), "\n")

# 2. Rules for doubtful interviews: the same answer to a whole block, half a block empty, an impossible age.
rules = [
    sk.QualityRule("one line", "straight_line", trust),
    sk.QualityRule("half empty", "nonresponse", trust),
    sk.QualityRule("age", "range", ["age"], minimum=18, maximum=110),
]
report = sk.check_quality(survey, rules)
print(report, "\n")

# 3. Nothing is dropped by itself. Does it matter whether the flagged ones stay?
kept = survey.keep_rows(~report.flags["one line"], "one answer to all four institutions")
everybody, without = (
    sk.means(sk.SurveyDesign(each, weight="base_weight", cluster="settlement"), trust, lang="en")
    for each in (survey, kept)
)
ax = sk.draw_estimates([everybody, without], names=["everybody", "without one-liners"], title="Trust, 1 to 5")
sk.save_figure(ax, "interviewers.png")
