"""Regression on real answers: which voters expected to choose Dole in 1996, by three models in one table.

    python examples/10_models_side_by_side.py

prints the table and what the coefficients mean in shares, and writes odds.png into the folder that it is run from. The
944 answers are real (American National Election Study, as statsmodels ships it).
"""

import surveykit as sk

design = sk.SurveyDesign(sk.load_example("anes_1996"))

# 1. Three models of the same outcome, each with more in it. R: svyglm(..., family = quasibinomial()).
formulas = [
    "I(vote == 1) ~ age + educ",
    "I(vote == 1) ~ age + educ + income",
    "I(vote == 1) ~ age + educ + income + selfLR",
]
numeric = ["educ", "income", "selfLR"]
models = [sk.fit_model(formula, design, "binomial", numeric=numeric) for formula in formulas]
names = ["persons", "and income", "and ideology"]
print(sk.compare_models(models, names=names, exponentiate=True, beneath="interval"), "\n")

# 2. Odds ratios are not shares. How much does the share of Dole's voters move with one more step of each?
effects = sk.average_marginal_effects(models[-1], ["age", "educ", "income", "selfLR"])
print(effects)

# 3. The odds ratios beside each other.
ax = sk.draw_estimates(models, names=names, title="Expects to vote for Dole")
sk.save_figure(ax, "odds.png")
