"""The errors and the one warning that surveykit raises; each message gives the rule, the offender and the way out."""


class SurveyKitError(Exception):
    """Root of all errors that surveykit raises on purpose; the command line turns it into one line and exit code 2.

    Examples
    --------
    >>> import surveykit as sk
    >>> issubclass(sk.ArgumentError, sk.SurveyKitError), issubclass(sk.ArgumentError, ValueError)
    (True, True)
    >>> try:
    ...     sk.adjust_p_values([0.02, 1.5])
    ... except sk.SurveyKitError as error:
    ...     print(type(error).__name__)
    ...
    ArgumentError
    """


class ArgumentError(SurveyKitError, ValueError):
    """An argument has a value that its function cannot use.

    Examples
    --------
    >>> import surveykit as sk
    >>> sk.adjust_p_values([0.02, 1.5])
    Traceback (most recent call last):
        ...
    surveykit.errors.ArgumentError: `p_values` must lie between 0 and 1, but 1.5 was given
    """


class ColumnError(SurveyKitError, ValueError):
    """A column is absent, or holds values that its role does not allow.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> sk.means(sk.SurveyDesign(pd.DataFrame({"trust": [1, 4, 5]})), "trsut")
    Traceback (most recent call last):
        ...
    surveykit.errors.ColumnError: `outcomes` names 'trsut', which is not a column; did you mean 'trust'?
    """


class CodebookError(SurveyKitError, ValueError):
    """A codebook contradicts itself or the data that it describes.

    Examples
    --------
    >>> import surveykit as sk
    >>> sk.Codebook.of([sk.Variable("q1"), sk.Variable("q1")])
    Traceback (most recent call last):
        ...
    surveykit.errors.CodebookError: the codebook describes 'q1' twice; keep one description
    """


class CodeError(SurveyKitError, ValueError):
    """A column holds a code that its scale or its codebook does not know.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> try:
    ...     sk.code_items(pd.DataFrame({"q1": [1, 5, 55]}), "q1", lowest=1, highest=5)
    ... except sk.CodeError:
    ...     print("55 is no answer on a scale from 1 to 5")
    ...
    55 is no answer on a scale from 1 to 5
    """


class ReadError(SurveyKitError, OSError):
    """A file cannot be read as the survey that it claims to be.

    Examples
    --------
    >>> import surveykit as sk
    >>> try:
    ...     sk.read_survey("nowhere.sav")
    ... except sk.ReadError as error:
    ...     print(isinstance(error, OSError), error)
    ...
    True there is no file 'nowhere.sav'; check the name and the folder
    """


class EncodingError(ReadError):
    r"""The bytes of a file do not fit the encoding that it declares or that was asked for.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import surveykit as sk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "answers.csv"
    ...     _ = file.write_bytes("q1\nжоқ\n".encode("ptcp154"))
    ...     try:
    ...         sk.read_csv(file, encoding="utf-8")
    ...     except sk.EncodingError:
    ...         print("the bytes are no UTF-8")
    ...
    the bytes are no UTF-8
    """


class DesignError(SurveyKitError, ValueError):
    """The sampling design cannot be as described: weights, clusters or strata are wrong or incomplete.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> try:
    ...     sk.SurveyDesign(pd.DataFrame({"q1": [1, 2], "w": [1.0, -1.0]}), weight="w")
    ... except sk.DesignError:
    ...     print("no weight is negative")
    ...
    no weight is negative
    """


class WeightingError(SurveyKitError, ValueError):
    """Targets cannot be met by any weights, or the weighting did not converge.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> try:
    ...     sk.rake(sk.SurveyDesign(pd.DataFrame({"sex": ["f", "f"]})), {"sex": {"f": 0.5, "m": 0.5}})
    ... except sk.WeightingError:
    ...     print("no man answered, so no weights make half of the sample men")
    ...
    no man answered, so no weights make half of the sample men
    """


class FeasibilityError(SurveyKitError, ValueError):
    """The data cannot answer the question that was put to them.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"unit": ["U1", "U2", "U3"], "akim": ["elected", "appointed", "appointed"]})
    >>> answers["trust"] = [3, 4, 5]
    >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
    >>> try:
    ...     sk.compare_settlements(sk.SurveyDesign(answers), "trust", **roles)
    ... except sk.FeasibilityError:
    ...     print("one elected village cannot be told from what is its own")
    ...
    one elected village cannot be told from what is its own
    """


class MixedSettlementError(FeasibilityError):
    """A group varies inside a settlement, so that it is no property of settlements."""


class WriteError(SurveyKitError, OSError):
    """An output cannot be written.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> try:
    ...     sk.write_csv(sk.Survey(pd.DataFrame({"q1": [1, 2]})), "no/such/folder/answers.csv")
    ... except sk.WriteError as error:
    ...     print(isinstance(error, OSError))
    ...
    True
    """


class MissingExtraError(SurveyKitError, ImportError):
    """An optional dependency is absent; the message holds the line that installs it.

    Examples
    --------
    >>> import surveykit as sk
    >>> issubclass(sk.MissingExtraError, ImportError)
    True
    """


class SurveyKitWarning(UserWarning):
    """The analysis goes on, but the reader of the paper should know.

    Examples
    --------
    >>> import warnings
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"q1": [1, 2], "w": [1.5, 1.5]})
    >>> with warnings.catch_warnings(record=True, action="always") as said:
    ...     design = sk.SurveyDesign(answers, weight="w")
    ...
    >>> said[0].category.__name__
    'SurveyKitWarning'
    """
