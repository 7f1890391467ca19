from surveykit.design import SurveyDesign
from surveykit.design_audit import audit_design
from tests.test_design import FRAME


def test_audit_tells_what_the_design_rests_on():
    design = SurveyDesign(FRAME, weight="w", cluster="zone")
    audit = audit_design(design, settlement="village").table.set_index("check")
    assert audit.loc["largest to smallest weight", "value"] == 3
    assert audit.loc["clusters inside one village", "verdict"] == "clusters that span several: n, s"
    assert audit_design(SurveyDesign(FRAME, cluster="village"), "zone").table["verdict"].eq("ok").all()
