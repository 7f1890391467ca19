"""A source file's test is found by its name, or stands here with the reason why it has none of its own."""

from pathlib import Path

from tests.house_in_numbers import FILES, SOURCE, without_test

TESTS = Path(__file__).parent
SHARED = {
    "_argument_kinds.py": ("test_door.py", "kinds of arguments, tried through every public signature"),
    "estimation/engine/joint_tests.py": ("estimation/engine/test_few_clusters.py", "Hotelling's test on the designs of the single coefficients, clubSandwich's numbers among them"),
    "reading/encodings/letters.py": ("reading/encodings/test_scripts.py", "frequencies of letters as data, which scripts.py weighs words by"),
    "comparison/outcome_answers.py": ("comparison/test_question.py", "who answered, asked through the question that makes it"),
    "report/figures/likert_texts.py": ("report/figures/test_likert_figure.py", "what stands beside the bars, read off the figure"),
    "replication/study_facts.py": ("test_ili_holders.py", "files of other holders, whose facts every title and paragraph must follow"),
    "replication/study_needs.py": ("test_ili_holders.py", "files of other holders, which lack waves, items, scales or sides in turn"),
    "replication/study_doors.py": ("replication/test_study_wrong_kinds.py", "names of functions behind the public door, which every wrong kind is tried on"),
    "report/pages/explorer_content.py": ("report/pages/test_explorer.py", "what the page holds, read out of the page"),
    "report/release.py": ("replication/test_one_release.py", "what is written together, masked together"),
    "words/command_line.py": ("cli/test_language.py", "texts of the command line, seen in its help"),
    "report/released_cells.py": ("report/test_disclosure.py", "what adds up to what shows in what is hidden; report/test_outsider.py tries it"),
}  # fmt: skip
"""Source file: the test that holds it, and the reason."""


def test_every_source_file_has_its_test_by_name_or_a_reason():
    alone = {str(path.relative_to(SOURCE)) for path in without_test(FILES)}
    missing = sorted(alone - set(SHARED))
    assert not missing, f"write tests/ROOM/test_FILE.py for {missing}, or name the test that holds it above"
    assert not sorted(set(SHARED) - alone), "these have a test of their own by now; take them off the list"


def test_the_test_of_a_file_on_the_list_is_there():
    for file, (test, reason) in SHARED.items():
        assert "\ndef test_" in (TESTS / test).read_text(encoding="utf-8") and len(reason.split()) > 3, file


def test_a_file_that_is_named_like_a_test_of_it_holds_tests():
    for path in FILES:
        test = TESTS / path.relative_to(SOURCE).parent / f"test_{path.name.removeprefix('_')}"
        assert not test.exists() or "\ndef test_" in test.read_text(encoding="utf-8"), test
