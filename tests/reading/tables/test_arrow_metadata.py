"""The codebook, the reasons and the provenance inside a Parquet file."""

import json

import pandas as pd

import surveykit as sk
from tests.expectations.words import one_sentence
from tests.reading.tables.test_parquet_file import pa, pq


def test_damage(tmp_path):
    sk.write_parquet(sk.Survey(pd.DataFrame({"q": [1.0, 2.0]})), tmp_path / "a.parquet")
    content = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(content[:-20])
    assert "is damaged" in one_sentence(lambda: sk.read_parquet(tmp_path / "cut.parquet"), sk.ReadError)
    table = pq.read_table(tmp_path / "a.parquet")
    ours = json.loads(table.schema.metadata[b"surveykit"])
    for change in (
        {"version": 2},
        {"codebook": "x"},
        {"codebook": "a." * 60_000 + "a = 1"},  # the parser would take gigabytes for the second
        {"reasons": {"q": {"codes": [9], "type": "float64", "rows": "!", "places": ""}}},
    ):
        metadata = {**table.schema.metadata, b"surveykit": json.dumps({**ours, **change}).encode()}
        pq.write_table(table.replace_schema_metadata(metadata), tmp_path / "b.parquet")
        said = one_sentence(lambda: sk.read_parquet(tmp_path / "b.parquet"), sk.ReadError)
        assert "written by surveykit, but its codebook is damaged" in said
    (tmp_path / "old.feather").write_bytes(b"FEA1" + bytes(60))
    said = one_sentence(lambda: sk.read_survey(tmp_path / "old.feather"), sk.ReadError)
    assert "a Feather file of the first version" in said
    (tmp_path / "c.parquet").write_text("a,b\n1,2\n")
    assert "is text, not a Parquet" in one_sentence(lambda: sk.read_parquet(tmp_path / "c.parquet"), sk.ReadError)
    said = one_sentence(lambda: sk.read_parquet(tmp_path / "a.parquet", columns=["Q"]), sk.ColumnError)
    assert "`columns` names 'Q', which is not a column" in said


def test_reasons_of_answers_that_are_there_are_damage(tmp_path):
    book = sk.Codebook.of([sk.Variable("q", missing={9: {}})])
    sk.write_parquet(sk.Survey(pd.DataFrame({"q": [1.0, 9]}), book).with_missing_codes(), tmp_path / "a.parquet")
    contradicts = sk.Survey(pd.DataFrame({"q": [1.0, 2.0]}), book, missing_reasons={"q": pd.Series([9.0], index=[1])})
    one_sentence(
        lambda: sk.write_parquet(contradicts, tmp_path / "c.parquet"), sk.WriteError, "'q' has answers in rows"
    )
    table = pq.read_table(tmp_path / "a.parquet")
    changed = table.set_column(0, table.schema.field(0), pa.array([1.0, 2.0]))
    pq.write_table(changed.replace_schema_metadata(table.schema.metadata), tmp_path / "b.parquet")
    said = one_sentence(lambda: sk.read_parquet(tmp_path / "b.parquet"), sk.ReadError)
    assert "'q' has answers where it also has reasons" in said
