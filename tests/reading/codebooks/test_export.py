import csv
import dataclasses
import io
from xml.etree import ElementTree

import pandas as pd
import pytest

import surveykit as sk
from tests.reading.ddi_rules import find_violations

NS = {"d": "ddi:codebook:2_5"}


def survey():
    book = sk.Codebook.of([
        sk.Variable("q1", {"en": "Do <you> & yours?", "kk": "Сіз бе?"}, {1: {"en": "=No", "kk": "Жоқ"}, 2: {"en": "Yes"}},
                    {98: {"en": "don't know"}, 99: {}}, ((900, float("inf")),), "ordinal"),
        sk.Variable("w", {"en": "Weight"}, measure="scale"),
    ], {"en": "Ili \x07district"})  # fmt: skip
    frame = pd.DataFrame(
        {"q1": [1, 2, 98, None, 2], "w": [1.0, 2.0, 1.0, 1.0, 0.5], "name": ["a", "b", None, "c", "d"]}
    )
    return sk.Survey(frame, book, sk.Provenance("ili.sav", "0" * 64, simulated=True, weight="w")).with_missing_codes()


def test_csv_has_a_row_per_code_with_both_counts(tmp_path):
    sk.export_codebook(survey(), tmp_path / "c.csv", lang="kk")
    with (tmp_path / "c.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    mine = [row for row in rows if row["variable"] == "q1"]
    assert [(row["kind"], row["code"], row["n"], row["n_weighted"]) for row in mine] == [
        ("valid", "1", "1", "1"),
        ("valid", "2", "2", "2.5"),
        ("missing", "98", "1", "1"),
        ("missing", "99", "0", "0"),
        ("empty", "", "1", "1"),
    ]
    assert list(rows[0])[1] == "question_kk"
    assert mine[0]["label_en"] == "'=No" and mine[0]["label_kk"] == "Жоқ"
    assert {row["simulated"] for row in rows} == {"SIMULATED"}
    for name in ("q1", "w", "name"):
        assert sum(int(row["n"]) for row in rows if row["variable"] == name) == 5


def test_the_page_escapes_labels_and_says_simulated(tmp_path):
    sk.export_codebook(survey(), tmp_path / "c.html")
    page = (tmp_path / "c.html").read_text(encoding="utf-8")
    assert "Do &lt;you&gt; &amp; yours?" in page and "<you>" not in page
    assert "SIMULATED" in page and "weighted by w" in page


def test_toml_comes_back_and_a_codebook_alone_has_no_counts(tmp_path):
    sk.export_codebook(survey(), tmp_path / "c.toml")
    assert sk.read_codebook(tmp_path / "c.toml")["q1"] == survey().codebook["q1"]
    sk.export_codebook(survey().codebook, tmp_path / "c.csv")
    with (tmp_path / "c.csv").open(encoding="utf-8", newline="") as stream:
        assert {row["n"] for row in csv.DictReader(stream)} == {""}
    sk.export_codebook(survey().codebook, tmp_path / "d", format="ddi")


def test_what_is_asked_wrongly(tmp_path):
    with pytest.raises(sk.ArgumentError, match="names no codebook format; use .toml"):
        sk.export_codebook(survey(), tmp_path / "c.docx")
    with pytest.raises(sk.ColumnError, match="`weights` names 'ww'"):
        sk.export_codebook(survey(), tmp_path / "c.csv", weights="ww")
    with pytest.raises(sk.ArgumentError, match="`format` must be one of"):
        sk.export_codebook(survey(), tmp_path / "c.csv", format="pdf")


@pytest.mark.slow
def test_every_real_file_has_a_codebook(shared_data, tmp_path):
    with pytest.warns(sk.SurveyKitWarning, match="codes that look missing are not declared so"):
        data = sk.read_spss(shared_data / "afrobarometer_tunisia" / "tunisia_r5.sav", lang="en")
    for name in ("a.csv", "a.html", "a.xml", "a.toml"):
        sk.export_codebook(data, tmp_path / name)
        assert (tmp_path / name).stat().st_size > 10_000
    assert find_violations(ElementTree.parse(tmp_path / "a.xml").getroot()) == []


def ddi(data):
    return ElementTree.fromstring(sk.render_codebook(data, "ddi").encode("utf-8"))


def full_survey():
    """Everything that a codebook can say."""
    book = sk.Codebook.of([
        sk.Variable("m1", {"қазақ тілі": "Радио?", "en": "Radio?"}, {1: {"en": "yes"}}, {-1.5: {}}, ((97.5, 99.0),), "nominal",
                    {"en": "all adults"}, {"en": "face to face", "kk": "бетпе-бет"}),
        sk.Variable("m2", labels={1: {"en": "yes"}}, mode={"en": "by telephone"}),
        sk.Variable("age", {"en": "Age"}, mode={"en": "by telephone"}, measure="scale"),
        sk.Variable("when", {"en": "When?"}),
        sk.Variable("nothing"),
    ])  # fmt: skip
    media = sk.ResponseSet("media & more", ("m1", "m2"), 1, {"en": "Which <media>?"})
    book = dataclasses.replace(book, response_sets={"media & more": media, "gone": sk.ResponseSet("gone", ("m1", "z"))})
    frame = pd.DataFrame(
        {
            "m1": [1, 0, -1.5],
            "m2": [0, 1, 1.0],
            "age": [20, 30, 40],
            "w": [1.0, 2.0, 0.5],
            "when": pd.to_datetime(["2021-07-25", None, "2021-07-26"]),
            "nothing": [None, "a", "b"],
        }
    )
    return sk.Survey(frame, book, sk.Provenance(weight="w")).with_missing_codes()


def test_a_codebook_alone_lists_its_variables_without_codes_too():
    root = ddi(full_survey().codebook)
    names = [one.get("name") for one in root.iterfind("d:dataDscr/d:var", NS)]
    assert names == ["m1", "m2", "age", "when", "nothing"]
    assert "Age" in sk.render_codebook(full_survey().codebook, "csv")


def test_universe_and_mode_stand_on_the_page_and_in_the_table():
    page = sk.render_codebook(full_survey(), "html", lang="en")
    assert "<small>all adults; face to face</small>" in page
    rows = list(csv.DictReader(io.StringIO(sk.render_codebook(full_survey(), "csv", lang="kk"))))
    assert (rows[0]["universe"], rows[0]["mode"]) == ("all adults", "бетпе-бет")


def test_values_without_a_label_are_counted_in_a_row_of_their_own():
    survey = sk.Survey(
        pd.DataFrame({"inc": [*range(100), None]}), sk.Codebook.of([sk.Variable("inc", labels={0: {"en": "none"}})])
    )
    rows = list(csv.DictReader(io.StringIO(sk.render_codebook(survey, "csv", lang="en"))))
    assert [(row["kind"], row["code"], row["label_en"], row["n"]) for row in rows] == [
        ("valid", "0", "none", "1"),
        ("valid", "", "other values", "99"),
        ("empty", "", "no answer", "1"),
    ]
    assert "<catValu>None" not in sk.render_codebook(survey, "ddi")
    with pytest.raises(sk.ArgumentError, match="holds negative weights"):
        sk.render_codebook(sk.Survey(pd.DataFrame({"q": [1], "w": [-1]})), "csv", weights="w")


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_weighted_counts_of_a_column_without_codes(rows):
    """By hand: the weights of the rows that answered, 1 + 2 + ... without the last, whose answer is empty."""
    weights = [float(row + 1) for row in range(rows)]
    values = [f"remark {row}" for row in range(rows)]
    values[-1] = values[-1] if rows == 1 else None
    survey = sk.Survey(pd.DataFrame({"words": values, "w": weights}))
    table = pd.read_csv(io.StringIO(sk.render_codebook(survey, "csv", weights="w")))
    valid = table[(table["variable"] == "words") & (table["kind"] == "valid")]
    answered = weights if rows == 1 else weights[:-1]
    assert valid["n"].tolist() == [len(answered)] and valid["n_weighted"].tolist() == [sum(answered)]
