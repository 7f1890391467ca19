"""Words that mean "empty" in a column of numbers, dates, or yes and no; in a column of texts they are answers."""

NOT_A_NUMBER = frozenset((
    "NA", "N/A", "n/a", "n.a.", "na", "#N/A", "#NULL!", "NaN", "nan", "null", "NULL", "None", ".", "-", "--", "\u2013",
    "\u2014",
))  # fmt: skip
"""As R, Ona, SPSS ("#NULL!"), Stata and SAS ("."), Python, databases and hands write them."""

NEVER_AN_ANSWER = frozenset((".", "#NULL!", "#N/A"))
"""Those that a program writes and nobody says: a column of them alone is empty."""
