"""Titles and headings of this study in English, Russian and Kazakh."""

LANGUAGES = ("en", "ru", "kk")

TITLES = {
    "report": (
        "Elected and traditional leaders in rural Namibia, recomputed from the authors' data",
        "Избранные и традиционные лидеры в сельской Намибии: пересчёт по данным авторов",
        "Намибия ауылдарының сайланған және дәстүрлі басшылары: авторлар деректері бойынша қайта есептеу",
    ),
    "table1": (
        "Democratic choices of elected leaders and chiefs (article, Figure 1)",
        "Демократические решения избранных лидеров и вождей (статья, рис. 1)",
        "Сайланған басшылар мен көсемдердің демократиялық таңдауы (мақала, 1-сурет)",
    ),
    "table2": (
        "Leniency and vengefulness (article, Figure 2)",
        "Снисхождение и месть (статья, рис. 2)",
        "Кешірім және кек (мақала, 2-сурет)",
    ),
    "table3": (
        "Social preferences (article, Figure 3, panel A)",
        "Социальные предпочтения (статья, рис. 3, панель A)",
        "Әлеуметтік бейімділік (мақала, 3-сурет, A бөлігі)",
    ),
    "table3b": (
        "Personality traits (article, Figure 3, panel B)",
        "Черты личности (статья, рис. 3, панель B)",
        "Тұлғалық қасиеттер (мақала, 3-сурет, B бөлігі)",
    ),
    "table4": (
        'Villagers on their leaders, as published: "don\'t know" counted as neutral (article, Figure 4)',
        "Жители о лидерах, как опубликовано: «не знаю» учтено как «нейтрально» (статья, рис. 4)",
        "Тұрғындар басшылар туралы, жарияланғандай: «білмеймін» «бейтарап» болып саналған (мақала, 4-сурет)",
    ),
    "table5": (
        'Villagers on their leaders, "don\'t know" outside the base',
        "Жители о лидерах, «не знаю» вне базы",
        "Тұрғындар басшылар туралы, «білмеймін» негізге кірмейді",
    ),
    "table6": (
        "One villager rates both: elected leader minus chief",
        "Один житель оценивает обоих: избранный лидер минус вождь",
        "Бір тұрғын екеуін де бағалайды: сайланған басшы минус көсем",
    ),
    "table7": (
        "Villages whose chief was elected against the others, as published",
        "Деревни с избранным вождём против остальных, как опубликовано",
        "Көсемі сайланған ауылдар мен өзгелері, жарияланғандай",
    ),
    "table8": (
        'Villages whose chief was elected against the others, "don\'t know" outside the base',
        "Деревни с избранным вождём против остальных, «не знаю» вне базы",
        "Көсемі сайланған ауылдар мен өзгелері, «білмеймін» негізге кірмейді",
    ),
    "table9": (
        "What clustering does to the verdicts",
        "Что кластеризация делает с выводами",
        "Кластерлеу қорытындыларды қалай өзгертеді",
    ),
    "table10": ("Power of the published design", "Мощность опубликованного плана", "Жарияланған жоспардың қуаты"),
    "table11": ("Tests of the published analysis", "Тесты опубликованного анализа", "Жарияланған талдаудың тестілері"),
    "table12": (
        "Leaders of one village compared with each other: elected leader minus chief",
        "Лидеры одной деревни между собой: избранный лидер минус вождь",
        "Бір ауылдың басшылары өзара: сайланған басшы минус көсем",
    ),
    "figure5": (
        "Earnings eliminated (article, Figure 5)",
        "Уничтоженный заработок (статья, рис. 5)",
        "Жойылған табыс (мақала, 5-сурет)",
    ),
    "randomization": (
        "Satisfaction with the elected leader under all assignments of the elected chiefs",
        "Удовлетворённость избранным лидером при всех распределениях избранных вождей",
        "Сайланған көсемдердің барлық үлестіруіндегі сайланған басшыға көңіл толу",
    ),
    "A": (
        "Panel A: democratic or any other rule",
        "Панель A: демократическое или иное правило",
        "A бөлігі: демократиялық немесе өзге ереже",
    ),
    "B": (
        "Panel B: pseudo-democratic or dictatorial",
        "Панель B: псевдодемократическое или диктаторское",
        "B бөлігі: жалған демократиялық немесе диктаторлық",
    ),
    "all": ("All four decisions", "Все четыре решения", "Төрт шешімнің бәрі"),
    "minus": (
        "Elected leaders minus chiefs, difference of shares; thick line 90 %, thin line 95 % interval",
        "Избранные лидеры минус вожди, разность долей; толстая линия — интервал 90 %, тонкая — 95 %",
        "Сайланған басшылар минус көсемдер, үлестер айырмасы; жуан сызық — 90 %, жіңішке сызық — 95 % аралық",
    ),
    "share": ("Share", "Доля", "Үлес"),
    "score": ("Score from 0 to 1", "Балл от 0 до 1", "0 мен 1 аралығындағы балл"),
    "dollars": ("Namibian dollars", "Намибийские доллары", "Намибия доллары"),
}


def title(key: str, lang: str) -> str:
    """Return a title or heading in one language."""
    return TITLES[key][LANGUAGES.index(lang)]
