"""A small SPSS system file, byte by byte, so that a test can declare what no program would."""

import struct
import zlib

DATE, TIME, DATETIME = 20, 21, 22
"""Numbers of print formats."""


def packed(content, compression=1, block=0x3FF000):
    """Return an uncompressed file of numbers as SPSS packs it: every value as it is (253), or zipped as well."""
    order = "<" if content[64:68] == struct.pack("<i", 2) else ">"
    at = 176
    while (kind := struct.unpack(f"{order}i", content[at : at + 4])[0]) != 999:
        if kind == 2:
            _, label, gone = struct.unpack(f"{order}3i", content[at + 4 : at + 16])
            size = struct.unpack(f"{order}i", content[at + 32 : at + 36])[0] if label else 0
            at += 32 + (4 + (size + 3) // 4 * 4 if label else 0) + 8 * abs(gone)
        elif kind == 7:
            size, count = struct.unpack(f"{order}2i", content[at + 8 : at + 16])
            at += 16 + size * count
        else:
            raise AssertionError(f"record {kind} is not for this helper")
    head, data = bytearray(content[: at + 8]), content[at + 8 :]
    head[72:76] = struct.pack(f"{order}i", compression)
    values = [data[place : place + 8] for place in range(0, len(data), 8)]
    out = b"".join(
        bytes([253] * len(values[place : place + 8])).ljust(8, b"\0") + b"".join(values[place : place + 8])
        for place in range(0, len(values), 8)
    )
    if compression == 1:
        return bytes(head) + out
    head[:4] = b"$FL3"
    start, blocks, zipped = len(head), [], b""
    for place in range(0, len(out), block):
        piece = zlib.compress(out[place : place + block])
        blocks.append(
            struct.pack(
                f"{order}2q2i", start + place, start + 24 + len(zipped), len(out[place : place + block]), len(piece)
            )
        )
        zipped += piece
    trailer = struct.pack(f"{order}2q2i", -100, 0, block, len(blocks)) + b"".join(blocks)
    return bytes(head) + struct.pack(f"{order}3q", start, start + 24 + len(zipped), len(trailer)) + zipped + trailer


def sav(
    columns,
    rows,
    *,
    encoding="utf-8",
    declared=None,
    code_page=None,
    weight=0,
    n_rows=None,
    label="",
    order="<",
    value_labels=None,
    missing=None,
    formats=None,
    records=(),
):
    """Return the bytes of an uncompressed .sav.

    columns: (name, width, label) with width 0 for numbers; value_labels: {position from 1: {number: text}};
    missing: {name: [numbers]}; formats: {name: number of the print format}; records: (subtype, bytes) to put in.
    """

    def text(value, size=None):
        raw = value.encode(encoding) if isinstance(value, str) else value
        return raw if size is None else raw[:size].ljust(size)

    def ints(*values):
        return struct.pack(f"{order}{len(values)}i", *values)

    elements = sum(max(1, (width + 7) // 8) for _, width, _ in columns)
    out = [
        b"$FL2",
        text("@(#) SPSS DATA FILE", 60),
        ints(2, elements, 0, weight, len(rows) if n_rows is None else n_rows),
        struct.pack(f"{order}d", 100.0),
        b"01 Jan 20",
        b"00:00:00",
        text(label, 64),
        b"\0\0\0",
    ]
    for name, width, question in columns:
        raw = text(question)
        gone = (missing or {}).get(name, [])
        form = (1 << 16 | width << 8) if width else (formats or {}).get(name, 5) << 16 | 8 << 8
        out += [ints(2, width, 1 if raw else 0, len(gone), form, form), text(name, 8)]
        if raw:
            out += [ints(len(raw)), raw.ljust((len(raw) + 3) // 4 * 4)]
        out += [struct.pack(f"{order}d", code) for code in gone]
        out += [ints(2, -1, 0, 0, 0, 0) + b" " * 8] * (max(1, (width + 7) // 8) - 1)
    for position, labels in (value_labels or {}).items():
        out.append(ints(3, len(labels)))
        for code, meaning in labels.items():
            raw = text(meaning)
            out.append(struct.pack(f"{order}d", code) + (bytes([len(raw)]) + raw).ljust((len(raw) + 8) // 8 * 8))
        out.append(ints(4, 1, position))
    if code_page is not None:
        out.append(ints(7, 3, 4, 8, 20, 0, 0, 720, 1, 1, 2 if order == "<" else 1, code_page))
    if declared is not None:
        out += [ints(7, 20, 1, len(declared)), declared.encode("ascii")]
    out += [ints(7, subtype, 1, len(content)) + content for subtype, content in records]
    out.append(ints(999, 0))
    for row in rows:
        for (_, width, _), cell in zip(columns, row):
            out.append(text(cell, (width + 7) // 8 * 8) if width else struct.pack(f"{order}d", cell))
    return b"".join(out)
