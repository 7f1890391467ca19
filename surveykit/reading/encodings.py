"""Which encoding do these bytes have? Letters of a language have frequencies; wrongly decoded ones have not."""

import codecs
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from surveykit.errors import EncodingError

CANDIDATES = ("cp1252", "cp1251", "kz1048", "ptcp154", "koi8-r", "cp866")
"""Single-byte encodings that are considered when a file declares none, or a wrong one; earlier ones win a tie."""

DECIDED = 6.0
"""Log likelihood by which the best reading must lead the next different one."""

DECLARED_BONUS = 5.0
"""Log likelihood granted to the encoding that the file declares."""

PLAUSIBLE = -7.5
"""Mean log likelihood per character under which no reading looks like a language."""

MAX_WORDS = 3000
Text = tuple[str, bytes]

# Letters of running text in per cent, rounded: near enough to tell letters of a language from those of none.
_RUSSIAN = (
    "о10.97 е8.45 а8.01 и7.35 н6.70 т6.26 с5.47 р4.73 в4.54 л4.40 к3.49 м3.21 д2.98 п2.81 у2.62 я2.01 ы1.90 ь1.74 "
    "г1.70 з1.65 б1.59 ч1.44 й1.21 х0.97 ж0.94 ш0.73 ю0.64 ц0.48 щ0.36 э0.32 ф0.26 ъ0.04 ё0.10"
)
_KAZAKH = (
    "а12.1 е8.5 ы7.8 н6.7 т5.9 р5.7 л5.4 і5.3 д5.0 с4.3 м3.5 қ3.2 к3.1 о2.9 б2.6 й2.4 у2.3 ғ2.1 ж2.0 з1.9 ш1.8 п1.6 "
    "ң1.6 и1.5 г1.4 ө1.3 ә1.2 ұ1.2 ү1.1 в0.4 х0.3 я0.3 ц0.15 ф0.15 э0.15 ч0.1 ю0.1 ь0.1 һ0.03 ъ0.01 ё0.01 щ0.01"
)
_UKRAINIAN = (
    "о9.4 а7.2 н6.5 и6.1 і5.7 т5.5 в5.2 р4.8 е4.6 с4.1 л3.6 к3.5 у3.3 д3.2 м3.0 п2.9 я2.5 з2.3 ь1.8 г1.6 б1.5 ч1.4 "
    "х1.2 й1.1 ж0.9 ц0.8 ю0.8 ш0.7 є0.6 ї0.6 щ0.6 ф0.3 ґ0.01"
)
_ACCENTED = "éèêëáàâäãåæçíìîïóòôöõøœúùûüñßýÿšžčćěřůğışőűąęłńśźżđ"
_MARKS = "«»„“”‘’‚‹›–—…•№°§©®™±²³½¼€£\u00a0\u00ad·¿¡´"
_INVISIBLE = "\u200b\u200c\u200d\ufeff"


@dataclass(frozen=True)
class Reading:
    """One way to decode the texts of a file.

    Attributes
    ----------
    encoding : str
    score : float
        Log likelihood of the words that hold bytes above 127, under the language that fits each best.
    characters : int
        Characters scored.
    sample : str
        The first text that tells the readings apart.
    """

    encoding: str
    score: float
    characters: int
    sample: str

    @property
    def plausible(self) -> bool:
        """Whether the texts look like a language in this reading."""
        return self.score >= PLAUSIBLE * max(self.characters, 1)


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
    """

    encoding: str
    how: str
    surprise: bool = False


def codec_name(name: str | None) -> str | None:
    """Return Python's name of an encoding that a file or a user names ("windows-1251", "KZ-1048"), or None."""
    if not name:
        return None
    tried = name.strip().lower().replace("_", "-")
    page = _CODE_PAGE.fullmatch(tried)
    tried = (_PAGES.get(page[1]) or f"cp{page[1]}") if page else tried
    try:
        found = codecs.lookup(_ALIASES.get(tried, tried)).name
    except (LookupError, ValueError):
        return None
    return "latin-1" if found == "iso8859-1" else found


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


def decide_encoding(texts: Sequence[Text], declared: str | None, *, name: str, also: str | None = None) -> Decision:
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

    Raises
    ------
    EncodingError
        When no reading looks like a language, or two different ones do. The message shows the candidate readings.
    """
    stated = codec_name(declared)
    high = [(place, text) for place, text in texts if not text.isascii()]
    if not high:
        return Decision(stated or "ascii", f"{stated or 'ascii'}: every text is plain ASCII")
    if all(_decodes(text, "utf-8") for _, text in high) and not (stated != "utf-8" and _is_chance_utf8(high)):
        how = "declared by the file, and its texts fit" if stated == "utf-8" else "its bytes are valid UTF-8"
        surprise = stated not in (None, "utf-8", "ascii")
        return Decision("utf-8", f"utf-8: {how}" + (f", although it declares {stated}" if surprise else ""), surprise)
    readings = rank_readings(high, None if stated in ("utf-8", "ascii") else stated)
    if not readings or not readings[0].plausible or _in_doubt(readings, stated):
        raise EncodingError(_describe_doubt(readings, high, declared, name))
    best = readings[0].encoding
    if best == stated:
        contradiction = codec_name(also) not in (None, stated)
        how = f"{best}: declared by the file, and its texts fit"
        return Decision(best, how + (f", although it also declares {also}" if contradiction else ""), contradiction)
    if stated is None:
        return Decision(best, f"{best}: the file declares none; its letters fit, for example {readings[0].sample!r}")
    return Decision(best, f"{best}: the file declares {declared}, but its bytes read as {readings[0].sample!r} "
                          f"in {best}", True)


_MISREAD = re.compile(
    r"(?:[ÐÑÒÓ][\u0080-\u00bf\u0152-\u2122]){2,}|(?:[РС][\u0400-\u045f\u00a0-\u00bb\u2013-\u2122]){3,}"
)
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
    return sum(_score_word(word) for word in text.split() if not word.isascii())


_COMMON = re.compile(r"[\u00a0-\u017f\u0370-\u058f\u05d0-\u05ea\u0600-\u06ff\u2010-\u2044\u20a0-\u2122]")


def _is_chance_utf8(high: Sequence[Text]) -> bool:
    """Say whether a few bytes of another encoding happen to be valid UTF-8: they decode to letters of no survey."""
    found = (mark for _, text in high for mark in text.decode("utf-8") if mark > "\x7f")
    marks = list(islice(found, 5))
    return len(marks) <= 4 and not all(_COMMON.match(mark) for mark in marks)


def _in_doubt(readings: Sequence[Reading], stated: str | None) -> bool:
    """Say whether another reading is nearly as likely as the best; a plausible declared reading is not in doubt."""
    if readings[0].encoding == stated or len(readings) == 1:
        return False
    return readings[0].score - readings[1].score < DECIDED and readings[1].plausible


def _describe_doubt(readings: Sequence[Reading], high: Sequence[Text], declared: str | None, name: str) -> str:
    place, text = high[0]
    said = f"declares {declared}" if declared else "declares no encoding"
    shown = "; ".join(f"encoding={reading.encoding!r} gives {reading.sample!r}" for reading in readings[:4])
    example = text[:40].decode("ascii", "backslashreplace")
    return (f"{name!r} {said}, and the bytes of {place!r} ({example!r}) leave it in doubt: "
            f"{shown or 'no known encoding fits'}; read it again with the `encoding=` whose text is right")


def rank_readings(texts: Sequence[Text], declared: str | None = None) -> list[Reading]:
    """Return the different readings of texts, the likeliest first; encodings that give equal texts count once."""
    words = _distinct_words(text for _, text in texts)
    order = dict.fromkeys([*([declared] if declared else []), *CANDIDATES])
    decoded: dict[tuple[str, ...], str] = {}
    for encoding in order:
        if all(_decodes(word, encoding) for word in words):
            decoded.setdefault(tuple(word.decode(encoding) for word in words), encoding)
    samples = _telling_samples(texts, list(decoded.values()))
    readings = []
    for spelled, encoding in decoded.items():
        score = sum(_score_word(word) for word in spelled) + (DECLARED_BONUS if encoding == declared else 0.0)
        readings.append(Reading(encoding, score, sum(map(len, spelled)), samples[encoding]))
    return sorted(readings, key=lambda reading: -reading.score)


def _telling_samples(texts: Sequence[Text], encodings: Sequence[str]) -> dict[str, str]:
    """Return for each encoding the reading of the text in which the encodings differ most."""
    around = [_around_first_high(text) for _, text in texts[:200]]
    shown = max(around, key=lambda text: (len({_decode(text, encoding) for encoding in encodings}), len(text)))
    return {encoding: _decode(shown, encoding) for encoding in encodings}


def _around_first_high(text: bytes, width: int = 40) -> bytes:
    """Return the stretch of a text that holds its first byte above 127."""
    first = next(index for index, byte in enumerate(text) if byte > 127)
    start = max(0, first - width // 2) if first > width - 8 else 0
    return text[start:start + width]


def _decode(text: bytes, encoding: str) -> str:
    return text.decode(encoding, "replace")


def _decodes(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")


def _distinct_words(texts: Iterable[bytes]) -> list[bytes]:
    words: dict[bytes, None] = {}
    for text in dict.fromkeys(texts):
        words.update(dict.fromkeys(_WORD.findall(text)))
        if len(words) >= MAX_WORDS:
            break
    return list(words)[:MAX_WORDS]


@lru_cache(maxsize=20000)
def _score_word(word: str) -> float:
    """Return the log likelihood of a run of letters and marks under the language that fits it best."""
    inner = word.strip(_MARKS)
    marks = (len(word) - len(inner)) * math.log(0.02)
    if not inner:
        return marks
    parts = re.split(f"[{re.escape(_MARKS)}]+", inner)
    marks += (len(inner) - sum(map(len, parts))) * math.log(0.005)
    return marks + sum(max(_score_letters(part, language) for language in _languages()) for part in parts if part)


def _score_letters(word: str, language: dict[str, float]) -> float:
    shouted = len(word) > 1 and word.isupper()
    score, before = (math.log(0.05) if shouted else 0.0), ""
    for letter in word:
        score += language.get(letter.lower(), _STRANGE.get(letter, _OTHER))
        if letter.isupper() and not shouted:
            score += math.log(0.3 if not before else 0.001)
        before = letter
    return score + language["prior"]


_OTHER = math.log(1e-6)
_STRANGE = {mark: math.log(1e-9) for mark in [chr(code) for code in range(0x80, 0xA0)] + list(_INVISIBLE)}


@lru_cache(maxsize=1)
def _languages() -> tuple[dict[str, float], ...]:
    russian, kazakh, ukrainian = (_table(text) for text in (_RUSSIAN, _KAZAKH, _UKRAINIAN))
    latin = {letter: math.log(0.05) for letter in "abcdefghijklmnopqrstuvwxyz"}
    latin |= {letter: math.log(0.012 if index < 39 else 0.002) for index, letter in enumerate(_ACCENTED)}
    # A word of accented letters alone ("Äîâåðÿåòå") is the signature of Cyrillic read as Latin.
    accents = {letter: math.log(2e-4) for letter in _ACCENTED}
    greek = {chr(code): math.log(0.01) for code in range(0x3AC, 0x3CF)}
    hebrew = {chr(code): math.log(0.01) for code in range(0x5D0, 0x5EB)}
    arabic = {chr(code): math.log(0.01) for code in range(0x621, 0x64B)}
    return ({**russian, "prior": 0.0}, {**kazakh, "prior": 0.0}, {**ukrainian, "prior": -2.0}, {**latin, "prior": 0.0},
            {**accents, "prior": 0.0}, *({**table, "prior": -1.0} for table in (greek, hebrew, arabic)))


def _table(text: str) -> dict[str, float]:
    return {entry[0]: math.log(float(entry[1:]) / 100) for entry in text.split()}
