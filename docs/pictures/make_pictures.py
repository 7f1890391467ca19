"""Draws the pictures of README and of docs/howto/figures.md, as their own lines of code do.

    python docs/pictures/make_pictures.py

run in the project's folder. The answers behind it are SIMULATED.
"""

import subprocess
import tempfile
from pathlib import Path

import surveykit as sk

DATA = Path("analysis") / "ili_district" / "data"

survey = sk.read_csv(DATA / "ili_2023.csv", codebook=DATA / "codebook.toml")
design = sk.SurveyDesign(survey, weight="base_weight", cluster="settlement")
block = ["trust_akim", "trust_kenes", "trust_maslikhat", "trust_district"]
shares = sk.shares(design, block, by="akim", lang="en")
HERE = Path(__file__).parent
sk.save_figure(sk.draw_shares(shares), HERE / "trust.png", sidecar=False, dpi=150)
narrow = sk.draw_shares(shares, width="column", hatch=True)
sk.save_figure(narrow, HERE / "trust_column.png", sidecar=False, dpi=120)

answered = survey.frame["trust_akim"]
asked = survey.with_columns({"trusts": (answered >= 4).astype(float).where(answered.notna())})
formulas = ("trusts ~ C(sex)", "trusts ~ C(sex) + C(age_group)")
models = [sk.fit_model(formula, design.with_survey(asked), family="binomial") for formula in formulas]
title = r"Trust in the akim, $e^{\beta}$"
figure = sk.draw_estimates(models, names=["sex", "sex and age"], title=title)
sk.save_figure(figure, HERE / "models.png", sidecar=False, dpi=120)

# the page to look around in, as a browser shows it: chromium --headless --screenshot
items = ["trust_akim", "trust_kenes", "listens", "will_vote", "informed_late"]
with tempfile.TemporaryDirectory() as folder:
    page = sk.write_explorer(
        design, Path(folder) / "ili.html", questions=items, groups=["akim", "sex", "age_group"]
    ).as_uri()
    subprocess.run(
        [
            "chromium", "--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=900,1360",
            f"--screenshot={HERE.resolve() / 'explorer.png'}", f"{page}#q=trust_akim&by=akim",
        ],
        check=True,
    )  # fmt: skip
