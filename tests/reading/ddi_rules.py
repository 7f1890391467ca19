"""What the schema of DDI-Codebook 2.5 (codebook.xsd, 2012-01-17) demands of the elements that surveykit writes."""

import re

MANY = float("inf")
NAMESPACE = "{ddi:codebook:2_5}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

# Children in their order, each with the least and the greatest number of times; None: text, and none of our elements.
CHILDREN = {
    "codeBook": [("docDscr", 0, MANY), ("stdyDscr", 1, MANY), ("fileDscr", 0, MANY), ("dataDscr", 0, MANY),
                 ("otherMat", 0, MANY)],
    "stdyDscr": [("citation", 1, MANY), ("studyAuthorization", 0, MANY), ("stdyInfo", 0, MANY),
                 ("studyDevelopment", 0, MANY), ("method", 0, MANY), ("dataAccs", 0, MANY), ("othrStdyMat", 0, MANY),
                 ("notes", 0, MANY)],
    "citation": [("titlStmt", 1, 1), ("rspStmt", 0, 1), ("prodStmt", 0, 1), ("distStmt", 0, 1), ("serStmt", 0, MANY),
                 ("verStmt", 0, MANY), ("biblCit", 0, 1), ("holdings", 0, MANY), ("notes", 0, MANY)],
    "titlStmt": [("titl", 1, 1), ("subTitl", 0, MANY), ("altTitl", 0, MANY), ("parTitl", 0, MANY), ("IDNo", 0, MANY)],
    "method": [("dataColl", 0, MANY), ("notes", 0, MANY), ("anlyInfo", 0, 1), ("stdyClas", 0, 1),
               ("dataProcessing", 0, MANY), ("codingInstructions", 0, MANY)],
    "dataColl": [("timeMeth", 0, MANY), ("dataCollector", 0, MANY), ("collectorTraining", 0, MANY),
                 ("frequenc", 0, MANY), ("sampProc", 0, MANY), ("sampleFrame", 0, MANY), ("targetSampleSize", 0, MANY),
                 ("deviat", 0, MANY), ("collMode", 0, MANY), ("resInstru", 0, MANY),
                 ("instrumentDevelopment", 0, MANY), ("sources", 0, 1), ("collSitu", 0, MANY), ("actMin", 0, MANY),
                 ("ConOps", 0, MANY), ("weight", 0, MANY), ("cleanOps", 0, MANY)],
    "dataDscr": [("varGrp", 0, MANY), ("nCubeGrp", 0, MANY), ("var", 0, MANY), ("nCube", 0, MANY), ("notes", 0, MANY)],
    "varGrp": [("labl", 0, MANY), ("txt", 0, MANY), ("concept", 0, MANY), ("defntn", 0, 1), ("universe", 0, 1),
               ("notes", 0, MANY)],
    "var": [("location", 0, MANY), ("labl", 0, MANY), ("imputation", 0, 1), ("security", 0, 1), ("embargo", 0, 1),
            ("respUnit", 0, 1), ("anlysUnit", 0, 1), ("qstn", 0, MANY), ("valrng", 0, MANY), ("invalrng", 0, MANY),
            ("undocCod", 0, MANY), ("universe", 0, MANY), ("TotlResp", 0, 1), ("sumStat", 0, MANY), ("txt", 0, MANY),
            ("stdCatgry", 0, MANY), ("catgryGrp", 0, MANY), ("catgry", 0, MANY), ("codInstr", 0, MANY),
            ("verStmt", 0, MANY), ("concept", 0, MANY), ("derivation", 0, 1), ("varFormat", 0, 1), ("geoMap", 0, MANY),
            ("catLevel", 0, MANY), ("notes", 0, MANY)],
    "catgry": [("catValu", 0, 1), ("labl", 0, MANY), ("txt", 0, MANY), ("catStat", 0, MANY), ("mrow", 0, 1)],
    "item": [], "range": [],
    **dict.fromkeys(["titl", "labl", "qstnLit", "universe", "sumStat", "catValu", "catStat", "varFormat", "collMode"]),
}  # fmt: skip
# Elements whose children come in any order: the children, and how many there must be at least.
ANY_ORDER = {
    "qstn": ({"preQTxt", "qstnLit", "postQTxt", "forward", "backward", "ivuInstr"}, 0),
    "invalrng": ({"item", "range"}, 1),
}
TEXT = {"titl", "labl", "qstn", "qstnLit", "universe", "sumStat", "catValu", "catStat", "varFormat", "collMode"}

# Attributes beside ID, xml:lang and source: a set of values, "text", or "IDREFS"; a "!" in front means required.
YES_NO, UNITS, WEIGHTED = {"Y", "N"}, {"INT", "REAL"}, {"wgtd", "not-wgtd"}
ATTRIBUTES = {
    "codeBook": {"version": {"2.5"}, "codeBookAgency": "text"},
    "varGrp": {"type": {"section", "multipleResp", "grid", "display", "repetition", "subject", "version", "iteration",
                        "analysis", "pragmatic", "record", "file", "randomized", "other"},
               "var": "IDREFS", "varGrp": "IDREFS", "name": "text", "methrefs": "IDREFS"},
    "var": {"!name": "text", "wgt": {"wgt", "not-wgt"}, "wgt-var": "IDREFS", "weight": "IDREFS", "qstn": "IDREFS",
            "files": "IDREFS", "dcml": "text", "intrvl": {"contin", "discrete"}, "methrefs": "IDREFS",
            "nature": {"nominal", "ordinal", "interval", "ratio", "percent", "other"}, "temporal": YES_NO,
            "geog": YES_NO},
    "item": {"UNITS": UNITS, "!VALUE": "text"},
    "range": {"UNITS": UNITS, "min": "text", "minExclusive": "text", "max": "text", "maxExclusive": "text"},
    "universe": {"level": "text", "clusion": {"I", "E"}},
    "sumStat": {"wgtd": WEIGHTED, "wgt-var": "IDREFS",
                "!type": {"mean", "medn", "mode", "vald", "invd", "min", "max", "stdev", "other"}},
    "catgry": {"missing": YES_NO, "missType": "text", "excls": {"true", "false"}, "catgry": "IDREFS"},
    "catStat": {"type": {"freq", "percent", "crosstab", "other"}, "wgtd": WEIGHTED, "wgt-var": "IDREFS"},
    "varFormat": {"type": {"character", "numeric"}, "formatname": "text", "URI": "text",
                  "category": {"date", "time", "currency", "other"},
                  "schema": {"SAS", "SPSS", "IBM", "ANSI", "ISO", "XML-Data", "other"}},
}  # fmt: skip
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
NCNAME = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*")


def find_violations(root):
    """Return one sentence for everything in a DDI document that its schema forbids."""
    found = [] if root.tag == f"{NAMESPACE}codeBook" else [f"the root is {root.tag}"]
    ids = [element.get("ID") for element in root.iter() if element.get("ID") is not None]
    found += [
        f"the ID {one!r} is no name, or given twice" for one in ids if not NCNAME.fullmatch(one) or ids.count(one) > 1
    ]
    for element in root.iter():
        found += _look_at(element, set(ids))
    return found


def _look_at(element, ids):
    name = element.tag.removeprefix(NAMESPACE)
    if name not in CHILDREN and name not in ANY_ORDER:
        return [f"{name} is no element that is known here"]
    found = [f"{name} holds text"] if (element.text or "").strip() and name not in TEXT else []
    children = [child.tag.removeprefix(NAMESPACE) for child in element]
    if name in ANY_ORDER:
        allowed, least = ANY_ORDER[name]
        found += [f"{name} holds {child}" for child in children if child not in allowed]
        found += [f"{name} is empty"] if len(children) < least else []
    elif CHILDREN[name] is None:
        found += [f"{name} holds {child}" for child in children]
    else:
        order = [child for child, _, _ in CHILDREN[name]]
        found += [f"{name} holds {child}" for child in children if child not in order]
        places = [order.index(child) for child in children if child in order]
        found += [f"the children of {name} stand in the wrong order"] if places != sorted(places) else []
        found += [
            f"{name} holds {children.count(child)} {child}"
            for child, least, most in CHILDREN[name]
            if not least <= children.count(child) <= most
        ]
    return found + _look_at_attributes(name, element, ids)


def _look_at_attributes(name, element, ids):
    rules = {key.lstrip("!"): rule for key, rule in ATTRIBUTES.get(name, {}).items()}
    found = [
        f"{name} lacks {key[1:]}" for key in ATTRIBUTES.get(name, {}) if key[0] == "!" and key[1:] not in element.attrib
    ]
    for key, value in element.attrib.items():
        rule = rules.get(key)
        if key == XML_LANG:
            found += [] if LANGUAGE.fullmatch(value) else [f"{name} has the language {value!r}"]
        elif key != "ID" and rule is None:
            found.append(f"{name} has the attribute {key!r}")
        elif isinstance(rule, set) and value not in rule:
            found.append(f"{name} has {key}={value!r}")
        elif rule == "IDREFS" and (not value.split() or not set(value.split()) <= ids):
            found.append(f"{name} refers to {value!r}")
    return found
