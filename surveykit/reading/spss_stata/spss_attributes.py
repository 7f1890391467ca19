"""Custom attributes of an SPSS file: where texts stand whole that SPSS's labels are too short for.

SPSS keeps 120 bytes of a value label, 256 of a variable label and 64 of the file label, but attributes of any length,
which every program may define for itself. A text that is cut as a label stands whole in an attribute beside it, and
counts for as long as the label is still its beginning: whoever changes the label in SPSS changes the text.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from surveykit.codebook import Code, Codebook, Texts, Variable

TITLE, QUESTION, LABELS = "surveykit.title", "surveykit.question", "surveykit.labels"
Attributes = Mapping[str, Mapping[str, Sequence[str]]]
"""By variable ("" for the file), by attribute: its values."""

LABEL_BYTES, VALUE_LABEL_BYTES, FILE_LABEL_BYTES = 256, 120, 64
"""What SPSS keeps of a variable label, a value label and the file label."""

SIMULATED = "SIMULATED"


def parse_attributes(of_file: str, of_variables: str) -> dict[str, dict[str, list[str]]]:
    """Return the attributes of records 17 (the file) and 18 (variables); what cannot be understood is passed over.

    References
    ----------
    GNU PSPP developers' guide, "System File Format": Data File and Variable Attributes Records.
    """
    attributes = {"": _parse_list(of_file)[0]}
    rest = of_variables
    while ":" in rest:
        name, _, rest = rest.partition(":")
        attributes[name.lstrip("/")], rest = _parse_list(rest)
        if not rest.startswith("/"):
            break
    return attributes


def _parse_list(text: str) -> tuple[dict[str, list[str]], str]:
    """Return the attributes at the beginning of a text, as in ``name('one'\\n'two'\\n)``, and what follows them."""
    attributes: dict[str, list[str]] = {}
    at = 0
    while (bracket := text.find("(", at)) > at and not set("'/:\n)") & set(text[at:bracket]):
        name, values, place = text[at:bracket], [], bracket + 1
        while text.startswith("'", place) and (end := text.find("'\n", place + 1)) > 0:
            values.append(text[place + 1 : end])
            place = end + 2
        if not text.startswith(")", place):
            return attributes, ""
        attributes[name], at = values, place + 1
    return attributes, text[at:]


def format_attributes(attributes: Mapping[str, Sequence[str]]) -> str:
    """Return attributes as one of the records holds them."""
    listed = {name: "".join(f"'{value}'\n" for value in values) for name, values in attributes.items()}
    return "".join(f"{name}({values})" for name, values in listed.items())


def format_variable_attributes(attributes: Attributes) -> str:
    """Return the content of record 18."""
    return "/".join(f"{name}:{format_attributes(given)}" for name, given in attributes.items() if given)


def can_hold(text: str) -> bool:
    """Say whether an attribute can hold a text: the mark that ends a value must not stand in it."""
    return "'\n" not in text


def restore_texts(codebook: Codebook, attributes: Attributes) -> Codebook:
    """Return the codebook with the whole texts of which its labels are the beginning."""
    variables = [_restore(codebook[name], given) for name, given in attributes.items() if name in codebook]
    title = _whole(codebook.title, attributes.get("", {}).get(TITLE, ()), FILE_LABEL_BYTES - len(SIMULATED) - 1)
    return replace(codebook.replace(*variables), title=title)


def _restore(variable: Variable, given: Mapping[str, Sequence[str]]) -> Variable:
    wholes = given.get(LABELS, ())
    labels, missing = (
        {code: _whole(texts, _of_code(code, wholes), VALUE_LABEL_BYTES) for code, texts in known.items()}
        for known in (variable.labels, variable.missing)
    )
    question = _whole(variable.question, given.get(QUESTION, ()), LABEL_BYTES)
    return replace(variable, question=question, labels=labels, missing=missing)


def _of_code(code: Code, texts: Iterable[str]) -> list[str]:
    mark = f"{code} = "
    return [text.removeprefix(mark) for text in texts if text.startswith(mark)]


def _whole(texts: Texts, wholes: Sequence[str], limit: int) -> Texts:
    """Return each text that was cut at a limit of bytes as the whole of which it is the beginning."""
    longest = 4  # bytes of a letter: between letters a text is cut so far below the limit at most
    return {
        lang: next((whole for whole in wholes if whole.startswith(text)), text)
        if len(text.encode("utf-8")) > limit - longest
        else text
        for lang, text in texts.items()
    }
