"""Errors are caught by their room, by their root, or by what Python calls such a thing."""

import inspect

import pytest

from surveykit import errors
from surveykit.errors import SurveyKitError, SurveyKitWarning

KINDS = [kind for kind in vars(errors).values() if inspect.isclass(kind) and issubclass(kind, SurveyKitError)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_is_of_the_root_and_has_a_sentence(kind):
    with pytest.raises(SurveyKitError, match="offender"):
        raise kind("rule, offender, way out")
    assert kind.__doc__ and kind.__doc__.split("\n")[0].endswith(".")


@pytest.mark.parametrize(("name", "builtin"), [
    ("ArgumentError", ValueError), ("ColumnError", ValueError), ("CodebookError", ValueError), ("CodeError", ValueError),
    ("ReadError", OSError), ("EncodingError", OSError), ("WriteError", OSError), ("DesignError", ValueError), ("WeightingError", ValueError),
    ("FeasibilityError", ValueError), ("MixedSettlementError", ValueError), ("MissingExtraError", ImportError),
])  # fmt: skip
def test_scripts_that_catch_pythons_own_kind_catch_ours(name, builtin):
    assert issubclass(getattr(errors, name), builtin)
    assert not issubclass(SurveyKitWarning, SurveyKitError), "what goes on is no error"
