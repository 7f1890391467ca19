"""The words that figures, tables and pages print, in three languages; coded values are in codes.py."""

from typing import Literal, get_args

from surveykit._checks import check_option
from surveykit.words.codes import coded_word
from surveykit.words.columns import HEADINGS
from surveykit.words.simulated import SIMULATED, SIMULATED_SENTENCE

Lang = Literal["en", "ru", "kk"]
LANGUAGES: tuple[str, ...] = get_args(Lang)

WORDS: dict[str, tuple[str, str, str]] = {
    # figures: Likert items
    "likert_alt": ("Diverging bars of answers", "Расходящаяся диаграмма ответов", "Жауаптардың екі жаққа таралған диаграммасы"),
    "share_axis": ("Share of valid answers, %", "Доля содержательных ответов, %", "Мазмұнды жауаптардың үлесі, %"),
    "all": ("all respondents", "все респонденты", "барлық респонденттер"),
    "interval_note": (
        "{symbol}: the levels right of the centre together, with their {percent} interval.",
        "{symbol}: сумма уровней справа от центра и её доверительный интервал ({percent}).",
        "{symbol}: ортадан оң жақтағы деңгейлердің жиынтығы және оның сенім аралығы ({percent}).",
    ),
    "mark_note": (
        "Points and whiskers under the bars: {symbol} and its interval, counted from the centre.",
        "Точки и отрезки под полосами: {symbol} и интервал, отсчёт от центра.",
        "Жолақтар астындағы нүктелер мен кесінділер: {symbol} және оның аралығы, санау ортадан басталады.",
    ),
    "total_note": (
        "{symbol}: the levels right of the centre together.",
        "{symbol}: сумма уровней справа от центра.",
        "{symbol}: ортадан оң жақтағы деңгейлердің жиынтығы.",
    ),
    "missing_note": (
        "{reasons}: outside the base; share of all who were asked.",
        "{reasons}: вне базы процентов; доля от всех опрошенных.",
        "{reasons}: пайыз негізіне кірмейді; сұралғандардың жалпы санынан алынған үлес.",
    ),
    "neutral_note": (
        "{level}: not drawn, but part of the base; its share stands at the right.",
        "{level}: не показано, но входит в базу; доля указана справа.",
        "{level}: суретте жоқ, бірақ негізге кіреді; үлесі оң жақта көрсетілген.",
    ),
    "all other reasons": ("no answer", "прочие причины", "басқа себептер"),
    "empty": ("no answer", "нет ответа", "жауап жоқ"),
    "no code": ("no code", "без кода", "кодсыз"),
    "hidden": ("hidden (n < {n})", "скрыто (n < {n})", "жасырылған (n < {n})"),
    "hidden_note": (
        "Cells resting on fewer than {n} respondents are hidden, and with them those from which they could be worked out.",
        "Ячейки, за которыми стоит менее {n} респондентов, скрыты вместе с теми, по которым их можно вычислить.",
        "{n} респонденттен аз жауапқа сүйенген ұяшықтар және оларды есептеп табуға мүмкіндік беретін ұяшықтар жасырылған.",
    ),
    # figures: estimates
    "estimates_alt": ("Estimates with intervals", "Оценки с интервалами", "Бағалар мен аралықтар"),
    "estimate_and_interval": ("Estimate [interval]", "Оценка [интервал]", "Бағалау [аралық]"),
    "coefficient": ("Coefficient", "Коэффициент", "Коэффициент"),
    "axis_odds_ratio": ("Odds ratio, logarithmic axis", "Отношение шансов, логарифмическая ось", "Шанстар қатынасы, логарифмдік ось"),
    "axis_rate_ratio": ("Rate ratio, logarithmic axis", "Отношение частот, логарифмическая ось", "Жиіліктер қатынасы, логарифмдік ось"),
    "axis_ratio": ("Ratio, logarithmic axis", "Отношение, логарифмическая ось", "Қатынас, логарифмдік ось"),
    "log_odds_ratio": ("Logarithm of the odds ratio", "Логарифм отношения шансов", "Шанстар қатынасының логарифмі"),
    "hidden_protects": ("hidden to protect another cell", "скрыто для защиты другой ячейки", "басқа ұяшықты қорғау үшін жасырылған"),
    "hidden_dominated": ("hidden (few carry the weight)", "скрыто (вес у немногих)", "жасырылған (салмақ аз адамда)"),
    "hidden_answers_note": (
        "The cell of a share is those who gave the answer, and those of the group who did not: either is hidden below {n}, and every answer of a group of fewer than {twice}.",
        "Ячейка доли – это те, кто дал этот ответ, и те в группе, кто его не дал: и то и другое скрыто, если их менее {n}, а в группе менее {twice} скрыты все ответы.",
        "Үлестің ұяшығы – осы жауапты бергендер және топта оны бермегендер: олар {n} адамнан аз болса, екеуі де жасырылады, ал {twice} адамнан аз топта барлық жауап жасырылады.",
    ),
    "hidden_coefficients_note": (
        "The cells of a coefficient are the respondents of its answer and those of the reference: it is hidden where either are fewer than {n}, and with it the fit of that model.",
        "Ячейки коэффициента – это респонденты с данным ответом и респонденты базы сравнения: он скрыт, если тех или других менее {n}, а с ним и показатели качества этой модели.",
        "Коэффициенттің ұяшықтары – осы жауаптың және салыстыру негізінің респонденттері: олардың бірі {n} адамнан аз болса, коэффициент пен сол модельдің сапа көрсеткіштері жасырылады.",
    ),
    "hidden_dominated_note": (
        "Also hidden: groups of too few settlements, or in which two respondents hold most of the weight.",
        "Скрыты также группы из слишком малого числа населённых пунктов и те, где почти весь вес приходится на двух респондентов.",
        "Сондай-ақ елді мекендері тым аз немесе салмақтың басым бөлігі екі респондентке тиесілі топтар жасырылған.",
    ),
    "withheld_note": (
        "Where a settlement is hidden, averages over settlements, errors, intervals and tests are withheld: they would tell it.",
        "Там, где скрыт населённый пункт, не приводятся средние по населённым пунктам, ошибки, интервалы и критерии: по ним его можно вычислить.",
        "Елді мекен жасырылған жерде елді мекендер бойынша орташа мәндер, қателер, аралықтар мен критерийлер берілмейді: олар арқылы оны есептеп табуға болады.",
    ),
    "hidden_why": ("Why hidden", "Почему скрыто", "Неге жасырылған"),
    "hidden_short": ("hidden", "скрыто", "жасырылған"),
    "hidden_bars_note": (
        "Hatched: hidden answers, each drawn as wide as the other.",
        "Штриховка: скрытые ответы, показаны равными по ширине.",
        "Штрихталған: жасырылған жауаптар, ені бірдей етіп салынған.",
    ),
    "not_asked": ("nobody asked", "никого не спрашивали", "ешкімнен сұралмаған"),
    # figures: differences
    "difference_alt": ("Differences with intervals by method", "Разности с интервалами по методам", "Әдістер бойынша айырмалар мен аралықтар"),
    "difference_axis": ("Difference: {group} minus {baseline}", "Разность: «{group}» минус «{baseline}»", "Айырма: «{group}» минус «{baseline}»"),
    "difference": ("Difference", "Разность", "Айырма"),
    "person": ("person average", "среднее по жителям", "тұрғындар бойынша орташа"),
    "settlement": ("settlement average", "среднее по населённым пунктам", "елді мекендер бойынша орташа"),
    "unadjusted": ("unadjusted", "без поправки", "түзетілмеген"),
    "adjusted": ("adjusted", "с поправкой", "түзетілген"),
    "interval": ("interval", "интервал", "аралық"),
    "whiskers_note": ("Whiskers: {percent} intervals.", "Отрезки: доверительные интервалы ({percent}).", "Кесінділер: сенім аралықтары ({percent})."),
    "two_intervals_note": ("Thick line: {inner} interval; thin line: {outer} interval.", "Толстая линия: доверительный интервал {inner}; тонкая: {outer}.", "Жуан сызық: {inner} сенім аралығы; жіңішке: {outer}."),
    "feasibility": ("Feasibility of the comparison", "Пригодность данных для сравнения", "Деректердің салыстыруға жарамдылығы"),
    "verdict_facts": (
        "{group}: {n_treated} settlements; {baseline}: {n_baseline}; smallest two-sided p attainable: {p}",
        "Населённых пунктов в группе «{group}»: {n_treated}; в группе «{baseline}»: {n_baseline}; наименьшее достижимое двустороннее p: {p}",
        "«{group}» тобындағы елді мекендер саны: {n_treated}; «{baseline}» тобында: {n_baseline}; қол жеткізуге болатын ең кіші екіжақты p: {p}",
    ),
    "verdict_facts_one": (
        "{group}: {n_treated} settlement; {baseline}: {n_baseline}; smallest two-sided p attainable: {p}",
        "Населённых пунктов в группе «{group}»: {n_treated}; в группе «{baseline}»: {n_baseline}; наименьшее достижимое двустороннее p: {p}",
        "«{group}» тобындағы елді мекендер саны: {n_treated}; «{baseline}» тобында: {n_baseline}; қол жеткізуге болатын ең кіші екіжақты p: {p}",
    ),
    "elected_earlier": ("elected earlier", "выборы раньше", "сайлау ертерек өткен"),
    "elected_later": ("elected last or never", "выборы в последнюю очередь или никогда", "сайлау ең соңында өткен немесе өтпеген"),
    "rarest_kind": ("the rarest kind of clusters", "самый редкий вид кластеров", "кластерлердің ең сирек түрі"),
    "all_others": ("all others", "все остальные", "қалғандарының бәрі"),
    "by_outcome": ("By outcome", "По вопросам", "Сұрақтар бойынша"),
    "sound": ("sound", "достаточная", "жеткілікті"),
    "fragile": ("fragile", "ограниченная", "шектеулі"),
    "cannot answer": ("cannot answer", "недостаточная, данные не могут дать ответа", "жеткіліксіз, деректер жауап бере алмайды"),
    # methods
    "linearized": ("linearized t", "линеаризация, t", "сызықтандыру, t"),
    "linearized_variance": ("linearized (Taylor)", "линеаризация (Тейлор)", "сызықтандыру (Тейлор)"),
    "krippendorff_nominal": ("Krippendorff's alpha, nominal", "альфа Криппендорфа, номинальная", "Криппендорф альфасы, номиналды"),
    "t_of_means": ("t test of settlement means", "t-критерий для средних по населённым пунктам", "елді мекендердің орташаларына арналған t критерийі"),
    "cr0": ("CR0", "CR0", "CR0"),
    "cr1": ("CR1", "CR1", "CR1"),
    "cr1s": ("CR1S", "CR1S", "CR1S"),
    "htz": ("joint test (HTZ)", "совместный критерий (HTZ)", "бірлескен критерий (HTZ)"),
    "cr2": ("CR2, Satterthwaite", "CR2, Саттертуэйт", "CR2, Саттертуэйт"),
    "cr3": ("CR3, jackknife", "CR3, складной нож", "CR3, джекнайф"),
    "wild": ("wild cluster bootstrap", "дикий кластерный бутстреп", "жабайы кластерлік бутстреп"),
    "score": ("score bootstrap", "бутстреп вкладов (score)", "бутстреп вкладов (score)"),
    "randomization": ("randomization test", "рандомизационный критерий", "рандомизациялық критерий"),
    "randomization_studentized": (
        "randomization, studentized", "рандомизация, стьюдентизированная", "рандомизация, стьюденттелген"),
    "sign_flip": ("sign-flip test", "критерий смены знаков", "таңба ауыстыру критерийі"),
    "replicates": ("replicate weights", "реплицированные веса", "репликациялық салмақтар"),
    "anova": ("analysis of variance", "дисперсионный анализ", "дисперсиялық талдау"),
    "standardized": ("standardized", "стандартизация", "стандарттау"),
    "bootstrap": ("bootstrap", "бутстреп", "бутстреп"),
    "welch": ("settlement means, Welch t", "средние населённых пунктов, t Уэлча", "елді мекен орташалары, Уэлч t"),
    "mixed": ("mixed model", "смешанная модель", "аралас модель"),
    # what an estimate is, inside a sentence
    "quantity_mean": ("weighted mean", "взвешенное среднее", "салмақталған орташа"),
    "quantity_standardized_mean": ("standardized mean", "стандартизованное среднее", "стандартталған орташа"),
    "quantity_total": ("total", "сумма", "жиынтық"),
    "quantity_ratio": ("ratio", "отношение", "қатынас"),
    "quantity_quantile": ("quantile", "квантиль", "квантиль"),
    "quantity_variance": ("variance", "дисперсия", "дисперсия"),
    "quantity_covariance": ("covariance", "ковариация", "ковариация"),
    "quantity_correlation": ("correlation", "корреляция", "корреляция"),
    "quantity_prediction": ("prediction of the model", "предсказание модели", "модель болжамы"),
    "quantity_marginal_effect": ("average marginal effect", "средний предельный эффект", "орташа шекті әсер"),
    "quantity_contrast": ("contrast", "контраст", "контраст"),
    "quantity_icc": ("intraclass correlation", "внутриклассовая корреляция", "топішілік корреляция"),
    # figures: weights
    "weights_title": ("Weights before and after", "Веса до и после", "Түзетуге дейінгі және одан кейінгі салмақтар"),
    "weights_alt": ("Histogram of weights", "Гистограмма весов", "Салмақтар гистограммасы"),
    "weight_axis": ("Weight (mean = 1)", "Вес (среднее = 1)", "Салмақ (орташасы = 1)"),
    "respondents_axis": ("Number of respondents", "Число респондентов", "Респонденттер саны"),
    "before": ("before", "до", "бастапқы"),
    "after": ("after", "после", "түзетілген"),
    # figures: randomization
    "randomization_alt": (
        "Histogram of the difference over the assignments of settlements",
        "Гистограмма разности по вариантам распределения населённых пунктов на группы",
        "Елді мекендерді бөлу нұсқалары бойынша айырманың гистограммасы",
    ),
    "assignment_axis": (
        "Difference under each assignment of settlements",
        "Разность при каждом варианте распределения по группам",
        "Елді мекендерді бөлудің әр нұсқасындағы айырма",
    ),
    "assignments": ("Number of assignments", "Число вариантов", "Бөлу нұсқаларының саны"),
    "observed": ("observed", "наблюдаемая", "байқалған"),
    "count_of_assignments": ("{n} assignments", "вариантов: {n}", "бөлу нұсқалары: {n}"),
    "tail_note": (
        "Dark bars: assignments at least as far from zero as the observed one.",
        "Тёмные столбцы: варианты, при которых разность не ближе к нулю, чем наблюдаемая.",
        "Қою түсті бағандар: айырмасы нөлден байқалған айырмадан кем емес алшақ бөлу нұсқалары.",
    ),
    # figures: balance, influence, trend, timeline, SNW, power
    "balance_title": ("Balance of covariates", "Сбалансированность ковариат", "Ковариаттардың теңгерімі"),
    "balance_axis": ("Standardized difference", "Стандартизованная разность", "Стандартталған айырма"),
    "balance_axis_absolute": (
        "Absolute standardized difference", "Абсолютная стандартизованная разность", "Абсолют стандартталған айырма"),
    "balance_alt": ("Standardized differences of covariates", "Стандартизованные разности ковариат", "Ковариаттардың стандартталған айырмалары"),
    "balance_note": (
        "Dotted lines: differences of {limit}, a common rule of thumb.",
        "Пунктир: разности {limit} — распространённый ориентир.",
        "Нүктелі сызықтар: {limit} айырма, көп қолданылатын бағдар.",
    ),
    "influence_title": ("Leaving out one settlement at a time", "Без одного населённого пункта", "Бір елді мекенді алып тастағанда"),
    "influence_alt": ("Estimates without each settlement in turn", "Оценки без каждого населённого пункта по очереди", "Әр елді мекенсіз есептелген бағалау мәндері"),
    "nothing_left_out": ("none left out", "ни один не исключён", "ешқайсысы алып тасталмағанда"),
    "without": ("without {settlement}", "исключён: {settlement}", "{settlement} алынып тасталғанда"),
    "trend_alt": ("Estimates by wave", "Оценки по волнам", "Толқындар бойынша бағалау мәндері"),
    "estimate_axis": ("Estimate", "Оценка", "Бағалау"),
    # «оценка» alone is also a mark that somebody gives, which an axis of answers would be read as
    "trend_axis": ("Estimate", "Оценка по выборке", "Іріктеме бойынша бағалау"),
    "timeline_alt": ("Chronology", "Хронология", "Хронология"),
    "snw_alt": ("Strengths, neutral points and weaknesses", "Сильные, нейтральные и слабые позиции", "Күшті, бейтарап және әлсіз тұстар"),
    "strength": ("strong", "сильная", "күшті"),
    "neutral": ("neutral", "нейтральная", "бейтарап"),
    "weakness": ("weak", "слабая", "әлсіз"),
    "power_alt": ("Power by true difference", "Мощность по истинной разности", "Шын айырма бойынша қуат"),
    "effect_alt": ("Detectable difference by plan", "Обнаруживаемая разность по планам", "Жоспарлар бойынша анықталатын айырма"),
    "effect_y_axis": ("Smallest detectable difference", "Наименьшая обнаруживаемая разность", "Анықталатын ең кіші айырма"),
    "n_settlements": ("Settlements", "Населённые пункты", "Елді мекендер"),
    "n_treated": ("Settlements that elected", "Населённые пункты с выборами", "Сайлау өткен елді мекендер"),
    "n_respondents": ("Respondents per settlement", "Респондентов на населённый пункт", "Елді мекендегі респонденттер"),
    "icc": ("Intraclass correlation", "Внутриклассовая корреляция", "Топішілік корреляция"),
    "test": ("Test", "Критерий", "Критерий"),
    "power": ("Power", "Мощность", "Қуат"),
    "effect": ("Difference", "Разность", "Айырма"),
    "monte_carlo_error": ("Monte Carlo error", "Ошибка Монте-Карло", "Монте-Карло қатесі"),
    "smallest_p": ("Smallest p", "Наименьшее p", "Ең кіші p"),
    "mean_group": ("Mean, group", "Среднее, группа", "Орташа мән, топ"),
    "mean_baseline": ("Mean, baseline", "Среднее, база сравнения", "Орташа мән, салыстыру негізі"),
    "power_y_axis": ("Power of the test", "Мощность критерия", "Критерийдің қуаты"),
    "effect_axis": ("True difference", "Истинная разность", "Шын айырма"),
    "settlements": ("settlements", "населённые пункты", "елді мекендер"),
    "count_of_settlements": ("{n} settlements", "населённых пунктов: {n}", "елді мекендер: {n}"),
    # pages
    "simulated": (
        SIMULATED_SENTENCE,
        f"{SIMULATED}. Ответы смоделированы: их создала программа для проверки метода. Это не результаты исследования.",
        f"{SIMULATED}. Жауаптар модельденген: оларды әдісті сынау үшін бағдарлама жасаған. Бұл зерттеу нәтижелері емес.",
    ),
    "simulated_short": (
        f"{SIMULATED}: answers made by a program, not findings",
        f"{SIMULATED}: ответы созданы программой, это не результаты",
        f"{SIMULATED}: жауаптарды бағдарлама жасаған, бұл нәтиже емес",
    ),
    "table": ("Table", "Таблица", "Кесте"),
    "figure": ("Figure", "Рисунок", "Сурет"),
    "note": ("Note", "Примечание", "Ескертпе"),
    "language_code": ("en-GB", "ru-RU", "kk-KZ"),  # by which Word checks the spelling and breaks words
    "notes": ("Notes", "Примечания", "Ескертпелер"),
    "provenance": ("Data and software", "Данные и программы", "Деректер мен бағдарламалар"),
    "source": ("Data", "Данные", "Деректер"),
    "sha256": ("SHA-256", "SHA-256", "SHA-256"),
    "weighting": ("Weights", "Взвешивание", "Салмақтау"),
    "conventions": ("Conventions", "Вычислительные соглашения", "Есептеу ережелері"),
    "versions": ("Software", "Программы", "Бағдарламалар"),
    "status": ("Status", "Статус", "Мәртебесі"),
    "collected": ("as collected", "собранные ответы", "жиналған жауаптар"),
    "download_data": ("Download the data (CSV)", "Скачать данные (CSV)", "Деректерді жүктеп алу (CSV)"),
    "alt_numbers": ("Its numbers stand in the table beneath it.", "Числа приведены в таблице под ним.", "Сандары астындағы кестеде берілген."),
    "numbers_shown": ("Numbers drawn", "Показанные числа", "Суреттегі сандар"),
    # crosstabs
    "total": ("Total", "Всего", "Барлығы"),
    "mean": ("Mean", "Среднее", "Орташа"),
    "percent_column": ("Column percent.", "Проценты по столбцу.", "Баған бойынша пайыз."),
    "percent_across": ("Percent of those who answered; reasons for no answer in percent of those asked.", "Проценты от числа ответивших; причины отсутствия ответа — в процентах от числа опрошенных.", "Жауап бергендердің пайызы; жауап болмау себептері — сұралғандардың пайызы."),
    "percent_row": ("Row percent.", "Проценты по строке.", "Жол бойынша пайыз."),
    "percent_total": ("Percent of all.", "Проценты от общего числа.", "Жалпы саннан пайыз."),
    "weighted_counts": ("Weighted counts.", "Взвешенные частоты.", "Салмақталған жиіліктер."),
    "of_respondents": (
        "{question}: several answers each, percent of respondents.",
        "{question}: несколько ответов, проценты от числа респондентов.",
        "{question}: бірнеше жауап, респонденттер санынан пайыз.",
    ),
    "of_mentions": (
        "{question}: several answers each, percent of all answers given.",
        "{question}: несколько ответов, проценты от числа всех ответов.",
        "{question}: бірнеше жауап, барлық жауаптар санынан пайыз.",
    ),
    "brackets_interval": (
        "In brackets: {percent} intervals.",
        "В скобках: доверительные интервалы ({percent}).",
        "Жақшада: сенім аралықтары ({percent}).",
    ),
    "brackets_std_error": ("In brackets: standard errors.", "В скобках: стандартные ошибки.", "Жақшада: стандартты қателер."),
    "letters_note": (
        "A letter names a column of the same question across whose value is smaller (pairwise tests on the design, Holm within each line, level {level}).",
        "Буква называет столбец того же вопроса, значение в котором меньше (попарные критерии по плану выборки, поправка Холма в пределах строки, уровень {level}).",
        "Әріп сол сұрақтың мәні кішірек бағанын атайды (іріктеу жоспары бойынша жұптық критерийлер, әр жол ішінде Холм түзетуі, деңгейі {level}).",
    ),
    "rao_scott_note": (
        "Rao-Scott F, second order. {tests}.",
        "F Рао — Скотта, второй порядок. {tests}.",
        "Рао — Скотт F критерийі, екінші ретті. {tests}.",
    ),
    "outside_base": ("{question}: outside the base {reasons}.", "{question}: вне базы {reasons}.", "{question}: негізге кірмейді {reasons}."),
    "few_without_group": (
        "{question}: fewer than {n} respondents without an answer stand in no column.",
        "{question}: респонденты без ответа (менее {n}) не вошли ни в один столбец.",
        "{question}: жауап бермеген респонденттер ({n} адамнан аз) ешбір бағанға кірмеді.",
    ),
    "without_group": (
        "{question}: {n} respondents without an answer stand in no column.",
        "{question}: респонденты без ответа ({n}) не вошли ни в один столбец.",
        "{question}: жауап бермеген респонденттер ({n}) ешбір бағанға кірмеді.",
    ),
    "yes": ("yes", "да", "иә"),
    "no": ("no", "нет", "жоқ"),
    "raked to": ("raked to {names}", "рейкинг по {names}", "{names} бойынша рейкинг"),
    "post-stratified by": ("post-stratified by {names}", "постстратификация по {names}", "{names} бойынша постстратификация"),
    "ceiling": ("ceiling {n}", "наибольший вес: {n} средних", "шегі {n}"),
    "r_stopping_rule": ("R's stopping rule", "правило остановки R", "R бағдарламасының тоқтау ережесі"),
    # the report on a comparison
    "report_found": ("What was found", "Что установлено", "Не анықталды"),
    "report_found_method": (
        "Difference, interval and p by the method put first; beside it the p of the randomization test of settlements. All methods stand below.",
        "Разность, доверительный интервал и p по методу, который стоит первым; рядом p рандомизационного критерия для населённых пунктов. Все методы приведены ниже.",
        "Айырма, сенім аралығы және p — бірінші тұрған әдіс бойынша; қасында елді мекендерге арналған рандомизациялық критерийдің p мәні. Барлық әдістер төменде келтірілген.",
    ),
    "contents": ("Contents", "Содержание", "Мазмұны"),
    "report_answers": ("Answers by kind of settlement", "Ответы по типу населённых пунктов", "Елді мекен түрі бойынша жауаптар"),
    "report_means": ("Mean answers", "Средние значения ответов", "Жауаптардың орташа мәндері"),
    "report_differences": ("Differences", "Разности", "Айырмалар"),
    "report_missing": ("Who did not answer, and why", "Кто не ответил и почему", "Кім жауап бермеді және неге"),
    "report_missing_method": (
        "Respondents who did not answer, by reason: n not weighted, share weighted, of all who were asked.",
        "Не ответившие респонденты по причинам: n — без весов; доля — с весами, от числа всех, кому задан вопрос.",
        "Жауап бермеген респонденттер, себептері бойынша: n — салмақсыз; үлес — салмақпен, сұрақ қойылғандардың жалпы санынан.",
    ),
    # the report of a study
    "study_data": ("Data", "Данные", "Деректер"),
    "study_tables": ("Tables", "Таблицы", "Кестелер"),
    "study_figures": ("Figures", "Рисунки", "Суреттер"),
    "study_wave": (
        "{wave}: {n} respondents in {k} clusters ({names})",
        "{wave}: респондентов {n}, кластеров {k} ({names})",
        "{wave}: {n} респондент, {k} кластер ({names})",
    ),
    "study_calibrated": ("weights adjusted to {names}", "веса откалиброваны по столбцам: {names}", "салмақтар мына бағандар бойынша калибрленген: {names}"),
    "study_weight": ("weight {name}", "вес {name}", "салмағы: {name}"),
    "study_left_out": ("What the data did not allow", "Чего данные не позволили", "Деректер мүмкіндік бермеген бөліктер"),
    "gap_items": (
        "The file has no answers to these items, and whatever would show them stands without them: {names}.",
        "В файле нет ответов на эти вопросы, и всё, что могло бы их показать, приведено без них: {names}.",
        "Файлда мына сұрақтардың жауаптары жоқ, оларды көрсететін кестелер мен суреттер оларсыз берілген: {names}.",
    ),
    "gap_scale": (
        "The scale {name} is not computed, because the file has no {names}: a scale without an item is another scale.",
        "Шкала {name} не рассчитана, потому что в файле нет {names}: шкала без одного из вопросов — это другая шкала.",
        "{name} шкаласы есептелмеген, өйткені файлда {names} жоқ: бір сұрағы жоқ шкала — басқа шкала.",
    ),
    "gap_weight": (
        "The file has no weight ({name}): every respondent counts the same.",
        "В файле нет весов ({name}): все респонденты учитываются одинаково.",
        "Файлда салмақ ({name}) жоқ: барлық респондент бірдей есептеледі.",
    ),
    "gap_stratum": (
        "The file has no strata ({name}): the sample is taken as one without strata.",
        "В файле нет страт ({name}): выборка рассматривается как нестратифицированная.",
        "Файлда страталар ({name}) жоқ: іріктеме стратасыз деп қаралады.",
    ),
    "gap_fpc": (
        "The file has no population counts ({name}): no finite population correction is made.",
        "В файле нет численности совокупности ({name}): поправка на конечность совокупности не вносится.",
        "Файлда жиынтық саны ({name}) жоқ: шекті жиынтыққа түзету енгізілмейді.",
    ),
    "gap_margins": (
        "The weights are not raked: beside the file lies no {name} of the real population.",
        "Рейкинг весов не проводился: рядом с файлом нет {name} с численностью реального населения.",
        "Салмақтарға рейкинг жасалмаған: файл жанында нақты халық санымен берілген {name} жоқ.",
    ),
    "gap_raking": (
        "The weights are not raked: the file has no {names}.",
        "Рейкинг весов не проводился: в файле нет {names}.",
        "Салмақтарға рейкинг жасалмаған: файлда {names} жоқ.",
    ),
    "gap_left_out": (
        "Left out, because {reason}: {title}.",
        "Не приводится, потому что {reason}: {title}.",
        "Берілмеген, өйткені {reason}: {title}.",
    ),
    "gap_single": (
        "One unit is “{group}”: what its residents answered has no interval, because one unit does not tell how such units differ.",
        "Единица вида «{group}» только одна: для ответов её жителей интервалов нет, потому что по одной единице нельзя судить, насколько такие единицы различаются.",
        "«{group}» бірлігі біреу ғана: оның тұрғындарының жауаптарына аралық берілмейді, өйткені бір бірлік мұндай бірліктердің қаншалықты әртүрлі екенін көрсетпейді.",
    ),
    "gap_lone_unit": (
        "one group is a single settlement, for which no interval can be given",
        "одна из групп — единственный населённый пункт, для которого нет доверительного интервала",
        "топтардың бірі — жалғыз елді мекен, оған сенім аралығы берілмейді",
    ),
    "gap_columns": ("the file has no {names}", "в файле нет {names}", "файлда {names} жоқ"),
    "gap_wave": ("the file has no wave {wave}", "в файле нет волны {wave}", "файлда {wave} толқыны жоқ"),
    "gap_waves": ("the file has one wave", "в файле одна волна", "файлда бір ғана толқын бар"),
    "gap_interviews": (
        "no coded interviews lie beside the file",
        "рядом с файлом нет закодированных интервью",
        "файл жанында кодталған сұхбаттар жоқ",
    ),
    "gap_not_raked": ("the weights are not raked", "рейкинг весов не проводился", "салмақтарға рейкинг жасалмаған"),
    "gap_telling": (
        "beside the tables it would give away the answers of a few persons, which these hide",
        "вместе с таблицами выдал бы ответы немногих людей, которые в них скрыты",
        "кестелермен қатар онда жасырылған бірнеше адамның жауаптарын ашып қояр еді",
    ),
    "gap_refused": (
        "the settlements cannot carry this comparison",
        "для такого сравнения населённых пунктов недостаточно",
        "мұндай салыстыруға елді мекендер жеткіліксіз",
    ),
    "gap_one_sided": (
        "Everybody in the file is of one kind of settlement, so there is nobody to compare with.",
        "Все респонденты файла — из населённых пунктов одного вида, и сравнивать их не с кем.",
        "Файлдағы барлық респондент бір түрдегі елді мекендерден, сондықтан оларды салыстыратын ешкім жоқ.",
    ),
    "gap_comparison": (
        "The comparison is refused{named}. {verdict}",
        "В сравнении отказано{named}. {verdict}",
        "Салыстырудан бас тартылды{named}. {verdict}",
    ),
    # the ledger of a study
    "ledger": ("Ledger", "Реестр утверждений", "Тұжырымдар тізілімі"),
    "ledger_claim": ("Claim", "Утверждение", "Тұжырым"),
    "ledger_source": ("Source", "Источник", "Дереккөз"),
    "ledger_statement": ("Statement", "Содержание", "Мазмұны"),
    "ledger_published": ("Published", "Опубликовано", "Жарияланған"),
    "ledger_recomputed": ("Recomputed", "Пересчитано", "Қайта есептелген"),
    "ledger_verdict": ("Verdict", "Итог", "Қорытынды"),
    "ledger_why": ("Why", "Почему", "Неге"),
    "ledger_reproduced": ("reproduced", "воспроизведено", "қайталанды"),
    "ledger_differs": ("differs", "расходится", "сәйкес емес"),
    "ledger_undecided": ("undecided", "не решено", "шешілмеген"),
    "ledger_not_recomputable": ("not recomputable", "нельзя пересчитать", "қайта есептеуге келмейді"),
    "ledger_open": ("open", "не проверено", "тексерілмеген"),
    "ledger_caught": ("A changed digit is noticed", "Изменённая цифра будет замечена", "Өзгертілген цифр байқала ма"),
    "ledger_caught_note": (
        "Last column: if one digit of the published value were changed here, would this run notice? Every digit was changed into each of the nine others. By computation: a verdict would change (7/36: in 7 of 36 changes). By the quotation: the value would no longer stand in the quoted words. A dash: there is no digit.",
        "Последний столбец: заметит ли этот расчёт, если здесь изменить одну цифру опубликованного значения? Каждую цифру заменили на каждую из девяти других. Пересчётом: изменится итог (7/36: при 7 заменах из 36). Цитатой: значения больше не будет в цитируемых словах. Тире: цифр нет.",
        "Соңғы баған: жарияланған мәннің бір цифры осында өзгертілсе, бұл есептеу оны байқай ма? Әр цифр қалған тоғыз цифрдың әрқайсысына ауыстырылды. Қайта есептеу арқылы: қорытынды өзгереді (7/36: 36 өзгерістің 7-еуінде). Дәйексөз арқылы: мән дәйексөздегі сөздерде болмай қалады. Сызықша: цифр жоқ.",
    ),
    "caught_computed": ("by computation", "пересчётом", "қайта есептеу арқылы"),
    "caught_quotation": ("by the quotation", "цитатой", "дәйексөз арқылы"),
    "caught_no": ("no", "нет", "жоқ"),
    "ledger_surprise": ("not as expected", "вопреки ожиданию", "күтілгендей емес"),
    # labels of codebooks that surveykit makes
    "label_other": ("Other", "Другое", "Басқа"),
    "label_other_values": ("other values", "другие значения", "басқа мәндер"),
    "label_other_answers": ("other answers", "другие ответы", "басқа жауаптар"),
    "label_not_selected": ("Not selected", "Не выбрано", "Таңдалмаған"),
    "label_selected": ("Selected", "Выбрано", "Таңдалған"),
    "label_total": ("all", "всего", "барлығы"),
    # columns
    "outcome": ("Outcome", "Показатель", "Көрсеткіш"),
    "level": ("Answer", "Ответ", "Жауап"),
    "group": ("Group", "Группа", "Топ"),
    "baseline": ("Baseline", "База сравнения", "Салыстыру негізі"),
    "term": ("Term", "Член модели", "Модель мүшесі"),
    "term_quantity": ("Quantity", "Величина", "Шама"),
    "term_adjustment": ("Adjustment", "Поправка", "Түзету"),
    "estimand": ("Estimand", "Что оценивается", "Бағаланатын шама"),
    "method": ("Method", "Метод", "Әдіс"),
    "estimate": ("Estimate", "Оценка", "Бағалау"),
    "std_error": ("Std. error", "Ст. ошибка", "Ст. қате"),
    "statistic": ("Statistic", "Статистика", "Статистика"),
    "df": ("df", "ст. св.", "е. д."),
    "p_value": ("p", "p", "p"),
    "p_holm": ("p (Holm)", "p (Холм)", "p (Холм)"),
    "p_bh": ("p (BH)", "p (БХ)", "p (БХ)"),
    "p_wy": ("p (Westfall-Young)", "p (Уэстфолл — Янг)", "p (Уэстфолл — Янг)"),
    "first_wave": ("First wave after election", "Первая волна после выборов", "Сайлаудан кейінгі алғашқы толқын"),
    "event_time": ("Waves since the election", "Волн после выборов", "Сайлаудан кейінгі толқындар"),
    "left_out": ("Left out", "Исключён", "Алынып тасталған"),
    "change": ("Change", "Изменение", "Өзгеріс"),
    "check": ("Check", "Проверка", "Тексеру"),
    "value": ("Value", "Значение", "Мәні"),
    "remark": ("Remark", "Замечание", "Түсініктеме"),
    "conf_low": ("CI low", "ДИ, нижняя граница", "СА, төменгі шегі"),
    "conf_high": ("CI high", "ДИ, верхняя граница", "СА, жоғарғы шегі"),
    "conf_interval": ("CI", "ДИ", "СА"),
    "deff": ("Design effect", "Дизайн-эффект", "Дизайн-әсер"),
    "n": ("n", "n", "n"),
    "n_clusters": ("Clusters", "Кластеры", "Кластерлер"),
    "n_weighted": ("Weighted n", "Взвешенное n", "Салмақталған n"),
    "verdict": ("Verdict", "Вывод", "Қорытынды"),
    "n_group": ("Settlements, group", "Пункты, группа", "Елді мекендер, топ"),
    "n_baseline": ("Settlements, baseline", "Пункты, база", "Елді мекендер, негіз"),
    "n_assignments": ("Assignments", "Размещения", "Орналастырулар"),
    "largest_share_of_arm": ("Largest share of a side", "Наибольшая доля на стороне", "Тараптағы ең үлкен үлес"),
    "true_level": ("Level of CR2's test", "Уровень критерия CR2", "CR2 критерийінің деңгейі"),
    "reason": ("Reason", "Причина", "Себеп"),
    "share": ("Share", "Доля", "Үлес"),
    "data_status": ("Status of data", "Статус данных", "Деректер мәртебесі"),
    "wave": ("Wave", "Волна", "Толқын"),
    # the description of a sample
    "respondents": ("Respondents", "Респонденты", "Респонденттер"),
    "count_and_share": ("n (weighted %)", "n (взвешенные %)", "n (салмақталған %)"),
    "mean_and_spread": ("mean (SD)", "среднее (ст. откл.)", "орташа (ст. ауытқу)"),
    "missing": ("no answer: {reason}", "нет ответа: {reason}", "жауап жоқ: {reason}"),
    "standardized_difference": ("Std. difference", "Станд. разность", "Станд. айырма"),
    # models side by side
    "per_unit": ("per unit", "на единицу", "бір бірлікке"),
    "reference": ("reference", "база сравнения", "салыстыру негізі"),
    "constant": ("Constant", "Константа", "Тұрақты"),
    "threshold": ("Threshold", "Порог", "Шек"),
    "of_model": ("Model", "Модель", "Модель"),
    "r_squared": ("R²", "R²", "R²"),
    "adjusted_r_squared": ("Adjusted R²", "Скорректированный R²", "Түзетілген R²"),
    "mcfadden": ("Pseudo R² (McFadden)", "Псевдо-R² (Макфадден)", "Псевдо-R² (Макфадден)"),
    "cox_snell": ("Pseudo R² (Cox-Snell)", "Псевдо-R² (Кокс — Снелл)", "Псевдо-R² (Кокс — Снелл)"),
    "nagelkerke": ("Pseudo R² (Nagelkerke)", "Псевдо-R² (Нагелькерке)", "Псевдо-R² (Нагелькерке)"),
    "design_aic": ("Design-based AIC", "AIC с учётом плана выборки", "Іріктеме жоспарын ескеретін AIC"),
    # columns of study tables
    "true_difference": ("True difference", "Истинная разность", "Шын айырма"),
    "true_effect": ("True effect", "Истинный эффект", "Шын әсер"),
    "error": ("Error", "Ошибка", "Қате"),
    "covered": ("Covered", "Истинное значение в интервале", "Шын мән аралықта"),
    "measure": ("Measure", "Показатель веса", "Салмақ көрсеткіші"),
    "mentions": ("Passages", "Фрагменты", "Үзінділер"),
    "percent": ("Same code", "Доля совпавших кодов", "Сәйкес келген кодтар үлесі"),
    "theme": ("Theme", "Тема", "Тақырып"),
    "relation": ("Relation", "Соотношение", "Арақатынас"),
    "share_group": ("Interviews, group", "Доля интервью, группа", "Сұхбаттар үлесі, топ"),
    "share_baseline": ("Interviews, baseline", "Доля интервью, база сравнения", "Сұхбаттар үлесі, салыстыру негізі"),
}  # fmt: skip


def word(key: str, lang: str | None = None, /, **values: object) -> str:
    """Return a word or sentence in one language (English when `lang` is None), its gaps filled from `values`.

    A key that the list does not know is a slip in our own code, and a KeyError. What a table of the user's may hold
    goes through `word_or_text`.

    Examples
    --------
    >>> word("difference_axis", "ru", group="избран", baseline="назначен")
    'Разность: «избран» минус «назначен»'
    """
    text = WORDS[key][LANGUAGES.index(check_language(lang))]
    return text.format(**values) if values else text


def word_or_text(text: str, lang: str | None = None) -> str:
    """Return the word for a column or cell of a table in one language; what is the user's own keeps its text.

    Examples
    --------
    >>> word_or_text("cr2", "ru"), word_or_text("my_own_method", "ru")
    ('CR2, Саттертуэйт', 'my_own_method')
    """
    return word(text, lang) if text in WORDS else text


def column_heading(column: str, lang: str | None = None) -> str:
    """Return what heads a column of a table in one language; a column of the user's own keeps its name.

    Examples
    --------
    >>> column_heading("odds_ratio"), column_heading("settlement", "ru"), column_heading("my_column", "kk")
    ('Odds ratio', 'Населённый пункт', 'my_column')
    """
    if column in HEADINGS:
        return HEADINGS[column][LANGUAGES.index(check_language(lang))]
    return word_or_text(column, lang)


def texts_of(key: str) -> dict[str, str]:
    """Return a word in every language, as the texts of a codebook are kept.

    Examples
    --------
    >>> texts_of("yes")
    {'en': 'yes', 'ru': 'да', 'kk': 'иә'}
    """
    return dict(zip(LANGUAGES, WORDS[key]))


def coded(column: str, value: str, lang: str | None = None) -> str:
    """Return a coded value of a result column ("adjusted" under `term`) in one language; unknown ones as they are."""
    return coded_word(column, value, LANGUAGES.index(check_language(lang)))


def method_word(name: str, lang: str | None = None) -> str:
    """Return what a method is called in one language; one that is not known keeps its name.

    Examples
    --------
    >>> method_word("rao-scott F", "ru"), method_word("cr2", "kk"), method_word("my_own", "ru")
    ('F Рао — Скотта', 'CR2, Саттертуэйт', 'my_own')
    """
    called = coded("method", name, lang)
    return called if called != name else word_or_text(name, lang)


def check_language(lang: str | None) -> str:
    """Return the language of a page: one that surveykit speaks, English when none was given."""
    chosen = "en" if lang is None else lang
    check_option(chosen, LANGUAGES, "lang")
    return chosen
