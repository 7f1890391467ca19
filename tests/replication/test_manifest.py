import json

import pytest

from surveykit.errors import ReadError
from surveykit.replication.manifest import (
    Manifest,
    Output,
    format_provenance_table,
    hash_files,
    read_manifest,
    used_versions,
)

MADE = (
    Output("Table 1", "tables/t1.csv", "study.toml", ("A-1", "A-2"), "Title | with a bar"),
    Output("Report", "report.html"),
)


def test_written_and_read_back(tmp_path):
    manifest = Manifest("ili", {"a": "1"}, {"b": "2"}, MADE, 7, "kk", "surveykit", True, {"numpy": "2.0"})
    manifest.write(tmp_path / "manifest.json")
    assert read_manifest(tmp_path / "manifest.json") == manifest
    assert json.loads(manifest.to_json())["data_status"] == "SIMULATED"


def test_it_holds_no_time_and_no_place():
    text = Manifest("ili", versions=used_versions()).to_json()
    assert set(json.loads(text)) == {
        "format",
        "study",
        "data_status",
        "inputs",
        "outputs",
        "made",
        "seed",
        "lang",
        "conventions",
        "versions",
    }


def test_hash_of_a_known_text(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "abc.txt").write_bytes(b"abc")
    assert hash_files([tmp_path / "sub" / "abc.txt"], tmp_path) == {  # FIPS 180-2, appendix B.1
        "sub/abc.txt": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    }


def test_table_of_outputs():
    table = format_provenance_table(MADE).splitlines()
    assert table[2] == "| Table 1 | study.toml | tables/t1.csv | A-1, A-2 |"
    assert table[3].endswith("| - |")


def test_words_of_the_errors(tmp_path):
    with pytest.raises(ReadError, match=r"has no manifest.json; it is not the output folder of a run"):
        read_manifest(tmp_path / "manifest.json")
    (tmp_path / "manifest.json").write_text("[]")
    with pytest.raises(ReadError, match=r"is not a manifest; run it again"):
        read_manifest(tmp_path / "manifest.json")


@pytest.mark.parametrize("key", ["study", "inputs", "outputs", "made", "seed", "lang", "conventions", "versions"])
@pytest.mark.parametrize("value", [[1], 1.5, {"a": 1}])
def test_values_of_the_wrong_kind_are_no_manifest(tmp_path, key, value):
    content = json.loads(Manifest("ili", {"a": "1"}, {"b": "2"}, MADE).to_json())
    (tmp_path / "manifest.json").write_text(json.dumps(content | {key: value}))
    with pytest.raises(ReadError, match="is not a manifest; run it again"):
        read_manifest(tmp_path / "manifest.json")
