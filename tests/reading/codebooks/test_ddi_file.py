"""DDI-Codebook as a codebook: what is written comes back; archives' older releases; nothing is fetched or expanded."""

import time

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import surveykit as sk
from tests.expectations.words import one_sentence

words = st.text("abcЯжқ?<&\"' ", min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)
texts = st.dictionaries(st.sampled_from(["en", "ru", "kk", "und"]), words, max_size=3)
codes = st.one_of(st.integers(-99, 99), st.sampled_from([1.5, -0.25]))


@st.composite
def variables(draw, name):
    known = draw(st.dictionaries(codes, texts, max_size=6))
    missing = draw(st.sets(st.sampled_from(sorted(known)), max_size=2)) if known else set()
    ranges = draw(st.sampled_from([(), ((900.0, 999.0),), ((-float("inf"), -900.0), (900.5, float("inf")))]))
    return sk.Variable(
        name, draw(texts), {code: known[code] for code in known if code not in missing},
        {code: known[code] for code in missing}, ranges, draw(st.sampled_from([None, "nominal", "ordinal", "scale"])),
        draw(texts), draw(texts),
    )  # fmt: skip


@st.composite
def codebooks(draw):
    names = draw(st.lists(st.sampled_from(["q1", "q2", "жас", "a b", "w"]), min_size=1, max_size=4, unique=True))
    return sk.Codebook.of([draw(variables(name)) for name in names], draw(st.sampled_from([{}, {"und": "Ili & 2023"}])))


@given(codebooks())
@settings(max_examples=60, deadline=None)
def test_what_is_written_comes_back(tmp_path_factory, book):
    path = tmp_path_factory.mktemp("ddi") / "book.xml"
    sk.export_codebook(book, path)
    found = sk.read_codebook(path)
    assert list(found) == list(book)
    for name in book:
        one, other = book[name], found[name]
        assert {**one.labels} == {**other.labels} and {**one.missing} == {**other.missing}
        assert one.question == other.question and one.universe == other.universe and one.mode == other.mode
        assert one.missing_ranges == other.missing_ranges and one.measure == other.measure
    assert found.title == (book.title or {"und": "a DataFrame"})


def test_weight_sets_and_simulated_come_back(tmp_path):
    book = sk.Codebook(
        {name: sk.Variable(name, {"en": name}, {0: {"en": "No"}, 1: {"en": "Yes"}}) for name in ("m/tv", "m/radio")},
        response_sets={"m": sk.ResponseSet("m", ("m/tv", "m/radio"), 1, {"en": "Media"})},
    )
    frame = {"m/tv": [0, 1], "m/radio": [1, 1], "w": [0.5, 1.5]}
    survey = sk.Survey(pd.DataFrame(frame), book, sk.Provenance(simulated=True, weight="w"))
    sk.export_codebook(survey, tmp_path / "book.xml")
    (tmp_path / "a.csv").write_text("m/tv,m/radio,w\n0,1,0.5\n1,1,1.5\n")
    again = sk.read_csv(tmp_path / "a.csv", codebook=tmp_path / "book.xml")
    assert again.provenance.simulated and again.provenance.weight == "w" and len(again.provenance.files) == 1
    assert again.codebook.response_sets["m"] == book.response_sets["m"]


OLD = """<?xml version="1.0" encoding="{encoding}"?>
<!DOCTYPE codeBook SYSTEM "http://www.icpsr.umich.edu/DDI/Version1-2-2.dtd">
<codeBook version="1.2.2" ID="X" xml-lang="en" xmlns="http://www.icpsr.umich.edu/DDI">
 <docDscr><citation><titlStmt><titl>The document</titl></titlStmt></citation></docDscr>
 <stdyDscr><citation><titlStmt><titl><![CDATA[Households of Ili]]></titl></titlStmt></citation></stdyDscr>
 <fileDscr ID="F1"><fileTxt><fileName>hh.NSDstat</fileName></fileTxt></fileDscr>
 <dataDscr>
  <var ID="V1" name="q12a" files="F1" dcml="0" intrvl="discrete">
   <location width="2"/><labl>  Trust:
     akim </labl>
   <qstn><preQTxt>How much do you trust</preQTxt><qstnLit>the akim &mdash; caf&eacute;?</qstnLit><ivuInstr>Show card</ivuInstr></qstn>
   <valrng><range UNITS="REAL" min="1" max="5"/></valrng>
   <invalrng><range UNITS="INT" min="96" maxExclusive="99"/><item VALUE="99"/></invalrng>
   <universe clusion="I">All adults</universe>
   <sumStat type="vald">12</sumStat>
   <catgry><catValu>1</catValu><labl>Not at all</labl><catStat type="freq">3</catStat></catgry>
   <catgry><catValu>5</catValu><labl>Fully</labl></catgry>
   <catgry missing="Y"><catValu>97</catValu><labl>Don't know</labl></catgry>
   <catgry><catValu>99</catValu><labl>Refused</labl></catgry>
   <catgry missing="Y" missType="inap"><catValu>Sysmiss</catValu></catgry>
   <varFormat type="numeric" schema="other"/>
  </var>
  <var ID="V2" name="region"><labl>Region</labl>
   <catgry><catValu>01</catValu><labl>Almaty</labl></catgry><varFormat type="character"/></var>
  <var ID="V3" name="wt" wgt="wgt"/><var ID="V4" name="wt2" wgt="wgt"/>
 </dataDscr>
</codeBook>
"""


@pytest.mark.parametrize("encoding", ["UTF-8", "windows-1252", "ISO-8859-1"])
def test_an_archives_old_release(tmp_path, encoding):
    (tmp_path / "old.xml").write_bytes(OLD.format(encoding=encoding).encode(encoding.lower()))
    with pytest.warns(sk.SurveyKitWarning, match="names 2 weights, wt, wt2; none was chosen"):
        book = sk.read_codebook(tmp_path / "old.xml")
    trust = book["q12a"]
    assert book.title == {"en": "Households of Ili"}
    assert trust.ask("en") == "How much do you trust the akim — café?" and trust.universe == {"en": "All adults"}
    assert trust.labels == {1: {"en": "Not at all"}, 5: {"en": "Fully"}}
    assert trust.missing == {97: {"en": "Don't know"}, 99: {"en": "Refused"}} and trust.missing_ranges == ((96, 98),)
    assert book["region"].labels == {"01": {"en": "Almaty"}}


def ddi(inside, head=""):
    return f"<?xml version='1.0'?>{head}<codeBook xmlns='ddi:codebook:2_5'><dataDscr>{inside}</dataDscr></codeBook>"


@pytest.mark.parametrize(("text", "said"), [
    (ddi("<var name='q'/>", '<!DOCTYPE c [<!ENTITY a "ha">]>'), "defines entities or elements of its own"),
    (ddi("<var name='q'/>", '<!DOCTYPE c [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), "defines entities"),
    (ddi("<var name='q'><labl>&secret;</labl></var>", '<!DOCTYPE c SYSTEM "http://example.org/x.dtd">'),
     "holds the entity &secret;, whose meaning stands in another file, which is not fetched"),
    (ddi("<var name='q'>" + "<labl>" * 200), "elements more than 100 deep"),
    (ddi("<var name='q'><labl>"), "is no XML that can be read"),
    ("<?xml version='1.0'?><DDIInstance/>", r"DDI-Lifecycle \(3.x\): export DDI-Codebook"),
    ("<?xml version='1.0'?><data/>", "is XML, but no DDI-Codebook: it begins with <data>"),
    (ddi(""), "describes a study and no variables"),
])  # fmt: skip
def test_what_is_refused(tmp_path, text, said):
    (tmp_path / "book.xml").write_text(text)
    one_sentence(lambda: sk.read_codebook(tmp_path / "book.xml"), sk.ReadError, said)


def test_a_long_codebook_takes_time_in_proportion(tmp_path):
    one = "<var name='q{0}'><labl>Q</labl>" + "<catgry><catValu>1</catValu><labl>No</labl></catgry>" * 20 + "</var>"
    (tmp_path / "book.xml").write_text(ddi("".join(one.format(number) for number in range(2000))))
    started = time.monotonic()
    assert len(sk.read_codebook(tmp_path / "book.xml")) == 2000
    assert time.monotonic() - started < 20  # a second when idle
