"""The shipped study: it runs, says SIMULATED everywhere, recovers the truth, and gives the same bytes every time."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import surveykit as sk
from surveykit.files.reading import hash_file
from surveykit.reading.codebooks.any_codebook import read_codebook
from surveykit.simulation.truth import INSTRUMENT, read_district

pytestmark = pytest.mark.slow  # a study from end to end

ROOT = Path(__file__).parent.parent
STUDY = ROOT / "analysis" / "ili_district"


def replicate(out: Path, lang: str = "en", study: Path = STUDY, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "surveykit.cli", "replicate", str(study), "--out", str(out), "--lang", lang],
        cwd=out.parent, env={**os.environ, "PYTHONPATH": str(ROOT), **environment}, capture_output=True, text=True,
        check=True, encoding="utf-8")  # fmt: skip


@pytest.fixture(scope="module")
def english(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("english") / "out"
    replicate(out, PYTHONHASHSEED="1", TZ="UTC")
    return out


def files_of(folder: Path) -> dict[str, bytes]:
    """Return what a run made, without what it tells of itself: seconds and memory differ from run to run."""
    told = {"manifest.run.json", ".surveykit.json"}
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in told
    }


def test_what_is_made(english):
    files = files_of(english)
    assert len([name for name in files if name.startswith("tables/") and name.endswith(".csv")]) >= 3
    assert len([name for name in files if name.startswith("figures/") and name.endswith(".svg")]) >= 4
    assert {"report.html", "ledger.csv", "ledger.html", "manifest.json", "README.md"} <= set(files)


def test_two_runs_give_the_same_bytes(english, tmp_path):
    """By its own program, in another folder and time zone, with another hash seed and language of the machine."""
    again = tmp_path / "another place" / "out"
    again.parent.mkdir()
    environment = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "77", "TZ": "Asia/Almaty", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, str(STUDY / "replicate.py"), "--out", str(again), "--quiet"],
        cwd=again.parent,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    ours, theirs = files_of(english), files_of(again)
    assert set(ours) == set(theirs)
    assert [name for name in ours if ours[name] != theirs[name]] == []


@pytest.mark.parametrize("lang", ["ru", "kk"])
def test_the_other_languages(tmp_path, lang):
    folder = tmp_path / "ili_district"
    shutil.copytree(STUDY, folder)
    text = (folder / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(
        text.replace("seed = ", 'formats = ["csv", "md", "svg"]\nseed = ', 1), encoding="utf-8"
    )
    replicate(tmp_path / "out", lang, folder, PYTHONWARNINGS="error:Glyph:UserWarning")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    book = read_codebook(STUDY / "instrument.toml")
    assert f'lang="{lang}"' in page
    for name in ("elections_good", "trust_akim"):
        assert book[name].ask(lang) in page
        assert book[name].ask("en") not in page
    assert book["akim"].label(2, lang) in (tmp_path / "out" / "tables" / "table_3_perceptions.md").read_text(
        encoding="utf-8"
    )


def test_everything_made_from_the_answers_says_simulated(english):
    for name, content in files_of(english).items():
        if name.startswith("figures/") and name.endswith(".pdf"):
            assert b"SIMULATED" in content or b"S\x00I\x00M" in content, name
        elif name != "ledger.csv":
            assert b"SIMULATED" in content, name


def test_the_manifest_tells_the_truth(english):
    manifest = json.loads((english / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["data_status"] == "SIMULATED"
    for name, digest in manifest["outputs"].items():
        assert hash_file(english / name) == digest
    for name in ("study.toml", "data/ili_2021.sav", "data/ili_2023.csv", "claims.csv"):
        assert manifest["inputs"][name] == hash_file(STUDY / name)
    made = {one["file"] for one in manifest["made"]}
    assert {"tables/table_3_perceptions.csv", "figures/figure_4_differences.svg", "report.html"} <= made


def test_the_findings_are_not_claimed(english):
    ledger = sk.Ledger.from_csv(english / "ledger.csv")
    for claim_id in ("ILI-03", "ILI-04"):
        assert ledger[claim_id].verdict == "not recomputable"
        assert "simulated" in ledger[claim_id].why and "tests it by: surveykit replicate" in ledger[claim_id].why
    assert ledger.surprises == ()


def test_estimates_recover_the_truth(english):
    """Of 14 intervals at 95 % about one may miss; more than three would be a fault (binomial: p = 0.0042)."""
    table = pd.read_csv(english / "tables" / "table_9_recovery.csv")
    assert len(table) == 14
    assert (~table["covered"]).sum() <= 3
    nothing = table[table["outcome"].isin(["trust_maslikhat", "water"])]
    assert ((nothing["conf_low"] < 0) & (nothing["conf_high"] > 0)).all()


def test_the_instrument_is_the_one_that_is_simulated():
    assert (STUDY / "instrument.toml").read_bytes() == INSTRUMENT.read_bytes()
    book = read_codebook(STUDY / "instrument.toml")
    items = read_district().items
    assert len(items) == 32
    assert list(items) == [name for name in book if name in items], "asked in the order of the questionnaire"
    for name in items:
        assert len(items[name].codes) == len(book[name].labels), name
        for lang in ("en", "ru", "kk"):
            assert book[name].question[lang].strip() == book[name].question[lang] != ""


def test_half_of_the_statements_are_unfavourable():
    """Whoever agrees with everything stands in the middle: eight statements one way, eight the other."""
    book = read_codebook(STUDY / "instrument.toml")
    agree = [name for name in book if book[name].label(1, "en") == "Strongly disagree"]
    unfavourable = [name for name in agree if read_district().items[name].reversed]
    assert (len(agree), len(unfavourable)) == (16, 8)


def test_every_item_says_what_it_was_built_from():
    text = (STUDY / "instrument.toml").read_text(encoding="utf-8")
    for name in [*read_district().items, "employment", "residence_years"]:
        before, _ = text.split(f"\n[variables.{name}]\n")
        assert before.splitlines()[-1].startswith("# Built from: "), name


def test_no_village_is_named():
    units = (
        "Boralday",
        "Zhetygen",
        "Baiserke",
        "Ashchibulak",
        "Karaoi",
        "Kurti",
        "Chapaev",
        "Energeticheskii",
        "KazTsIK",
        "Mezhdurechensk",
        "Боралдай",
        "Жетыген",
        "Байсерке",
        "Караой",
        "Чапаев",
    )
    for path in (STUDY / "data").iterdir():
        text = path.read_bytes().decode("utf-8", "replace")
        assert not [unit for unit in units if unit in text], path.name
