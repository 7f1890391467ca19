"""A report in Markdown, its figures beside it."""

from surveykit.report.pages.exhibits import Block, FigurePart, Heading, Paragraph, Report, TablePart
from surveykit.report.pages.table_file import escape_markdown, markdown_table
from surveykit.words.pages import word


def markdown_document(report: Report, names: dict[int, str]) -> str:
    """Return a report in Markdown; `names` are the file names of its figures by number."""
    head = [f"# {escape_markdown(report.title)}"]
    head += [escape_markdown(report.subtitle)] if report.subtitle else []
    head += [f"> **{escape_markdown(report.banner)}**"] if report.banner else []
    body = [_block(block, names) for block in report.blocks]
    tail = [
        f"## {word('provenance', report.lang)}",
        "\n".join(f"- {escape_markdown(what)}: {escape_markdown(value)}" for what, value in report.provenance),
    ]
    return "\n\n".join(part.strip() for part in [*head, *body, *tail]) + "\n"


def _block(block: Block, names: dict[int, str]) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {escape_markdown(block.text)}"
    if isinstance(block, Paragraph):
        return escape_markdown(block.text)
    if isinstance(block, TablePart):
        return markdown_table(block.table, block.caption)
    assert isinstance(block, FigurePart)
    return f"![{escape_markdown(block.words)}]({names[block.number]})\n\n**{escape_markdown(block.caption)}**"
