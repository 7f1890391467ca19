"""Bring a sample to the census: who is under-represented, what the weights repair, and what they cost.

The answers are SIMULATED: made by a program to try out the method. They are not findings.

    python examples/03_weight_to_the_census.py

prints what the weights do and writes weights.png into the folder that it is run from.
"""

import surveykit as sk

# 1. The sample. Men and the young took part less often than they live there.
survey = sk.load_example("ili_2023")
design = sk.SurveyDesign(survey, weight="base_weight", cluster="settlement")
print("SIMULATED answers;", design.describe(), "\n")

# 2. The census: how many adults of each sex and age group live in the ten settlements. A table with the columns column,
#    level and target does as well, and sk.read_margins_file reads one.
census = {
    "sex": {"Man": 0.49, "Woman": 0.51},
    "age_group": {"18-29": 0.243, "30-44": 0.328, "45-59": 0.249, "60 and over": 0.180},
}

# 3. Raking multiplies weights until both margins hold; nobody may count for more than five people on average.
raked = sk.rake(design, census, max_weight_ratio=5)
print(sk.summarize_weights(raked), "\n")

# 4. Did it matter? The same share of trusting people before and after, as far apart as weighting moves it.
for each in (design, raked):
    print(sk.means(each, "trust_akim", lang="en").finding("en"))

# 5. What the weights did, respondent by respondent.
sk.save_figure(sk.draw_weights(sk.compare_weights(design, raked)), "weights.png")
