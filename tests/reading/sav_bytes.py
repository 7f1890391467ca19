"""A small SPSS system file, byte by byte, so that a test can declare what no program would."""

import struct


def sav(columns, rows, *, encoding="utf-8", declared=None, code_page=None, weight=0, n_rows=None, label="", order="<",
        value_labels=None):
    """Return the bytes of an uncompressed .sav.

    columns: (name, width, label) with width 0 for numbers; value_labels: {position from 1: {number: text}}.
    """
    def text(value, size=None):
        raw = value.encode(encoding) if isinstance(value, str) else value
        return raw if size is None else raw[:size].ljust(size)

    def ints(*values):
        return struct.pack(f"{order}{len(values)}i", *values)

    elements = sum(max(1, (width + 7) // 8) for _, width, _ in columns)
    out = [b"$FL2", text("@(#) SPSS DATA FILE", 60), ints(2, elements, 0, weight, len(rows) if n_rows is None else n_rows),
           struct.pack(f"{order}d", 100.0), b"01 Jan 20", b"00:00:00", text(label, 64), b"\0\0\0"]
    for name, width, question in columns:
        raw = text(question)
        out += [ints(2, width, 1 if raw else 0, 0, 5 << 16 | 8 << 8, 5 << 16 | 8 << 8), text(name, 8)]
        if raw:
            out += [ints(len(raw)), raw.ljust((len(raw) + 3) // 4 * 4)]
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
    out.append(ints(999, 0))
    for row in rows:
        for (_, width, _), cell in zip(columns, row):
            out.append(text(cell, (width + 7) // 8 * 8) if width else struct.pack(f"{order}d", cell))
    return b"".join(out)
