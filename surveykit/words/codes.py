"""What the coded values of result columns mean in English, Russian and Kazakh: terms, checks, measures, relations."""

CODED_WORDS: dict[str, dict[str, tuple[str, str, str]]] = {
    "term": {
        "unadjusted": ("unadjusted", "без поправки", "түзетілмеген"),
        "adjusted": ("adjusted", "с поправкой", "түзетілген"),
        "overall": ("overall", "в целом", "жалпы"),
        "group-time": ("group and wave", "группа и волна", "топ және толқын"),
        "event": ("by waves since the election", "по волнам после выборов", "сайлаудан кейінгі толқындар бойынша"),
        "change": ("change", "изменение", "өзгеріс"),
        "trend": ("trend", "тренд", "тренд"),
        "power": ("power", "мощность", "қуат"),
        "minimum detectable effect": ("smallest detectable difference", "наименьшая обнаруживаемая разность", "анықталатын ең кіші айырма"),
        "intraclass correlation": ("intraclass correlation", "внутриклассовая корреляция", "топішілік корреляция"),
        "alpha": ("Cronbach's alpha", "альфа Кронбаха", "Кронбах альфасы"),
        "alpha_standardized": ("standardized alpha", "стандартизованная альфа", "стандартталған альфа"),
        "alpha_if_dropped": ("alpha without the item", "альфа без пункта", "тармақсыз альфа"),
        "item_rest_r": ("correlation with the other items", "корреляция с остальными пунктами", "қалған тармақтармен корреляция"),
        "omega": ("McDonald's omega", "омега Макдональда", "Макдональд омегасы"),
        "kmo": ("Kaiser-Meyer-Olkin", "мера Кайзера — Мейера — Олкина", "Кайзер — Мейер — Олкин өлшемі"),
        "bartlett": ("Bartlett's test", "критерий Бартлетта", "Бартлетт критерийі"),
        "one_factor_fit": ("fit of one factor", "согласие с одним фактором", "бір факторға сәйкестік"),
        "eigenvalue": ("eigenvalue", "собственное значение", "меншікті мән"),
        "polychoric": ("polychoric correlation", "полихорическая корреляция", "полихорлық корреляция"),
    },
    "check": {
        "respondents": ("respondents", "респонденты", "респонденттер"),
        "settlements, group compared": ("settlements, group compared", "населённые пункты, сравниваемая группа", "елді мекендер, салыстырылатын топ"),
        "settlements, baseline": ("settlements, baseline", "населённые пункты, база сравнения", "елді мекендер, салыстыру негізі"),
        "blocks": ("blocks", "блоки", "блоктар"),
        "distinct assignments": ("distinct assignments", "различные распределения", "бөлудің әртүрлі нұсқалары"),
        "smallest p, one-sided": ("smallest p, one-sided", "наименьшее p, одностороннее", "ең кіші p, біржақты"),
        "smallest p, two-sided": ("smallest p, two-sided", "наименьшее p, двустороннее", "ең кіші p, екіжақты"),
        "Satterthwaite degrees of freedom": ("Satterthwaite degrees of freedom", "степени свободы по Саттертуэйту", "Саттертуэйт бойынша еркіндік дәрежелері"),
        "Satterthwaite degrees of freedom, adjusted": (
            "Satterthwaite degrees of freedom, adjusted",
            "степени свободы по Саттертуэйту, с поправкой",
            "Саттертуэйт бойынша еркіндік дәрежелері, түзетілген",
        ),
        "effective number of settlements": ("effective number of settlements", "эффективное число населённых пунктов", "елді мекендердің тиімді саны"),
        "largest settlement, share of all weight": (
            "largest settlement, share of all weight",
            "крупнейший населённый пункт, доля всего веса",
            "ең ірі елді мекен, жалпы салмақтағы үлесі",
        ),
        "largest settlement, share of its arm's weight": (
            "largest settlement, share of its arm's weight",
            "крупнейший населённый пункт, доля веса своей группы",
            "ең ірі елді мекен, өз тобының салмағындағы үлесі",
        ),
        "average settlement, heavier side to lighter": (
            "average settlement, heavier side to lighter",
            "средний вес населённого пункта, более тяжёлая сторона к более лёгкой",
            "елді мекеннің орташа салмағы, ауыр тараптың жеңіл тарапқа қатынасы",
        ),
        "largest settlement, share of the variance": (
            "largest settlement, share of the variance",
            "крупнейший населённый пункт, доля дисперсии",
            "ең ірі елді мекен, дисперсиядағы үлесі",
        ),
        "covariate columns": ("covariate columns", "столбцы ковариат", "ковариат бағандары"),
        "covariate columns that describe settlements": (
            "covariate columns that describe settlements",
            "столбцы ковариат, описывающие населённые пункты",
            "елді мекендерді сипаттайтын ковариат бағандары",
        ),
        "largest share, group compared": (
            "largest settlement's share, group compared",
            "доля крупнейшего населённого пункта, сравниваемая группа",
            "ең ірі елді мекеннің үлесі, салыстырылатын топ",
        ),
        "largest share, baseline": (
            "largest settlement's share, baseline",
            "доля крупнейшего населённого пункта, база сравнения",
            "ең ірі елді мекеннің үлесі, салыстыру негізі",
        ),
        "level of CR2's test at 5 %, person average": (
            "level of CR2's test at 5 %, person average",
            "уровень критерия CR2 при 5\u202f%, среднее по жителям",
            "CR2 критерийінің 5\u202f% кезіндегі деңгейі, тұрғындар бойынша орташа",
        ),
        "rank without any one settlement": (
            "rank without any one settlement",
            "ранг без любого одного населённого пункта",
            "кез келген бір елді мекенсіз ранг",
        ),
        "sum of weights": ("sum of weights", "сумма весов", "салмақтардың қосындысы"),
        "largest to smallest weight": ("largest to smallest weight", "отношение наибольшего веса к наименьшему", "ең үлкен салмақтың ең кішісіне қатынасы"),
        "clusters": ("clusters", "кластеры", "кластерлер"),
        "strata": ("strata", "страты", "страталар"),
        "fewest clusters in a stratum": ("fewest clusters in a stratum", "наименьшее число кластеров в страте", "стратадағы кластерлердің ең аз саны"),
        "degrees of freedom": ("degrees of freedom", "степени свободы", "еркіндік дәрежелері"),
    },
    "measure": {
        "respondents": ("respondents", "респонденты", "респонденттер"),
        "sum of weights": ("sum of weights", "сумма весов", "салмақтардың қосындысы"),
        "smallest weight": ("smallest weight", "наименьший вес", "ең кіші салмақ"),
        "largest weight": ("largest weight", "наибольший вес", "ең үлкен салмақ"),
        "mean weight": ("mean weight", "средний вес", "орташа салмақ"),
        "largest to mean weight": ("largest to mean weight", "отношение наибольшего веса к среднему", "ең үлкен салмақтың орташасына қатынасы"),
        "largest to smallest weight": ("largest to smallest weight", "отношение наибольшего веса к наименьшему", "ең үлкен салмақтың ең кішісіне қатынасы"),
        "coefficient of variation": ("coefficient of variation", "коэффициент вариации", "вариация коэффициенті"),
        "design effect of unequal weights (Kish)": (
            "design effect of unequal weights (Kish)",
            "дизайн-эффект неравных весов (Киш)",
            "тең емес салмақтардың дизайн әсері (Киш)",
        ),
        "effective number of respondents": ("effective number of respondents", "эффективное число респондентов", "респонденттердің тиімді саны"),
        "largest relative error of a margin": (
            "largest relative error of a margin",
            "наибольшая относительная ошибка маргинала",
            "маргиналдың ең үлкен салыстырмалы қатесі",
        ),
    },
    "method": {
        "average marginal effect": ("average marginal effect", "средний предельный эффект", "орташа шекті әсер"),
        "average prediction": ("average prediction", "среднее предсказание", "орташа болжам"),
        "prediction": ("prediction", "предсказание", "болжам"),
        "cohen": ("Cohen's kappa", "каппа Коэна", "Коэн каппасы"),
        "correlation": ("correlation", "корреляция", "корреляция өлшемі"),
        "covariance": ("covariance", "ковариация", "ковариация өлшемі"),
        "variance": ("variance", "дисперсия", "дисперсия өлшемі"),
        "goodness of fit": ("goodness of fit", "критерий согласия", "келісім критерийі"),
        "pooled": ("pooled spread", "общий разброс", "ортақ шашырау"),
        "yang-dalton": ("Yang-Dalton", "Янг — Далтон", "Янг пен Далтон"),
        "fit": ("fit", "согласие модели", "модельдің сәйкестігі"),
        "reference": ("reference", "база сравнения", "салыстыру негізі"),
        "quantile math": ("quantile, rule math", "квантиль, правило «math»", "квантиль, «math» ережесі"),
        "rao-scott F": ("Rao-Scott F", "F Рао — Скотта", "Рао — Скотт F критерийі"),
        "rao-scott chisq": ("Rao-Scott chi-squared", "χ² Рао — Скотта", "Рао — Скотт χ² критерийі"),
        "t": ("t test", "t-критерий", "t критерийі"),
        "trend of mean": ("trend of means", "тренд средних", "орташалар тренді"),
        "trend of rank": ("trend of ranks", "тренд рангов", "рангтер тренді"),
        "wald": ("Wald", "Вальд", "Вальд критерийі"),
        "wilcoxon": ("Wilcoxon", "Уилкоксон", "Уилкоксон критерийі"),
        "kruskal-wallis": ("Kruskal-Wallis", "Краскел — Уоллис", "Краскел — Уоллис критерийі"),
        "median": ("median test", "медианный критерий", "медиана критерийі"),
        "vanderwaerden": ("van der Waerden", "ван дер Варден", "ван дер Варден критерийі"),
    },
    "kind": {
        "valid": ("valid", "содержательный", "мазмұнды"),
        "missing": ("missing", "пропуск", "жоқ жауап"),
        "empty": ("empty", "пусто", "бос"),
        "all": ("all", "все", "барлығы"),
    },
    "relation": {
        "convergence": ("convergence", "сходятся", "сәйкес"),
        "complement": ("complement", "дополняют", "толықтырады"),
        "dissonance": ("dissonance", "противоречат", "қайшы"),
        "silence": ("silence", "молчат", "үнсіз"),
    },
}  # fmt: skip


REASONS: dict[str, tuple[str, str]] = {
    "alone": (
        "На одной из сторон населённых пунктов: {fewest}; собственные особенности места нельзя отличить от эффекта, и новые респонденты там не помогут",
        "Бір тараптағы елді мекендер саны: {fewest}; ол жердің өз ерекшелігін әсерден ажырату мүмкін емес, сол жердегі респонденттерді көбейту көмектеспейді",
    ),
    "p": (
        "Никакой точный двусторонний критерий не может дать p меньше {p}, какими бы ни были ответы",
        "Жауаптар қандай болса да, ешбір дәл екіжақты критерий {p} мәнінен кіші p бере алмайды",
    ),
    "few": (
        "На меньшей стороне населённых пунктов: {fewest}; чтобы критерии держали свой уровень при любых размерах пунктов, нужно не менее {needed}",
        "Кіші тараптағы елді мекендер саны: {fewest}; критерийлер елді мекендердің кез келген көлемінде өз деңгейін сақтауы үшін кемінде {needed} керек",
    ),
    "df": (
        "Степеней свободы по Саттертуэйту {df}, то есть меньше {needed_df}; при таком их числе ненадёжен даже исправленный t-критерий",
        "Саттертуэйт бойынша еркіндік дәрежелері {df}, яғни {needed_df} шегінен төмен; мұндайда түзетілген t критерийінің өзі сенімсіз",
    ),
    "dominant": (
        "На населённый пункт {settlement} приходится {share} веса его стороны, поэтому среднее по жителям — это во многом среднее этого пункта",
        "{settlement} елді мекеніне өз тарапы салмағының {share} бөлігі тиеді, сондықтан тұрғындар бойынша орташа негізінен осы елді мекеннің орташасы болып шығады",
    ),
    "level": (
        "Вес населённых пунктов столь неодинаков, что критерий CR2 для среднего по жителям отвергает верную нулевую гипотезу до {level} случаев вместо 5\u202f%; смотрите среднее по населённым пунктам и рандомизационные критерии",
        "Елді мекендердің салмағы тым әркелкі болғандықтан, тұрғындар бойынша орташаға арналған CR2 критерийі дұрыс нөлдік болжамды 5\u202f% орнына {level} жағдайға дейін теріске шығарады; елді мекендер бойынша орташаға және рандомизациялық критерийлерге қараңыз",
    ),
    "leaning": (
        "Ответы в населённых пунктах связаны с их весом (корреляция внутри сторон {leaning}), поэтому среднее по жителям зависит от того, какие пункты крупнее; смотрите среднее по населённым пунктам",
        "Елді мекендердегі жауаптар олардың салмағымен байланысты (тараптар ішіндегі корреляция {leaning}), сондықтан тұрғындар бойынша орташа қай елді мекеннің ірі екеніне байланысты; елді мекендер бойынша орташаға қараңыз",
    ),
    "exchange": (
        "На стороне, где населённых пунктов меньше, разброс больше уже из-за их размеров: простой рандомизационный критерий считает пункты взаимозаменяемыми и отвергает верную нулевую гипотезу примерно в {exchange} случаев вместо 5\u202f%; смотрите стьюдентизированный критерий",
        "Елді мекендері аз тарапта шашырау олардың көлемінің өзінен-ақ үлкен: қарапайым рандомизациялық критерий елді мекендерді өзара алмастырылатын деп есептеп, дұрыс нөлдік болжамды 5\u202f% орнына шамамен {exchange} жағдайда теріске шығарады; стьюденттелген критерийге қараңыз",
    ),
    "cohorts_small": (
        "Выборы впервые прошли менее чем в {needed} населённых пунктах в волнах: {small_waves}; эффекты этих волн опираются на немногие пункты",
        "Мына толқындарда сайлау алғаш рет {needed} елді мекеннен аз жерде өтті: {small_waves}; бұл толқындардың әсерлері аз елді мекенге сүйенеді",
    ),
    "cohorts": (
        "Выборы впервые прошли лишь в одном населённом пункте в волнах: {waves}; его собственные особенности нельзя отличить от эффекта",
        "Мына толқындарда сайлау алғаш рет тек бір елді мекенде өтті: {waves}; ол жердің өз ерекшелігін әсерден ажырату мүмкін емес",
    ),
    "sizes": (
        "Населённые пункты одной стороны в среднем в {ratio} раза крупнее пунктов другой, и среднее по жителям сравнивает крупные пункты с малыми; смотрите среднее по населённым пунктам и стьюдентизированный критерий",
        "Бір тараптың елді мекендері екінші тараптыкінен орта есеппен {ratio} есе ірі, сондықтан тұрғындар бойынша орташа ірі елді мекендерді шағындарымен салыстырады; елді мекендер бойынша орташаға және стьюденттелген критерийге қараңыз",
    ),
    "covariates": (
        "Столбцов ковариат, описывающих населённые пункты: {columns}; они расходуют степени свободы между населёнными пунктами ({total})",
        "Елді мекендерді сипаттайтын ковариат бағандарының саны: {columns}; олар елді мекендер арасындағы еркіндік дәрежелерін ({total}) тауысады",
    ),
}
"""Why a comparison is fragile or cannot answer, in Russian and Kazakh; the gate itself speaks English."""


def coded_word(column: str, value: str, position: int) -> str:
    """Return a coded value of a result column in the language at a position (en, ru, kk), or as it is when unknown.

    Examples
    --------
    >>> coded_word("term", "adjusted", 1), coded_word("term", "age_group", 1)
    ('с поправкой', 'age_group')
    """
    texts = CODED_WORDS.get(column, {}).get(value)
    return value if texts is None else texts[position]
