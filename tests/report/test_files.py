import os
import stat

import pytest

from surveykit.errors import WriteError
from surveykit.report.files import check_target, safe_name, write_text


def test_text_is_utf8_with_plain_line_feeds(tmp_path):
    write_text(tmp_path / "a.txt", "Әкім\nсайланған\n")
    assert (tmp_path / "a.txt").read_bytes() == "Әкім\nсайланған\n".encode()
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_file_may_be_read_by_others(tmp_path):
    mask = os.umask(0o022)
    try:
        mode = stat.S_IMODE(write_text(tmp_path / "a.txt", "x").stat().st_mode)
    finally:
        os.umask(mask)
    assert mode == 0o644


def test_missing_folder_folder_as_file_and_wrong_ending(tmp_path):
    with pytest.raises(WriteError, match="the folder '.*nowhere' does not exist; make it first"):
        check_target(tmp_path / "nowhere" / "a.csv")
    with pytest.raises(WriteError, match="is a folder; name a file in it"):
        check_target(tmp_path)
    with pytest.raises(WriteError, match=r"must end in one of \.svg, \.pdf, but 'a\.gif' was given"):
        check_target(tmp_path / "a.gif", (".svg", ".pdf"))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc_passwd"),
        ("trust in akim", "trust_in_akim"),
        ("..", "unnamed"),
        ("Әкім/2", "Әкім_2"),
        ("a\\b\0c", "a_b_c"),
        ("report.v2", "report.v2"),
    ],
)
def test_a_name_cannot_climb_out_of_its_folder(name, safe):
    assert safe_name(name) == safe


@pytest.mark.parametrize(("name", "words"), [("a\0b.csv", "holds a null character"), ("x" * 300 + ".csv", "too long")])
def test_names_that_no_file_can_have(tmp_path, name, words):
    with pytest.raises(WriteError, match=f"a file cannot have the name.*{words}.*choose another one"):
        check_target(tmp_path / name, (".csv",))
