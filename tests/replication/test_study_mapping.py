"""mapping.toml: how the columns and codes of another's file map to those of a study."""

import pytest

import surveykit as sk


@pytest.mark.slow
@pytest.mark.parametrize(("mapping", "error", "words"), [
    ("[colums]\n", sk.CodebookError, "has the key 'colums'.*did you mean 'columns'"),
    ("[columns\n", sk.ReadError, "is no valid TOML"),
    ('[columns]\nakim = "akim_typ"\n', sk.ColumnError, "names 'akim_typ', which is not a column"),
    ("[codes.akim]\n1 = 1\n", sk.CodeError, "codes.akim does not say what 2 means; add it under .codes.akim."),
    ('[wave]\ncolumn = "id"\n', sk.ReadError, "'id' of 'held.csv' has 1000 values, which are no waves"),
    ('[wave]\ncolumn = "akim"\ncodes.1 = "2023"\n', sk.ReadError,
     r"every row of 'held.csv' must belong to a wave, but in \d+ of \d+ rows 'akim' is 2"),
])  # fmt: skip
def test_a_mapping_that_does_not_fit(folder, tmp_path, mapping, error, words):
    (tmp_path / "held.csv").write_bytes((folder / "data" / "ili_2023.csv").read_bytes())
    (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
    with pytest.raises(error, match=words):
        sk.replicate_study(folder, data=tmp_path / "held.csv", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
