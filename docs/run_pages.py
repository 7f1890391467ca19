"""Runs what the pages show: every block of Python and of the console, page by page, each page in an empty folder.

    python docs/run_pages.py            # says which block fails or prints something else than its page
    python docs/run_pages.py --write    # puts what is printed and drawn today in the place of what is shown
    python docs/run_pages.py --write docs/howto/reports.md

A block ```text that follows a block ```python shows what that prints; a block ```console shows commands behind `$` and
what they print. "..." stands for anything; a space is as good as a line break. A test runs the same.
"""

import contextlib
import io
import os
import re
import shlex
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(
    r"^```(?P<kind>python|console)\n(?P<code>.*?)^```$(?:\n\n```text\n(?P<shown>.*?)^```$)?", re.M | re.S
)
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+\.png)\)")
COMMAND = re.compile(r"^\$ (?P<command>(?:[^\n]*\\\n)*[^\n]*)\n(?P<shown>.*?)(?=^\$ |\Z)", re.M | re.S)


def pages() -> list[Path]:
    """Return the pages that have a block to run."""
    found = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [page for page in found if "_build" not in page.parts and BLOCK.search(page.read_text(encoding="utf-8"))]


def run_page(page: Path) -> Iterator[tuple[int, str | None, str]]:
    """Run a page's blocks one after another, in the folder one is in; give line, what the page shows, what is printed.

    What the page shows is None where a block prints and the page does not show it.
    """
    text = page.read_text(encoding="utf-8")
    names: dict[str, object] = {"__name__": "__main__"}
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start()) + 1
        if block["kind"] == "python":
            printed = io.StringIO()
            code = "\n" * line + block["code"]  # a traceback names the line of the page
            with contextlib.redirect_stdout(printed):
                exec(compile(code, str(page), "exec"), names)
            yield line, block["shown"], printed.getvalue()
        else:
            for command in COMMAND.finditer(block["code"]):
                yield line, command["shown"], run_command(command["command"].replace("\\\n", " "))


def run_command(command: str) -> str:
    """Return what a command line of the console prints; `surveykit` runs in this process, nothing else is known."""
    from click.testing import CliRunner

    from surveykit.cli import main

    program, *arguments = shlex.split(command)
    if program != "surveykit":
        raise ValueError(f"a console block runs surveykit alone, not {program!r}")
    return CliRunner().invoke(main, arguments).output


def is_what_is_shown(shown: str, printed: str) -> bool:
    """Return whether a page shows what is printed, but for "..." and the kind of white space."""
    pattern = ".*".join(re.escape(part) for part in " ".join(shown.split()).split("..."))
    return re.fullmatch(pattern, " ".join(printed.split())) is not None


@contextlib.contextmanager
def empty_folder() -> Iterator[None]:
    """Be in an empty folder, with the project's studies beside it as README has them."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for name in ("analysis", "tests"):
            os.symlink(ROOT / name, name)
        Path("results").mkdir()
        yield


def rewrite(page: Path) -> bool:
    """Put what is printed today into the blocks of Python that show it; return whether anything changed."""
    text = page.read_text(encoding="utf-8")
    with empty_folder():
        printed = iter(list(run_page(page)))
        for name in PICTURE.findall(text):
            if Path(Path(name).name).exists():  # the page draws it
                shutil.copyfile(Path(name).name, page.parent / name)

    def fresh(block: re.Match[str]) -> str:
        if block["kind"] == "console":
            commands = list(COMMAND.finditer(block["code"]))
            parts = [(command, next(printed)[2]) for command in commands]
            if all(is_what_is_shown(command["shown"], now) for command, now in parts):
                return block[0]
            body = "".join(f"$ {command['command']}\n{now.rstrip()}\n" for command, now in parts)
            return f"```console\n{body}```"
        _, shown, now = next(printed)
        if shown is None or is_what_is_shown(shown, now):
            return block[0]
        body = "\n".join(line.rstrip() for line in now.rstrip().splitlines())
        return f"```python\n{block['code']}```\n\n```text\n{body}\n```"

    new = BLOCK.sub(fresh, text)
    if new != text:
        page.write_text(new, encoding="utf-8")
    return new != text


def main(arguments: list[str]) -> int:
    """Run the pages that are named, or all; return 1 when one fails or shows something else."""
    import matplotlib

    matplotlib.use("Agg")
    warnings.simplefilter("ignore")
    chosen = [Path(name).resolve() for name in arguments if name != "--write"] or pages()
    wrong = 0
    for page in chosen:
        name = page.relative_to(ROOT)
        if "--write" in arguments:
            print(f"{name}: {'written' if rewrite(page) else 'as it was'}")
            continue
        with empty_folder():
            for line, shown, printed in run_page(page):
                if shown is not None and not is_what_is_shown(shown, printed):
                    wrong = 1
                    print(f"{name}:{line} shows something else than is printed:\n{printed}")
        print(f"{name}: run")
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
