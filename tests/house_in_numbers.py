"""The house in numbers: what a stranger meets who reads it. Prints; holds nothing to a limit.

python tests/house_in_numbers.py
"""

import ast
import inspect
import io
import tokenize
from pathlib import Path

import surveykit

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "surveykit"
FILES = sorted(path for path in SOURCE.rglob("*.py") if path.name not in {"__init__.py", "__main__.py"})


def comments_per_hundred_lines(files: list[Path]) -> float:
    """Lines with a comment per 100 lines of code (blank lines, docstrings and comment lines are no code)."""
    comments = code = 0
    for path in files:
        told: set[int] = set()
        lines: set[int] = set()
        for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
            if token.type == tokenize.COMMENT and not token.string.startswith(("# noqa", "# type:", "# fmt:")):
                told.add(token.start[0])
            elif token.type not in {
                tokenize.NL,
                tokenize.NEWLINE,
                tokenize.INDENT,
                tokenize.DEDENT,
                tokenize.ENDMARKER,
            }:
                alone = token.type == tokenize.STRING and not token.line[: token.start[1]].strip()
                lines |= set() if alone else set(range(token.start[0], token.end[0] + 1))
        comments, code = comments + len(told), code + len(lines)
    return 100 * comments / code


def functions(files: list[Path]) -> list[tuple[int, str]]:
    """Length in lines and name of every function, the longest first."""
    found = []
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                length = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
                found.append((length, f"{path.relative_to(SOURCE)}:{node.name}"))
    return sorted(found, reverse=True)


def without_test(files: list[Path]) -> list[Path]:
    """Source files whose test does not stand where its name says."""
    tests = ROOT / "tests"
    return [
        path for path in files
        if not (tests / path.relative_to(SOURCE).parent / f"test_{path.name.removeprefix('_')}").exists()
    ]  # fmt: skip


def lacking(section: str) -> list[str]:
    """Public functions whose docstring lacks a section."""
    things = {name: getattr(surveykit, name) for name in surveykit.__all__}
    return [
        name for name, thing in things.items()
        if inspect.isfunction(thing) and f"{section}\n{'-' * len(section)}" not in (inspect.getdoc(thing) or "")
    ]  # fmt: skip


def main() -> None:
    """Print the numbers."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    rooms: dict[str, list[Path]] = {}
    for path in FILES:
        rooms.setdefault(str(path.relative_to(SOURCE).parent), []).append(path)
    print(
        f"{len(FILES)} files, {sum(lengths.values()):,} lines; median {sorted(lengths.values())[len(FILES) // 2]} lines"
    )
    for path, length in sorted(lengths.items(), key=lambda pair: -pair[1])[:5]:
        print(f"  {length:5} {path.relative_to(SOURCE)}")
    print("comments per 100 lines of code, by room:")
    for room, files in sorted(rooms.items()):
        print(f"  {comments_per_hundred_lines(files):5.1f}  {room} ({len(files)} files)")
    print(f"  {comments_per_hundred_lines(FILES):5.1f}  in all")
    print("longest functions:", ", ".join(f"{name} {length}" for length, name in functions(FILES)[:5]))
    alone = without_test(FILES)
    print(f"{len(alone)} of {len(FILES)} files have no test of their own name (tests/test_found_by_name.py says why)")
    for section in ("Examples", "Raises", "References"):
        print(f"{len(lacking(section))} public functions without {section}")


if __name__ == "__main__":
    main()
