"""A value of the wrong kind in study.toml is one sentence that names key, section, kind and value."""

import pytest

import surveykit as sk
from surveykit.replication.study_file import STUDY_FILE


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (
            "def replicate(data, out, lang):\n    1 / 0\n",
            "stopped at line 2 with ZeroDivisionError: division by zero; correct it",
        ),
        ("def replicate(data, out, lang:\n", "stopped at line 1 with SyntaxError"),
        (
            "import nothing_of_this_name\n",
            "stopped at line 1 with ModuleNotFoundError: No module named 'nothing_of_this_name'",
        ),
        (
            "import surveykit as sk\ndef replicate(data, out, lang):\n    sk.read_csv('none.csv')\n",
            "there is no file 'none.csv'|none.csv",
        ),
    ],
)
def test_a_program_that_stops(tmp_path, program, said):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / STUDY_FILE).write_text('[study]\nprogram = "replicate.py"\n')
    (tmp_path / "own" / "replicate.py").write_text(program)
    with pytest.raises(sk.ReadError, match=said):
        sk.replicate_study(tmp_path / "own", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_program_may_write_old_encodings(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / STUDY_FILE).write_text('[study]\nprogram = "replicate.py"\n')
    (tmp_path / "own" / "replicate.py").write_text(
        "import surveykit as sk\ndef replicate(data, out, lang):\n"
        "    (out / 't.csv').write_bytes('имя\\nSIMULATED\\n'.encode('cp1251')); return sk.Ledger()\n",
        encoding="utf-8",
    )
    assert sk.replicate_study(tmp_path / "own", out=tmp_path / "out").manifest.simulated
