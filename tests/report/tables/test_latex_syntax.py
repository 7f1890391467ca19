"""Tables in LaTeX: whole sentences of its grammar always, and compiled where a TeX is present."""

import re
import shutil
import subprocess

import pandas as pd
import pytest

import surveykit as sk
from tests.report.conftest import HOSTILE
from tests.test_wide_results import ANSWERS, BOOK

PREAMBLE = r"""\documentclass[a4paper]{article}
\usepackage{fontspec}
\setmainfont{DejaVu Serif}[Ligatures=TeXReset]
\usepackage{booktabs,graphicx}
\begin{document}
"""


@pytest.fixture(scope="module")
def results():
    design = sk.SurveyDesign(sk.Survey(ANSWERS, BOOK), cluster="village")
    nasty = pd.DataFrame({"level": HOSTILE, "estimate": [-1234.5] * len(HOSTILE), "p_value": 0.0001})
    return {
        "crosstab": sk.crosstab(design, "trust", ["akim", "sex"], means_of="trust", letters=0.05, show="interval"),
        "sample": sk.describe_sample(design, ["trust", "sex"], by="akim"),
        "models": sk.compare_models([sk.fit_model("trust ~ akim + sex", design)], stars=True, beneath="interval"),
        "shares": sk.shares(design, "trust", by="akim"),
        "nasty": sk.Result(nasty, "50 % of a_b & c # {d} $e$ ~ ^", title="A & B"),
    }


NAMES = ("crosstab", "sample", "models", "shares", "nasty")


def mistakes(text: str) -> list[str]:
    """Return what LaTeX would stop at: environments and braces that do not close, cells too many, signs that mean more."""
    found, opened = [], []
    text = text.replace("{!}{%\n", "{!}{\n")  # no space before the table that is shrunk
    bare = re.sub(r"\\[\\{}&%$#_]", "", text)
    depth = 0
    for mark in re.findall(r"[{}]", bare):
        depth += 1 if mark == "{" else -1
        if depth < 0:
            found.append("a brace closes what was not opened")
            break
    found += ["a brace stays open"] if depth > 0 else []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        if kind == "begin":
            opened.append(name)
        elif not opened or opened.pop() != name:
            found.append(f"{name} ends inside another environment")
    found += [f"{name} does not end" for name in opened]
    body = re.sub(r"\$[^$\n]*\$", "", re.sub(r"\\[\\&%$#_{}]", "", text))
    found += [f"a bare {sign}" for sign in "#%^_$~" if sign in re.sub(r"\\cmidrule\(lr\)|\\label\{.*?\}", "", body)]
    for columns, inner in re.findall(r"\\begin\{tabular\}\{([lr]+)\}(.*?)\\bottomrule", text, flags=re.DOTALL):
        for line in inner.split("\n"):
            row = re.sub(r"\\begin\{tabular\}\[t\].*?\\end\{tabular\}", "", line).strip()
            if not row.endswith(r"\\"):
                continue
            wide = sum(int(n) - 1 for n in re.findall(r"\\multicolumn\{(\d+)\}", row))
            cells = len(re.findall(r"(?<!\\)&", row)) + 1 + wide
            if cells != len(columns):
                found.append(f"{cells} cells in a row of {len(columns)} columns: {row[:60]}")
    return found


def test_the_check_sees_mistakes():
    assert mistakes("a_b") and mistakes("{") and mistakes("}{") and mistakes(r"\begin{table}")
    assert mistakes("\\begin{tabular}{ll}\na & b & c \\\\\n\\bottomrule\\end{tabular}")
    assert mistakes("\\begin{tabular}{ll}\na & b \\\\\n\\bottomrule\\end{tabular}") == []


@pytest.mark.parametrize("lang", ["en", "ru", "kk"])
@pytest.mark.parametrize("name", NAMES)
def test_a_written_table_is_grammatical(results, tmp_path, name, lang):
    text = sk.write_table(results[name], tmp_path / "t.tex", lang=lang, title="50 % & more").read_text(encoding="utf-8")
    assert mistakes(text) == []


@pytest.mark.parametrize("name", NAMES)
def test_to_latex_is_grammatical(results, name):
    assert mistakes(results[name].to_latex(label="tab:one")) == []


def test_thousands_stay_together_in_latex(results, tmp_path):
    text = sk.write_table(results["nasty"], tmp_path / "t.tex", lang="ru").read_text(encoding="utf-8")
    assert r"$-$1\,234,5" in text and "\u202f" not in text


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("xelatex") is None, reason="no TeX is installed")
def test_tables_compile(results, tmp_path):
    parts = [results[name].to_latex() for name in NAMES]
    for name in NAMES:
        for lang in ("en", "ru", "kk"):
            path = sk.write_table(results[name], tmp_path / f"{name}_{lang}.tex", lang=lang)
            parts.append(path.read_text(encoding="utf-8"))
    (tmp_path / "all.tex").write_text(PREAMBLE + "\n\\clearpage\n".join(parts) + "\\end{document}\n", encoding="utf-8")
    command = ["xelatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "all.tex"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, errors="replace", timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "all.pdf").read_bytes().startswith(b"%PDF")
    log = (tmp_path / "all.log").read_text(encoding="utf-8", errors="replace")
    lost = {line.split("There is no ")[1][0] for line in log.splitlines() if "Missing character" in line}
    assert lost <= {*"سؤال عربي"}  # this font has no Arabic
