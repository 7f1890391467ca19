"""The one door for XML: nothing is declared, expanded or fetched, and depth and number of elements are bounded."""

import io

import pytest

from surveykit.errors import ReadError
from surveykit.reading.xml_parser import MOST_DEPTH, parse_xml


def events(content: bytes, **options) -> list[tuple]:
    told: list[tuple] = []
    parse_xml(
        io.BytesIO(content), "a.xml", lambda tag, attributes: told.append(("start", tag, attributes)), lambda tag: told.append(("end", tag)),
        lambda text: told.append(("text", text)), **{"most_elements": 10, **options},
    )  # fmt: skip
    return told


def test_elements_and_texts_in_their_order_without_namespaces():
    assert events(b'<x:a id="1">one<b/></x:a>') == [
        ("start", "a", {"id": "1"}), ("text", "one"), ("start", "b", {}), ("end", "b"), ("end", "a"),
    ]  # fmt: skip


@pytest.mark.parametrize(("content", "options", "words"), [
    (b"<a>" + b"<b/>" * 10 + b"</a>", {}, "more than 10 elements"), (b"<a>" * (MOST_DEPTH + 1), {"most_elements": 999}, "more than 100 deep"),
    (b'<!DOCTYPE a [<!ENTITY e "boom">]><a>&e;</a>', {"doctype": True}, "defines entities or elements of its own"),
    (b'<!DOCTYPE a SYSTEM "a.dtd"><a/>', {}, "defines entities or elements of its own"), (b"<a>", {}, "is no XML that can be read .*; export it again"),
    (b'<!DOCTYPE a SYSTEM "a.dtd"><a>&mine;</a>', {"doctype": True}, "holds the entity &mine;, whose meaning stands in another file"),
    (b"plain text", {}, "is no XML that can be read"), (b'<?xml version="1.0" encoding="no-such"?><a/>', {}, "is no XML that can be read"),
])  # fmt: skip
def test_what_could_grow_or_fetch_is_refused(content, options, words):
    with pytest.raises(ReadError, match=words):
        events(content, **options)


def test_a_named_document_type_is_not_fetched_and_known_letters_are_written():
    told = events(b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a>caf&eacute;</a>', doctype=True)
    assert "".join(text for kind, text, *_ in told if kind == "text") == "caf\u00e9"
