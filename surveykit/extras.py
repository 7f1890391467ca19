"""Optional packages, asked for at the moment they are needed."""

import importlib
from types import ModuleType

from surveykit.errors import MissingExtraError


def require(module: str, extra: str) -> ModuleType:
    """Return an optional module, or raise MissingExtraError with the line that installs it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        line = f'pip install "surveykit-settlements[{extra}]"'
        raise MissingExtraError(f"this kind of file needs the package {module!r}; install it with: {line}") from error
