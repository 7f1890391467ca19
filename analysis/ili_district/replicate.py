"""Replicate the study of Ili district: the same as `surveykit replicate analysis/ili_district`.

python analysis/ili_district/replicate.py --out results/ili_district [--data FILE] [--lang en|ru|kk]
"""

import sys
from pathlib import Path

import surveykit as sk
from surveykit.cli import main

HERE = Path(__file__).parent


def replicate(data: Path | None, out: Path, lang: str = "en") -> sk.Ledger:
    """Run the steps of study.toml into the folder `out`; return the ledger."""
    return sk.run_study(HERE, data, out, lang)


if __name__ == "__main__":
    main(["replicate", str(HERE), *sys.argv[1:]])
