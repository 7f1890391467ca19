"""SNW matrix: which positions are strong, neutral and weak."""

import pandas as pd

from surveykit._checks import check_columns, check_share, some
from surveykit.errors import ArgumentError, CodeError
from surveykit.results import Origin, Result
from surveykit.words.messages import Figure, Message, Told

RATINGS = {"S": "strong", "N": "neutral", "W": "weak"}


def snw_matrix(positions: pd.DataFrame, origin: Origin | None = None, method: str = "") -> Result:
    """Check a table of rated positions and count them.

    Parameters
    ----------
    positions : DataFrame
        Columns position and rating ("S", "N", "W", or the words strong, neutral, weak), optionally block.
    origin : Origin, optional
        Where the ratings come from (simulated or not).
    method : str
        How the ratings were made.

    Returns
    -------
    Result
        Columns block (when given), position, rating; `facts` counts strong, neutral and weak positions. `draw_snw`
        draws it.

    Raises
    ------
    ColumnError
        When the columns position or rating are absent.
    CodeError
        When a rating is none of S, N, W (or their words), or a position occurs twice in its block.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> rated = pd.DataFrame({"position": ["Self-nomination", "Party nomination"], "rating": ["strong", "W"]})
    >>> sk.snw_matrix(rated).table
               position rating
    0   Self-nomination      S
    1  Party nomination      W
    """
    check_columns(positions, ["position", "rating"], "positions")
    short = {word: code for code, word in RATINGS.items()} | {code: code for code in RATINGS}
    given = positions["rating"].astype(str).str.strip()
    ratings = given.map({**short, **{code.lower(): code for code in RATINGS}})
    if ratings.isna().any():
        raise CodeError(
            f"a rating must be one of S, N, W (strong, neutral, weak), but there is {some(given[ratings.isna()])}"
        )
    twice = positions["position"][positions["position"].duplicated()]
    if len(twice) and "block" not in positions:
        raise CodeError(f"position {twice.iloc[0]!r} is rated twice; keep one rating, or tell the two apart by `block`")
    columns = [name for name in ("block", "position") if name in positions]
    table = positions[columns].reset_index(drop=True).assign(rating=ratings.to_numpy())
    facts: dict[str, object] = {word: int((table["rating"] == code).sum()) for code, word in RATINGS.items()}
    sentence = method or Told.of(Message("snw.rated"))
    return Result(table, sentence, origin or Origin(), facts, Told.of(Message("snw.title")))


def rate_positions(estimates: Result, *, middle: float = 0.5, lang: str | None = None) -> Result:
    """Rate positions by a survey: strong where a share lies above the middle, weak where below, neutral where unclear.

    Parameters
    ----------
    estimates : Result
        Shares of favourable answers with intervals, one row per position (`means` of 0/1 indicators, say).
    middle : float
        The share from 0 to 1 that parts strong from weak.
    lang : str, optional
        Language of the positions, which are the outcomes' questions.

    Returns
    -------
    Result
        As from `snw_matrix`.

    Raises
    ------
    ArgumentError
        When a position has no interval, or `middle` does not lie between 0 and 1.
    ColumnError
        When the table lacks outcomes or intervals.
    CodeError
        When a position occurs twice.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"listens": [1, 1, 1, 0] * 5, "honest": [0, 1] * 10})
    >>> answers["village"] = np.repeat(list("ABCDE"), 4)
    >>> shares = sk.means(sk.SurveyDesign(answers, cluster="village"), ["listens", "honest"])
    >>> sk.rate_positions(shares, middle=0.6).table[["position", "rating"]]
      position rating
    0  listens      S
    1   honest      W
    """
    check_share(middle, "middle")
    table, book = estimates.table, estimates.origin.codebook
    check_columns(table, ["outcome", "conf_low", "conf_high"], "estimates")
    unknown = table[table["conf_low"].isna() | table["conf_high"].isna()]
    if len(unknown):
        raise ArgumentError(
            f"a position is rated by its interval, but {some(unknown['outcome'].unique())} has none (hidden, or no degrees of freedom); leave it out"
        )
    ratings = [
        "S" if low > middle else "W" if high < middle else "N"
        for low, high in zip(table["conf_low"], table["conf_high"])
    ]
    positions = pd.DataFrame({"position": [book[name].ask(lang) for name in table["outcome"]], "rating": ratings})
    if "group" in table and table["group"].nunique() > 1:
        positions.insert(0, "block", table["group"].to_numpy())
        blocks = list(dict.fromkeys(positions["block"]))
        positions = positions.sort_values("block", key=lambda names: names.map(blocks.index), kind="stable")
    rated = Message("snw.by_survey", {"middle": Figure(f"{middle:g}")})
    method = Told.of(rated, estimates.method)
    return snw_matrix(positions, estimates.origin, method)
