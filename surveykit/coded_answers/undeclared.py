"""Codes that look like "no answer" although nothing declares them missing: told, never set aside by themselves."""

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
import pandas as pd

from surveykit._checks import check_columns, some, warn
from surveykit.codebook import Code, Variable, as_code, as_texts
from surveykit.coded_answers.wordings import tokens
from surveykit.errors import ArgumentError, SurveyKitWarning
from surveykit.survey import Survey, as_survey

NO_ANSWER: Mapping[str, Sequence[str]] = {
    "en": (
        "don't know", "dont know", "do not know", "doesn't know", "does not know", "dk", "dk/na", "dk/nr", "dk/ref",
        "i don't know", "i do not know", "didn't know", "not sure", "unsure", "hard to say", "difficult to say",
        "difficult to answer", "hard to answer", "can't say", "cannot say", "can't choose", "cannot choose",
        "can't tell",
        "no opinion", "no answer", "no response", "no reply", "non response", "nonresponse", "did not answer",
        "didn't answer", "not answered", "unanswered", "refused to answer", "refuse to answer", "refuses to answer",
        "declined to answer", "prefer not to say", "prefer not to answer", "rather not say", "would rather not say",
        "not applicable", "inapplicable", "does not apply", "doesn't apply", "not asked", "not stated", "not reported",
        "not ascertained", "not available", "not determined", "missing value", "missing data", "missing answer",
        "system missing", "user missing", "other missing", "skipped", "skip", "filtered out", "no data",
        "question not asked", "item not asked", "not in this country", "unable to determine", "never heard of",
    ),
    "ru": (
        "не знаю", "не знает", "не знают", "затрудняюсь ответить", "затрудняется ответить", "затруднились ответить",
        "затруднился ответить", "затрудняюсь", "затрудняется", "затруднились", "з/о", "трудно сказать",
        "трудно ответить", "сложно сказать", "сложно ответить", "затрудняюсь сказать", "нет ответа", "без ответа",
        "не ответил", "не ответила", "не ответили", "не отвечает", "отказ от ответа", "отказ отвечать",
        "отказываюсь отвечать", "отказываюсь ответить", "отказался отвечать", "отказался ответить",
        "отказались отвечать", "отказались ответить", "отказался", "отказались", "не хочу отвечать",
        "предпочитаю не отвечать", "не применимо", "неприменимо", "не относится", "не задавался",
        "вопрос не задавался", "не спрашивали", "пропуск", "пропущено", "нет данных", "не указано", "не указал",
        "не определено", "нет мнения",
    ),
    "kk": (
        "білмеймін", "білмейді", "жауап беруге қиналамын", "жауап беру қиын", "жауап беруге қиналды",
        "жауап беруге қиналады", "жауап беруге қиналдым", "қиналамын", "айту қиын", "айта алмаймын",
        "жауап бере алмаймын", "жауап жоқ", "жауап бермеді", "жауап бермеймін", "жауап беруден бас тарту",
        "жауап беруден бас тартты", "жауап беруден бас тартамын", "бас тарту", "бас тартты", "бас тартамын",
        "қолданылмайды", "сұралмады", "сұралған жоқ", "дерек жоқ", "деректер жоқ", "көрсетілмеген",
    ),
    "fr": (
        "ne sait pas", "ne sais pas", "je ne sais pas", "nsp", "nsp/nr", "ne se prononce pas", "sans réponse",
        "pas de réponse", "non réponse", "refus", "refus de répondre", "refuse de répondre", "sans objet",
        "non applicable", "non concerné", "sans opinion", "manquant",
    ),
    "es": (
        "no sabe", "no sé", "no sabe/no contesta", "no sabe/no responde", "no contesta", "no responde", "ns/nc",
        "ns/nr", "ns", "nc", "n.s.", "n.c.", "sin respuesta", "no aplica", "no procede", "rehúsa", "rehusó",
        "se niega a responder", "rechaza contestar", "sin dato", "sin datos", "no preguntado",
    ),
    "de": (
        "weiß nicht", "weiss nicht", "w.n.", "keine angabe", "k.a.", "kann ich nicht sagen", "verweigert",
        "antwort verweigert", "keine antwort", "trifft nicht zu", "nicht zutreffend", "keine meinung", "tnz",
        "nicht gefragt",
    ),
    "pt": (
        "não sabe", "não sei", "não respondeu", "não sabe/não respondeu", "não responde", "não sabe/não responde",
        "recusou", "recusa", "não se aplica", "sem resposta", "sem informação", "ns/nr",
    ),
    "it": ("non sa", "non so", "non risponde", "non applicabile", "rifiuta", "nessuna risposta"),
    "tr": ("bilmiyor", "bilmiyorum", "fikrim yok", "cevap yok", "cevap vermedi", "uygulanamaz"),
    "uz": ("bilmayman", "javob yo'q", "javob berishga qiynalaman"),
    "ky": ("билбейм", "жооп берүү кыйын", "жооп жок"),
}  # fmt: skip
"""What a code of no answer is called, as whole labels. A label that only contains such words is another thing."""

NO_ANSWER_OR_MORE = (
    "refused", "refuse", "refusal", "ref", "missing", "unknown", "na", "n/a", "n.a.", "nr", "none given", "declined",
    "undetermined", "invalid", "отказ", "н/о", "неизвестно", "пропущенное", "белгісіз", "dnk",
)  # fmt: skip
"""Whole labels that mean no answer beside two other answers and more ("refused" beside "agreed" is an answer)."""

RIDERS = (
    "do not read", "dnr", "don't read", "not read out", "spontaneous", "vol", "volunteered", "haven't heard enough",
    "haven't heard", "have not heard enough", "can't remember", "unspecified", "не зачитывать", "оқымау",
    "оқылмайды", "ne pas lire", "no leer", "nicht vorlesen", "no further mention", "undecided", "not codeable", "error",
)  # fmt: skip
"""What may stand beside such a label: "Don't know (do not read)"."""

SMALL = (7, 8, 9)
_LARGE = (66, 77, 88, 95, 96, 97, 98, 99, 555, 666, 777, 888, 995, 996, 997, 998, 999, 7777, 8888, 9995, 9996, 9997)
HIGH = frozenset((*_LARGE, *(10**digits - away for digits in range(4, 13) for away in (1, 2))))
"""Numbers that questionnaires use for "no answer" where they lie far outside the answers."""
LOW = frozenset((*range(-9, 0), *(-code for code in HIGH)))
_CODES = HIGH | LOW | frozenset(SMALL)
MOST_CODES = 8
"""So many codes of no answer a column has at most."""
MOST_MISSING = 0.25
"""Share of answers up to which 7, 8 and 9 beside a short scale may be none; where they are more, they belong to it."""
FEWEST = 5
"""Fewer answers show no scale that a number could lie off; -99 and its like are told of all the same."""
PLAIN = frozenset((-77, -88, -97, -98, -99, -888, -998, -999, -9999))
FAR = 10
"""A code that stands closer to the answers than this is no code from outside, unless it has one digit."""


def _plain(text: str) -> str:
    return " ".join(tokens(text))


_SURE = frozenset(_plain(phrase) for phrases in NO_ANSWER.values() for phrase in phrases)
_PERHAPS = frozenset(map(_plain, NO_ANSWER_OR_MORE))
_BESIDE = frozenset(map(_plain, RIDERS))
_PARTS = re.compile(r"[/;,|()\[\]:]|\s[-–—]\s|\bor\b|\band\b|\bили\b|\bи\b|\bнемесе\b|\bou\b|\boder\b", re.IGNORECASE)
_NUMBER_IN_FRONT = re.compile(r"^\s*[(\[]?[-−–]?\d+[)\]]?\s*[.:=)–-]*\s*")


def says_no_answer(text: str, others: int = 2) -> bool:
    """Say whether a whole label means that there is no answer.

    Parameters
    ----------
    text : str
    others : int
        Number of other answers. "Refused" beside one other answer is itself an answer.

    Examples
    --------
    >>> [says_no_answer(text) for text in ("Don’t know / Refused", "99. Затрудняюсь ответить", "Weiß nicht")]
    [True, True, True]
    >>> [says_no_answer(text) for text in ("I don't know God", "Missing, village", "Refused asylum")]
    [False, False, False]
    """
    bare = _NUMBER_IN_FRONT.sub("", text)
    if _plain(bare) in _SURE or (_plain(bare) in _PERHAPS and others > 1):
        return others > 0
    parts = [part for part in map(_plain, _PARTS.split(bare)) if part]
    sure = any(part in _SURE for part in parts)
    perhaps = others > 1 and len(parts) > 1 and any(part in _PERHAPS for part in parts)
    return others > 0 and (sure or perhaps) and all(part in _SURE | _PERHAPS | _BESIDE for part in parts)


def find_undeclared_codes(survey: Survey | pd.DataFrame) -> dict[str, dict[Code, str]]:
    """Return the codes that look like "no answer", stand in the data and are declared missing by nothing.

    Parameters
    ----------
    survey : Survey or DataFrame

    Returns
    -------
    dict from column to dict from code to reason
        A code is found by its whole label ("Don't know", "Нет ответа", "Бас тарту"), or as a number that
        questionnaires use for it (-99, -1, 98, 999) and that lies far outside the other answers of its column.

    Raises
    ------
    ArgumentError
        When `survey` is no table.

    Notes
    -----
    Nothing is set aside: `declare_missing` does that when a person has looked.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> sk.find_undeclared_codes(pd.DataFrame({"q1": [1, 5, 4, 2, 99], "age": [18, 40, 80, 62, 99]}))
    {'q1': {99: 'far from the other answers, 1 to 5'}}
    """
    data = as_survey(survey)
    codes_by_column = {
        name: undeclared_codes(data.frame[name], data.codebook[name])
        for name in data.frame.columns
        if name != data.provenance.weight
    }
    return {name: codes for name, codes in codes_by_column.items() if codes}


def undeclared_codes(values: pd.Series, variable: Variable) -> dict[Code, str]:
    """Return the codes of one column that look like "no answer", each with the reason."""
    reason_of_code = {code: f"labelled {variable.label(code)!r}" for code in labelled_no_answer(variable, values)}
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        ends = {np.fmin.reduce(numbers, initial=np.inf), np.fmax.reduce(numbers, initial=-np.inf)}
        if reason_of_code or ends & _CODES:  # spares most columns the longer look
            numbers = numbers[np.isfinite(numbers)]
            apart = _set_apart(numbers, variable, [one for one in reason_of_code if not isinstance(one, str)])
            reason_of_code |= {code: why for code, why in apart.items() if code not in reason_of_code}
    return reason_of_code


def labelled_no_answer(variable: Variable, values: pd.Series | None = None) -> list[Code]:
    """Return the codes whose label says that there is no answer; with `values`, those that stand in them.

    They are none where nothing else can be answered: then the labels are what was asked about.
    """
    if not variable.labels or (values is not None and not values.notna().any()):
        return []
    suspects = [code for code, texts in variable.labels.items() if any(says_no_answer(text) for text in texts.values())]
    if not suspects:
        return []
    others = len(variable.labels) - len(suspects)
    if values is not None:
        if others < 2:  # numbers that need no labels, as of a column of ages
            others = max(others, values[~values.isin(suspects)].nunique())
        suspects = [code for code in suspects if (values == code).fillna(False).any()]
    return [code for code in suspects if any(says_no_answer(text, others) for text in variable.labels[code].values())]


def _set_apart(numbers: np.ndarray, variable: Variable, by_label: Sequence[Code]) -> dict[Code, str]:
    """Return the numbers that lie outside the answers as codes of no answer do; `by_label` are known already."""
    for code in (*variable.missing, *by_label):
        if not isinstance(code, str):
            numbers = numbers[numbers != code]
    for low, high in variable.missing_ranges:
        numbers = numbers[(numbers < low) | (numbers > high)]
    labelled = {float(code) for code in variable.labels if not isinstance(code, str) and code not in by_label}
    rest, above = _peel(numbers, HIGH - labelled, top=True)
    rest, below = _peel(rest, LOW - labelled, top=False)
    # high codes below the answers too: 99 stands below years of birth
    rest, under = _peel(rest, HIGH - labelled, top=False)
    if not len(rest):
        return {}
    low, high = float(rest.min()), float(rest.max())
    if low == high and (len(numbers) < FEWEST or not 0 <= low <= 10):  # one answer shows no scale to lie off
        return {}
    groups = [below] if below and _is_below(below, rest, numbers) else []
    if len(numbers) >= FEWEST:
        groups += [code for code in (above, under) if code and _distance(code, low, high) >= max(high - low, FAR)]
        groups.append(_small_codes(rest, labelled))
    codes = sorted(code for group in groups for code in group)
    rest = rest[~np.isin(rest, codes)]
    why = f"far from the other answers, {rest.min():g} to {rest.max():g}"
    return {as_code(code): why for code in codes}


def _peel(numbers: np.ndarray, codes: frozenset[float], top: bool) -> tuple[np.ndarray, list[float]]:
    """Return the numbers without the codes at one end, and these codes."""
    peeled: list[float] = []
    while len(numbers) and len(peeled) < MOST_CODES:
        end = float(numbers.max() if top else numbers.min())
        if end not in codes:
            break
        peeled.append(end)
        numbers = numbers[numbers != end]
    return numbers, peeled


def _distance(codes: Sequence[float], low: float, high: float) -> float:
    return min(max(code - high, low - code) for code in codes)


def _is_below(codes: Sequence[float], rest: np.ndarray, numbers: np.ndarray) -> bool:
    """Say whether negative codes lie outside the answers: these are not negative, or they are far; -2 to 2 is a scale.

    Where zero is an answer, three and more different numbers below it are a difference or a balance, and so are numbers
    in a row that reach as far up as down when a good part of the answers (one in twenty) is below zero.
    """
    low, high = float(rest.min()), float(rest.max())
    if low < 0:
        return _distance(codes, low, high) >= max(high - low, FAR)
    if {*codes} & PLAIN:
        return True
    if len(numbers) < FEWEST or (low == high and min(codes) >= -9):
        return False
    if min(codes) < -9:
        return True
    if low > 0:
        return True
    # every point from -k to k was used: that is a scale, unless hardly anybody is on its lower half
    in_a_row = high == -min(codes) and len(np.unique(numbers)) == 2 * high + 1
    return len(codes) < 3 and not (in_a_row and np.mean(numbers < 0) >= 0.05)


def _small_codes(rest: np.ndarray, labelled: set[float]) -> list[float]:
    """Return 7, 8 and 9 where they stand beside a short scale: three and more above its end.

    In a handful of answers, and where 7 is the only one, it may be that people were counted.
    """
    # of few answers to a scale from 1 to 10 the middle may be missing by chance
    if len(rest) < 20 or float(rest.max()) not in SMALL[1:]:
        return []
    scale, codes = _peel(rest, frozenset(SMALL) - labelled, top=True)
    if not codes or not len(scale) or (scale != np.floor(scale)).any():
        return []
    low, high = float(scale.min()), float(scale.max())
    gap = min(codes) - high
    if np.mean(np.isin(rest, codes)) > MOST_MISSING:
        return []
    starts = low == 1 or (low == 0 and gap >= 4 * high)  # a scale begins at 1; from 0 up people count
    return codes if starts and low < high <= 5 and gap >= 3 else []


def warn_of_undeclared(survey: Survey, apart_from: Sequence[str] = ()) -> None:
    """Warn when codes that look like "no answer" count as answers, with the call that declares them missing.

    Columns `apart_from` hold no answers: weights, clusters, strata.
    """
    found = {name: codes for name, codes in find_undeclared_codes(survey).items() if name not in apart_from}
    if found:
        warn(say_undeclared(survey, found))


@contextmanager
def not_yet_told() -> Iterator[None]:
    """Keep silent about undeclared codes while a file is read whose further codebook may declare them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=UNDECLARED, category=SurveyKitWarning)
        yield


UNDECLARED = "codes that look missing are not declared so and count as answers"


def say_undeclared(survey: Survey, found: Mapping[str, Mapping[Code, str]]) -> str:
    """Return what was found as a sentence with its remedy."""
    said = []
    for name, codes in found.items():
        values = survey.frame[name]
        said.append(
            f"{name}: "
            + ", ".join(f"{code} ({why}; {int((values == code).sum())} answers)" for code, why in codes.items())
        )
    call = repr({name: [*codes] for name, codes in found.items()})
    if len(found) > 3:
        call = "find_undeclared_codes(survey)"
    return f"{UNDECLARED}: {some(said, 3)}; when they are no answers, declare_missing(survey, {call}) sets them aside"


def declare_missing(survey: Survey | pd.DataFrame, codes: Mapping[str, Sequence[Code] | Mapping[Code, str]]) -> Survey:
    """Return the survey in which some codes count as missing, each kept as the reason.

    Parameters
    ----------
    survey : Survey or DataFrame
    codes : mapping from column to codes
        As in ``{"trust": [98, 99]}`` or ``{"trust": {99: "refused"}}``, or what `find_undeclared_codes` returned. A
        reason that is given stands where the codebook has no label for the code.

    Returns
    -------
    Survey
        The codes are NaN in the data and counted by `Survey.count_missing`; their labels became reasons.

    Raises
    ------
    ColumnError
        When a column does not exist.
    ArgumentError
        When the codes are not listed by column.

    Notes
    -----
    R: ``labelled::na_values(d$trust) <- c(98, 99)``.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> survey = sk.declare_missing(pd.DataFrame({"q1": [1, 5, 99]}), {"q1": [99]})
    >>> survey.data["q1"].tolist(), survey.count_missing("q1").to_dict()
    ([1.0, 5.0, nan], {99: 1, 'empty': 0})
    """
    data = as_survey(survey)
    if not isinstance(codes, Mapping) or any(isinstance(listed, str | int | float) for listed in codes.values()):
        raise ArgumentError(
            f"`codes` must list the missing codes of each column, as in {{'trust': [98, 99]}}, not {codes!r}"
        )
    check_columns(data.frame, codes, "codes")
    changed, notes = [], []
    for name, listed in codes.items():
        variable, given = data.codebook[name], [as_code(code) for code in listed]
        reasons = {as_code(code): text for code, text in listed.items()} if isinstance(listed, Mapping) else {}
        missing = {
            **variable.missing,
            **{
                code: variable.labels.get(code) or variable.missing.get(code) or as_texts(reasons.get(code))
                for code in given
            },
        }
        labels = {code: texts for code, texts in variable.labels.items() if code not in missing}
        changed.append(
            Variable(
                name,
                variable.question,
                labels,
                missing,
                variable.missing_ranges,
                variable.measure,
                variable.universe,
                variable.mode,
            )
        )
        count = int(data.frame[name].isin(given).sum())
        notes.append(f"{name}: {count} answers with the codes {some(given)} were declared missing")
    book = data.codebook.replace(*changed)
    return Survey(data.frame, book, data.provenance.note(*notes), data.missing_reasons).with_missing_codes(codes)
