"""Damaged files by the thousand: a reader may refuse them, but never crash, hang or raise anything of its own.

    python benchmarks/fuzz_readers.py FOLDER [--files 20000] [--seed 1]
    python benchmarks/fuzz_readers.py --doors [--files 5000]

Every file below FOLDER (of at most 64 KiB) is flipped, cut, spliced and padded; each damaged copy goes through
read_survey in a worker process, those of a codebook's kind through read_codebook. `--doors` takes files of its own:
workbooks (damaged inside their parts too), Parquet, Feather, DDI, SPSS syntax, questionnaires. A SurveyKitError
is right, and so is a Survey whose answers add up; all else is printed with the bytes' place, and the exit code is 1. A
cut .sav that tells its number of rows must not come back with fewer.
"""

import argparse
import collections
import io
import json
import multiprocessing
import resource
import signal
import sys
import tempfile
import traceback
import warnings
import zipfile
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pandas as pd

import surveykit as sk

LARGEST = 65536
SECONDS = 20
MEMORY = 6 * 2**30


def damage(content: bytes, others: list[bytes], rng: np.random.Generator) -> tuple[str, bytes]:
    """Return what was done, and the damaged bytes."""
    data = bytearray(content)
    way = rng.choice(["flip", "flip", "byte", "byte", "cut", "splice", "insert", "delete", "number"])
    place = int(rng.integers(0, len(data)))
    if rng.random() < 0.5:
        place = int(rng.integers(0, min(len(data), 600)))  # headers are where a reader decides
    if way == "flip":
        for _ in range(int(rng.integers(1, 9))):
            data[int(rng.integers(0, len(data)))] ^= 1 << int(rng.integers(0, 8))
    elif way == "byte":
        data[place : place + 1] = bytes([int(rng.integers(0, 256))])
    elif way == "cut":
        del data[place:]
    elif way == "splice":
        other = others[int(rng.integers(0, len(others)))]
        data[place:] = other[int(rng.integers(0, len(other))) :]
    elif way == "insert":
        data[place:place] = rng.bytes(int(rng.integers(1, 40)))
    elif way == "delete":
        del data[place : place + int(rng.integers(1, 40))]
    else:
        data[place : place + 4] = int(rng.choice([0, -1, 2**31 - 1, -(2**31), 10**6])).to_bytes(
            4, "little", signed=True
        )
    return str(way), bytes(data)


def damage_inside(content: bytes, others: list[bytes], rng: np.random.Generator) -> tuple[str, bytes]:
    """Damage one part of a zip archive; flipped bytes of the archive itself seldom come further than its checksum."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = str(rng.choice([name for name, part in parts.items() if part]))
    way, parts[name] = damage(parts[name], others, rng)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    return f"{way} in {name}", target.getvalue()


SYNTAX = """* Encoding: UTF-8.
DATA LIST FREE / id q1 TO q3 (F2.0) region (A2).
VARIABLE LABELS q1 'Доверие' /* first */ q2 "It's" + ' so' / q3 'c'.
VALUE LABELS q1 TO q3 1 'No' 2 'Yes' 9 'Refused' / region 'AL' 'Almaty'.
ADD VALUE LABELS q1 3 'Maybe'.
MISSING VALUES q1 TO q3 (9) q2 (90 THRU HI, -1) / region ('AS').
VARIABLE LEVEL q1 q2 (ORDINAL).
WEIGHT BY id.
"""
CELLS = "".join(f"<{tag}><![CDATA[{text}]]></{tag}>" for tag, text in (("qid", 1), ("code", "A1"), ("answer", "No")))
STRUCTURE = f"""<?xml version="1.0" encoding="UTF-8"?><document><LimeSurveyDocType>Survey</LimeSurveyDocType>
<languages><language>en</language></languages><answers><rows><row>{CELLS}</row></rows></answers><questions><rows><row>
<qid>1</qid><parent_qid>0</parent_qid><type>1</type><title>q1</title><question>&lt;b&gt;Trust&lt;/b&gt;</question></row>
</rows></questions><subquestions><rows><row><qid>2</qid><parent_qid>1</parent_qid><title>SQ001</title>
<question>akim</question></row></rows></subquestions></document>"""
QUESTIONNAIRE = {
    "SurveyEntry": {"SurveyName": "Ili", "SurveyLanguage": "EN"},
    "SurveyElements": [
        {"Element": "BL", "Payload": [{"Type": "Trash", "BlockElements": [{"QuestionID": "QID9"}]}]},
        *({"Element": "SQ", "PrimaryAttribute": f"QID{number}", "Payload": {
            "DataExportTag": f"q{number}", "QuestionType": kind, "Selector": selector, "QuestionText": "<p>Trust",
            "Choices": {"1": {"Display": "No"}, "2": {"Display": "Yes", "TextEntry": "true"}}, "ChoiceOrder": ["2", 1],
            "Answers": [{"Display": "Good"}, {"Display": "Bad"}], "RecodeValues": {"1": "5"},
            "Language": {"RU": {"QuestionText": "Доверие", "Choices": {"1": {"Display": "Нет"}}}},
        }} for number, (kind, selector) in enumerate([("MC", "SAVR"), ("MC", "MAVR"), ("Matrix", "Likert")], 1)),
    ],
}  # fmt: skip


def write_doors(folder: Path) -> None:
    """Write a small file of every kind that was added last: those that the project itself writes, and made-up ones."""
    import openpyxl

    labels = {1: {"en": "No", "ru": "Нет"}, 2: {"en": "Yes", "ru": "Да"}}
    book = sk.Codebook.of([sk.Variable("q1", {"en": "Trust"}, labels, {9: {"en": "refused"}}, ((90, 99),), "ordinal"),
                           sk.Variable("w")], "Ili")  # fmt: skip
    frame = pd.DataFrame({"q1": [1.0, 2, 9, 95], "w": [0.5, 1, 1, 1.5], "place": ["Ұзынағаш", None, "b", "c"],
                          "day": pd.to_datetime(["2023-05-01", None, "2023-05-02", "2023-05-03"]),
                          "area": pd.Categorical(["x", "y", "x", None])})  # fmt: skip
    survey = sk.Survey(frame, book, sk.Provenance(weight="w")).with_missing_codes()
    for ending in ("parquet", "feather"):
        sk.write_parquet(survey, folder / f"ours.{ending}")
    frame.to_parquet(folder / "theirs.parquet")
    frame.to_feather(folder / "theirs.feather")
    sk.export_codebook(survey, folder / "book.xml")
    (folder / "book.sps").write_text(SYNTAX, encoding="utf-8")
    (folder / "old.sps").write_bytes(SYNTAX.partition("\n")[2].encode("cp1251"))
    (folder / "form.lss").write_text(STRUCTURE, encoding="utf-8")
    (folder / "form.qsf").write_text(json.dumps(QUESTIONNAIRE, ensure_ascii=False), encoding="utf-8")
    answers = openpyxl.Workbook()
    sheet = answers.active
    for row in (["Survey", None, None, None], ["id", "Trust", None, "day"], [None, "akim", "court", None],
                [1, 4, "2,5", frame["day"][0]], [2, "#N/A", True, None], [3, "=1+1", 0.25, None], [None] * 4,
                [5, 1, 2, frame["day"][2]]):  # fmt: skip
        sheet.append(row)
    sheet.merge_cells("B2:C2")
    sheet.merge_cells("A7:A8")
    sheet.row_dimensions[5].hidden = True
    answers.save(folder / "answers.xlsx")
    form = openpyxl.Workbook()
    form.active.title = "survey"
    for row in (["type", "name", "label::English (en)"], ["select_one yn", "q1", "Trust"], ["integer", "age", "Age"]):
        form.active.append(row)
    choices = form.create_sheet("choices")
    for row in (["list_name", "name", "label::English (en)"], ["yn", 1, "Yes"], ["yn", 0, "No"]):
        choices.append(row)
    form.save(folder / "form.xlsx")


CODEBOOKS = (".xml", ".sps", ".lss", ".qsf")


def read(path: str) -> None:
    """Read a file as what its name says that it is; a workbook as answers and as a form."""
    if path.endswith(CODEBOOKS):
        sk.read_codebook(path)
        return
    if path.endswith("form.xlsx"):
        sk.read_codebook(path)
    check(sk.read_survey(path))


def check(survey: sk.Survey) -> None:
    """Raise when valid answers, reasons and empty cells do not add up to the rows."""
    for name in survey.frame.columns:
        counts = survey.count_missing(name)
        assert counts["empty"] >= 0, name
        assert int(counts.sum()) + int(survey.frame[name].notna().sum()) == len(survey), name


def work(pipe: Connection) -> None:
    """Read the files whose paths come through the pipe, and answer with what happened."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    while (path := pipe.recv()) is not None:
        try:
            read(path)
            pipe.send(("read", ""))
        except sk.SurveyKitError as error:
            pipe.send(("refused" if "\n" not in str(error) else "two lines", type(error).__name__))
        except BaseException:
            pipe.send(("RAISED", traceback.format_exc()))


class Worker:
    """A process that may die or hang without taking the run along."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.pipe, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=work, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()

    def read(self, path: Path) -> tuple[str, str]:
        self.pipe.send(str(path))
        try:
            if self.pipe.poll(SECONDS):
                return self.pipe.recv()
            outcome = ("HUNG", f"more than {SECONDS} s")
        except (EOFError, ConnectionResetError):
            self.process.join(5)
            code = self.process.exitcode or 0
            outcome = ("CRASHED", signal.Signals(-code).name if code < 0 else str(code))
        self.process.kill()
        self.process.join()
        self.start()
        return outcome


def main() -> int:
    """Run the fuzzer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--doors", action="store_true", help="files of the kinds that were added last, made here")
    parser.add_argument("--files", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the files that failed")
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    made = tempfile.TemporaryDirectory()
    if options.doors:
        write_doors(Path(made.name))
    source = Path(made.name) if options.doors else options.folder
    files = [path for path in sorted(source.rglob("*")) if path.is_file()]
    paths = [path for path in files if 0 < path.stat().st_size <= LARGEST]
    contents = [path.read_bytes() for path in paths]
    counts: collections.Counter[str] = collections.Counter()
    bad: collections.Counter[str] = collections.Counter()
    worker = Worker()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.files):
            index = int(rng.integers(0, len(paths)))
            inside = paths[index].suffix == ".xlsx" and rng.random() < 0.8
            way, content = (damage_inside if inside else damage)(contents[index], contents, rng)
            path = Path(folder) / (paths[index].name if options.doors else f"f{paths[index].suffix}")
            path.write_bytes(content)
            outcome, why = worker.read(path)
            counts[outcome] += 1
            if outcome not in ("read", "refused"):
                last = why.strip().splitlines()[-1]
                bad[f"{outcome}: {last[:160]}"] += 1
                print(f"{number} {paths[index].name} {way}: {outcome} {last[:200]}", flush=True)
                if options.keep and bad[f"{outcome}: {last[:160]}"] <= 3:
                    options.keep.mkdir(parents=True, exist_ok=True)
                    (options.keep / f"{number}{paths[index].suffix}").write_bytes(content)
                    (options.keep / f"{number}.txt").write_text(why)
    print(dict(counts))
    for line, count in bad.most_common():
        print(count, line)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
