"""Being wrong with it, 1 to 12: files. A sentence or a right answer; never a crash, a hang, or silent garbage."""

import contextlib
import warnings

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from tests.expectations.conftest import make_survey
from tests.expectations.words import one_sentence

RUSSIAN = "вопрос,вес\nПривет всем жителям района,1\nСпасибо большое,2\n"


@pytest.fixture(scope="module")
def sav(tmp_path_factory):
    path = tmp_path_factory.mktemp("files") / "good.sav"
    sk.write_spss(make_survey(), path, lang="en")
    return path


@contextlib.contextmanager
def quiet():
    """Let surveykit's warnings pass; what is tested is the answer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk.SurveyKitWarning)
        yield


def written(folder, name: str, content: str | bytes):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    "read",
    [
        sk.read_spss,
        sk.read_stata,
        sk.read_csv,
        sk.read_survey,
        sk.inspect_file,
        sk.read_codebook,
        sk.read_crosswalk,
        sk.read_xlsform,
    ],
)
def test_01_no_file_a_folder_and_what_is_no_path(read, tmp_path):
    assert "there is no file" in one_sentence(lambda: read(tmp_path / "absent.sav"))
    assert "folder" in one_sentence(lambda: read(tmp_path))
    one_sentence(lambda: read(None))


def test_01_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = written(tmp_path, "locked.csv", "a,b\n1,2\n")

    def refuse(*args, **options):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr("io.open", refuse)
    assert "locked.csv" in one_sentence(lambda: sk.read_csv(path))


def test_02_empty_files_and_files_without_rows(tmp_path):
    for name, read in (("e.csv", sk.read_csv), ("e.sav", sk.read_spss), ("e.dta", sk.read_stata)):
        assert "is empty" in one_sentence(lambda read=read, name=name: read(written(tmp_path, name, "")))
    with pytest.warns(sk.SurveyKitWarning, match="has a header and no answers below it"):
        survey = sk.read_csv(written(tmp_path, "z.csv", "a,b\n"))
    assert len(survey) == 0 and list(survey.frame.columns) == ["a", "b"]
    assert "no rows" in one_sentence(lambda: sk.SurveyDesign(survey), sk.DesignError)


@pytest.mark.parametrize("part", [0.01, 0.1, 0.3, 0.5, 0.8, 0.97])
def test_03_a_truncated_file_is_named(sav, part, tmp_path):
    whole = sav.read_bytes()
    path = written(tmp_path, "cut.sav", whole[: int(len(whole) * part)])
    one_sentence(lambda: sk.read_spss(path), sk.ReadError, "cut.sav")


@pytest.mark.slow
def test_03_flipped_bits_end_in_a_sentence_or_in_a_survey(sav, tmp_path, rng):
    whole = np.frombuffer(sav.read_bytes(), dtype=np.uint8)
    for number in range(40):
        damaged = whole.copy()
        damaged[rng.integers(0, len(whole), 3)] ^= np.uint8(1 << rng.integers(0, 8))
        path = written(tmp_path, f"{number}.sav", damaged.tobytes())
        try:
            survey = sk.read_spss(path)
        except (sk.SurveyKitError, sk.SurveyKitWarning):
            continue
        assert len(survey) > 0


def test_04_an_encrypted_file(tmp_path):
    path = written(
        tmp_path, "secret.sav", b"\x1c\x00\x00\x00\x00\x00\x00\x00ENCRYPTEDSAV\x15\x00\x00\x00" + bytes(range(64))
    )
    assert "encrypted" in one_sentence(lambda: sk.read_spss(path), sk.ReadError)


def test_05_an_extension_that_lies(sav, tmp_path):
    disguised = written(tmp_path, "really_spss.csv", sav.read_bytes())
    assert "read_survey()" in one_sentence(lambda: sk.read_csv(disguised), sk.ReadError)
    assert "read_survey()" in one_sentence(
        lambda: sk.read_spss(written(tmp_path, "text.sav", "a,b\n1,2\n")), sk.ReadError
    )
    with quiet():
        assert len(sk.read_survey(disguised)) == 240


def test_06_a_code_page_that_is_wrong_or_missing(tmp_path):
    path = written(tmp_path, "cp1251.csv", RUSSIAN.encode("cp1251"))
    assert "no utf-8" in one_sentence(lambda: sk.read_csv(path, encoding="utf-8"), sk.EncodingError)
    assert "no encoding" in one_sentence(lambda: sk.read_csv(path, encoding="nonsense"), sk.ArgumentError)
    survey = sk.read_csv(path)
    assert survey.frame.columns[0] == "вопрос" and survey.provenance.encoding
    assert survey.frame["вопрос"][0] == "Привет всем жителям района"


def test_07_ragged_rows_two_headers_and_names(tmp_path):
    assert "record 3, has 3 cells" in one_sentence(
        lambda: sk.read_csv(written(tmp_path, "r.csv", "a,b\n1,2\n1,2,3\n")), sk.ReadError
    )
    with quiet():
        names = list(sk.read_csv(written(tmp_path, "d.csv", "a,a,\n1,2,3\n")).frame.columns)
        two = sk.read_csv(written(tmp_path, "h.csv", "q1,q2\nYour age,Your village\n30,A\n"), header_rows=2)
    assert len(set(names)) == 3 and "" not in names
    assert len(two) == 1


def test_08_09_semicolons_and_decimal_commas(tmp_path):
    survey = sk.read_csv(written(tmp_path, "s.csv", "weight;q1\n1,5;2\n0,25;3\n"))
    assert survey.frame["weight"].tolist() == [1.5, 0.25] and survey.frame["q1"].tolist() == [2, 3]


def test_10_dates_beyond_the_range_of_pandas(tmp_path):
    frame = pd.DataFrame({"born": ["0999-01-01", "2021-07-25"]})
    path = written(tmp_path, "dates.csv", frame.to_csv(index=False))
    assert sk.read_csv(path).frame["born"].astype(str).str[:10].tolist() == ["0999-01-01", "2021-07-25"]


def test_11_two_files_of_the_same_wave(sav):
    waves = {"2021": sk.read_spss(sav), "2023": sk.read_spss(sav)}
    assert "same file" in one_sentence(lambda: sk.stack_waves(waves), sk.ArgumentError)


@pytest.mark.parametrize(("content", "words"), [
    ('[variables.q1.labels]\n1.en = "Yes"\n[variables.q1.missing]\n1.en = "Refused"\n', "q1"),
    ('[variables.q1.labels]\n1.en = "Yes"\n1.en = "No"\n', "line 3|twice|overwrite|TOML"),
    ('[variables.q1]\nmeasure = "odinal"\n', "ordinal"),
    ("[variables.q1\n", "TOML|line"),
])  # fmt: skip
def test_12_a_codebook_that_contradicts_itself(content, words, tmp_path):
    one_sentence(lambda: sk.read_codebook(written(tmp_path, "book.toml", content)), sk.SurveyKitError, words)


def test_12_a_codebook_of_unknown_columns_and_one_label_for_two_codes(tmp_path):
    book = written(tmp_path, "book.toml", '[variables.age.labels]\n1.en = "Yes"\n')
    with pytest.warns(sk.SurveyKitWarning, match="age"):
        sk.read_csv(written(tmp_path, "a.csv", "q1,q2\n1,2\n"), codebook=book)
    with pytest.warns(sk.SurveyKitWarning, match="Yes"):
        sk.read_codebook(written(tmp_path, "two.toml", '[variables.q1.labels]\n1.en = "Yes"\n2.en = "Yes"\n'))
