"""A small Stata file of the formats 104 to 115, byte by byte, so that a test knows every cell of it.

Layout after Stata's `help dta` of each release.
"""

import struct

KINDS = {"byte": ("b", 251), "int": ("i", 252), "long": ("l", 253), "float": ("f", 254), "double": ("d", 255)}
PACKS = {"byte": "b", "int": "h", "long": "i", "float": "f", "double": "d"}
NONE_NEW = {"byte": 101, "int": 32741, "long": 2147483621}
NONE_OLD = {"byte": 127, "int": 32767, "long": 2147483647, "float": 2.0**127, "double": 2.0**1023}


def cell(kind, value, order, release):
    """The bytes of a cell; None is the plain ".", "a" to "z" a letter (from release 113 on)."""
    pack = f"{order}{PACKS[kind]}"
    if value is not None and not isinstance(value, str):
        return struct.pack(pack, value)
    if release < 113:
        return struct.pack(pack, NONE_OLD[kind])
    step = 0 if value is None else ord(value) - ord("a") + 1
    if kind in NONE_NEW:
        return struct.pack(pack, NONE_NEW[kind] + step)
    bits = (0x7F000000 + step * 0x800, "I") if kind == "float" else (0x7FE0000000000000 + (step << 40), "Q")
    return struct.pack(f"{order}{bits[1]}", bits[0])


def dta(
    columns,
    rows,
    *,
    release=114,
    order="<",
    unused=0,
    label="",
    encoding="utf-8",
    formats=None,
    labels=None,
    n_rows=None,
):
    """Return the bytes of a Stata file.

    columns: (name, kind, question) with kind "byte", "int", "long", "float", "double" or a width of text;
    labels: {name of a column: {code or letter: text}}.
    """

    def text(value, size):
        raw = value.encode(encoding) if isinstance(value, str) else value
        return raw[: size - 1].ljust(size, b"\0")

    labels, formats = labels or {}, formats or {}
    wide, question_size = 33 if release >= 110 else 9, 81 if release >= 108 else 32
    out = [
        bytes([release, 1 if order == ">" else 2, 1, unused]),
        struct.pack(f"{order}hi", len(columns), len(rows) if n_rows is None else n_rows),
        text(label, 81 if release >= 108 else 32),
    ]
    if release >= 105:
        out.append(text("01 Jan 2020 00:00", 18))
    for _, kind, _ in columns:
        code = (
            KINDS[kind][1 if release >= 111 else 0] if isinstance(kind, str) else kind if release >= 111 else 127 + kind
        )
        out.append(code.encode() if isinstance(code, str) else bytes([code]))
    out += [text(name, wide) for name, _, _ in columns]
    out.append(bytes(2 * (len(columns) + 1)))
    size = 49 if release >= 114 else 12 if release >= 105 else 7
    out += [
        text(formats.get(name, "%9.0g" if isinstance(kind, str) else f"%{kind}s"), size) for name, kind, _ in columns
    ]
    out += [text(f"L{number}" if name in labels else "", wide) for number, (name, _, _) in enumerate(columns)]
    out += [text(question, question_size) for _, _, question in columns]
    if release >= 105:
        out.append(bytes(5 if release >= 110 else 3))
    for row in rows:
        for (_, kind, _), value in zip(columns, row):
            if isinstance(kind, str):
                out.append(cell(kind, value, order, release))
            else:
                out.append((value.encode(encoding) if isinstance(value, str) else value)[:kind].ljust(kind, b"\0"))
    for number, (name, _, _) in enumerate(columns):
        if name not in labels:
            continue
        codes = {
            NONE_NEW["long"] + ord(code) - 96 if isinstance(code, str) else code: meaning
            for code, meaning in labels[name].items()
        }
        if release < 108:
            out += [struct.pack(f"{order}h", len(codes)), text(f"L{number}", 9), b"\0"]
            out += [struct.pack(f"{order}h", code) for code in codes]
            out += [text(meaning, 8) for meaning in codes.values()]
            continue
        texts = [meaning.encode(encoding) + b"\0" for meaning in codes.values()]
        places = [sum(map(len, texts[:index])) for index in range(len(texts))]
        table = struct.pack(f"{order}{2 + 2 * len(codes)}i", len(codes), sum(map(len, texts)), *places, *codes)
        table += b"".join(texts)
        out += [struct.pack(f"{order}i", len(table)), text(f"L{number}", wide), bytes(3), table]
    return b"".join(out)
