"""A report in LaTeX (XeLaTeX or LuaLaTeX, for the Kazakh and Russian letters), its figures beside it."""

from surveykit.report.pages.exhibits import Block, FigurePart, Heading, Paragraph, Report, TablePart
from surveykit.report.tables.latex_table import latex_table
from surveykit.results import escape_latex
from surveykit.words.pages import word

_PREAMBLE = r"""% Compile with XeLaTeX or LuaLaTeX.
\documentclass[11pt,a4paper]{article}
\usepackage[margin=22mm]{geometry}
\usepackage{fontspec}
\setmainfont{DejaVu Serif}[Ligatures=TeXReset]
\usepackage{booktabs,graphicx}
\setlength{\parindent}{0pt}
\setlength{\parskip}{6pt}
\setlength{\emergencystretch}{3em}
\begin{document}
"""
_LEVELS = {2: "section", 3: "subsection", 4: "subsubsection"}


def latex_document(report: Report, names: dict[int, str]) -> str:
    """Return a report in LaTeX; `names` are the file names of its figures by number."""
    head = [rf"{{\LARGE {escape_latex(report.title)}\par}}"]
    head += [escape_latex(report.subtitle)] if report.subtitle else []
    head += [rf"\fbox{{\parbox{{0.95\linewidth}}{{\bfseries {escape_latex(report.banner)}}}}}"] if report.banner else []
    body = [_block(block, names) for block in report.blocks]
    rows = [rf"\item {escape_latex(what)}: {_breakable(value)}" for what, value in report.provenance]
    tail = [
        rf"\section*{{{escape_latex(word('provenance', report.lang))}}}",
        "\n".join([r"\begin{itemize}\raggedright", *rows, r"\end{itemize}"]),
    ]
    return _PREAMBLE + "\n\n".join(part.strip() for part in [*head, *body, *tail]) + "\n\n\\end{document}\n"


def _block(block: Block, names: dict[int, str]) -> str:
    if isinstance(block, Heading):
        return rf"\{_LEVELS[block.level]}*{{{escape_latex(block.text)}}}"
    if isinstance(block, Paragraph):
        return escape_latex(block.text)
    if isinstance(block, TablePart):
        return latex_table(block.table, caption=block.caption, floating=False)
    assert isinstance(block, FigurePart)
    return (
        rf"\begin{{center}}\includegraphics[width=\linewidth,height=0.85\textheight,keepaspectratio]"
        rf"{{{names[block.number]}}}\par\textbf{{{escape_latex(block.caption)}}}\end{{center}}"
    )


def _breakable(value: str) -> str:
    """Return text in which a long hash may be broken between lines."""
    return (
        r"\allowbreak{}".join(escape_latex(value[at : at + 8]) for at in range(0, len(value), 8))
        if len(value) == 64
        else escape_latex(value)
    )
