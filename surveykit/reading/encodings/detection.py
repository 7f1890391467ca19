"""Which encoding do these bytes have? Letters of a language have frequencies; wrongly decoded ones have not."""

import codecs
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from surveykit.errors import EncodingError
from surveykit.reading.encodings.scripts import MODELS, score_word, score_words

# Western Windows first; then what Russian and Kazakh are saved in: Windows, the Kazakh standard STRK 1048-2002 and
# ParaType's page, both of which put Kazakh letters where Windows-1251 has rare ones, KOI8 of Unix and mail, DOS.
CANDIDATES = ("cp1252", "cp1251", "kz1048", "ptcp154", "koi8-r", "cp866")
"""Single-byte encodings that are considered when a file declares none, or a wrong one; earlier ones win a tie."""

RARER = (
    "koi8-u",
    "mac-cyrillic",
    "iso8859-5",
    "cp1250",
    "iso8859-2",
    "cp1254",
    "cp1257",
    "cp1253",
    "iso8859-7",
    "cp1255",
    "cp1256",
    "iso8859-6",
    "cp874",
    "mac-roman",
    "cp850",
    "cp852",
)
"""Further ones, which must read better than the usual ones by `RARITY`."""

# Chinese on the mainland and on Taiwan, Japanese by Windows and by Unix, Korean by Windows: GB 18030, 932 and 949
# also read what GBK, Shift JIS and EUC-KR wrote.
MULTIBYTE = ("gb18030", "big5", "cp932", "euc-jp", "cp949")
RARITY = 4.0
"""Log likelihood by which a rarer encoding must lead."""

VALID = 10.0
"""Log likelihood that bytes gain by being UTF-8, which other encodings are by chance only."""

RARITY_OF = {
    "koi8-u": 0.5, "cp1255": 1.0, "cp1257": 1.0, "mac-cyrillic": 3.5, "mac-roman": 7.0, "cp850": 7.0, "cp852": 7.0,
}  # fmt: skip
"""The same where it is less, so that no other alphabet wins by habit, or more: old Macintosh and DOS programs."""

DECIDED = 6.0
"""Log likelihood by which the best reading must lead the next different one."""

DECLARED_BONUS = 5.0
"""Log likelihood granted to the encoding that the file declares."""

CHOSEN_BONUS = 25.0
"""The same for an encoding that no program declares by habit: somebody chose it."""

# A program declares the page of the computer that it ran on, whatever letters are in the file: Cyrillic of DOS is
# found in files that say 1252. Such a declaration is worth little more than a guess.
BY_HABIT = ("cp1252", "cp1251", "latin-1", "ascii", "cp1250", "cp850", "cp866")

# Letters of a language average about -3, one that it does not have -14 (see scripts): four strange ones in ten are
# too many.
PLAUSIBLE = -7.5
"""Mean log likelihood per byte under which no reading looks like a language."""

MAX_WORDS = 3000
FIRST_LOOK = 150
"""Words after which readings that trail hopelessly are given up."""

HOPELESS = 80.0
NEAR, SHOWN = 30.0, 6
"""How near a reading must be to the best one, and how many of them are shown at most, where a person has to choose."""

Text = tuple[str, bytes]


@dataclass(frozen=True)
class Reading:
    """One way to decode the texts of a file.

    Attributes
    ----------
    encoding : str
    score : float
        Log likelihood of the words that hold bytes above 127, under the language that fits each best, and what speaks
        for the encoding itself.
    likelihood : float
        The former alone.
    size : int
        Bytes scored.
    letters : int
        Letters that are not ASCII, and marks where none is usual.
    sample : str
        The first text that tells the readings apart.
    """

    encoding: str
    score: float
    likelihood: float
    size: int
    letters: int
    sample: str

    @property
    def plausible(self) -> bool:
        """Whether the texts look like a language in this reading."""
        return self.likelihood >= PLAUSIBLE * max(self.size, 1)


@dataclass(frozen=True)
class Decision:
    """The encoding of a file, and how it was found.

    Attributes
    ----------
    encoding : str
        Python's name of the encoding.
    how : str
        One sentence for the provenance.
    surprise : bool
        True when the decision contradicts what the file declares, so that a person should know.
    damaged : bool
        True when some bytes of a UTF-8 file are no UTF-8: they are read as the mark of a lost letter.
    """

    encoding: str
    how: str
    surprise: bool = False
    damaged: bool = False


def codec_name(name: str | None) -> str | None:
    """Return Python's name of an encoding that a file or a user names ("windows-1251", "KZ-1048"), or None."""
    if not name:
        return None
    tried = name.strip().lower().replace("_", "-")
    page = _CODE_PAGE.fullmatch(tried)
    tried = (_PAGES.get(page[1]) or f"cp{page[1]}") if page else tried
    try:
        codec = codecs.lookup(_ALIASES.get(tried, tried)).name
        b"a\xff-".decode(codec, "replace"), "a".encode(codec)  # "hex" and "zlib" are codecs too, but none of texts
    except (LookupError, ValueError):
        return None
    if codec in ("idna", "punycode"):  # of internet addresses
        return None
    return "latin-1" if codec == "iso8859-1" else codec


_ALIASES = {
    "kz-1048": "kz1048", "strk1048-2002": "kz1048", "rk1048": "kz1048", "pt154": "ptcp154", "cp154": "ptcp154",
    "iso-8859-1:1987": "latin-1", "ansi-x3.4-1968": "ascii", "x-mac-cyrillic": "mac-cyrillic",
    "iso-8859-8-i": "iso8859-8", "windows-31j": "cp932",
}  # fmt: skip

_CODE_PAGE = re.compile(r"(?:x-)?(?:windows|ibm|cp|ms)-?(\d+)")
_PAGES = {
    "936": "gbk", "1361": "johab", "10000": "mac-roman", "10007": "mac-cyrillic", "20127": "ascii", "20866": "koi8-r",
    "21866": "koi8-u", "20932": "euc-jp", "51932": "euc-jp", "51949": "euc-kr", "54936": "gb18030", "65001": "utf-8",
    **{f"{28590 + part}": f"iso8859-{part}" for part in (*range(1, 12), *range(13, 17))},
}  # fmt: skip
"""Numbers of Windows' code pages that Python knows by another name."""


def decide_encoding(
    texts: Sequence[Text], declared: str | None, *, name: str, also: str | None = None, forgive: bool = False
) -> Decision:
    """Decide how the texts of a file are encoded.

    Parameters
    ----------
    texts : sequence of (place, bytes)
        Labels or cells, each with the name of its variable or its row.
    declared : str or None
        Encoding that the file declares.
    name : str
        Name of the file, for the message.
    also : str or None
        A second declaration of the same file; when both disagree, the decision is marked as surprising.
    forgive : bool
        Whether UTF-8 with a few damaged letters is UTF-8 still; the decision says that it is damaged.

    Raises
    ------
    EncodingError
        When no reading looks like a language, or two different ones do. The message shows the candidate readings.
    """
    stated = codec_name(declared)
    high = [(place, text) for place, text in texts if not text.isascii()]
    if not high:
        return Decision(stated or "ascii", f"{stated or 'ascii'}: every text is plain ASCII")
    maybe: Literal["", "sound", "damaged"] = ""
    valid = VALID
    if all(_decodes(text, "utf-8") for _, text in high):
        maybe = "sound" if stated != "utf-8" and _is_chance_utf8(high) else ""
        if not maybe:
            return _sound_utf8(stated)
    elif forgive:
        sound, broken = _count_utf8(high)
        if sound >= 4 * broken:
            return _DAMAGED
        maybe = "damaged" if sound >= broken else ""
        valid = VALID if sound >= 2 * broken else 0.0
    readings = rank_readings(high, None if stated in ("utf-8", "ascii") else stated, utf8=maybe, valid=valid)
    if not readings or not readings[0].plausible or _in_doubt(readings, stated):
        raise EncodingError(_describe_doubt(readings, high, declared, name))
    best = readings[0].encoding
    if maybe == "damaged" and best != "utf-8" and stated is None:  # as good a UTF-8 file with a letter lost: ask
        raise EncodingError(_describe_doubt(readings, high, declared, name))
    if best == "utf-8" and maybe == "damaged":
        return _DAMAGED
    if best == "utf-8":
        return _sound_utf8(stated)
    if best == stated:
        contradiction = codec_name(also) not in (None, stated)
        how = f"{best}: declared by the file, and its texts fit"
        return Decision(best, how + (f", although it also declares {also}" if contradiction else ""), contradiction)
    if stated is None:
        return Decision(best, f"{best}: the file declares none; its letters fit, for example {readings[0].sample!r}")
    return Decision(
        best, f"{best}: the file declares {declared}, but its bytes read as {readings[0].sample!r} in {best}", True
    )


# Letters of two, three and four bytes in UTF-8, by their first byte (RFC 3629); 0xC0 and 0xC1 begin none.
_SOUND = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_BROKEN = re.compile(rb"[\x80-\xff]+")


_DAMAGED = Decision("utf-8", "utf-8: its bytes are UTF-8 but for damaged letters", damaged=True)


def _sound_utf8(stated: str | None) -> Decision:
    how = "declared by the file, and its texts fit" if stated == "utf-8" else "its bytes are valid UTF-8"
    surprise = stated not in (None, "utf-8", "ascii")
    how += f", although it declares {stated}" if surprise else ""
    return Decision("utf-8", f"utf-8: {how}", surprise)


def _count_utf8(high: Sequence[Text]) -> tuple[int, int]:
    """Return how many letters of UTF-8 are sound and how many broken; four to one, chance never has.

    Each word counts once, for one word repeated a thousand times proves no more than one.
    """
    words = _distinct_words(text for _, text in high)
    sound = sum(len(_SOUND.findall(word)) for word in words)
    return sound, sum(len(_BROKEN.findall(_SOUND.sub(b" ", word))) for word in words)


# The first byte of a Cyrillic letter in UTF-8 is 0xD0 to 0xD3: Ð to Ó to Windows-1252, Р and С (0xD0, 0xD1) to
# Windows-1251; the second one, 0x80 to 0xBF, is a sign that does not stand inside words.
_MISREAD = re.compile(
    r"(?:[ÐÑÒÓ][\u0080-\u00bf\u0152-\u2122]){2,}|(?:[РС][\u0400-\u045f\u00a0-\u00bb\u2013-\u2122]){3,}"
)
# Cyrillic in a page of one byte a letter, taken for Western: it lies where Windows-1252 has its accented letters,
# which no Western word has four of in a row.
_ACCENTED_WORD = re.compile(r"[\u00c0-\u00ff]{4,}")


def find_mojibake(texts: Iterable[str]) -> tuple[str, str] | None:
    """Return the first text that was decoded wrongly before it was saved, and what it was meant to be, or None.

    Examples
    --------
    >>> find_mojibake(["Yes", "Äîâåðÿåòå ëè Âû àêèìó"])
    ('Äîâåðÿåòå ëè Âû àêèìó', 'Доверяете ли Вы акиму')
    """
    for text in texts:
        if text.isascii():
            continue
        if _MISREAD.search(text):
            for wrong in ("cp1252", "cp1251", "latin-1"):
                meant = _reinterpret(text, wrong, "utf-8")
                # two signs become one letter, so that what was meant is near half as long, spaces and digits apart
                if meant and len(meant) < len(text) * 0.8:
                    return text, meant
        if _ACCENTED_WORD.search(text):
            ways = [(wrong, right) for wrong in ("cp1252", "latin-1") for right in ("cp1251", "koi8-r")]
            readings = [reading for way in ways if (reading := _reinterpret(text, *way))]
            meant = max(readings, key=_score_text, default=None)
            if meant and _score_text(meant) - _score_text(text) > 3 * DECIDED:
                return text, meant
    return None


def _reinterpret(text: str, wrong: str, right: str) -> str | None:
    try:
        return text.encode(wrong).decode(right)
    except UnicodeError:
        return None


def _score_text(text: str) -> float:
    return sum(
        max(*score_word(word, "cyrillic"), *score_word(word, "western")) for word in text.split() if not word.isascii()
    )


def _is_chance_utf8(high: Sequence[Text]) -> bool:
    """Say whether there are so few letters that bytes of another encoding may be valid UTF-8 by chance."""
    words = _distinct_words(text for _, text in high)
    return sum(mark > "\x7f" for word in words[:5] for mark in word.decode("utf-8", "ignore")) <= 4


def _in_doubt(readings: Sequence[Reading], stated: str | None) -> bool:
    """Say whether another reading is nearly as likely as the best; a plausible declared reading is not in doubt.

    The fewer letters there are, the easier it is for chance to lead; apostrophes and dots of a plain text are none.
    """
    best = readings[0]
    if best.encoding == stated:
        return False
    # each letter short of eight asks for more: three letters of a wrong page may spell something by chance
    lead = DECIDED + (max(0, 8 - best.letters) if best.letters else 0)
    return any(best.score - other.score < lead and other.plausible for other in readings[1:])


def _describe_doubt(readings: Sequence[Reading], high: Sequence[Text], declared: str | None, name: str) -> str:
    place, text = high[0]
    said = f"declares {declared}" if declared else "declares no encoding"
    near = [reading for reading in readings if reading.score > readings[0].score - NEAR]
    listed = [
        reading
        for place, reading in enumerate(readings)
        if place < max(3, min(len(near), SHOWN)) or reading.encoding in CANDIDATES[:2]
    ]
    shown = "; ".join(f"encoding={reading.encoding!r} gives {reading.sample!r}" for reading in listed)
    example = text[:40].decode("ascii", "backslashreplace")
    return f"{name!r} {said}, and the bytes of {place!r} ({example!r}) leave it in doubt: {shown or 'no known encoding fits'}; read it again with the `encoding=` whose text is right"


def rank_readings(
    texts: Sequence[Text],
    declared: str | None = None,
    *,
    utf8: Literal["", "sound", "damaged"] = "",
    valid: float = VALID,
) -> list[Reading]:
    """Return the different readings of texts, the likeliest first; encodings that give equal texts count once.

    UTF-8 is among them only when `utf8` says that it is possible; `valid` is what its rules speak for it.
    """
    words = _distinct_words(text for _, text in texts)
    further = ["utf-8"] if utf8 else []
    order = dict.fromkeys([*([declared] if declared else []), *CANDIDATES, *RARER, *MULTIBYTE, *further])
    decoded: dict[tuple[str, ...], list[str]] = {}
    for encoding in order:
        spelled = _spell(words, [text for _, text in texts], encoding, "replace" if utf8 == "damaged" else "strict")
        if spelled:
            decoded.setdefault(spelled, []).append(encoding)
    favours = {encoding: valid if encoding == "utf-8" else _favour(encoding, declared) for encoding in order}
    # nearly thirty readings: most are nonsense after a few words, and the rest of them need not be read
    first = {spelled: _score(spelled[:FIRST_LOOK], alike, favours) for spelled, alike in decoded.items()}
    best = max((score for score, _ in first.values()), default=0.0)
    kept = {
        spelled: alike for spelled, alike in decoded.items() if first[spelled][0] > best - HOPELESS or declared in alike
    }
    english = len({*_ENGLISH.findall(b" ".join(text for _, text in texts[:200]).lower())}) > 1
    readings = []
    for spelled, alike in kept.items():
        score, favour = first[spelled] if len(spelled) <= FIRST_LOOK else _score(spelled, alike, favours)
        joined = " ".join(spelled)
        usual = _USUAL_IN_ENGLISH if english else _USUAL
        letters = sum(mark > "\x7f" for mark in usual.sub("", joined))
        size = len(joined.replace(" ", "").encode(alike[0], "replace"))
        readings.append(Reading(alike[0], score, score - favour, size, letters, ""))
    readings.sort(key=lambda reading: -reading.score)
    samples = _telling_samples(texts, [reading.encoding for reading in readings]) if readings else {}
    return [replace(reading, sample=samples[reading.encoding]) for reading in readings]


_USUAL = re.compile(
    r"(?<=n)’t\b|(?<=[a-z]{4})’s\b|\b(?:I|[Yy]ou|[Ww]e|[Tt]hey|[Hh]e|[Ss]he|[Ii]t|[Tt]hat)’(?:m|d|s|re|ve|ll)\b"
)
_USUAL_IN_ENGLISH = re.compile(_USUAL.pattern + r"|(?<!\w)[“”‘’](?!\w)|\B[“‘](?=\w)|(?<=\w)[”’]\B|…(?!\w)|\B[–—]\B")
_ENGLISH = re.compile(rb"\b(?:the|of|and|you|have|with|that|for|are|this|your|how|many)\b")
"""Marks of a plain text that word processors put there."""


def _spell(words: Sequence[bytes], texts: Sequence[bytes], encoding: str, errors: str) -> tuple[str, ...]:
    """Return the words in an encoding; none when it has no letter for some byte.

    Where letters take several bytes, a byte of one may look like a sign between words, so that whole texts are decoded.
    """
    try:
        if not _is_wide(encoding):
            return tuple(word.decode(encoding) for word in words)
        wide_words: dict[str, None] = {}
        for text in texts:
            decoded = text.decode(encoding, errors if encoding == "utf-8" else "strict")
            if len(wide_words) < MAX_WORDS:
                wide_words.update(dict.fromkeys(_WIDE_WORD.findall(decoded)))
    except (UnicodeDecodeError, LookupError):
        return ()
    return tuple(wide_words)[:MAX_WORDS]


@lru_cache
def _is_wide(encoding: str) -> bool:
    """Say whether an encoding has letters of several bytes."""
    return len(bytes(range(128, 256)).decode(encoding, "replace")) != 128


def _favour(encoding: str, declared: str | None) -> float:
    if encoding == declared:
        return DECLARED_BONUS if encoding in BY_HABIT else CHOSEN_BONUS
    return 0.0 if encoding in (*CANDIDATES, "utf-8") else -RARITY_OF.get(encoding, RARITY)


def _score(words: Sequence[str], encodings: Iterable[str], favours: Mapping[str, float]) -> tuple[float, float]:
    """Return the score of words that several encodings give alike, and the part of it that speaks for the encoding.

    It is that of the encoding which explains them best.
    """
    scores = []
    for encoding in encodings:
        scripts = MODELS.get(encoding, MODELS["utf-8"])
        letters = score_words(words, scripts)
        scores.append((letters + favours[encoding], favours[encoding]))
    return max(scores)


def _telling_samples(texts: Sequence[Text], encodings: Sequence[str]) -> dict[str, str]:
    """Return for each encoding the reading of the text in which the likeliest, which come first, differ most."""
    around = [_around_first_high(text) for _, text in texts[:200]]
    shown = max(around, key=lambda text: (len({_decode(text, encoding) for encoding in encodings[:4]}), len(text)))
    return {encoding: _decode(shown, encoding) for encoding in encodings}


def _around_first_high(text: bytes, width: int = 40) -> bytes:
    """Return the stretch of a text that holds its first byte above 127."""
    first = next(index for index, byte in enumerate(text) if byte > 127)
    start = max(0, first - width // 2) if first > width - 8 else 0
    return text[start : start + width]


def _decode(text: bytes, encoding: str) -> str:
    return text.decode(encoding, "replace")


def _decodes(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_WIDE_WORD = re.compile("[A-Za-z\x80-\U0010ffff]*[\x80-\U0010ffff][A-Za-z\x80-\U0010ffff]*")


def _distinct_words(texts: Iterable[bytes]) -> list[bytes]:
    words: dict[bytes, None] = {}
    for text in dict.fromkeys(texts):
        words.update(dict.fromkeys(_WORD.findall(text)))
        if len(words) >= MAX_WORDS:
            break
    return list(words)[:MAX_WORDS]
