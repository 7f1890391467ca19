"""The errors and the one warning that surveykit raises; each message gives the rule, the offender and the way out."""


class SurveyKitError(Exception):
    """Root of all errors that surveykit raises on purpose; the command line turns it into one line and exit code 2."""


class ArgumentError(SurveyKitError, ValueError):
    """An argument has a value that its function cannot use."""


class ColumnError(SurveyKitError, ValueError):
    """A column is absent, or holds values that its role does not allow."""


class CodebookError(SurveyKitError, ValueError):
    """A codebook contradicts itself or the data that it describes."""


class CodeError(SurveyKitError, ValueError):
    """A column holds a code that its scale or its codebook does not know."""


class ReadError(SurveyKitError, OSError):
    """A file cannot be read as the survey that it claims to be."""


class EncodingError(ReadError):
    """The bytes of a file do not fit the encoding that it declares or that was asked for."""


class DesignError(SurveyKitError, ValueError):
    """The sampling design cannot be as described: weights, clusters or strata are wrong or incomplete."""


class WeightingError(SurveyKitError, ValueError):
    """Targets cannot be met by any weights, or the weighting did not converge."""


class FeasibilityError(SurveyKitError, ValueError):
    """The data cannot answer the question that was put to them."""


class MixedSettlementError(FeasibilityError):
    """A group varies inside a settlement, so that it is no property of settlements."""


class WriteError(SurveyKitError, OSError):
    """An output cannot be written."""


class MissingExtraError(SurveyKitError, ImportError):
    """An optional dependency is absent; the message holds the line that installs it."""


class SurveyKitWarning(UserWarning):
    """The analysis goes on, but the reader of the paper should know."""
