"""A codebook in DDI: well-formed, and in the order of its schema."""

from xml.etree import ElementTree

import pytest

import surveykit as sk
from tests.reading.codebooks.test_export import NS, ddi, full_survey, survey
from tests.reading.ddi_rules import find_violations


def test_ddi_is_well_formed_and_in_the_order_of_its_schema(tmp_path):
    sk.export_codebook(survey(), tmp_path / "c.xml")
    root = ElementTree.parse(tmp_path / "c.xml").getroot()
    assert root.tag == "{ddi:codebook:2_5}codeBook"
    assert [child.tag.rpartition("}")[2] for child in root] == ["stdyDscr", "dataDscr"]
    assert root.find("d:stdyDscr/d:citation/d:titlStmt/d:titl", NS).text == "SIMULATED: Ili district"
    assert find_violations(root) == []
    q1 = root.find("d:dataDscr/d:var[@name='q1']", NS)
    assert [item.get("VALUE") for item in q1.iterfind("d:invalrng/d:item", NS)] == ["98", "99"]
    assert q1.find("d:invalrng/d:range", NS).attrib == {"min": "900"}
    assert q1.find("d:labl[@{http://www.w3.org/XML/1998/namespace}lang='kk']", NS).text == "Сіз бе?"
    missing = [group.find("d:catValu", NS).text for group in q1.iterfind("d:catgry[@missing='Y']", NS)]
    assert missing == ["98", "99"]
    assert [one.text for one in q1.findall("d:sumStat", NS)] == ["3", "2"]
    assert root.find("d:dataDscr/d:var[@name='w']", NS).get("wgt") == "wgt"
    assert q1.get("wgt-var") == root.find("d:dataDscr/d:var[@name='w']", NS).get("ID")


def test_ddi_of_everything_that_a_codebook_can_say_keeps_the_schema():
    root = ddi(full_survey())
    assert find_violations(root) == []
    m1 = root.find("d:dataDscr/d:var[@name='m1']", NS)
    assert m1.find("d:universe", NS).text == "all adults"
    modes = {one.get("ID"): one.text for one in root.iterfind("d:stdyDscr/d:method/d:dataColl/d:collMode", NS)}
    assert [modes[key] for key in m1.get("methrefs").split()] == ["face to face", "бетпе-бет"]
    assert sorted(modes.values()) == sorted(["face to face", "бетпе-бет", "by telephone"])
    group = root.find("d:dataDscr/d:varGrp", NS)
    names = {one.get("ID"): one.get("name") for one in root.iterfind("d:dataDscr/d:var", NS)}
    assert [names[key] for key in group.get("var").split()] == ["m1", "m2"] and group.get("type") == "multipleResp"
    assert group.find("d:labl", NS).text == "Which <media>?"
    assert m1.find("d:invalrng/d:item", NS).attrib == {"VALUE": "-1.5", "UNITS": "REAL"}
    assert root.find("d:dataDscr/d:var[@name='when']/d:varFormat", NS).get("category") == "date"
    assert find_violations(ddi(full_survey().codebook)) == []


@pytest.mark.parametrize(("spoil", "words"), [
    (lambda root: root.remove(root[0]), "codeBook holds 0 stdyDscr"),
    (lambda root: root[1].append(ElementTree.Element("{ddi:codebook:2_5}varGrp")), "children of dataDscr stand in the wrong"),
    (lambda root: root[1][1].set("nature", "scale"), "var has nature='scale'"),
    (lambda root: root[1][1].attrib.pop("name"), "var lacks name"),
    (lambda root: root[1][1].set("wgt-var", "V99"), "var refers to 'V99'"),
    (lambda root: root[1][1].set("ID", "V2"), "the ID 'V2' is no name, or given twice"),
    (lambda root: root[1][1][0].set("{http://www.w3.org/XML/1998/namespace}lang", "қазақ"), "labl has the language"),
    (lambda root: setattr(root[1], "text", "words"), "dataDscr holds text"),
])  # fmt: skip
def test_the_rules_find_what_the_schema_forbids(spoil, words):
    root = ddi(full_survey())
    spoil(root)
    assert any(words in sentence for sentence in find_violations(root))
