"""What a survey holds, at a glance: the table that a notebook shows for it."""

import html
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from surveykit.codebook import Codebook, Variable

MOST_COLUMNS = 60
"""Columns shown; a file of a thousand would fill the notebook."""
MOST_ANSWERS = 5
"""Answers of a column shown; a list of all districts would hide the other columns."""


def overview(
    head: Sequence[str],
    frame: pd.DataFrame,
    codebook: Codebook,
    reasons: Mapping[str, pd.Series],
    roles: Mapping[str, str],
    warning: str = "",
) -> str:
    """Return sentences and a table of columns as HTML in which every text of the data is escaped.

    Parameters
    ----------
    head : sequence of str
        Sentences above the table.
    reasons : mapping from column to pandas.Series
        Codes of those who are missing for a stated reason.
    roles : mapping from column to str
        What a column does in a design ("weight", "cluster").
    warning : str
        What a reader must not miss (that answers are simulated).
    """
    rows = [_row(name, frame[name], codebook[name], reasons.get(name), roles) for name in frame.columns[:MOST_COLUMNS]]
    more = len(frame.columns) - len(rows)
    heads = ("column", *(["role"] if roles else []), "question", "answers", "missing")
    kept = [row if roles else (row[0], *row[2:]) for row in rows]
    parts = [f"<p><strong>{html.escape(warning)}</strong></p>"] if warning else []
    parts += [f"<p>{html.escape(sentence)}</p>" for sentence in head if sentence]
    parts.append(f"<div style='overflow-x: auto'>{_table(heads, kept)}</div>")
    parts += [f"<p>and {more:,} columns more</p>"] if more else []
    return f"<div class='surveykit'>{''.join(parts)}</div>"


def _row(
    name: str, column: pd.Series, variable: Variable, codes: pd.Series | None, roles: Mapping[str, str]
) -> tuple[str, ...]:
    question = variable.ask()
    return (
        name,
        roles.get(name, ""),
        "" if question == name else question,
        _answers(column, variable),
        _missing(column, variable, codes),
    )


def _answers(column: pd.Series, variable: Variable) -> str:
    """Return the labels of a column, or what kind of values it holds."""
    if variable.labels:
        shown = [f"{code} = {variable.label(code)}" for code in list(variable.labels)[:MOST_ANSWERS]]
        return "; ".join([*shown, *(["…"] if len(variable.labels) > MOST_ANSWERS else [])])
    known = column.dropna()
    if not len(known):
        return "(empty)"
    if pd.api.types.is_bool_dtype(column.dtype):
        return "True, False"
    if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_datetime64_any_dtype(column.dtype):
        low, high = known.min(), known.max()
        return f"{low:g} to {high:g}" if pd.api.types.is_numeric_dtype(column.dtype) else f"{low} to {high}"
    count = int(known.astype(str).nunique())
    return f"{count:,} different texts" if count > 1 else "1 text"


def _missing(column: pd.Series, variable: Variable, codes: pd.Series | None) -> str:
    """Return how many cells are missing, by reason."""
    total = int(column.isna().sum())
    if not total:
        return ""
    counts = {} if codes is None else codes.value_counts().to_dict()
    said = [f"{variable.label(code)} {count:,}" for code, count in counts.items()]
    empty = total - sum(counts.values())
    return f"{total:,} ({100 * total / len(column):.0f}%): " + "; ".join(
        [*said, *([f"empty {empty:,}"] if empty else [])]
    )


def _table(heads: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f"<th scope='col'>{html.escape(head)}</th>" for head in heads)
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
