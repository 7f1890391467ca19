"""Texts of a file that declares its encoding: believed where the bytes fit; a letter that was cut is mended."""

import codecs
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from surveykit._checks import suggest
from surveykit.errors import ArgumentError
from surveykit.reading.encodings.detection import CANDIDATES, DECIDED, Decision, Text, codec_name, rank_readings

LOST = "\ufffd"
MANY_BYTES = ("utf-8", "gb2312", "gbk", "gb18030", "big5", "big5hkscs", "cp950", "cp932", "cp949", "euc_kr", "euc_jp",
              "euc_jis_2004", "shift_jis", "shift_jis_2004", "johab")  # fmt: skip
"""Encodings whose letters take several bytes, so that a text can be cut inside one."""

LATIN_PAGES = ("cp1250", "cp1254", "cp1257", "cp1258", "latin-1", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-9",
               "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16", "mac-roman", "cp437", "cp850",
               "cp852", "cp857", "cp858")  # fmt: skip
"""Pages that every byte fits: a program on a Western computer declares one whatever the letters are."""

# Whole letters that must stand against each broken one. A field of so many bytes cuts texts at their ends, as often
# as there are texts, and is no sign of a wrong encoding; a letter broken inside a text is damage, which is rare, or
# the encoding is another.
WHOLE_PER_BROKEN = 10
WHOLE_PER_CUT = 2
_CONTINUE = bytes(range(0x80, 0xC0))
"""Bytes with which no letter of UTF-8 begins."""


def mend(text: bytes, encoding: str) -> tuple[str, int, int]:
    """Return a text with its whole letters, the number of letters cut at its ends and of broken places between.

    A letter that was cut where the text begins or ends is left out; a broken place between letters, and a text of
    nothing else, is marked by the replacement character.

    Examples
    --------
    >>> mend("Доверие".encode()[:-1], "utf-8")
    ('Довери', 1, 0)
    """
    try:
        return text.decode(encoding), 0, 0
    except UnicodeDecodeError:
        pass
    if encoding not in MANY_BYTES:
        letters, ends = text.decode(encoding, "replace"), 0
    else:
        rest = text.lstrip(_CONTINUE) if encoding == "utf-8" else text
        rest = text if len(text) - len(rest) > 3 else rest  # no letter is that long: this is no cut
        reader = codecs.getincrementaldecoder(encoding)("replace")
        letters = reader.decode(rest)  # not the last call: an unfinished letter at the end stays in the reader
        ends = (rest != text) + bool(reader.getstate()[0])
    broken = sum(1 for left, right in zip(" " + letters, letters) if right == LOST != left)
    return letters or LOST, ends, broken


def fits(texts: Iterable[bytes], encoding: str) -> bool:
    """Say whether texts are of an encoding, apart from a few that were cut inside a letter or damaged.

    In an encoding of one byte per letter a single byte without a letter proves the declaration wrong. In one of many
    bytes nearly every pair of bytes of another encoding is broken, so that ten whole letters for a broken one, and two
    for one cut at an end of its text, cannot be chance.
    """
    whole, cut, broken = _count(texts, encoding)
    if encoding not in MANY_BYTES:
        return not broken
    return whole >= WHOLE_PER_BROKEN * broken + WHOLE_PER_CUT * cut


def _count(texts: Iterable[bytes], encoding: str) -> tuple[int, int, int]:
    """Return how many letters beyond ASCII are whole, are cut at an end of their text, and are broken inside it."""
    whole = cut = broken = 0
    for text in texts:
        letters, ends, inside = mend(text, encoding)
        whole += sum(mark > "\x7f" and mark != LOST for mark in letters)
        cut, broken = cut + ends, broken + inside + (letters == LOST)
    return whole, cut, broken


def _is_broken_utf8(texts: Sequence[Text]) -> bool:
    """Say whether texts that nobody declares to be UTF-8 are, but for a letter here and there.

    The proof is stronger than where it is declared, ten whole letters for each that is cut as well.
    """
    whole, cut, broken = _count((text for _, text in texts), "utf-8")
    return cut + broken > 0 and whole >= WHOLE_PER_BROKEN * (cut + broken)


def believe_declared(texts: Sequence[Text], declared: str | None, also: str | None = None) -> Decision | None:
    """Return the decision for the encoding that a file declares, where its bytes fit; None where letters must decide.

    Windows-1252, Windows-1251 and the other pages that surveykit weighs by their letters are not believed here: they
    are declared by computers, not by people, and every byte fits them. Nor is another Latin page whose texts are
    clearly Cyrillic. Texts that are UTF-8 but for a few broken letters are UTF-8, whatever is declared or is not.

    Parameters
    ----------
    texts : sequence of (place, bytes)
    declared, also : str or None
        The declaration, and a second one of the same file.
    """
    stated = codec_name(declared)
    high = [(place, text) for place, text in texts if not text.isascii()]
    # pages that are held against their letters anyway, and ASCII: there a declaration is one piece of evidence
    if stated is None or stated in CANDIDATES or stated == "ascii":
        if not _is_broken_utf8(high):
            return None
        said = "the file declares none" if stated in (None, "ascii") else f"the file declares {declared}"
        how = f"utf-8: {said}, but its bytes are UTF-8 apart from a few letters"
        return Decision("utf-8", how, stated not in (None, "ascii"))
    if not high or not fits((text for _, text in high), stated):
        return None
    if stated in LATIN_PAGES and _clearly_cyrillic(high, stated):
        return None
    other = codec_name(also)
    contradicts = other not in (None, stated) and not _same(high, stated, str(other))
    how = f"{stated}: declared by the file, and its texts fit"
    return Decision(stated, how + (f", although it also declares {also}" if contradicts else ""), contradicts)


def _clearly_cyrillic(texts: Sequence[Text], stated: str) -> bool:
    readings = rank_readings(texts, stated)
    of_stated = next((reading.score for reading in readings if reading.encoding == stated), None)
    best = readings[0] if readings else None
    cyrillic = best is not None and any("\u0400" <= mark <= "\u052f" for mark in best.sample)
    # three times what decides between two readings that nobody declared, because here somebody did
    return cyrillic and best is not None and of_stated is not None and best.score - of_stated > 3 * DECIDED


def _same(texts: Sequence[Text], one: str, other: str) -> bool:
    """Say whether two encodings read all texts alike, as GBK and GB 18030 mostly do."""
    return all(text.decode(one, "replace") == text.decode(other, "replace") for _, text in texts)


@dataclass
class Decoder:
    """Decodes texts that were read byte by byte (as Latin-1), and remembers which of them were broken.

    Attributes
    ----------
    encoding : str
    mended : list of (place, text)
        Texts that were cut inside a letter or hold a broken one, as they were read.
    """

    encoding: str
    mended: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, text: str, place: str = "a text") -> str:
        """Return a text as it was meant; `place` says where it stands."""
        if text.isascii() or self.encoding in ("latin-1", "ascii"):
            return text
        letters, ends, broken = mend(text.encode("latin-1"), self.encoding)
        if ends or broken or letters == LOST:
            self.mended.append((place, letters))
        return letters

    def place_last(self, place: str) -> None:
        """Say where the text stands that was mended last."""
        self.mended[-1] = (place, self.mended[-1][1])

    def spell(self, name: str) -> str:
        """Return a name as it stands in a file that was read byte by byte."""
        try:
            return name if name.isascii() else name.encode(self.encoding).decode("latin-1")
        except UnicodeEncodeError:
            return name


AS_IS = Decoder("ascii")
"""For texts that need no decoding."""


def asked_encoding(encoding: str) -> Decision:
    """Return the decision to use the encoding that the caller names."""
    asked = codec_name(encoding)
    if asked is None:
        known = ("utf-8", "cp1251", "kz1048", "ptcp154", "koi8-r", "cp866", "cp1252")
        raise ArgumentError(
            f"`encoding` names {encoding!r}, which is no encoding that Python knows{suggest(encoding, known)}"
        )
    return Decision(asked, f"{asked}: asked for by the caller")
