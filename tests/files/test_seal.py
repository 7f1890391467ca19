"""A file is known again while nobody changes it."""

import hashlib
import zipfile

import pandas as pd
import pytest

import surveykit as sk
from surveykit.files.seal import is_sealed, is_sealed_file, seal

KINDS = [".html", ".md", ".svg", ".tex", ".pdf", ".txt"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("content", [b"", b"one line", b"one line\n", "Жауап\n\n".encode()])
def test_what_was_sealed_is_known_and_what_was_changed_is_not(kind, content):
    sealed = seal(content, kind, "report")
    assert sealed.startswith(content) and sealed.endswith(b"\n") and is_sealed(sealed, kind, "report")
    assert not is_sealed(sealed, kind, "another report")
    assert not is_sealed(b" " + sealed, kind, "report") and not is_sealed(sealed + b"\n", kind, "report")
    assert not is_sealed(content, kind, "report")
    assert not is_sealed(sealed.replace(b"sha256=", b"sha256=0"), kind, "report")


def test_the_hash_is_that_of_the_hashes_of_owner_second_file_and_content():
    parts = (b"me", b"second", b"text\n")
    digest = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
    assert seal(b"text", ".md", "me", b"second") == f"text\n<!-- surveykit sha256={digest} -->\n".encode()


def test_no_file_a_folder_and_no_archive_are_not_ours(tmp_path):
    assert not is_sealed_file(tmp_path) and not is_sealed_file(tmp_path / "none.md")
    (tmp_path / "a.md").write_bytes(seal(b"x", ".md", "me"))
    assert is_sealed_file(tmp_path / "a.md", "me") and not is_sealed_file(tmp_path / "a.md")
    assert not is_sealed(b"PK no archive", ".docx")


def test_a_word_file_is_ours_only_as_a_whole(tmp_path):
    """Its text alone does not tell: a picture, a header or the title may be somebody's work."""
    docx = pytest.importorskip("docx")
    path = sk.write_table(pd.DataFrame({"q": [1.5]}), tmp_path / "a.docx")
    content = path.read_bytes()
    assert is_sealed(content, ".docx") and not is_sealed(content + b"\n", ".docx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("word/mine.txt", "a remark")
    assert not is_sealed_file(path)
    path.write_bytes(content)
    document = docx.Document(path)
    document.core_properties.title = "My title"
    document.save(path)
    assert not is_sealed_file(path)
    with pytest.raises(sk.WriteError, match="changed since"):
        sk.write_table(pd.DataFrame({"q": [2.5]}), path)
