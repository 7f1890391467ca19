"""Draws the picture of README from its own first lines of code.

    python docs/pictures/make_pictures.py

run in the project's folder. The answers behind it are SIMULATED.
"""

from pathlib import Path

import surveykit as sk

DATA = Path("analysis") / "ili_district" / "data"

survey = sk.read_csv(DATA / "ili_2023.csv", codebook=DATA / "codebook.toml")
design = sk.SurveyDesign(survey, weight="base_weight", cluster="settlement")
block = ["trust_akim", "trust_kenes", "trust_maslikhat", "trust_district"]
shares = sk.shares(design, block, by="akim", lang="en")
sk.save_figure(sk.draw_shares(shares), Path(__file__).parent / "trust.png", sidecar=False, dpi=150)
