"""The last line of a page or a figure, by which surveykit knows again what it wrote and nobody changed since."""

import hashlib
import io
import re
import zipfile
from pathlib import Path

_AROUND = {
    ".html": ("<!-- ", " -->"),
    ".md": ("<!-- ", " -->"),
    ".svg": ("<!-- ", " -->"),
    ".tex": ("% ", ""),
    ".pdf": ("% ", ""),
    ".txt": ("", ""),
}
"""How a remark is marked in files of each kind."""
_CORE, _BODY = "docProps/core.xml", "word/document.xml"
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_END, _END_SIZE = b"PK\x05\x06", 22
"""How an archive without a remark ends."""
_WORDS = re.compile(rb"surveykit sha256=([0-9a-f]{64})")


def seal(content: bytes, kind: str, owner: str = "", also: bytes = b"") -> bytes:
    """Return a file with a last line that holds its hash.

    Parameters
    ----------
    content : bytes
    kind : str
        Ending of the file's name, such as ".md".
    owner : str
        Name of the report that a figure belongs to: another report's figure is not known again.
    also : bytes
        Content of a second file that the seal holds for: who has both can tell that neither was changed.
    """
    before, after = _AROUND[kind]
    gap = b"" if content.endswith(b"\n") else b"\n"
    body = content + gap
    return body + f"{before}{seal_words(body, owner, also)}{after}\n".encode()


def seal_words(content: bytes, owner: str = "", also: bytes = b"") -> str:
    """Return the words of a seal."""
    parts = [owner.encode("utf-8", "surrogatepass"), also, content]
    digest = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
    return f"surveykit sha256={digest}"


def is_sealed(content: bytes, kind: str, owner: str = "") -> bool:
    """Return whether a file is, byte for byte, one that was sealed."""
    if kind == ".docx":
        return _is_sealed_word(content)
    if kind not in _AROUND:
        return False
    body = content[: content.rstrip(b"\n").rfind(b"\n") + 1]
    return seal(body, kind, owner) == content


def _is_sealed_word(content: bytes) -> bool:
    """Return whether a Word file names in its properties the hash of its text, and its other parts are as written.

    Word itself would write another text. Who changes a picture, a header or the title only leaves the time of day in
    the archive, where surveykit writes none; who adds something behind it moves its end.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if content[-_END_SIZE:][:4] != _END or any(one.date_time != _NO_TIME for one in archive.infolist()):
                return False
            found = _WORDS.search(archive.read(_CORE))
            return found is not None and found.group().decode() == seal_words(archive.read(_BODY))
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError):
        return False


def word_seal(content: bytes) -> str:
    """Return the words of the seal of a Word file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return seal_words(archive.read(_BODY))


def is_sealed_file(path: Path, owner: str = "") -> bool:
    """Return whether a file is one that surveykit sealed and nobody changed."""
    return path.is_file() and is_sealed(path.read_bytes(), path.suffix.lower(), owner)
