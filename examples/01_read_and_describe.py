"""Read a survey wave, see what is in it, and draw one question block.

The answers are SIMULATED: made by a program to try out the method. They are not findings.

    python examples/01_read_and_describe.py

prints tables and writes trust.png into the folder that it is run from.
"""

import surveykit as sk

# 1. Load. Codes stay numbers; what they mean stands in the codebook; "not asked" (97), "don't know" (98) and "refused"
#    (99) are missing, each with its reason.
#    Your own file: sk.read_spss("mine.sav"), sk.read_csv("mine.csv"), sk.read_survey("whatever it is").
survey = sk.load_example("ili_2021")
print(f"{survey.provenance.source}: {len(survey)} respondents, weight {survey.provenance.weight}")
print("SIMULATED answers" if survey.provenance.simulated else "real answers", "\n")

# 2. Look around: which variables speak of trust?
found = sk.describe_columns(survey, search="trust", lang="en")
print(found[["name", "question", "n_valid", "n_reason"]].to_string(index=False), "\n")

# 3. Count one item: every code, every reason for not answering, nothing lost.
print(sk.frequencies(survey, "trust_akim", lang="en"), "\n")

# 4. Did anybody answer who was not to be asked? Where no election was held, nobody was asked how it went.
skips = sk.check_quality(survey, sk.QualityRule("not to be asked", "skip", ["voted", "elections_fair", "lighting"]))
print(skips, "\n")

# 5. Say who was sampled. The district has ten rural districts (akims' units, the `settlement` of the file), and all ten
#    are in the sample: none was drawn. In each, households were drawn at random and in each household one adult, so a
#    weight is the number of adults whom a respondent stands for. The units are the clusters all the same: their people
#    resemble each other, and what is said of elected and appointed akims is to hold for more than these ten.
design = sk.SurveyDesign(survey, weight="base_weight", cluster="settlement")
print(sk.audit_design(design, settlement="settlement"), "\n")

# 6. Estimate shares with their errors, and draw them.
block = ["trust_akim", "trust_kenes", "trust_maslikhat", "trust_district"]
shares = sk.shares(design, block, by="akim", lang="en")
print(shares)
sk.save_figure(sk.draw_shares(shares), "trust.png")
