"""DDI-Codebook XML, as data archives hand it out, read as a codebook: 2.5, and 1.2.2 and 2.1 with it."""

import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree

from surveykit._checks import some, warn
from surveykit.codebook import UNDETERMINED, Code, Codebook, Measure, ResponseSet, Texts, Variable, as_code
from surveykit.errors import ReadError
from surveykit.files.reading import hash_file
from surveykit.reading.codebook_file import NUMBER, CodebookFile, parse_code
from surveykit.reading.codebooks.size import check_size
from surveykit.reading.xml_parser import Attributes, parse_xml

MOST_ELEMENTS = 10_000_000
"""Of a codebook; one of 10,000 variables with statistics has about a million."""
MOST_INSIDE = 500_000
"""Elements inside one variable, which are in memory together."""
CAPTURED = ("var", "varGrp", "collMode")
"""Elements that are taken whole; of all others only the title is looked at."""
MEASURES: dict[str, Measure] = {"nominal": "nominal", "ordinal": "ordinal", "interval": "scale", "ratio": "scale"}
NO_CODES = ("", ".", "sysmiss", "system missing", "system-missing")
"""What an archive writes for the empty cell among the codes of a variable of numbers."""


@dataclass
class _Study:
    """What is known in the middle of a codebook."""

    root: str = ""
    title: dict[str, str] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    groups: list[ElementTree.Element] = field(default_factory=list)
    modes: dict[str, dict[str, str]] = field(default_factory=dict)
    weights: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)


def read_ddi(path: Path) -> CodebookFile:
    """Return the codebook that a DDI-Codebook file holds, with the weight that it names.

    Notes
    -----
    The question is `preQTxt` and `qstnLit`, or the label of a variable that has none. Categories with ``missing="Y"``
    and the values of `invalrng` are missing codes. `xml:lang` (and `xml-lang`, as 1.2.2 writes it) hold for what stands
    inside. The studies' answers are not read, nor is anything that the file points to.

    References
    ----------
    DDI Alliance (2012). DDI-Codebook 2.5, XML schema ``codebook.xsd``; (2003) DDI-Codebook 2.0 and 1.2.2, DTD.
    """
    check_size(path)
    reader = _Reader(path.name)
    with path.open("rb") as stream:
        parse_xml(stream, path.name, reader.start, reader.end, reader.text, most_elements=MOST_ELEMENTS, doctype=True)
    study = reader.study
    if study.root != "codeBook":
        lifecycle = "; it is DDI-Lifecycle (3.x): export DDI-Codebook (2.5)" if study.root == "DDIInstance" else ""
        raise ReadError(
            f"{path.name!r} is XML, but no DDI-Codebook: it begins with <{study.root}>, not <codeBook>{lifecycle or '; give the archive’s codebook'}"
        )
    if not study.variables:
        raise ReadError(
            f"{path.name!r} describes a study and no variables; ask the archive for the DDI with its variables"
        )
    if study.double:
        warn(
            f"{path.name!r} describes {some(study.double, 5)} several times, as where a study has several files; the first description counts"
        )
    simulated = any(text.startswith("SIMULATED") for text in study.title.values())
    title = {lang: text.removeprefix("SIMULATED").lstrip(" :") for lang, text in study.title.items()}
    book = replace(Codebook.of(study.variables.values(), title), response_sets=_response_sets(study, path.name))
    weight = study.weights[0] if len(study.weights) == 1 else None
    if len(study.weights) > 1:
        warn(
            f"{path.name!r} names {len(study.weights)} weights, {some(study.weights, 5)}; none was chosen: `weight=` of SurveyDesign names it"
        )
    return CodebookFile(book, simulated, weight, files=(hash_file(path),))


class _Reader:
    """Builds the elements that count as they end, so that the file is never in memory as a whole."""

    def __init__(self, name: str) -> None:
        self.name, self.study = name, _Study()
        self.inside = 0
        self.path: list[str] = []
        self.langs = [UNDETERMINED]
        self.builder: ElementTree.TreeBuilder | None = None
        self.captured = 0
        self.heading: list[str] = []

    def start(self, tag: str, attributes: Attributes) -> None:
        self.study.root = self.study.root or tag
        self.path.append(tag)
        self.langs.append(_language(attributes) or self.langs[-1])
        if self.builder is None and tag in CAPTURED:
            self.builder, self.captured, self.inside = ElementTree.TreeBuilder(), len(self.path), 0
        if self.builder is not None:
            self.inside += 1
            if self.inside > MOST_INSIDE:
                raise ReadError(
                    f"{self.name!r} describes one variable with more than {MOST_INSIDE:,} elements, which no codebook does; get it again"
                )
            self.builder.start(tag, {**attributes, "lang": self.langs[-1]})
        self.heading = []

    def text(self, text: str) -> None:
        if self.builder is not None:
            self.builder.data(text)
        else:
            self.heading.append(text)

    def end(self, tag: str) -> None:
        if self.builder is not None:
            self.builder.end(tag)
            if len(self.path) == self.captured:
                self._take(self.builder.close())
                self.builder = None
        elif tag == "titl" and "stdyDscr" in self.path and not self.study.title:
            title = " ".join("".join(self.heading).split())
            self.study.title = {self.langs[-1]: title} if title else {}
        self.path.pop()
        self.langs.pop()

    def _take(self, element: ElementTree.Element) -> None:
        study = self.study
        if element.tag == "varGrp":
            study.groups.append(element)
        elif element.tag == "collMode":
            study.modes[element.get("ID", "")] = _texts([element])
        else:
            name = (element.get("name") or element.get("ID") or "").strip()
            if name in study.variables:
                study.double.append(name)
            elif name:
                study.variables[name] = _make_variable(name, element, study.modes)
                study.names[element.get("ID", "")] = name
                if element.get("wgt") == "wgt":
                    study.weights.append(name)


def _language(attributes: Attributes) -> str:
    return (attributes.get("xml:lang") or attributes.get("xml-lang") or "").strip().lower()


def _texts(elements: list[ElementTree.Element]) -> dict[str, str]:
    """Return the texts of elements by language; the first of a language counts."""
    found: dict[str, str] = {}
    for element in elements:
        text = " ".join("".join(element.itertext()).split())
        if text:
            found.setdefault(element.get("lang", UNDETERMINED), text)
    return found


def _make_variable(name: str, element: ElementTree.Element, modes: dict[str, dict[str, str]]) -> Variable:
    form = element.find("varFormat")
    as_text = form is not None and form.get("type") == "character"
    labels: dict[Code, Texts] = {}
    missing: dict[Code, Texts] = {}
    ranges = []
    for category in element.iterfind("catgry"):
        code = _code(category.findtext("catValu", ""), as_text)
        if code is not None:
            declared = category.get("missing", "N").upper() in ("Y", "YES", "TRUE")
            (missing if declared else labels).setdefault(code, _texts(category.findall("labl")))
    for item in element.iterfind("invalrng/item"):
        code = _code(item.get("VALUE", ""), as_text)
        if code is not None:
            missing.setdefault(code, {})
    for given in element.iterfind("invalrng/range"):
        low, high = _ends(given)
        if low == high and math.isfinite(low):
            missing.setdefault(as_code(low), {})
        elif low < high and not as_text:
            ranges.append((low, high))
    for code in [*labels]:
        inside = isinstance(code, int | float) and any(low <= code <= high for low, high in ranges)
        if code in missing or inside:
            text = labels.pop(code)
            missing[code] = missing.get(code) or text
    mode: dict[str, str] = {}
    for key in element.get("methrefs", "").split():
        mode |= modes.get(key, {})
    return Variable(
        name,
        _question(element),
        labels,
        missing,
        tuple(ranges),
        MEASURES.get(element.get("nature", "")),
        _texts(element.findall("universe")),
        mode,
    )


def _question(element: ElementTree.Element) -> dict[str, str]:
    """Return the question as it was asked, by language, or the label of the variable."""
    asked = _texts(element.findall("qstn/qstnLit"))
    before = _texts(element.findall("qstn/preQTxt"))
    labels = _texts([one for one in element.findall("labl") if one.get("level") in (None, "variable", "var")])
    whole = {
        lang: text if not before.get(lang) or before[lang] in text else f"{before[lang]} {text}"
        for lang, text in asked.items()
    }
    return {**labels, **whole}


def _code(text: str, as_text: bool) -> Code | None:
    """Return the code of a category; None for the sign of an empty cell among numbers."""
    given = text.strip()
    if as_text:
        return given or None
    if given.casefold() in NO_CODES:
        return None
    number = given.replace(",", ".")
    return parse_code(number) if NUMBER.match(number) and len(number) < 300 else given


def _ends(given: ElementTree.Element) -> tuple[float, float]:
    """Return the ends of a range of missing codes; what excludes its end begins at the next number."""
    whole = given.get("UNITS", "INT").upper() != "REAL"
    low = _number(given.get("min"), _step(given.get("minExclusive"), 1, whole, -math.inf))
    high = _number(given.get("max"), _step(given.get("maxExclusive"), -1, whole, math.inf))
    return low, high


def _step(text: str | None, direction: int, whole: bool, default: float) -> float:
    number = _number(text, default)
    if not math.isfinite(number):
        return default
    return number + direction if whole else math.nextafter(number, direction * math.inf)


def _number(text: str | None, default: float) -> float:
    given = (text or "").strip()
    number = float(given) if NUMBER.match(given) else math.nan
    return number if math.isfinite(number) else default


def _response_sets(study: _Study, name: str) -> dict[str, ResponseSet]:
    """Return the groups of several answers; DDI does not say which code means "chosen"."""
    sets: dict[str, ResponseSet] = {}
    open_sets = []
    for number, group in enumerate(study.groups, 1):
        items = [study.names[key] for key in group.get("var", "").split() if key in study.names]
        if group.get("type") != "multipleResp" or len({*items}) < 2:
            continue
        key = group.get("name") or group.get("ID") or f"set_{number}"
        codes = {frozenset(study.variables[item].labels) for item in items}
        if all(one <= {0, 1} for one in codes):
            chosen: Code | None = 1
        elif len(codes) == 1 and len(next(iter(codes))) > 2:
            chosen = None  # one column for each mention, with the codes of the options
        else:
            open_sets.append(key)
            continue
        sets[key] = ResponseSet(key, tuple(dict.fromkeys(items)), chosen, _texts(group.findall("labl")))
    if open_sets:
        warn(
            f'{name!r} does not say which code means "chosen" in the questions with several answers {some(open_sets, 5)}; make their response sets with ResponseSet(name, items, chosen=...)'
        )
    return sets
