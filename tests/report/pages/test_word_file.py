"""A report as a Word file."""

import pytest

from surveykit.errors import MissingExtraError
from surveykit.report.pages.document import write_report


@pytest.mark.slow
def test_word_reads_back(parts, tmp_path):
    docx = pytest.importorskip("docx")
    paths = [write_report(parts, tmp_path / name, title="Trust", lang="kk") for name in ("a.docx", "b.docx")]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    document = docx.Document(str(paths[0]))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[0] == "Trust" and texts[1].startswith("SIMULATED")
    assert "100 % & <b>more</b>" in texts and any(text.startswith("1-сурет. SIMULATED") for text in texts)
    assert len(document.inline_shapes) == 2 and len(document.tables) == 1
    described = document.inline_shapes[0]._inline.docPr.get("descr")
    assert described.startswith("SIMULATED") and "Answers" in described


def test_without_python_docx_the_message_installs_it(parts, tmp_path, monkeypatch):
    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr("surveykit.extras.importlib.import_module", absent)
    with pytest.raises(MissingExtraError, match=r'pip install "surveykit-settlements\[word\]"'):
        write_report(parts, tmp_path / "r.docx", title="x")
    assert list(tmp_path.iterdir()) == []
