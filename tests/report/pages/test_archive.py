"""Archives that come out the same every time."""

import io
import zipfile

from surveykit.report.pages.archive import steady

CORE = "<dcterms:created xsi:type='x'>{0}</dcterms:created><dcterms:modified>{0}</dcterms:modified><dc:title>{0}</dc:title>"


def archive(names: list[str], when: tuple[int, ...], moment: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(zipfile.ZipInfo(name, when), CORE.format(moment) if name.endswith("core.xml") else name)
    return buffer.getvalue()


def test_order_and_time_leave_no_trace():
    names = ["word/document.xml", "docProps/core.xml", "[Content_Types].xml"]
    one = archive(names, (2021, 7, 25, 9, 0, 0), "2021-07-25T09:00:00Z")
    other = archive(names[::-1], (2024, 1, 1, 0, 0, 2), "2021-07-25T09:00:00Z".replace("2021-07-25", "2024-01-01"))
    assert one != other and steady(one).replace(b"2021", b"2024") != other
    with zipfile.ZipFile(io.BytesIO(steady(one))) as first, zipfile.ZipFile(io.BytesIO(steady(other))) as second:
        assert (
            first.namelist() == second.namelist() == ["[Content_Types].xml", "docProps/core.xml", "word/document.xml"]
        )
        assert {entry.date_time for entry in first.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = first.read("docProps/core.xml").decode()
        assert core.count("1980-01-01T00:00:00Z") == 2 and "<dc:title>2021-07-25" in core, (
            "the title is no date of ours"
        )
    assert steady(steady(one)) == steady(one)
    same_title = archive(names[::-1], (2024, 1, 1, 0, 0, 2), "2021-07-25T09:00:00Z")
    assert steady(one) == steady(same_title)
