"""One figure in three languages, as wide as a page and as narrow as a column.

The answers are SIMULATED: made by a program to try out the method. They are not findings.

    python examples/06_figure_in_kazakh.py

writes trust_kk.png, trust_in_russian.png and trust_column.png into the folder that it is run from.
"""

import surveykit as sk

# 1. The codebook holds every question and answer in English, Russian and Kazakh; the numbers are computed once.
design = sk.SurveyDesign(sk.load_example("ili_2023"), weight="base_weight", cluster="settlement")
trust = ["trust_akim", "trust_kenes", "trust_maslikhat", "trust_district"]
shares = sk.shares(design, trust, by="akim")

# 2. What was found, in a sentence (it says SIMULATED by itself).
print(shares.finding("kk"), "\n")

# 3. The figure. Labels, legend and note change with lang=; a table beside it holds every number that is drawn.
sk.save_figure(sk.draw_shares(shares, lang="ru"), "trust_in_russian.png")
sk.save_figure(sk.draw_shares(shares, lang="kk", width="column", hatch=True), "trust_column.png")
ax = sk.draw_shares(shares, lang="kk", order="agreement")
print(sk.alt_text(ax))
sk.save_figure(ax, "trust_kk.png")
