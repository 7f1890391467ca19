"""Using it, 1 to 9, 11, 12 and 17 to 21, as a user would, through the public names and the command line."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from click.testing import CliRunner

import surveykit as sk
from surveykit.cli import main
from tests.expectations.conftest import ITEMS, LEVELS, make_book, make_design, make_frame, make_survey
from tests.expectations.words import one_sentence

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")

ROOT = Path(__file__).parents[2]
KAZAKH = {1: {"kk": "Өте жаман"}, 2: {"kk": "Жаман"}, 3: {"kk": "Ауыр емес"}, 4: {"kk": "Жақсы"}}


def test_01_the_first_example_is_five_lines():
    block = re.search(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    lines = [line for line in block[1].splitlines() if line.strip()]
    assert len(lines) <= 5 and "save_figure" in lines[-1], "test_docs.py runs it"


def test_02_kazakh_labels_with_a_missing_value_are_ordered_by_code(tmp_path):
    """In the alphabet "Ауыр емес" comes first; in the file it is code 3."""
    book = sk.Codebook.of([sk.Variable("q1", {"kk": "Жол"}, KAZAKH, measure="ordinal")])
    sk.write_spss(sk.Survey(pd.DataFrame({"q1": [4.0, np.nan, 1.0, 3.0]}), book), tmp_path / "kk.sav", lang="kk")
    column = sk.as_category(sk.read_spss(tmp_path / "kk.sav"), "q1")
    assert column.cat.ordered and list(column.cat.categories) == [texts["kk"] for texts in KAZAKH.values()]
    assert column.isna().tolist() == [False, True, False, False]
    assert all(isinstance(label, str) for label in column.cat.categories)


def test_03_missing_reasons_leave_the_estimates_and_are_counted(tmp_path):
    frame = pd.DataFrame({"q1": [1.0, 2, 97, 98, 99, 5, 98, np.nan], "age": [20.0, 30, 900, 999, 40, 50, 60, np.nan]})
    book = sk.Codebook.of(
        [
            sk.Variable("q1", labels=LEVELS, missing={code: {"en": f"reason {code}"} for code in (97, 98, 99)}),
            sk.Variable("age", missing_ranges=((900.0, float("inf")),)),
        ]
    )
    sk.write_spss(sk.Survey(frame, book), tmp_path / "m.sav", lang="en")
    survey = sk.read_spss(tmp_path / "m.sav")
    assert survey.frame["q1"].mean() == pytest.approx(8 / 3) and survey.frame["age"].mean() == 40
    for name in ("q1", "age"):
        counts = sk.frequencies(survey, name).table.groupby("kind")["n"].sum()
        assert counts["valid"] + counts["missing"] + counts["empty"] == counts["all"] == 8
    assert survey.count_missing("q1").to_dict() == {97.0: 1, 98.0: 2, 99.0: 1, "empty": 1}
    assert survey.count_missing("age").to_dict() == {900.0: 1, 999.0: 1, "empty": 1}


@pytest.mark.parametrize("encoding", ["cp1251", "kz1048", "ptcp154", "utf-8", "utf-16"])
def test_04_old_encodings_are_right_or_in_doubt(encoding, tmp_path):
    text = "ауыл,жауап\nЖетіген ауылы,Мүлдем келіспеймін\nБайсерке ауылы,Толық келісемін\n"
    if encoding == "cp1251":
        text = "село,ответ\nПервое село района,Совершенно не согласен\nВторое село района,Полностью согласен\n"
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    try:
        found = sk.read_csv(tmp_path / "a.csv").frame
    except sk.EncodingError as doubt:
        assert "encoding=" in str(doubt)
        found = sk.read_csv(tmp_path / "a.csv", encoding=encoding).frame
    assert found.iloc[0, 1] == text.splitlines()[1].split(",")[1]
    assert found.columns[0] == text.split(",")[0], "no name begins with a byte-order mark"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "kz1048"])
@pytest.mark.parametrize(("delimiter", "decimal"), [(",", "."), (";", "."), (";", ","), ("\t", "."), ("\t", ",")])
def test_05_every_dialect_gives_one_frame(encoding, delimiter, decimal, tmp_path):
    rows = [
        ("село", "вес", "q1"),
        ("Первое село нашего района", "1.5", "1"),
        ("Второе село нашего района", "0.25", "5"),
    ]
    text = "\r\n".join(delimiter.join(cell.replace(".", decimal) for cell in row) for row in rows) + "\r\n"
    (tmp_path / "d.csv").write_bytes(text.encode(encoding))
    frame = sk.read_csv(tmp_path / "d.csv", encoding=None if encoding.startswith("utf") else encoding).frame
    assert list(frame.columns) == ["село", "вес", "q1"]
    assert frame["вес"].tolist() == [1.5, 0.25] and frame["q1"].tolist() == [1, 5] and frame["село"][1] == rows[2][0]


def test_06_an_unknown_code_stops_with_variable_code_count_and_rows():
    survey = sk.Survey(pd.DataFrame({"q1": [1, 6, 2] * 12}))
    text = one_sentence(lambda: sk.code_items(survey, "q1", lowest=1, highest=5), sk.CodeError)
    assert "'q1' holds 6" in text and "12 row(s)" in text and "and 2 more" in text and "on_unknown" in text
    with pytest.warns(sk.SurveyKitWarning):
        coded = sk.code_items(survey, "q1", lowest=1, highest=5, on_unknown="missing")
    assert coded.frame["q1"].isna().sum() == 12


@pytest.mark.parametrize(
    ("family", "peer"),
    [("gaussian", sm.families.Gaussian()), ("binomial", sm.families.Binomial()), ("poisson", sm.families.Poisson())],
)
def test_07_weights_are_never_ignored(family, peer):
    """Weighted likelihoods by statsmodels' GLM with var_weights; the ordinal family is held to R in tests/estimation."""
    frame = make_frame()
    frame["y"] = {"gaussian": frame["age"], "binomial": (frame["age"] > 45) * 1.0, "poisson": frame["age"] // 10}[
        family
    ]
    design = sk.SurveyDesign(sk.Survey(frame.drop(columns=ITEMS)), weight="w", cluster="settlement")
    ours = sk.fit_model("y ~ akim + sex", design, family=family).table.set_index("term")["estimate"]
    x = np.column_stack([np.ones(len(frame)), frame["akim"], frame["sex"]]).astype(float)
    theirs = sm.GLM(frame["y"], x, family=peer, var_weights=frame["w"]).fit(tol=1e-12).params.to_numpy()
    plain = sm.GLM(frame["y"], x, family=peer).fit().params.to_numpy()
    found = ours[["Intercept", "akim", "sex"]].to_numpy()
    assert found == pytest.approx(theirs, rel=1e-7) and not np.allclose(found, plain, rtol=1e-4)


def test_07_every_family_feels_the_weights_or_raises():
    even = make_design()
    uneven = even.survey.with_columns({"w": np.where(even.survey.frame["q2"] >= 4, 9.0, 1.0)})
    other = sk.SurveyDesign(uneven, weight="w", cluster="settlement")
    for family, formula in (("ordinal", "q1 ~ age"), ("gamma", "q1 ~ age"), ("negative-binomial", "q1 ~ age")):
        results = []
        for design in (even, other):
            try:
                results.append(sk.fit_model(formula, design, family=family).table["estimate"].to_numpy())
            except sk.SurveyKitError:
                results.append(None)
        assert all(one is None for one in results) or not np.allclose(results[0], results[1], rtol=1e-4), family
    one_sentence(lambda: sk.fit_model("q1 ~ age", even, family="multinomial"), sk.ArgumentError)


def test_08_the_weight_of_the_file_is_named(tmp_path):
    sk.write_spss(make_survey(), tmp_path / "w.sav", lang="en", weight="w")
    survey = sk.read_spss(tmp_path / "w.sav")
    assert survey.provenance.weight == "w"
    with pytest.warns(sk.SurveyKitWarning, match="'w'"):
        unweighted = sk.SurveyDesign(survey, cluster="settlement")
    weighted = sk.SurveyDesign(survey, weight="w", cluster="settlement")
    for design, said in ((weighted, "weighted by w"), (unweighted, "unweighted")):
        result = sk.means(design, "q1")
        assert said in result.summary() and said in result._repr_html_() and result.glance()["weight"].item() == said
    shown = CliRunner().invoke(main, ["inspect", str(tmp_path / "w.sav")])
    assert shown.exit_code == 0 and re.search(r"weight.*\bw\b", shown.output)


def test_09_clusters_with_gaps():
    frame = make_frame()
    frame.loc[::7, "age"] = np.nan
    frame.loc[frame["settlement"] == "S03", "age"] = np.nan
    survey = sk.Survey(frame, make_book()).with_missing_codes()
    fit = sk.fit_model("q1 ~ age", sk.SurveyDesign(survey, weight="w", cluster="settlement"))
    known = (frame["age"].notna() & survey.frame["q1"].notna()).to_numpy()
    complete = sk.fit_model(
        "q1 ~ age", sk.SurveyDesign(survey.keep_rows(known, "complete"), weight="w", cluster="settlement")
    )
    assert fit.table["estimate"].to_numpy() == pytest.approx(complete.table["estimate"].to_numpy(), rel=1e-10)
    assert fit.table["n"].iloc[0] == known.sum()
    assert str(int(frame["age"].isna().sum())) in fit.method + str(dict(fit.facts))


@pytest.mark.parametrize(("module", "extra", "call"), [
    ("docx", "word", lambda d, folder: sk.write_table(sk.means(d, "q1"), folder / "t.docx")),
    ("docx", "word", lambda d, folder: sk.write_report(["a"], folder / "r.docx", title="t")),
    ("openpyxl", "excel", lambda d, folder: sk.write_table(sk.means(d, "q1"), folder / "t.xlsx")),
])  # fmt: skip
def test_11_without_an_extra_the_line_that_installs_it(module, extra, call, design, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError) as caught:
        call(design, tmp_path)
    assert f'pip install "surveykit-settlements[{extra}]"' in str(caught.value)


def test_12_frames_of_other_libraries_are_taken():
    class Polars:
        """Whatever has a to_pandas method: polars.DataFrame and pyarrow.Table have."""

        def to_pandas(self) -> pd.DataFrame:
            return make_frame().drop(columns=ITEMS)

    assert sk.means(sk.SurveyDesign(Polars(), weight="w", cluster="settlement"), "age").table["n"].item() == 240


def test_12_pyarrow_itself():
    arrow = pytest.importorskip("pyarrow", reason="the extra surveykit-settlements[big] is not installed")
    assert len(sk.Survey(arrow.Table.from_pandas(make_frame()))) == 240


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A starter study, run twice as a program: in another folder, time zone, hash seed and locale."""
    folder = tmp_path_factory.mktemp("runs")
    sk.init_study(folder / "study")
    outs = []
    for number, environment in enumerate(
        ({"TZ": "UTC", "PYTHONHASHSEED": "1"}, {"TZ": "Asia/Almaty", "PYTHONHASHSEED": "2", "LC_ALL": "C"})
    ):
        out = folder / f"place {number}" / "out"
        out.parent.mkdir()
        code = "from surveykit.cli import main; main()"
        run = subprocess.run(
            [sys.executable, "-c", code, "replicate", str(folder / "study"), "--out", str(out)],
            cwd=out.parent,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(folder), **environment},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        outs.append((out, run))
    return outs


@pytest.mark.slow
def test_17_a_study_gives_tables_figures_ledger_and_manifest(runs):
    out, run = runs[0]
    assert run.returncode == 0, run.stderr
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {"manifest.json", "ledger.csv", "report.html", "README.md"} <= files
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert re.search(r"[0-9a-f]{64}", json.dumps(manifest["outputs"])) and re.search(
        r"[0-9a-f]{64}", json.dumps(manifest["inputs"])
    )
    assert "versions" in manifest and "seed" in manifest
    claims = pd.read_csv(out / "ledger.csv")
    assert all(claim in run.stdout for claim in claims.iloc[:, 0]), "a line per published number"
    readme = (out / "README.md").read_text(encoding="utf-8")
    assert all(name in readme for name in files if name.startswith("figures/") and name.endswith(".svg"))


def test_18_manners_of_the_command_line(tmp_path):
    started = time.monotonic()
    helped = subprocess.run(
        [sys.executable, "-m", "surveykit.cli", "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert helped.returncode == 0 and time.monotonic() - started < 5, "a second on an idle machine"
    runner = CliRunner()
    wrong = runner.invoke(main, ["inspect", str(tmp_path / "none.sav")])
    assert wrong.exit_code == 2 and wrong.stderr.count("\n") == 1 and "Traceback" not in wrong.stderr
    assert "Traceback" in runner.invoke(main, ["--debug", "inspect", str(tmp_path / "none.sav")]).stderr
    assert runner.invoke(main, ["inspekt"]).exit_code == 2


@pytest.mark.slow
def test_18_progress_only_on_a_terminal(runs):
    assert not re.search(r"\r|\d+%\|", runs[0][1].stderr)


def test_19_two_runs_elsewhere_have_the_same_bytes(runs):
    (one, _), (other, run) = runs
    assert run.returncode == 0, run.stderr
    first = {path.relative_to(one).as_posix(): path.read_bytes() for path in sorted(one.rglob("*")) if path.is_file()}
    second = {
        path.relative_to(other).as_posix(): path.read_bytes() for path in sorted(other.rglob("*")) if path.is_file()
    }
    # time and memory of a run stand beside the manifest, under a hash in the record of what surveykit wrote
    of_the_run = {".surveykit.json", "manifest.run.json"}
    assert first.keys() == second.keys() >= of_the_run
    assert [name for name in first if first[name] != second[name] and name not in of_the_run] == []
    assert {Path(name).suffix for name in first} >= {".csv", ".json", ".svg", ".pdf", ".html"}


def test_20_a_cell_of_four_is_hidden_everywhere_and_cannot_be_solved_for(tmp_path):
    frame = make_frame()
    frame["place"] = np.where(np.arange(240) < 4, "small", np.where(np.arange(240) < 120, "middle", "large"))
    design = sk.SurveyDesign(
        sk.Survey(frame, make_book(), sk.Provenance(simulated=True)).with_missing_codes(),
        weight="w",
        cluster="settlement",
    )
    with pytest.warns(sk.SurveyKitWarning, match="no interval"):
        small = sk.means(design, "age", by="place", lang="en")
    value = float(small.table.set_index("group")["estimate"]["small"])
    hidden = sk.hide_small_cells(small).table.set_index("group")
    assert np.isnan(hidden.loc["small", "estimate"]) and hidden["estimate"].isna().sum() >= 2, (
        "its complement is hidden too"
    )
    sk.write_table(small, tmp_path / "t.csv")
    sk.write_table(small, tmp_path / "t.html")
    sk.write_report([small], tmp_path / "r.html", title="t")
    for path in tmp_path.iterdir():
        text = path.read_text(encoding="utf-8")
        assert f"{value:.3f}" not in text and f"{value:.1f}0" not in text and repr(value) not in text, path.name
    shown = sk.show_small_cells(small, why="the ethics board agreed")
    sk.write_table(shown, tmp_path / "shown.csv")
    assert repr(value)[:8] in (tmp_path / "shown.csv").read_text(encoding="utf-8")
    assert "the ethics board agreed" in shown.method


def test_21_the_codebook_of_a_survey(tmp_path):
    survey = make_survey()
    for ending in ("csv", "html", "xml"):
        sk.export_codebook(survey, tmp_path / f"book.{ending}", weights="w", format="ddi" if ending == "xml" else None)
        text = (tmp_path / f"book.{ending}").read_text(encoding="utf-8")
        assert "Толық келісемін" in text and "Strongly agree" in text and "Полностью согласен" in text
        assert "Refused" in text and "SIMULATED" in text
    table = pd.read_csv(tmp_path / "book.csv")
    of_q1 = table[table.iloc[:, 0] == ITEMS[0]]
    assert len(of_q1) >= 7, "five codes and two reasons"
