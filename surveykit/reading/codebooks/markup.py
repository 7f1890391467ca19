"""Questions as form tools keep them, with HTML inside, as plain text on one line."""

import html
import re

BREAK = re.compile(r"<(?:br|/p|/div|/li|/td|/tr|/h\d)\b[^>]{0,1000}>", re.IGNORECASE)
HIDDEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
TAG = re.compile(r"</?[A-Za-z!][^<>]{0,10000}>")


def plain_text(text: str) -> str:
    """Return a text without its markup.

    Examples
    --------
    >>> plain_text("<p>Do you <b>trust</b>&nbsp;the akim?</p><script>track()</script>")
    'Do you trust the akim?'
    """
    return " ".join(html.unescape(TAG.sub("", BREAK.sub(" ", HIDDEN.sub("", text)))).split())
