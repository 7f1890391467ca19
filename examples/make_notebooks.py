"""Writes each example as a notebook with its outputs, its picture for the gallery, and the page of the gallery.

    python examples/make_notebooks.py

Run it after a change of an example or of what examples print; a test compares.
"""

import ast
import base64
import contextlib
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("[0-9]*.py"))
GALLERY, PICTURES = ROOT / "docs" / "gallery.md", ROOT / "docs" / "pictures" / "gallery"
WIDTH, SHOWN = 480, 1000
"""Of a picture of the gallery and of one in a notebook, in pixels."""


def cells_of(example: Path) -> list[tuple[str, str]]:
    """Return the cells of an example: its docstring, each comment that stands alone, the code between them."""
    source = example.read_text(encoding="utf-8")
    doc = ast.get_docstring(ast.parse(source)) or ""
    title, _, about = doc.partition("\n")
    about = re.sub(r"(?m)^    (python examples.*)$", r"`\1`", about.strip())
    cells = [("markdown", f"# {title}\n\n{about}")]
    for part in re.split(r"\n\n(?=\S)", source[source.index('"""', 3) + 3 :].strip()):
        comment = re.match(r"(?:#.*\n)+", part)
        if comment:
            cells.append(("markdown", re.sub(r"(?m)^# +", "", comment[0]).strip().replace("\n", " ")))
        code = part[comment.end() :].strip() if comment else part.strip()
        if code:
            cells.append(("code", code))
    return cells


def run(cells: list[tuple[str, str]], folder: Path) -> Iterator[list[dict[str, Any]]]:
    """Run cells one after another in a folder; give what each prints and the pictures that it writes."""
    names: dict[str, object] = {"__name__": "__main__"}
    for kind, source in cells:
        if kind == "markdown":
            yield []
            continue
        before, printed = set(folder.glob("*.png")), io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(source, "cell", "exec"), names)
        outputs: list[dict[str, Any]] = []
        if text := printed.getvalue():
            outputs.append({"name": "stdout", "output_type": "stream", "text": text.splitlines(keepends=True)})
        for picture in sorted(set(folder.glob("*.png")) - before):
            image = base64.b64encode(reduced(picture.read_bytes(), SHOWN)).decode("ascii")
            words = picture.with_suffix(".txt").read_text(encoding="utf-8").splitlines(keepends=True)
            data = {"image/png": image, "text/plain": words}
            outputs.append({"data": data, "metadata": {}, "output_type": "display_data"})
        yield outputs


def notebook_of(example: Path, folder: Path) -> dict[str, Any]:
    """Return an example as a notebook (nbformat 4.5) with what its cells print and draw in a folder."""
    cells, made, count = cells_of(example), [], 0
    with contextlib.chdir(folder):
        for number, ((kind, source), outputs) in enumerate(zip(cells, run(cells, folder))):
            cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}}
            if kind == "code":
                count += 1
                cell |= {"execution_count": count, "outputs": outputs}
            made.append(cell | {"source": source.splitlines(keepends=True)})
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def pictures_of(notebook: dict[str, Any]) -> list[bytes]:
    """Return the pictures of a notebook in their order."""
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    return [base64.b64decode(one["data"]["image/png"]) for one in outputs if one["output_type"] == "display_data"]


def gallery_text() -> str:
    """Return the page that shows every example by its picture."""
    lines = [
        "# Examples",
        "",
        "Short programs that run from top to bottom, from the installed package alone, in an empty folder. Each is a `.py` file, and a notebook with",
        "what it prints and draws. All answers are **SIMULATED** but those of 09 and 10.",
        "",
    ]
    for example in EXAMPLES:
        title = (ast.get_docstring(ast.parse(example.read_text(encoding="utf-8"))) or "").partition("\n")[0]
        name = example.stem
        lines += [
            f"## {name[:2]} {name[3:].replace('_', ' ').capitalize()}",
            "",
            f"{title} [Program](../examples/{name}.py) · [notebook](../examples/{name}.ipynb)",
            "",
            f"[![{title}](pictures/gallery/{name}.png)](../examples/{name}.ipynb)",
            "",
        ]
    return "\n".join(lines)


def reduced(picture: bytes, width: int, height: int = 10_000) -> bytes:
    """Return a picture in fewer pixels and 64 colours, cut off below a height: a tenth of the bytes."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    small = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.crop((0, 0, width, min(small.height, height))).quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def main(chosen: list[str]) -> None:
    """Write the notebooks and pictures of the examples that are named, or of all, and the gallery's page."""
    os.environ["MPLBACKEND"] = "Agg"
    PICTURES.mkdir(exist_ok=True)
    for example in EXAMPLES:
        if chosen and example.stem[:2] not in chosen:
            continue
        with tempfile.TemporaryDirectory() as folder:
            notebook = notebook_of(example, Path(folder))
        text = json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
        example.with_suffix(".ipynb").write_text(text, encoding="utf-8")
        (PICTURES / f"{example.stem}.png").write_bytes(reduced(pictures_of(notebook)[-1], WIDTH, WIDTH))
        print(example.name)
    GALLERY.write_text(gallery_text(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
