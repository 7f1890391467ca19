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
    "gap": (
        "Difference between the two shares (the smaller one is 0.50, one-sided test, 32 against 32)",
        "Разность двух долей (меньшая равна 0,50; односторонний тест, 32 против 32)",
        "Екі үлестің айырмасы (кішісі 0,50; бір жақты тест, 32-ге қарсы 32)",
    ),
    "power": ("Power", "Мощность", "Қуат"),
    "dollars": ("Namibian dollars", "Намибийские доллары", "Намибия доллары"),
}


def title(key: str, lang: str) -> str:
    """Return a title or heading in one language."""
    return TITLES[key][LANGUAGES.index(lang)]


TEXTS = {
    "opening": (
        "This page recomputes, from the authors' own microdata, what Vollan, Blanco, Steimanis, Petutschnig and Prediger (2020, Science "
        "Advances 6(15), eaay7651) published on chiefs and elected leaders in 32 villages of northern Namibia, and then asks of the "
        'same answers what clustering in villages and the treatment of "don\'t know" do to the verdicts. Villages carry numbers.',
        "На этой странице по исходным данным авторов пересчитано то, что Vollan, Blanco, Steimanis, Petutschnig и Prediger (2020, "
        "Science Advances 6(15), eaay7651) опубликовали о вождях и избранных лидерах в 32 деревнях севера Намибии; затем показано, как "
        "группировка ответов по деревням и учёт ответа «не знаю» меняют выводы. Деревни обозначены номерами.",
        "Бұл бетте Vollan, Blanco, Steimanis, Petutschnig және Prediger (2020, Science Advances 6(15), eaay7651) Намибияның солтүстігіндегі "
        "32 ауылдың көсемдері мен сайланған басшылары туралы жариялаған сандар авторлардың өз деректері бойынша қайта есептеледі; содан "
        "кейін жауаптардың ауыл бойынша топталуы мен «білмеймін» жауабын есепке алу қорытындыларды қалай өзгертетіні көрсетіледі. "
        "Ауылдар нөмірмен белгіленген.",
    ),
    "other_version": (
        "The file is not the version that the claims were held against: its SHA-256 differs.",
        "Файл отличается от версии, с которой сверялись утверждения: его SHA-256 другой.",
        "Файл тұжырымдар салыстырылған нұсқадан өзгеше: SHA-256 мәні басқа.",
    ),
    "leaders": (
        "# What leaders did\n\nLeaders of both kinds chose how a group decision is taken and punished players who were or were not their "
        "relatives. The published errors take the 64 leaders as independent; the pairing by village stands beside them.",
        "# Что делали лидеры\n\nЛидеры обоих видов выбирали, как группа принимает решение, и наказывали игроков, среди которых были и их "
        "родственники. Опубликованные ошибки считают 64 лидеров независимыми; рядом стоит сравнение внутри деревни.",
        "# Басшылар не істеді\n\nЕкі түрлі басшы да топ шешімінің қалай қабылданатынын таңдады және арасында туыстары бар ойыншыларды "
        "жазалады. Жарияланған қателер 64 басшыны тәуелсіз деп санайды; қасында ауыл ішіндегі салыстыру тұр.",
    ),
    "perceptions": (
        '# What villagers say\n\nThe middle of the published scale is no answer of that kind: whoever stands at "neutral" said "don\'t '
        'know" in the question behind the item. The second figure takes these answers out of the base and prints their share.',
        "# Что говорят жители\n\nСередина опубликованной шкалы не является таким ответом: каждый, кто учтён как «нейтрально», в исходном "
        "вопросе ответил «не знаю». На втором рисунке эти ответы исключены из базы, а их доля указана рядом.",
        "# Тұрғындар не дейді\n\nЖарияланған шкаланың ортасы ондай жауап емес: «бейтарап» деп саналғандардың бәрі бастапқы сұраққа "
        "«білмеймін» деп жауап берген. Екінші суретте бұл жауаптар негізден шығарылып, үлесі жанында көрсетілген.",
    ),
    "paired": (
        "# One villager, two leaders\n\nThe difference is each villager's own, so that differences between villagers drop out. Villagers of "
        "one village judge the same two persons: the village is the unit of inference.",
        "# Один житель, два лидера\n\nРазность вычислена у каждого жителя, поэтому различия между жителями выпадают. Жители одной деревни "
        "судят об одних и тех же двух людях: единицей вывода является деревня.",
        "# Бір тұрғын, екі басшы\n\nАйырма әр тұрғынның өзінде есептелген, сондықтан тұрғындар арасындағы айырмашылық жойылады. Бір ауылдың "
        "тұрғындары сол екі адамды ғана бағалайды: қорытынды бірлігі — ауыл.",
    ),
    "settlements": (
        "# Villages whose chief was elected\n\nHow a chief came into office is a property of the village. {n_robust} of the {n} published "
        "items differ at the 5 % level when villagers are taken as independent (HC1); {n_honest} of them still differ by CR2 and by the "
        'exact randomisation test; with "don\'t know" outside the base it is {k_robust} and {k_honest}, and none after a correction for '
        'eight items ({n_holm} as published, {k_holm} without "don\'t know", Holm, randomisation test).',
        "# Деревни с избранным вождём\n\nТо, как вождь занял должность, — свойство деревни. Если считать жителей независимыми (HC1), на уровне "
        "5 % различаются {n_robust} из {n} опубликованных пунктов; по CR2 и по точному рандомизационному тесту — {n_honest} из них; без "
        "ответов «не знаю» — соответственно {k_robust} и {k_honest}. С поправкой Холма на восемь пунктов (рандомизационный тест): "
        "{n_holm} в опубликованном виде, {k_holm} без «не знаю».",
        "# Көсемі сайланған ауылдар\n\nКөсемнің қызметке қалай келгені — ауылдың қасиеті. Тұрғындар тәуелсіз деп саналса (HC1), жарияланған "
        "{n} тармақтың {n_robust} 5 % деңгейде ерекшеленеді; CR2 және дәл рандомизация тесті бойынша олардың {n_honest} қалады; «білмеймін» "
        "негізден шығарылса — тиісінше {k_robust} және {k_honest}. Сегіз тармаққа Холм түзетуімен (рандомизация тесті): "
        "жарияланғандай {n_holm}, «білмеймінсіз» {k_holm}.",
    ),
    "power": (
        "# What the published design could find\n\nThe power analysis at the end of the authors' program.",
        "# Что мог обнаружить опубликованный план\n\nАнализ мощности из конца программы авторов.",
        "# Жарияланған жоспар нені таба алар еді\n\nАвторлар бағдарламасының соңындағы қуат талдауы.",
    ),
}


def text(key: str, lang: str, **numbers: int) -> str:
    """Return a paragraph in one language, its gaps filled."""
    chosen = TEXTS[key][LANGUAGES.index(lang)]
    return chosen.format(**numbers) if numbers else chosen
