"""The words are tried on the survey that reports are tried on."""

from tests.report.conftest import comparison as comparison
from tests.report.conftest import design as design
