"""The wordings of answer scales in English, Russian and Kazakh, as data, and the order that answers in words have."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from surveykit.codebook import Code, Texts
from surveykit.coded_answers.undeclared import says_no_answer
from surveykit.coded_answers.wordings import tokens

Points = tuple[tuple[float, str], ...]
"""The rank of each wording, from the least; wordings of one rank separated by "|"."""


def _agree(
    no: str, yes: str, much: str, rather: str, between: str, *more: tuple[float, str], turned: bool = False
) -> Points:
    """Return the points of a scale made of a word and its opposite, from strongly against to strongly for."""

    def put(words: str, verb: str) -> str:
        pairs = [(word, one) for word in words.split("|") for one in verb.split("|")]
        return "|".join([f"{word} {one}" for word, one in pairs] + [f"{one} {word}" for word, one in pairs if turned])

    return (
        (1, put(much, no)),
        (2, no),
        (2.5, put(rather, no)),
        (3, between),
        (3.5, put(rather, yes)),
        (4, yes),
        (5, put(much, yes)),
        *more,
    )


SCALES: Mapping[str, tuple[Points, ...]] = {
    "agreement": (
        _agree("disagree", "agree", "strongly|completely|totally|fully|absolutely|definitely",
                 "somewhat|rather|partly|partially|slightly|tend to|mostly|a little|mildly",
                 "neither agree nor disagree|neither|neutral|neither nor|neither disagree nor agree", turned=True),
        _agree("не согласен|несогласен", "согласен",
               "полностью|совершенно|категорически|абсолютно|совсем|вполне|целиком и полностью",
               "скорее|отчасти|частично|немного|в основном|в чем то|не совсем",
               "ни согласен ни не согласен|и согласен и не согласен|нейтрально|нейтрален|и да и нет|в чем то согласен в чем то нет|отчасти согласен отчасти нет",
               (2.5, "скорее не согласен чем согласен"), (3.5, "скорее согласен чем не согласен"), turned=True),
        _agree("келіспеймін", "келісемін", "мүлдем|мүлде|толық|толығымен|мүлдем де|әбден",
                 "ішінара|аздап|көбіне|көбінесе|жартылай|біршама",
                 "бейтарап|келісемін де келіспеймін де|не келісемін не келіспеймін"),
    ),
    "trust": (
        _agree("distrust|do not trust|don t trust", "trust", "strongly|completely|fully|totally|entirely",
               "somewhat|rather|partly|tend to|mostly|a little", "neither trust nor distrust|neither|neutral",
               (1, "do not trust at all|no trust at all|don t trust at all"),
               (2, "do not trust very much|not very much trust"), (2.5, "tend not to trust"), turned=True),
        _agree("не доверяю", "доверяю", "полностью|совершенно|совсем|абсолютно|вообще|вполне",
               "скорее|отчасти|частично|в основном|не очень",
               "и доверяю и не доверяю|ни доверяю ни не доверяю|отчасти доверяю отчасти не доверяю|отчасти доверяю отчасти нет|нейтрально|в чем то доверяю в чем то нет",
               (2.5, "скорее не доверяю чем доверяю|не очень доверяю"), (3.5, "скорее доверяю чем не доверяю"),
               turned=True),
        _agree("сенбеймін", "сенемін", "мүлдем|мүлде|толық|толығымен", "ішінара|аздап|көбіне|онша|жартылай",
                 "сенемін де сенбеймін де|бейтарап"),
    ),
    "satisfaction": (
        _agree("dissatisfied|unsatisfied|not satisfied", "satisfied",
               "very|completely|totally|fully|extremely|highly",
               "somewhat|rather|fairly|partly|slightly|mostly|quite",
               "neither satisfied nor dissatisfied|neither|neutral|neither dissatisfied nor satisfied",
               (1, "not at all satisfied"), (2.3, "not very satisfied")),
        _agree("не удовлетворен|неудовлетворен|не доволен|недоволен", "удовлетворен|доволен",
                 "полностью|совершенно|совсем|абсолютно|очень|вполне|крайне", "скорее|отчасти|частично|в основном",
                 "ни удовлетворен ни не удовлетворен|ни доволен ни недоволен|и доволен и недоволен|нейтрально|и да и нет", turned=True),
        _agree("қанағаттанбаймын|көңілім толмайды", "қанағаттанамын|көңілім толады",
                 "мүлдем|мүлде|толық|толығымен|өте", "ішінара|аздап|көбіне|жартылай",
                 "бейтарап|қанағаттанамын да қанағаттанбаймын да"),
    ),
    "frequency": (
        ((0, "never|not once"), (1, "almost never|hardly ever|very rarely|very seldom"), (2, "rarely|seldom"),
         (2.5, "occasionally|once or twice|now and then|once in a while"), (3, "sometimes|from time to time"),
         (3.3, "several times|a few times"), (4, "often|frequently|many times"), (4.5, "usually|mostly"),
         (5, "very often|very frequently"), (5.5, "almost always|nearly always"),
         (6, "always|constantly|all the time")),
        ((0, "никогда|ни разу"), (1, "почти никогда"), (1.5, "очень редко"), (2, "редко"),
         (2.5, "один два раза|раз или два"),
         (3, "иногда|время от времени|изредка"), (3.3, "несколько раз"), (4, "часто"), (4.5, "обычно|как правило"),
         (5, "очень часто"), (5.5, "почти всегда"), (6, "всегда|постоянно")),
        ((0, "ешқашан|бірде бір рет емес|бір рет те емес"), (1, "ешқашан дерлік"), (1.5, "өте сирек"), (2, "сирек"),
         (2.5, "анда санда|бір екі рет"), (3, "кейде|ара тұра"), (3.3, "бірнеше рет"), (4, "жиі"), (4.5, "әдетте"),
         (5, "өте жиі"), (5.5, "әрқашан дерлік"), (6, "әрқашан|үнемі|әрдайым")),
    ),
    "how often": (
        ((0, "never"), (0.5, "less often|less than once a year|less"), (1, "once a year|yearly|annually"),
         (2, "several times a year|a few times a year"), (2.5, "less than once a month"), (3, "once a month|monthly"),
         (4, "several times a month|a few times a month"), (5, "once a week|weekly"),
         (6, "several times a week|a few times a week"), (6.5, "almost every day|almost daily"), (7, "every day|daily"),
         (8, "several times a day")),
        ((0, "никогда"), (0.5, "реже|реже раза в год|реже одного раза в год"),
         (1, "раз в год|один раз в год|1 раз в год"),
         (2, "несколько раз в год"), (2.5, "реже раза в месяц|реже одного раза в месяц"),
         (3, "раз в месяц|один раз в месяц|1 раз в месяц|ежемесячно"), (4, "несколько раз в месяц"),
         (5, "раз в неделю|один раз в неделю|1 раз в неделю|еженедельно"), (6, "несколько раз в неделю"),
         (6.5, "почти каждый день|почти ежедневно"), (7, "каждый день|ежедневно"), (8, "несколько раз в день")),
        ((0, "ешқашан"), (0.5, "сирегірек"), (1, "жылына бір рет|жылына 1 рет"), (2, "жылына бірнеше рет"),
         (3, "айына бір рет|айына 1 рет|ай сайын"), (4, "айына бірнеше рет"),
         (5, "аптасына бір рет|аптасына 1 рет|апта сайын"), (6, "аптасына бірнеше рет"), (6.5, "күн сайын дерлік"),
         (7, "күн сайын|күнде"), (8, "күніне бірнеше рет")),
    ),
    "quality": (
        ((1, "very bad|very poor|terrible|awful|extremely bad"), (2, "bad|poor"),
         (2.5, "fairly bad|rather bad|rather poor"),
         (3, "neither good nor bad|average|fair|satisfactory|so so|ok|okay|acceptable|neutral|neither bad nor good"),
         (3.5, "fairly good|rather good|quite good"), (4, "good"), (5, "very good"), (6, "excellent|extremely good")),
        ((1, "очень плохо|очень плохое|очень плохая|очень плохой|ужасно"), (2, "плохо|плохое|плохая|плохой"),
         (2.5, "скорее плохо|скорее плохое|скорее плохая|скорее плохой"),
         (3, "средне|среднее|средняя|средний|удовлетворительно|удовлетворительное|нормально|ни хорошо ни плохо|ни плохо ни хорошо|приемлемо"),
         (3.5, "скорее хорошо|скорее хорошее|скорее хорошая|скорее хороший"), (4, "хорошо|хорошее|хорошая|хороший"),
         (5, "очень хорошо|очень хорошее|очень хорошая|очень хороший"), (6, "отлично|отличное|отличная|отличный")),
        ((1, "өте нашар|өте жаман"), (2, "нашар|жаман"), (3, "орташа|қанағаттанарлық|жақсы да емес жаман да емес"),
         (4, "жақсы"), (5, "өте жақсы"), (6, "үздік|тамаша|керемет")),
    ),
    "amount": (
        ((1, "not at all|none|nothing"), (1.5, "very little"), (2, "just a little|a little|slightly|a little bit"),
         (2.5, "not very much|not much"), (3, "somewhat|moderately|to some extent|partly|to a moderate extent|some"),
         (4, "quite a lot|quite a bit|to a large extent|considerably"), (4.5, "a lot|much"),
         (5, "very much|a great deal|to a great extent"), (6, "completely|extremely|fully|entirely")),
        ((1, "совсем нет|нисколько|совершенно нет|вообще нет|ничуть"), (1.5, "очень мало"),
         (2, "немного|слегка|мало|в малой степени|чуть чуть"),
         (3, "отчасти|в некоторой степени|частично|умеренно|средне"),
         (4, "довольно сильно|в значительной степени|много|в большой степени|значительно"),
         (5, "очень много|очень сильно|в очень большой степени"), (6, "полностью|в полной мере|целиком")),
        ((1, "мүлдем жоқ|мүлде жоқ"), (1.5, "өте аз"), (2, "аз|аздап|азғана"),
         (3, "ішінара|белгілі бір дәрежеде|орташа"),
         (4, "көп|айтарлықтай|едәуір"), (5, "өте көп"), (6, "толығымен|толық")),
    ),
    "importance": (
        ((1, "not at all important|not important at all|unimportant"), (2, "not important|not very important"),
         (2.5, "slightly important|of little importance"), (3, "somewhat important|moderately important|neutral"),
         (3.5, "rather important|fairly important"), (4, "important"), (5, "very important"),
         (6, "extremely important")),
        ((1, "совсем не важно|совершенно не важно|абсолютно не важно"), (2, "не важно|неважно"),
         (2.5, "скорее не важно"),
         (3, "отчасти важно|нейтрально"), (3.5, "скорее важно"), (4, "важно"), (5, "очень важно"), (6, "крайне важно")),
        ((1, "мүлдем маңызды емес|мүлде маңызды емес"), (2, "маңызды емес"), (3, "біршама маңызды|бейтарап"),
         (4, "маңызды"),
         (5, "өте маңызды")),
    ),
    "likelihood": (
        ((1, "very unlikely|not at all likely|definitely not"), (2, "unlikely|not very likely|probably not"),
         (2.5, "rather unlikely|somewhat unlikely"), (3, "neither likely nor unlikely|neutral|maybe|fifty fifty"),
         (3.5, "rather likely|somewhat likely"), (4, "likely|probably"), (5, "very likely|definitely|certainly")),
        ((1, "точно нет|определенно нет|очень маловероятно"), (2, "вероятно нет|маловероятно"),
         (2.5, "скорее нет|скорее всего нет"),
         (3, "возможно|50 на 50|может быть"), (3.5, "скорее да|скорее всего да"), (4, "вероятно|вероятно да"),
         (5, "точно да|определенно да|очень вероятно")),
    ),
    "yes or no": (
        ((1, "no"), (1.5, "rather no|mostly no|probably no"), (2, "partly|both yes and no|somewhat|to some extent"),
         (2.5, "rather yes|mostly yes|probably yes"), (3, "yes")),
        ((1, "нет"), (1.5, "скорее нет|скорее нет чем да"), (2, "отчасти|частично|и да и нет|не совсем"),
         (2.5, "скорее да|скорее да чем нет"), (3, "да")),
        ((1, "жоқ"), (1.5, "көбіне жоқ"), (2, "ішінара|жартылай|иә де жоқ та"), (2.5, "көбіне иә"), (3, "иә|ия")),
    ),
}  # fmt: skip
"""Scales by what they measure, each in English, Russian and Kazakh."""

# "1 - agree" and "2 - disagree" may be any list; the longest scale in use has the points 0 to 10.
FEWEST_NUMBERS, MOST_POINTS = 3, 11

_GENDER = (
    (re.compile(r"\((?:на|а|ы|-а|-на|ен|ён)\)|/\s*(?:на|а|ы|-а|-на)\b", re.IGNORECASE), ""),
    (re.compile(r"(\bсоглас)(?:ен|на|ны)\s*/\s*(?:не\s+)?соглас(?:ен|на|ны)\b", re.IGNORECASE), r"\1ен"),
    (re.compile(r"\b(не)?(соглас)(?:на|ны)\b", re.IGNORECASE), r"\1\2ен"),
    (re.compile(r"\b(не)?(доволь)(?:на|ны)\b", re.IGNORECASE), r"\1доволен"),
    (re.compile(r"\b(не)?(удовлетвор)[её]?н(?:а|ы)\b", re.IGNORECASE), r"\1\2ен"),
)
_NUMBERED = re.compile(r"^\s*[(\[]?\s*([-−–]?\d+(?:[.,]\d+)?)(?![\d%])")


@dataclass(frozen=True)
class Order:
    """The order of the answers to a question in words.

    Attributes
    ----------
    kind : str
        What the scale measures ("agreement", "trust"); "numbers" where the answers begin with numbers.
    answers : tuple of str
        From the least to the most, in the wordings given.
    outside : tuple of str
        Answers that say that there is no answer.
    """

    kind: str
    answers: tuple[str, ...]
    outside: tuple[str, ...] = ()


def recognize_scale(answers: Iterable[str]) -> Order | None:
    """Return the order of answers in words when they are those of a known scale, else None.

    Parameters
    ----------
    answers : iterable of str
        The different answers to one question.

    Notes
    -----
    Every answer must be known, in one language and in one scale, and no two may have one rank; from two points (where
    people are few, the others may not have been chosen) to eleven. Three answers and more that all begin with numbers
    ("1 - never", "18-24") are in the order of these.

    Examples
    --------
    >>> recognize_scale(["Agree", "Don't know", "Strongly disagree", "Disagree", "Strongly agree"]).answers
    ('Strongly disagree', 'Disagree', 'Agree', 'Strongly agree')
    >>> recognize_scale(["Алматы", "Талдықорған", "Нет ответа"]) is None
    True
    """
    given = list(dict.fromkeys(answers))
    outside = [text for text in given if says_no_answer(text)]
    inside = [text for text in given if text not in outside]
    spellings = {_plain(text) for text in inside}
    if not 2 <= len(spellings) <= MOST_POINTS:
        return None
    for kind, vocabularies in _ranks().items():
        for ranks in vocabularies:
            if all(text in ranks for text in spellings) and len({ranks[text] for text in spellings}) == len(spellings):
                ordered = sorted(inside, key=lambda text, ranks=ranks: ranks[_plain(text)])  # type: ignore[misc]
                return Order(kind, tuple(ordered), tuple(outside))
    return _by_numbers(inside, outside)


def _by_numbers(inside: Sequence[str], outside: Sequence[str]) -> Order | None:
    found = [_NUMBERED.match(text) for text in inside]
    if len(inside) < FEWEST_NUMBERS or not all(found):
        return None
    numbers = [float(one.group(1).replace(",", ".").replace("−", "-").replace("–", "-")) for one in found if one]
    if len({*numbers}) < len(numbers):
        return None
    return Order("numbers", tuple(text for _, text in sorted(zip(numbers, inside))), tuple(outside))


def rank_labels(labels: Mapping[Code, Texts], lang: str) -> tuple[str, dict[Code, float]] | None:
    """Return what a labelled scale measures and the rank of each code, when its labels in a language are known."""
    texts = {
        code: _plain(given[lang]) for code, given in labels.items() if lang in given and not says_no_answer(given[lang])
    }
    for kind, vocabularies in _ranks().items():
        for ranks in vocabularies:
            if len(texts) > 1 and all(text in ranks for text in texts.values()):
                return kind, {code: ranks[text] for code, text in texts.items()}
    return None


def _plain(text: str) -> str:
    for pattern, written in _GENDER:
        text = pattern.sub(written, text)
    return " ".join(tokens(text))


@cache
def _ranks() -> dict[str, list[dict[str, float]]]:
    return {
        kind: [{_plain(text): rank for rank, words in points for text in words.split("|")} for points in languages]
        for kind, languages in SCALES.items()
    }
