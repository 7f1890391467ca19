"""Files of every kind that is read, damaged at random: each must be read or refused in one of surveykit's own errors.

``python -m tests.reading.damaged_files FIRST COUNT`` tries COUNT of them from number FIRST on, and prints a line for each
that ended otherwise. The number of a file makes it: the same number is the same file on every computer.
"""

import faulthandler
import io
import random
import struct
import sys
import tempfile
import time
import warnings
import zipfile
from pathlib import Path

import pandas as pd
import pyreadstat

import surveykit as sk
from tests.reading import dta_bytes
from tests.reading.test_form_exports import kobo, limesurvey_csv, lss, qsf, qualtrics_csv, surveymonkey_rows, xlsform
from tests.reading.test_form_exports import save as save_sheets

REFERENCE = Path(__file__).parent.parent / "reference"
SECONDS = 60
"""What is not read or refused by then hangs: the slowest sound file here takes a fraction of one."""

SYNTAX = """* Encoding: UTF-8.
DATA LIST FREE / q1 q2 TO q4 name (A20).
VARIABLE LABELS q1 'Trust the akim' /q2 "Don't you?".
VALUE LABELS q1 q2 TO q4 1 'No' 2 'Yes' 9 'Don''t know' /name 'a' 'A'.
ADD VALUE LABELS q1 8 'Refused'.
MISSING VALUES q1 (8, 9) /q2 TO q4 (LOWEST THRU -1, 99).
VARIABLE LEVEL q1 (ORDINAL).
WEIGHT BY q4.
"""
WORDS = (b"<!ENTITY a '&b;'>", b"%PARAM;", b"\xff\xfe", b"\0\0\0\0", b"9" * 400, b'"', b"''", b"[" * 3000, b"{", b"<row>",
         b"1e999", b"-", b"NaN", b"\r", b"]]>", b"ZZZ1048577", b"A0", b"THRU", b"TO", b".", b"=", b"\xd0")  # fmt: skip
SIZES = (0, 1, -1, 127, 255, 256, 65535, 2**31 - 1, -(2**31), 2**32 - 1, 2**53)


def survey() -> sk.Survey:
    """A survey with everything that a survey can hold, in small."""
    frame = pd.DataFrame({
        "q1": [1, 2, 9, None], "q2": [0.5, None, 2, 99], "name": ["а", None, "ж" * 300, ""], "w": [1.0, 2, 0.5, 1],
        "day": pd.to_datetime(["2023-05-01", None, "1899-12-31", "2023-05-02"]), "tv": [1, 0, 1, 0], "web": [0, 1, 1, 0],
    })  # fmt: skip
    book = sk.Codebook.of(
        [
            sk.Variable("q1", {"en": "Trust?", "kk": "Сенім?"}, {1: {"en": "No"}, 2: {"en": "Yes"}}, {9: {"en": "DK"}}),
            sk.Variable("q2", {"en": "x" * 300}, {}, {}, ((90.0, 100.0),)),
        ],
        {"en": "A study"},
    )
    sets = {"media": sk.ResponseSet("media", ("tv", "web"), 1, {"en": "Media"})}
    return sk.Survey(frame, sk.Codebook(book.variables, book.title, response_sets=sets)).with_missing_codes()


def sound_files(folder: Path) -> list[tuple[str, bytes, str]]:
    """Return one sound file of each kind: its ending, its bytes, and whether it is read as answers or as codebook."""
    found: list[tuple[str, bytes, str]] = []

    def take(name: str, role: str = "answers") -> None:
        found.append((Path(name).suffix, (folder / name).read_bytes(), role))

    whole = survey()
    for name in ("a.sav", "a.zsav"):
        sk.write_spss(whole, folder / name)
        take(name)
    for name in ("a.parquet", "a.feather"):
        sk.write_parquet(whole, folder / name)
        take(name)
    whole.frame.drop(columns="day").to_parquet(folder / "plain.parquet")
    take("plain.parquet")
    columns = [("q1", "byte", "Trust?"), ("x", "double", ""), ("n", "int", ""), ("s", 9, "")]
    cells = [[1, 0.5, "a", "x"], [2, None, 300, "Қ"]]
    (folder / "a.dta").write_bytes(dta_bytes.dta(columns, cells, labels={"q1": {1: "No", 2: "Yes"}}))
    take("a.dta")
    pyreadstat.write_dta(whole.frame.drop(columns="day"), str(folder / "b.dta"))
    take("b.dta")
    frame = pd.DataFrame({"q1": [1.0, 2.5, None], "s": ["Караой", "x", ""], "d": [22486.0, -1, 0]})
    pyreadstat.write_xport(frame, str(folder / "a.xpt"), variable_format={"d": "DATE9."})
    take("a.xpt")
    found += [
        (one.suffix, one.read_bytes(), "answers") for one in (REFERENCE / "small.sas7bdat", REFERENCE / "cyrillic.por")
    ]
    kobo(folder / "kobo.xlsx", typed=True)
    take("kobo.xlsx")
    save_sheets(folder / "monkey.xlsx", Sheet=surveymonkey_rows())
    take("monkey.xlsx")
    limesurvey_csv(folder / "lime.csv")
    take("lime.csv")
    qualtrics_csv(folder / "qualtrics.csv")
    take("qualtrics.csv")
    xlsform(folder / "form.xlsx")
    take("form.xlsx", "codebook")
    lss(folder / "form.lss", old=False)
    take("form.lss", "codebook")
    qsf(folder / "form.qsf")
    take("form.qsf", "codebook")
    (folder / "form.sps").write_text(SYNTAX, encoding="utf-8")
    take("form.sps", "codebook")
    sk.export_codebook(whole, folder / "book.xml")
    take("book.xml", "codebook")
    sk.write_codebook(whole.codebook, folder / "book.toml")
    take("book.toml", "codebook")
    return found


def damage(content: bytes, chance: random.Random) -> bytes:
    """Return the bytes with some of them lost, changed, doubled, moved, or replaced by what is absurd."""
    given = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8, 30))):
        at = chance.randrange(len(given) + 1)
        size = min(chance.choice((1, 2, 4, 8, 30, 500)), len(given) - at)
        how = chance.randrange(7)
        if how == 0:
            del given[at : (len(given) if chance.random() < 0.3 else at + size)]
        elif how == 1 and at < len(given):
            given[at] ^= 1 << chance.randrange(8)
        elif how == 2:
            given[at : at + size] = chance.randbytes(size)
        elif how == 3:
            given[at:at] = given[at : at + size] * chance.choice((1, 2, 50))
        elif how == 4:
            given[at : at + 4] = struct.pack(chance.choice("<>") + "q", chance.choice(SIZES))[: chance.choice((4, 8))]
        elif how == 5:
            given[at:at] = chance.choice(WORDS)
        elif size:
            there = chance.randrange(len(given))
            given[there : there + size] = given[at : at + size]
    return bytes(given)


def damage_part(content: bytes, chance: random.Random) -> bytes:
    """Return a zip archive (.xlsx) of which one part is damaged, and which is sound itself."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        worst = chance.choice([name for name in names if "sheet" in name or "shared" in name or "workbook" in name])
        for name in names:
            part = old.read(name)
            new.writestr(name, damage(part, chance) if name == worst else part)
    return packed.getvalue()


def read(path: Path, role: str) -> None:
    """Read a file as its users do."""
    if role == "codebook":
        sk.read_codebook(path)
        return
    found = sk.read_survey(path)
    sk.describe_columns(found)


def main(first: int, count: int) -> int:
    """Try files and return how many ended otherwise than they should."""
    failed = 0
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            files = sound_files(folder)
            for suffix, content, role in files:  # a file that is refused as it stands would prove nothing
                (folder / f"sound{suffix}").write_bytes(content)
                read(folder / f"sound{suffix}", role)
            for number in range(first, first + count):
                chance = random.Random(number)
                suffix, content, role = files[number % len(files)]
                zipped = content[:2] == b"PK" and chance.random() < 0.7
                path = folder / f"damaged{suffix}"
                path.write_bytes(damage_part(content, chance) if zipped else damage(content, chance))
                faulthandler.dump_traceback_later(SECONDS, exit=True)
                print(f"file {number}", file=sys.stderr, flush=True)  # the last line names the file that ended it
                begun = time.monotonic()
                try:
                    read(path, role)
                except sk.SurveyKitError:
                    pass
                except BaseException as error:  # this is what is looked for
                    failed += 1
                    print(f"{number} ({suffix}, {role}): {type(error).__name__}: {str(error)[:200]}", flush=True)
                faulthandler.cancel_dump_traceback_later()
                if time.monotonic() - begun > SECONDS / 4:
                    print(f"{number} ({suffix}, {role}): {time.monotonic() - begun:.0f} s", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(min(main(int(sys.argv[1]), int(sys.argv[2])), 99))
