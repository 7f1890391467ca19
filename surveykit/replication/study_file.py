"""A study folder: study.toml read, checked and kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from surveykit._checks import suggest
from surveykit.codebook import Texts, as_texts, pick_text
from surveykit.errors import CodebookError, ReadError
from surveykit.formatting import file_name
from surveykit.replication.study_values import check_formats, check_values
from surveykit.toml_file import check_keys, read_toml

STUDY_FILE = "study.toml"
_EXAMPLE = f"give a folder with a {STUDY_FILE}, such as analysis/ili_district"
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "study": ("title", "summary", "simulated", "claims", "program", "seed", "formats", "authors", "reference"),
    "data": ("file", "where", "required", "mapping", "codebook"),
    "waves": (),
    "design": ("weight", "cluster", "stratum", "fpc", "lonely_psu"),
    "raking": ("margins", "max_weight_ratio", "tolerance"),
    "scales": ("name", "items", "lowest", "highest", "reversed_items", "min_answered", "question"),
    "collapsed": ("items", "top", "bottom", "lowest", "highest", "question"),
    "comparisons": (
        "wave",
        "outcomes",
        "group",
        "baseline",
        "settlement",
        "adjust_for",
        "strata",
        "methods",
        "allow_single",
    ),
    "tables": (
        "name",
        "kind",
        "title",
        "note",
        "claims",
        "wave",
        "outcomes",
        "by",
        "comparison",
        "truth",
        "scales",
        "columns",
        "interval",
        "methods",
        "links",
        "opposed",
        "first_wave",
        "term",
    ),
    "figures": (
        "name",
        "kind",
        "title",
        "note",
        "claims",
        "wave",
        "outcomes",
        "by",
        "comparison",
        "outcome",
        "estimand",
        "methods",
        "neutral",
    ),
    "findings": ("outcome", "wave", "group", "level", "above"),
    "interviews": ("coding", "quotations", "codebook"),
    "outputs": ("name", "file", "claims"),
}
WAVE_KEYS = ("file", "codebook", "encoding", "delimiter", "decimal")
LISTS = ("scales", "collapsed", "tables", "figures", "outputs")
NAMED = ("waves", "comparisons", "findings")


@dataclass(frozen=True, eq=False)
class Study:
    """What study.toml says.

    Attributes
    ----------
    folder : Path
    title, summary : mapping from language to text
    program : str or None
        A Python file of the study with a function ``replicate(data, out, lang)``; None: the steps of study.toml run.
    claims : str or None
        File of the published statements.
    seed : int
    content : mapping
        The sections of the file, checked for unknown keys.
    called : str
        Another name than that of the folder, which was renamed since.
    """

    folder: Path
    title: Texts
    summary: Texts
    program: str | None
    claims: str | None
    seed: int
    content: Mapping[str, Any] = field(repr=False)
    called: str = ""

    @property
    def name(self) -> str:
        """Name of the study's folder, or what the folder was called when the outputs at hand were made."""
        return self.called or file_name(self.folder.resolve().name)

    def section(self, name: str) -> Any:
        """Return a section; an empty one when it is absent."""
        return self.content.get(name, [] if name in LISTS else {})

    def file(self, name: str) -> Path:
        """Return the path of a file of the study."""
        return self.folder / name

    def heading(self, lang: str | None) -> str:
        """Return the title in one language."""
        return pick_text(self.title, lang, self.name)

    def named_files(self) -> list[str]:
        """Return the files that study.toml names, as it writes them; they may lie outside the folder."""
        found = [self.program, self.claims, self.section("data").get("codebook"), self.section("raking").get("margins")]
        found += [wave.get(key) for wave in self.section("waves").values() for key in ("file", "codebook")]
        found += [self.section("interviews").get(key) for key in ("coding", "quotations", "codebook")]
        found += [table.get("truth") for table in self.section("tables")]
        return list(dict.fromkeys(name for name in found if name))

    @property
    def claims_file(self) -> Path | None:
        """File of the published statements, when the study has one."""
        return None if self.claims is None else self.file(self.claims)


def place_of_study(folder: str | Path) -> Path:
    """Return a study's folder: as it is given, or of that name in `analysis`, where a project keeps its studies."""
    kept = Path("analysis") / folder
    return kept if not Path(folder).exists() and (kept / STUDY_FILE).is_file() else Path(folder)


def read_study(folder: str | Path) -> Study:
    """Read a study folder's study.toml; the folder may lie in `analysis`, and be given by its name alone.

    Raises
    ------
    ReadError
        When the folder or the file is absent, or the file is no TOML.
    CodebookError
        When it has a section or a key that no study has, a value of the wrong kind, or lacks a name.
    """
    place = place_of_study(folder)
    file = place / STUDY_FILE if place.is_dir() else place
    if not place.exists():
        raise ReadError(f"there is no study {str(folder)!r}; {_EXAMPLE}")
    if file.name != STUDY_FILE or not file.is_file():
        raise ReadError(f"{str(folder)!r} has no {STUDY_FILE}; {_EXAMPLE}")
    content = read_toml(file)
    check_sections(content)
    about = content.get("study", {})
    seed = about.get("seed", 0)
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise CodebookError(f"{STUDY_FILE}: `seed` must be a whole number that is not negative, but {seed!r} was given")
    return Study(
        file.parent,
        as_texts(about.get("title")),
        as_texts(about.get("summary")),
        about.get("program"),
        about.get("claims"),
        seed,
        content,
    )


def check_sections(content: Mapping[str, Any]) -> None:
    """Raise when study.toml has a section or a key that no study has, or a step without a name or kind."""
    for name, given in content.items():
        if name not in SECTIONS:
            raise CodebookError(f"{STUDY_FILE} has the section {name!r}, which no study has{suggest(name, SECTIONS)}")
        if name in LISTS:
            _check_list(name, given)
        elif name in NAMED:
            _check_kind(name, given, dict)
            for key, one in given.items():
                _check_kind(f"{name}.{key}", one, dict)
                known = WAVE_KEYS if name == "waves" else SECTIONS[name]
                check_keys(one, known, f"{STUDY_FILE}: [{name}.{key}]")
                check_values(name, f"[{name}.{key}]", one)
        else:
            _check_kind(name, given, dict)
            check_keys(given, SECTIONS[name], f"{STUDY_FILE}: [{name}]")
            check_values(name, f"[{name}]", given)
    check_formats(content)


def _check_list(name: str, given: Any) -> None:
    _check_kind(name, given, list)
    seen: set[str] = set()
    for one in given:
        _check_kind(name, one, dict)
        check_keys(one, SECTIONS[name], f"{STUDY_FILE}: [{name}]")
        check_values(name, f"[[{name}]] {one['name']!r}" if "name" in one else f"[[{name}]]", one)
        if name not in ("tables", "figures"):
            continue
        for key in ("name", "kind"):
            if not isinstance(one.get(key), str):
                raise CodebookError(f"{STUDY_FILE}: every entry of [[{name}]] needs a `{key}`, but {one!r} has none")
        if one["name"] in seen or not one["name"].replace("_", "").replace("-", "").isalnum():
            raise CodebookError(
                f"{STUDY_FILE}: `name` {one['name']!r} in [[{name}]] may hold letters, digits, - and _, and must occur once"
            )
        seen.add(one["name"])


def _check_kind(name: str, given: Any, kind: type) -> None:
    if not isinstance(given, kind):
        wanted = f"[[{name}]] entries" if kind is list else f"a table [{name}]"
        raise CodebookError(f"{STUDY_FILE}: {name!r} must be {wanted}, but {given!r} was given")
