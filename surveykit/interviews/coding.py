"""Coded interviews: which coder found which theme in which passage, and how often themes occur."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_columns, check_option, some, warn
from surveykit.codebook import Codebook, as_code, distinct_texts
from surveykit.errors import CodeError, ColumnError
from surveykit.files.reading import PathLike, check_file, hash_file
from surveykit.interviews.agreement import coder_agreement
from surveykit.reading.codebook_file import read_codebook_file
from surveykit.reading.csv.plain_table import read_plain_table
from surveykit.results import Origin, Result, Row, table_of
from surveykit.words.messages import Figure, Message, Slot, Told

Rule = Literal["any", "majority", "all"]
NEEDED = ("interview", "passage", "coder", "theme", "present")
QUOTED = ("passage", "quotation", "cleared")
THEME = "theme"


@dataclass(frozen=True, eq=False)
class Coding:
    """Codes that coders gave to passages of interviews.

    Attributes
    ----------
    table : pandas.DataFrame
        Long: one row per passage, theme and coder; columns interview, passage, coder, theme, present (0 or 1), and
        what is known of the interview (settlement, kind of akim, role of the person).
    quotations : pandas.DataFrame
        Columns passage, quotation, cleared; kept out of every output unless cleared.
    codebook : Codebook
        Labels of the themes (variable "theme") and of the columns.
    origin : Origin

    Raises
    ------
    ColumnError
        When a column is absent.
    CodeError
        When `present` is neither 1 nor 0, a coder coded a theme of a passage twice, or a passage belongs to two
        interviews.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> rows = [("I1", "P1", "ann", "roads", 1), ("I1", "P1", "bek", "roads", 1), ("I1", "P2", "ann", "roads", 0)]
    >>> rows += [("I1", "P2", "bek", "roads", 0), ("I2", "P3", "ann", "roads", 1), ("I2", "P3", "bek", "roads", 0)]
    >>> coding = sk.Coding(pd.DataFrame(rows, columns=["interview", "passage", "coder", "theme", "present"]))
    >>> coding.themes, coding.coders
    (['roads'], ['ann', 'bek'])
    """

    table: pd.DataFrame = field(repr=False)
    quotations: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(QUOTED)), repr=False)
    codebook: Codebook = field(default_factory=Codebook, repr=False)
    origin: Origin = field(default_factory=Origin)

    def __post_init__(self) -> None:
        check_columns(self.table, NEEDED, "coding")
        wrong = sorted({str(value) for value in self.table["present"].unique() if value not in (0, 1)})
        if wrong:
            raise CodeError(f"`present` must be 1 (the theme is there) or 0, but holds {some(wrong)}")
        twice = self.table.duplicated(["passage", "theme", "coder"])
        if twice.any():
            row = self.table[twice].iloc[0]
            raise CodeError(
                f"coder {row['coder']!r} coded theme {row['theme']!r} in passage {row['passage']!r} twice; keep one row"
            )
        owners = self.table.groupby("passage")["interview"].nunique()
        if (owners > 1).any():
            raise CodeError(
                f"passage {owners[owners > 1].index[0]!r} belongs to two interviews; number passages throughout"
            )
        object.__setattr__(self, "table", self.table.copy())
        object.__setattr__(self, "quotations", self.quotations.copy())

    @property
    def themes(self) -> list[str]:
        """The themes, in the codebook's order, then in order of appearance.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> rows = [("I1", "P1", "ann", "roads", 1), ("I1", "P1", "bek", "roads", 1), ("I1", "P2", "ann", "roads", 0)]
        >>> rows += [("I1", "P2", "bek", "roads", 0), ("I2", "P3", "ann", "roads", 1), ("I2", "P3", "bek", "roads", 0)]
        >>> coding = sk.Coding(pd.DataFrame(rows, columns=["interview", "passage", "coder", "theme", "present"]))
        >>> coding.themes
        ['roads']
        """
        listed = [str(code) for code in self.codebook[THEME].labels]
        return [*listed, *[name for name in self.table["theme"].unique() if name not in listed]]

    @property
    def coders(self) -> list[str]:
        """The coders.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> rows = [("I1", "P1", "ann", "roads", 1), ("I1", "P1", "bek", "roads", 1), ("I1", "P2", "ann", "roads", 0)]
        >>> rows += [("I1", "P2", "bek", "roads", 0), ("I2", "P3", "ann", "roads", 1), ("I2", "P3", "bek", "roads", 0)]
        >>> coding = sk.Coding(pd.DataFrame(rows, columns=["interview", "passage", "coder", "theme", "present"]))
        >>> coding.coders
        ['ann', 'bek']
        """
        return sorted(self.table["coder"].unique())


def read_coding(path: PathLike, *, codebook: PathLike | None = None, quotations: PathLike | None = None) -> Coding:
    r"""Read coded interviews from a long CSV.

    Parameters
    ----------
    path : path
        CSV with columns interview, passage, coder, theme, present (0 or 1), and any others.
    codebook : path, optional
        Codebook in TOML with the labels of the variable "theme"; ``simulated = true`` in it marks everything made of
        it.
    quotations : path, optional
        CSV with columns passage, quotation, cleared (yes or no).

    Returns
    -------
    Coding

    Raises
    ------
    ReadError
        When a file is absent, empty, no CSV in UTF-8, or its lines have different numbers of cells.
    ColumnError
        When a column is absent.
    CodeError
        When `present` is neither 1 nor 0, a coder coded a theme of a passage twice, or a passage belongs to two
        interviews.
    CodebookError
        When the codebook contradicts itself.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import surveykit as sk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "coding.csv"
    ...     _ = file.write_text("interview,passage,coder,theme,present\nI1,P1,ann,roads,1\nI1,P1,bek,roads,1\n")
    ...     coding = sk.read_coding(file)
    ...
    >>> coding.themes, coding.coders
    (['roads'], ['ann', 'bek'])
    """
    file = check_file(path)
    table = read_plain_table(file, "coded interviews")
    check_columns(table, NEEDED, file.name)
    numbers = pd.to_numeric(table["present"], errors="coerce")
    table = table.assign(present=numbers.where(numbers.notna(), -1).astype(int))
    book = None if codebook is None else read_codebook_file(codebook)
    simulated = book is not None and book.simulated
    origin = Origin(
        file.name,
        hash_file(file),
        simulated,
        codebook=book.codebook if book else Codebook(),
        files=book.files if book else (),
    )
    quoted = pd.DataFrame(columns=list(QUOTED))
    if quotations is not None:
        quoted = read_plain_table(check_file(quotations), "quotations")
    check_columns(quoted, QUOTED, "quotations")
    return Coding(table, quoted, origin.codebook, origin)


def agree_on(coding: Coding, rule: Rule = "majority") -> pd.DataFrame:
    """Return for each passage and theme whether the coders found it: any of them, more than half, or all.

    Columns that the coders of a passage filled differently (a memo, the day of coding) say nothing of the passage and
    are left out.
    """
    check_option(rule, get_args(Rule), "rule")
    groups = coding.table.groupby(["interview", "passage", "theme"], sort=False, dropna=False)
    share = groups["present"].mean().reset_index(name="share")
    present = {"any": share["share"] > 0, "majority": share["share"] > 0.5, "all": share["share"] == 1}[rule]
    known = {
        name: groups[name].first().to_numpy()
        for name in coding.table.columns
        if name not in NEEDED and (groups[name].nunique() <= 1).all()
    }
    agreed = share.drop(columns="share").assign(**known)
    ordered = [name for name in coding.table.columns if name in agreed.columns]
    return agreed[ordered].assign(present=present.to_numpy())


def theme_prevalence(
    coding: Coding,
    *,
    by: str | None = None,
    rule: Rule = "majority",
    settlement: str = "settlement",
    lang: str | None = None,
) -> Result:
    """Return in how many interviews each theme occurs.

    Parameters
    ----------
    coding : Coding
    by : str, optional
        Column of the interviews to compare by (the kind of akim, say).
    rule : {"any", "majority", "all"}
        When coders together count as having found a theme in a passage.
    settlement : str
        Column of settlements, counted when it is there.
    lang : str, optional
        Language of the theme labels.

    Returns
    -------
    Result
        One row per theme and group: `estimate`, the share of interviews with the theme in at least one passage, of
        those in which it was looked for; n of these; n_clusters settlements of these; mentions, the number of passages.

    Raises
    ------
    ColumnError
        When `by` does not exist or is empty, or one interview, or one passage, has two values of it.
    ArgumentError
        When `rule` is unknown.

    Notes
    -----
    A theme was looked for in an interview that has a row of it, 0 or 1; themes looked for in fewer interviews than
    others are named. A table that holds no 0 at all lists finds only: then every interview counts for every theme, and
    a warning says so. Interviews without a value of `by` are left out, with a warning.

    No interval and no p-value: interviewees were chosen for what they know, not drawn at random.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> rows = [("I1", "P1", "ann", "roads", 1), ("I1", "P1", "bek", "roads", 1), ("I1", "P2", "ann", "roads", 0)]
    >>> rows += [("I1", "P2", "bek", "roads", 0), ("I2", "P3", "ann", "roads", 1), ("I2", "P3", "bek", "roads", 0)]
    >>> coding = sk.Coding(pd.DataFrame(rows, columns=["interview", "passage", "coder", "theme", "present"]))
    >>> sk.theme_prevalence(coding, rule="any").table[["theme", "estimate", "n", "mentions"]]
       theme  estimate  n  mentions
    0  roads       1.0  2         2
    """
    agreed = agree_on(coding, rule)
    for argument, name in (("by", by), ("settlement", settlement)):
        if name in coding.table.columns and name not in agreed.columns:
            raise ColumnError(
                f"`{argument}` names {name!r}, which coders of one passage filled differently; give every passage one value"
            )
    if by is not None:
        check_columns(agreed, [by], "by")
        agreed = _with_value_of_interview(agreed, by)
    finds_only = bool((coding.table["present"] == 1).all())
    if finds_only:
        warn(
            "no row of the coding says that a theme is absent (`present` 0), so every interview is taken for one in which every theme was looked for; add rows with 0 where that is not so"
        )
    groups = ["all"] if by is None else sorted(agreed[by].unique(), key=lambda code: _order(coding, by, code))
    codes = [as_code(_code(group)) for group in groups]
    labels = groups if by is None else distinct_texts([coding.codebook[by].label(code, lang) for code in codes], codes)
    rows, fewer = [], []
    for theme in coding.themes:
        for group, label in zip(groups, labels):
            part = agreed if by is None else agreed[agreed[by] == group]
            here = part[part["theme"] == theme]
            asked = part if finds_only else here
            interviews, found = asked["interview"].nunique(), here[here["present"]]
            everybody = part["interview"].nunique()
            if interviews < everybody:
                fewer.append(f"{theme} ({interviews} of {everybody}{'' if by is None else f' with {by} {group}'})")
            rows.append(
                Row(
                    found["interview"].nunique() / interviews if interviews else np.nan,
                    outcome=coding.codebook[THEME].label(theme, lang),
                    group=label,
                    n=interviews,
                    n_clusters=asked[settlement].nunique() if settlement in part else np.nan,
                    extra={"mentions": len(found), "theme": theme},
                )
            )
    table = table_of(rows, ("mentions", "theme"))
    base = Told.of(
        Message("themes.every" if finds_only else "themes.looked_for"),
        Message("themes.fewer", {"names": some(fewer, 5)}) if fewer else "",
    )
    method = Told.of(Message("themes.method", {"rule": Message(f"themes.{rule}"), "base": base}))
    return Result(
        table,
        method,
        replace(coding.origin, lang=lang),
        {"interviews": agreed["interview"].nunique()},
        Told.of(Message("themes.title")),
        group_codes={label: () if by is None else ((by, code),) for label, code in zip(labels, codes)},
    )


def _with_value_of_interview(agreed: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return the passages with one value of a column per interview; those of interviews without any are left out."""
    values = agreed[by].where(agreed[by].notna() & (agreed[by].astype(str).str.strip() != ""))
    of_interview = values.groupby(agreed["interview"], sort=False)
    twice = of_interview.nunique()
    if (twice > 1).any():
        name = twice[twice > 1].index[0]
        found = some(values[agreed["interview"] == name].dropna().unique())
        raise ColumnError(
            f"`by` names {by!r}, of which interview {name!r} has several values ({found}), so it would count in each group; give the passages of an interview one value"
        )
    filled = of_interview.transform("first")
    without = agreed["interview"][filled.isna()].unique()
    if len(without) == agreed["interview"].nunique():
        raise ColumnError(f"`by` names {by!r}, which is empty for every interview; name another column")
    if len(without):
        warn(
            f"`by` names {by!r}, which is empty for {len(without)} of {agreed['interview'].nunique()} interviews ({some(without)}); they are left out"
        )
    return agreed.assign(**{by: filled})[filled.notna()]


def _order(coding: Coding, by: str, code: object) -> tuple[int, str]:
    codes = [str(known) for known in coding.codebook[by].labels]
    return (codes.index(str(code)) if str(code) in codes else len(codes), str(code))


def _code(text: object) -> object:
    try:
        return float(str(text))
    except ValueError:
        return text


def theme_agreement(
    coding: Coding, *, draws: int = 1000, rng: np.random.Generator | int | None = 0, lang: str | None = None
) -> Result:
    """Return Krippendorff's alpha of each theme, interviews redrawn for the interval, and percent agreement.

    Parameters
    ----------
    coding : Coding
    draws : int
        Bootstrap draws of interviews for the interval; 0 gives none.
    rng : numpy Generator or int, optional
        By default seed 0, so that a second run gives the same interval.
    lang : str, optional
        Language of the theme labels.

    Returns
    -------
    Result
        One row per theme: `estimate` is alpha (nominal), n passages that two coders or more coded, n_clusters
        interviews of these, then percent, the share of these passages on which all their coders agree. A theme that is
        nearly always absent has a low alpha although coders agree on nearly every passage; read both. A theme that no
        two coders coded in one passage has no alpha.

    Raises
    ------
    ArgumentError
        When `rng` is no Generator and no seed.

    Notes
    -----
    R: ``irr::kripp.alpha(ratings, "nominal")``, without the interval.

    References
    ----------
    Krippendorff, K. (2019). Content Analysis, 4th edition. Sage, chapter 12.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> rows = [("I1", "P1", "ann", "roads", 1), ("I1", "P1", "bek", "roads", 1), ("I1", "P2", "ann", "roads", 0)]
    >>> rows += [("I1", "P2", "bek", "roads", 0), ("I2", "P3", "ann", "roads", 1), ("I2", "P3", "bek", "roads", 0)]
    >>> coding = sk.Coding(pd.DataFrame(rows, columns=["interview", "passage", "coder", "theme", "present"]))
    >>> sk.theme_agreement(coding, draws=0).table[["outcome", "estimate", "n", "percent"]].round(3)
      outcome  estimate  n  percent
    0   roads     0.444  3    0.667
    """
    rows = []
    for theme in coding.themes:
        wide = _wide(coding, theme)
        twice = wide[wide[coding.coders].notna().sum(axis=1) >= 2]
        alpha, percent = Row(), np.nan
        if len(twice):
            first = coder_agreement(wide, coding.coders, cluster="interview", draws=draws, rng=rng).table.iloc[0]
            alpha = Row(first["estimate"], conf_low=first["conf_low"], conf_high=first["conf_high"])
            percent = float((twice[coding.coders].nunique(axis=1) == 1).mean())
        rows.append(
            replace(
                alpha,
                outcome=coding.codebook[THEME].label(theme, lang),
                method="krippendorff_nominal",
                n=len(twice),
                n_clusters=twice["interview"].nunique(),
                extra={"percent": percent},
            )
        )
    table = table_of(rows, ("percent",))
    slots: dict[str, Slot] = {"n": Figure(str(len(coding.coders))), "draws": Figure(str(draws))}
    return Result(
        table,
        Told.of(Message("coders.themes", slots)),
        replace(coding.origin, lang=lang),
        {"coders": len(coding.coders)},
        Told.of(Message("coders.title")),
    )


def _wide(coding: Coding, theme: str) -> pd.DataFrame:
    rows = coding.table[coding.table["theme"] == theme]
    wide = rows.pivot(index=["interview", "passage"], columns="coder", values="present")
    return wide.reindex(columns=coding.coders).astype(float).reset_index()


def cleared_quotations(
    coding: Coding, themes: str | Sequence[str] | None = None, *, rule: Rule = "majority", limit: int = 3
) -> pd.DataFrame:
    """Return quotations that were cleared for publication, at most `limit` per theme; the others are never given out.

    Parameters
    ----------
    coding : Coding
    themes : str or sequence of str, optional
        None: all.
    rule : {"any", "majority", "all"}
        When coders together count as having found a theme in a passage.
    limit : int
        Quotations per theme.

    Returns
    -------
    pandas.DataFrame
        Columns theme, quotation. The passage number and the settlement are left out, so that nobody is found by them.

    Raises
    ------
    ArgumentError
        When `rule` is unknown, or a theme is named twice.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> found = {"interview": "I1", "passage": ["P1", "P2"], "coder": "ann", "theme": "roads", "present": 1}
    >>> said = ["The road was mended.", "I should not say this."]
    >>> quotations = pd.DataFrame({"passage": ["P1", "P2"], "quotation": said, "cleared": [True, False]})
    >>> sk.cleared_quotations(sk.Coding(pd.DataFrame(found), quotations))
       theme             quotation
    0  roads  The road was mended.
    """
    wanted = as_names(themes, "themes") or coding.themes
    for theme in wanted:
        check_option(theme, coding.themes, "themes")
    said = coding.quotations["cleared"].astype(str).str.strip().str.lower()
    free = coding.quotations[said.isin(["yes", "1", "true"])]
    agreed = agree_on(coding, rule)
    found = agreed[agreed["present"]].merge(free, on="passage")
    parts = [found[found["theme"] == theme].head(limit)[["theme", "quotation"]] for theme in wanted]
    return pd.concat(parts, ignore_index=True)
