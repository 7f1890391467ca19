"""A report as a folder: the page, each table and figure in a file of its own, and the manifest of what went in."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from matplotlib.axes import Axes

from surveykit.files.reading import PathLike, check_file, hash_file
from surveykit.files.writing import write_text_whole
from surveykit.formatting import file_name
from surveykit.replication.manifest import Manifest, Output, hash_files, used_versions
from surveykit.replication.output_folder import MARKER, output_folder
from surveykit.report.disclosure import hidden_log
from surveykit.report.figures.figure_file import drawings_of, save_figure
from surveykit.report.pages.document import write_report
from surveykit.report.pages.exhibits import Exhibit, Part, under_one_mask
from surveykit.report.pages.table_file import escape_markdown, write_table
from surveykit.results import Result
from surveykit.words.simulated import SIMULATED_SENTENCE

REPORT_FILE, README_FILE, HIDDEN_FILE = "report.html", "README.md", "hidden.csv"
FIGURE_KINDS = ("svg", "pdf")
PROGRAM = "surveykit.write_report_folder"


def write_report_folder(
    parts: Iterable[Part],
    folder: PathLike,
    *,
    title: str,
    lang: str = "en",
    subtitle: str = "",
    digits: int = 3,
    inputs: Sequence[PathLike] = (),
) -> Path:
    """Write a report as a folder: the page, its tables and figures as files, and a manifest.

    Parameters
    ----------
    parts : iterable of str, Result, DataFrame, Axes or Exhibit
        As in `write_report`; `compose_report` makes them from a comparison.
    folder : path
        Made, or brought up to date when an earlier run wrote it: files are replaced that its manifest lists and that
        nobody changed since. A folder that holds anything else, or one of `inputs`, is refused.
    title, subtitle : str
        Headings of the page.
    lang : {"en", "ru", "kk"}
        Language of headings, labels and notes that surveykit writes.
    digits : int
        Decimals in the tables of the page; the files hold full precision.
    inputs : sequence of path
        Files that the numbers come from; the manifest has their SHA-256.

    Returns
    -------
    Path
        Of the page, report.html. Beside it lie tables/table_1.csv, figures/figure_1.svg and .pdf, numbered as on the
        page (each figure with its numbers as .csv and its words as .txt), README.md,
        hidden.csv (which cells are hidden and why, where any is) and manifest.json.

    Raises
    ------
    WriteError
        When the folder cannot be written, holds files that no run wrote or one of `inputs`, or is in use by another
        run.
    ReadError
        When one of `inputs` cannot be read.
    ArgumentError
        When `parts` is no list of texts, results, tables, figures and exhibits.

    Notes
    -----
    The same parts and inputs give the same bytes.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"trust": [1, 2, 3, 4, 2, 5], "village": list("AABBCC")})
    >>> result = sk.means(sk.SurveyDesign(answers, cluster="village"), "trust")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = sk.write_report_folder(["# Trust", result], pathlib.Path(folder) / "report", title="Ili 2023")
    ...     print(sorted(path.name for path in page.parent.rglob("*.*")))
    ...
    ['README.md', 'manifest.json', 'report.html', 'table_1.csv']
    """
    given = under_one_mask(parts)
    hashes = {file_name(Path(path).name): hash_file(check_file(path)) for path in inputs}
    with output_folder(folder, [Path(path) for path in inputs]) as work:
        write_report(given, work / REPORT_FILE, title=title, lang=lang, subtitle=subtitle, digits=digits)
        made = [Output("Report", REPORT_FILE, PROGRAM, caption=title), *_write_exhibits(given, work, lang)]
        made += _write_log(made, given, work)
        simulated = any(_is_simulated(part) for part in given)
        write_text_whole(_describe(title, made, simulated), work / README_FILE)
        files = [path for path in work.rglob("*") if path.is_file()]
        Manifest(
            title,
            hashes,
            hash_files(files, work),
            tuple(made),
            lang=lang,
            simulated=simulated,
            versions=used_versions(),
        ).write(work / MARKER)
    return Path(folder) / REPORT_FILE


def _write_exhibits(parts: Sequence[Part], work: Path, lang: str) -> list[Output]:
    """Write each table and figure; numbers are those of the page."""
    made: list[Output] = []
    tables = figures = 0
    for part in parts:
        content, caption = (part.content, part.caption) if isinstance(part, Exhibit) else (part, "")
        if isinstance(content, str):
            continue
        if isinstance(content, Axes):
            figures += 1
            (work / "figures").mkdir(exist_ok=True)
            for number, kind in enumerate(FIGURE_KINDS):
                save_figure(content, work / "figures" / f"figure_{figures}.{kind}", sidecar=number == 0)
            made.append(
                Output(f"Figure {figures}", f"figures/figure_{figures}.{FIGURE_KINDS[0]}", PROGRAM, caption=caption)
            )
        else:
            tables += 1
            (work / "tables").mkdir(exist_ok=True)
            write_table(content, work / "tables" / f"table_{tables}.csv", lang=lang)
            made.append(Output(f"Table {tables}", f"tables/table_{tables}.csv", PROGRAM, caption=caption))
    return made


def _write_log(made: Sequence[Output], parts: Sequence[Part], work: Path) -> list[Output]:
    """Write which cells are hidden and why, without the hidden values; nothing where none is."""
    contents = [part.content if isinstance(part, Exhibit) else part for part in parts]
    shown = [one for one in contents if not isinstance(one, str)]
    names, results = [], []
    for output, content in zip(made[1:], shown):
        drawn = [drawing.result for drawing in drawings_of(content)] if isinstance(content, Axes) else [content]
        for one in drawn:
            if isinstance(one, Result):
                names.append(output.name)
                results.append(one)
    log = hidden_log(names, results)
    if log.empty:
        return []
    write_table(log, work / HIDDEN_FILE)
    return [Output("Hidden cells", HIDDEN_FILE, PROGRAM, caption="Which cells are hidden, and why")]


def _is_simulated(part: Part) -> bool:
    content = part.content if isinstance(part, Exhibit) else part
    if isinstance(content, Axes):
        return any(drawing.origin.simulated for drawing in drawings_of(content))
    return isinstance(content, Result) and content.origin.simulated


def _describe(title: str, made: Sequence[Output], simulated: bool) -> str:
    """Return the README of the folder."""
    lines = [f"# {escape_markdown(title)}", ""]
    if simulated:
        lines += [f"**{SIMULATED_SENTENCE}**", ""]
    lines += [
        "`manifest.json` has the SHA-256 of every input and output and the versions of the programs.",
        "",
        "| | file | what it shows |",
        "|---|---|---|",
    ]
    cells = [[escape_markdown(cell) for cell in (one.name, one.file, one.caption)] for one in made]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in cells)]) + "\n"
