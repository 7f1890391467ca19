"""The real files beside the project: each is read as R haven and GNU PSPP read it, or refused with the right sentence."""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import surveykit as sk

REFERENCE = json.loads(
    (Path(__file__).parent.parent / "reference" / "reading_expected.json").read_text(encoding="utf-8")
)

# What a reader of each file must be told: a word of the warning, or of the refusal ("!" in front), or nothing.
TOLD = {
    "leadership.dta": "declares utf-8, but its bytes read as",
    "cp1251_inconsistent_codepage_mrset.sav": "although it also declares cp1252",
    "cp1251_mislabelled_as_1252.sav": "Доверяете ли Вы акиму",
    "cp1251_mislabelled_mrset.sav": "Доверяете ли Вы акиму",
    "cp866_mislabelled_as_1252.sav": "Доверяете ли Вы акиму",
    "koi8r_mislabelled_as_1252.sav": "Доверяете ли Вы акиму",
    "haven_datetime.sav": "beyond the year 9999",
    "foreign_sample100.por": "why an answer is missing is lost",
    "memisc_nes1948.por": "why an answer is missing is lost",
    "readspss_hotel-encrypted.sav": "!is encrypted",
    "tunisia_r5.sav": "NOCALL_1: 997 (labelled 'Not Applicable'; 564 answers)",
    "tunisia_r6.sav": "codes that look missing are not declared so",
    "eseb2018_brazil_04622.sav": "labelled 'Não respondeu'",
    "foreign_mval_bug.sav": "labelled '(-3) Missing'",
    "medella_Learning.sav": 'labelled "Don\'t know"',
}
ENCODINGS = {
    "cp1251_declared_mrset.sav": "cp1251", "cp1251_declared_no_mrlabel.sav": "cp1251",
    "cp1251_inconsistent_codepage_mrset.sav": "cp1251", "cp1251_mislabelled_as_1252.sav": "cp1251",
    "cp1251_mislabelled_mrset.sav": "cp1251", "cp866_mislabelled_as_1252.sav": "cp866",
    "koi8r_mislabelled_as_1252.sav": "koi8-r", "eseb2018_brazil_04622.sav": "cp1252", "leadership.dta": "cp1252",
    "haven_umlauts.sav": "utf-8", "pyreadstat_hebrews.sav": "utf-8", "tunisia_r5.sav": "utf-8",
}  # fmt: skip


def find(shared_data: Path, name: str) -> Path:
    return next(shared_data.rglob(name))


def read(path: Path) -> tuple[sk.Survey, list[str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        survey = sk.read_survey(path)
    return survey, [str(item.message) for item in caught]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(REFERENCE))
def test_a_file_is_read_as_haven_reads_it_or_refused(shared_data, name):
    told = TOLD.get(name, "")
    path = find(shared_data, name)
    if told.startswith("!"):
        with pytest.raises(sk.ReadError, match=told[1:]):
            sk.read_survey(path)
        return
    survey, said = read(path)
    assert (told in " ".join(said)) if told else not said
    reference = REFERENCE[name]["haven"]
    assert survey.frame.shape == (reference["rows"], len(reference["columns"]))
    for column, expected in zip(survey.frame.columns, reference["columns"].values()):
        values = survey.frame[column]
        n_reason = len(survey.missing_reasons.get(column, ()))
        counts = (int(values.notna().sum()), n_reason, int(values.isna().sum()) - n_reason)
        if name.endswith(".por"):  # pyreadstat blanks the missing codes of a portable file, as the warning says
            wanted = (expected["valid"], 0, expected["reason"] + expected["empty"])
        else:
            wanted = (expected["valid"], expected["reason"], expected["empty"])
        assert counts == wanted, column
        if pd.api.types.is_numeric_dtype(values.dtype) and isinstance(expected.get("sum"), int | float):
            assert float(np.nansum(values)) == pytest.approx(expected["sum"], rel=1e-8, abs=1e-6), column
        assert len(survey.codebook[column].labels) <= expected["labels"], column


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(name for name, entry in REFERENCE.items() if entry["pspp"]))
def test_rows_and_file_weight_are_those_of_pspp(shared_data, name):
    expected = REFERENCE[name]["pspp"]
    if expected["rows"] is None:
        pytest.skip("PSPP refuses this file too")
    survey, _ = read(find(shared_data, name))
    assert len(survey) == expected["rows"]
    assert (survey.provenance.weight or "OFF") == expected["weight"]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(ENCODINGS))
def test_the_encoding_is_right_and_written_down(shared_data, name):
    survey, _ = read(find(shared_data, name))
    assert survey.provenance.encoding == ENCODINGS[name]
    assert any(note.startswith(f"encoding {ENCODINGS[name]}") for note in survey.provenance.notes)
    if name.startswith(("cp1251", "cp866", "koi8r")):
        assert survey.codebook["x"].ask() == "Доверяете ли Вы акиму округа? (1-5"
        assert survey.codebook["x"].label(2) == "зелен"


def test_ranges_to_lowest_and_highest(shared_data):
    survey, _ = read(find(shared_data, "foreign_mval_bug.sav"))
    assert survey.codebook["Q1_MISSING_LOW"].missing_ranges == ((-np.inf, -1.0),)
    assert survey.codebook["Q1_MISSING_HIGH"].missing_ranges == ((97.0, np.inf),)
    assert (survey.count_missing("Q1_MISSING_LOW").drop("empty") > 0).any()


@pytest.mark.slow
def test_the_councillor_item_of_both_afrobarometer_rounds_keeps_its_missing_codes(shared_data):
    fifth, _ = read(find(shared_data, "tunisia_r5.sav"))
    sixth, _ = read(find(shared_data, "tunisia_r6.sav"))
    assert "ouncil" in fifth.codebook["Q71C"].ask()
    assert "ouncil" in sixth.codebook["Q68_TUN_C"].ask()
    assert fifth.provenance.weight == sixth.provenance.weight == "withinwt"


CANNOT_BE_WRITTEN = {"medella_Longstring.sav": "cannot name an SPSS variable", "leadership.dta": "'BY' cannot name"}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(name for name in REFERENCE if not TOLD.get(name, "").startswith("!")))
def test_a_file_that_is_written_again_holds_all_it_held(shared_data, tmp_path, name):
    survey, _ = read(find(shared_data, name))
    if name in CANNOT_BE_WRITTEN:
        with pytest.raises(sk.WriteError, match=CANNOT_BE_WRITTEN[name]):
            sk.write_spss(survey, tmp_path / "a.sav")
        return
    sk.write_spss(survey, tmp_path / "a.sav")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk.SurveyKitWarning)  # letters or dates that were lost before are told again
        again = sk.read_spss(tmp_path / "a.sav")
    pd.testing.assert_frame_equal(again.data, survey.data, check_dtype=False)
    assert dict(again.codebook.variables) == dict(survey.codebook.variables)
    assert dict(again.codebook.response_sets) == dict(survey.codebook.response_sets)
    assert (again.codebook.title, again.provenance.weight) == (survey.codebook.title, survey.provenance.weight)
    for column in survey.frame.columns:
        assert again.count_missing(column).to_dict() == survey.count_missing(column).to_dict()
