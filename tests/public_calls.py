"""One right call of every public function, so that tests can put one wrong thing into it."""

import datetime
import importlib.util
import inspect
import tempfile
from pathlib import Path
from types import FunctionType
from typing import Any

import matplotlib
import numpy as np
import pandas as pd

import surveykit as sk

matplotlib.use("agg")
SAS = Path(__file__).parent / "reference" / "small.sas7bdat"
FUNCTIONS = sorted(name for name in sk.__all__ if isinstance(getattr(sk, name), FunctionType))


def answers() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    n = 120
    frame = pd.DataFrame(
        {
            "settlement": np.arange(n) // 12,
            "weight": rng.gamma(4, 0.25, n),
            "age": rng.integers(18, 80, n),
            "yes": rng.integers(0, 2, n),
            "wave": np.where(np.arange(n) % 2, 2023, 2021),
            "id": np.arange(n),
            "interviewer": np.arange(n) % 6,
            "row": rng.integers(1, 4, n),
        }
    )
    frame["group"] = frame["settlement"] % 2 + 1
    frame["first_wave"] = np.where(frame["group"] == 1, 2023.0, np.nan)
    for item in ("q1", "q2", "q3"):
        frame[item] = np.clip(np.round(3 + rng.normal(size=n)), 1, 5)
    return frame


STUDY = """[study]
title = "Small"
formats = ["csv"]
[data]
codebook = "book.toml"
[waves.2023]
file = "answers.csv"
[design]
cluster = "settlement"
[[tables]]
name = "q1"
kind = "means"
outcomes = ["q1"]
"""


class World:
    """The objects that the calls need, made once."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.frame = folder, answers()
        items = {
            item: sk.Variable(item, labels={code: {"en": f"answer {code}"} for code in range(1, 6)}, measure="ordinal")
            for item in ("q1", "q2", "q3")
        }
        group = sk.Variable("group", labels={1: {"en": "appointed"}, 2: {"en": "elected"}}, measure="nominal")
        self.book = sk.Codebook.of([*items.values(), group])
        self.survey = sk.Survey(self.frame, self.book)
        self.design = sk.SurveyDesign(self.survey, weight="weight", cluster="settlement")
        self.repeated = self.design.with_replicates(sk.replicate_weights(self.design, "JK1"))
        self.scale = sk.LikertScale("trust", ["q1", "q2", "q3"], 1, 5)
        self.means = sk.means(self.design, ["q1", "q2"], by="group")
        self.shares = sk.shares(self.design, ["q1", "q2"])
        self.model = sk.fit_model("q1 ~ age + C(group)", self.design)
        self.comparison = sk.compare_settlements(
            self.design,
            ["q1", "q2"],
            group="group",
            baseline=1,
            settlement="settlement",
            methods=["cr2", "randomization"],
        )
        self.balance = sk.covariate_balance(self.design, "age", group="group", baseline=1, settlement="settlement")
        self.weighting = sk.rake(self.design, {"group": {1: 0.5, 2: 0.5}})
        self.power = sk.plan_comparison(icc=0.05, settlements=[6, 8], respondents=[20], draws=10)
        self.study = sk.simulate_study(1)
        coded = pd.DataFrame(
            [
                (
                    f"I{number}",
                    f"S{number // 2}",
                    "elected" if number > 3 else "appointed",
                    f"P{number}",
                    coder,
                    "trust",
                    number % 2,
                )
                for number in range(8)
                for coder in ("a", "b")
            ],
            columns=["interview", "settlement", "akim", "passage", "coder", "theme", "present"],
        )
        self.coding = sk.Coding(
            coded, pd.DataFrame({"passage": ["P1"], "quotation": ["We trust him."], "cleared": ["yes"]})
        )
        self.prevalence = sk.theme_prevalence(self.coding, by="akim")
        self.ax = sk.draw_shares(self.shares)
        self.sav, self.csv, self.toml, self.dta = (folder / f"answers.{end}" for end in ("sav", "csv", "toml", "dta"))
        sk.write_spss(self.survey, self.sav)
        sk.write_csv(self.survey, self.csv)
        sk.write_codebook(self.book, self.toml)
        self.frame.to_stata(self.dta, write_index=False)
        self.xlsx, self.parquet = (folder / f"answers.{end}" for end in ("xlsx", "parquet"))
        self.frame.head(9).to_excel(self.xlsx, index=False)
        if importlib.util.find_spec("pyarrow"):
            sk.write_parquet(self.survey, self.parquet)
        else:  # a call of its reader is refused with the line that installs it
            self.parquet.write_bytes(b"PAR1")
        self.coded, self.form, self.crosswalk = (folder / name for name in ("coding.csv", "form.csv", "crosswalk.toml"))
        coded.to_csv(self.coded, index=False)
        self.form.write_text("type,name,label\ninteger,q1,How much?\n", encoding="utf-8")
        sk.audit_waves({"a": self.survey, "b": self.survey}).propose_crosswalk(self.crosswalk)
        self.heard = pd.DataFrame({"heard": ["radio; paper", "radio", "paper; neighbours"]})
        self.small, self.results = folder / "small", folder / "results"
        self.small.mkdir()
        (self.small / "book.toml").write_text('[variables.q1.labels]\n1.en = "No"\n2.en = "Yes"\n', encoding="utf-8")
        self.frame[["q1", "settlement"]].to_csv(self.small / "answers.csv", index=False)
        (self.small / "study.toml").write_text(STUDY, encoding="utf-8")
        sk.replicate_study(self.small, out=self.results)
        sk.write_result(self.means, folder / "result.json")

    def arguments(self, function: str) -> dict[str, Any]:
        """Return the required arguments of a function, and some others that lead further in."""
        design, compared = self.design, {"group": "group", "baseline": 1, "settlement": "settlement"}
        book = {"sav": {"path": self.sav}, "figure": {"result": self.comparison}}
        table = pd.DataFrame(
            {"outcome": ["a", "b"], "estimate": [1.0, 2.0], "conf_low": [0.5, 1.0], "conf_high": [2.0, 3.0]}
        )
        rated = pd.DataFrame({"position": ["Self-nomination", "Party nomination"], "rating": ["strong", "W"]})
        calls: dict[str, dict[str, Any]] = {
            "adjust_nonresponse": {"design": design, "responded": "yes", "classes": "group"},
            "adjust_p_values": {"p_values": [0.01, 0.2]},
            "alt_text": {"ax": self.ax}, "plotted_numbers": {"ax": self.ax},
            "as_category": {"survey": self.survey, "column": "q1"},
            "audit_design": {"design": design, "settlement": "settlement"},
            "audit_waves": {"waves": {"a": self.survey, "b": self.survey}},
            "average_marginal_effects": {"model": self.model, "variables": "age"},
            "average_predictions": {"model": self.model, "variable": "group"},
            "balance_settlements": {"design": design, "covariates": "row", **compared},
            "calibrate": {"design": design, "totals": {"group": {1: 60, 2: 60}}},
            "check_dimensions": {"data": self.survey, "scale": self.scale},
            "check_feasibility": {"design": design, **compared},
            "check_quality": {"survey": self.survey, "rules": sk.QualityRule("same", "straight_line", ("q1", "q2", "q3"))},
            "cleared_quotations": {"coding": self.coding}, "theme_agreement": {"coding": self.coding, "draws": 10}, "theme_prevalence": {"coding": self.coding},
            "code_items": {"survey": self.survey, "items": ["q1", "q2"], "lowest": 1, "highest": 5},
            "coder_agreement": {"ratings": pd.DataFrame({"a": [1, 2, 1, 2], "b": [1, 2, 2, 2]}), "coders": ["a", "b"]},
            "collapse_items": {"survey": self.survey, "items": self.scale, "top": 2},
            "compare_crosswalks": {"crosswalks": {"plain": sk.Crosswalk()}, "waves": dict.fromkeys("ab", sk.Survey(self.frame.drop(columns="wave"), self.book)), "estimate": lambda survey: sk.means(sk.SurveyDesign(survey), "q1")},
            "compare_groups": {"design": design, "outcomes": "q1", "group": "group", "baseline": 1},
            "compare_models": {"models": [self.model]},
            "compare_mixed": {"design": design, "outcomes": "q1", **compared},
            "compare_odds": {"design": design, "outcomes": "q1", **compared, "methods": "cr2"},
            "compare_paired": {"design": design, "pairs": [("q1", "q2")]},
            "compare_settlements": {"design": design, "outcomes": "q1", **compared, "methods": ["cr2"]},
            "compare_weights": {"before": design, "after": self.weighting},
            "compose_report": {"design": design, "comparison": self.comparison},
            "contrast": {"result": self.means, "function": {0: 1, 1: -1}},
            "correlations": {"design": design, "outcomes": ["q1", "q2"]}, "variances": {"design": design, "outcomes": "q1"}, "covariances": {"design": design, "outcomes": ["q1", "q2"]},
            "count_responses": {"survey": self.survey, "responses": sk.ResponseSet("ticked", ("yes", "group"), 1)},
            "covariate_balance": {"design": design, "covariates": "age", **compared},
            "cronbach_alpha": {"data": self.survey, "scale": self.scale},
            "crosstab": {"design": design, "rows": "q1", "columns": "group"},
            "describe_columns": {"survey": self.survey}, "describe_sample": {"design": design, "variables": ["age", "q1"], "by": "group"},
            "difference_in_differences": {"design": design, "outcome": "q1", "wave": "wave", **compared, "methods": "cr2"},
            "draw_balance": {"result": self.balance}, "draw_differences": book["figure"], "agreement": {"shares": self.shares}, "draw_estimates": {"results": self.means}, "draw_dots": {"quantities": table, "label": "outcome", "value": "estimate"},
            "draw_influence": book["figure"], "draw_power": {"result": self.power}, "draw_randomization": book["figure"], "draw_shares": {"shares": self.shares},
            "draw_snw": {"matrix": sk.snw_matrix(rated)}, "draw_timeline": {"events": pd.DataFrame({"date": ["2021", "2021-07/2022"], "label": ["law", "vote"]})}, "draw_trend": {"result": self.means, "over": "group"},
            "draw_weights": {"result": sk.compare_weights(design, self.weighting)},
            "export_codebook": {"survey": self.survey, "path": self.folder / "out.csv"},
            "find_response_sets": {"survey": self.survey},
            "fit_model": {"formula": "q1 ~ age", "design": design},
            "frequencies": {"data": self.survey, "column": "q1"},
            "goodness_of_fit_test": {"design": design, "item": "q1", "shares": {code: 0.2 for code in range(1, 6)}},
            "group_time_effects": {"design": design, "outcome": "q1", "first_wave": "first_wave", "wave": "wave", "settlement": "settlement"},
            "hide_small_cells": {"result": self.means}, "hide_together": {"results": [self.means]}, "show_small_cells": {"result": self.means, "why": "a test"},
            "init_study": {"folder": self.folder / "new"},
            "inspect_file": {"path": self.sav}, "interviewer_effects": {"survey": self.survey, "items": ["q1"], "interviewer": "interviewer"},
            "intraclass_correlation": {"design": design, "outcomes": "q1", "settlement": "settlement"},
            "joint_display": {"comparison": self.comparison, "prevalence": self.prevalence, "links": {"trust": "q1"}, "group": "elected", "baseline": "appointed", "method": "cr2"},
            "joint_test": {"design": design, "outcomes": ["q1", "q2"], "terms": "group"},
            "link_panel": {"waves": {"a": self.survey, "b": self.survey}, "key": "id"},
            "means": {"design": design, "outcomes": "q1"}, "totals": {"design": design, "outcomes": "q1"},
            "minimum_detectable_effect": {"design": design, "outcomes": "q1", **compared, "draws": 10},
            "plan_comparison": {"icc": 0.05, "settlements": [6], "respondents": [20], "draws": 10},
            "polychoric_correlations": {"data": self.survey, "scale": self.scale},
            "poststratify": {"design": design, "targets": {"group": {1: 60, 2: 60}}},
            "predictions": {"model": self.model, "at": {"age": [30, 40], "group": 1}},
            "quantiles": {"design": design, "outcomes": "age"},
            "rake": {"design": design, "margins": {"group": {1: 0.5, 2: 0.5}}},
            "randomization_test": {"design": design, "outcome": "q1", **compared},
            "rank_test": {"design": design, "outcome": "q1", "group": "group"},
            "rao_scott_test": {"design": design, "row": "group", "column": "q1"},
            "rate_positions": {"estimates": self.means}, "ratios": {"design": design, "pairs": [("q1", "q2")]},
            "draft_mapping": {"study": self.small, "file": self.csv},
            "read_codebook": {"path": self.toml}, "read_coding": {"path": self.coded}, "read_crosswalk": {"path": self.crosswalk}, "read_csv": {"path": self.csv},
            "read_margins_file": {"path": self.csv}, "read_spss": {"path": self.sav}, "read_spss_in_chunks": {"path": self.sav, "rows": 50},
            "read_excel": {"path": self.xlsx}, "read_parquet": {"path": self.parquet},
            "read_sas": {"path": SAS}, "read_stata": {"path": self.dta}, "read_survey": {"path": self.sav}, "read_xlsform": {"path": self.form},
            "render_codebook": {"survey": self.survey, "format": "csv"},
            "replicate_study": {"folder": self.small, "out": self.folder / "replicated"}, "run_study": {"folder": self.small, "data": None, "out": Path(tempfile.mkdtemp(dir=self.folder))},
            "replicate_variance": {"estimates_by_replicate": np.ones((10, 1)), "estimates": np.ones(1), "replicates": self.repeated.replicates},
            "replicate_weights": {"design": design, "kind": "JK1"},
            "save_figure": {"ax": self.ax, "path": self.folder / "figure.svg"},
            "scale_weights": {"design": design}, "trim_weights": {"design": design, "max_weight_ratio": 3},
            "score_scale": {"survey": self.survey, "scale": self.scale},
            "sensitivity_to_confounding": {"comparison": self.comparison}, "shares": {"design": design, "items": "q1"},
            "simulate_study": {"rng": 1}, "split_answers": {"survey": self.heard, "column": "heard", "separator": "; "}, "declare_missing": {"survey": self.survey, "codes": {"age": [99]}}, "snw_matrix": {"positions": rated},
            "stack_waves": {"waves": {"a": self.survey, "b": self.survey}, "name": "round"},
            "standardized_means": {"design": design, "outcomes": "q1", "by": "group", "to": {"row": {1: 0.3, 2: 0.3, 3: 0.4}}},
            "summarize_weights": {"design": design},
            "supplied_replicate_weights": {"design": design, "columns": ["weight", "age"], "kind": "other", "scale": 1.0},
            "t_test": {"design": design, "outcome": "q1", "group": "group"}, "term_test": {"model": self.model, "terms": "age"},
            "trend_test": {"design": design, "outcome": "q1", "group": "row"},
            "unify_keys": {"survey": self.survey, "columns": ["settlement"]},
            "verify_outputs": {"folder": self.results, "study": self.small},
            "write_codebook": {"codebook": self.book, "path": self.folder / "out.toml"}, "write_csv": {"survey": self.survey, "path": self.folder / "out.csv"},
            "write_explorer": {"data": design, "path": self.folder / "explorer.html"},
            "write_parquet": {"survey": self.survey, "path": self.folder / "out.parquet"},
            "write_report": {"parts": [self.means], "path": self.folder / "out.html", "title": "Report"},
            "write_report_folder": {"parts": [self.means], "folder": self.folder / "report", "title": "Report"},
            "write_spss": {"survey": self.survey, "path": self.folder / "out.sav"}, "write_study": {"study": self.study, "folder": self.folder / "study"},
            "write_table": {"result": self.means, "path": self.folder / "out.csv"},
            "write_result": {"result": self.means, "path": self.folder / "out.json"},
            "read_result": {"path": self.folder / "result.json"},
            "load_example": {"name": "anes_1996"},
        }  # fmt: skip
        if function in calls:
            return calls[function]
        usual = {
            "design": design,
            "survey": self.survey,
            "path": self.csv,
            "outcomes": "q1",
            "outcome": "q1",
            "items": ["q1", "q2"],
            "column": "q1",
            "columns": ["q1"],
            "result": self.means,
            "model": self.model,
            "rng": 1,
            "codebook": self.book,
            "waves": {"a": self.survey, "b": self.survey},
            **compared,
        }
        required = [
            word
            for word, parameter in inspect.signature(getattr(sk, function)).parameters.items()
            if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
        ]
        return {word: usual.get(word) for word in required}

    def wrong_things(self) -> dict[str, Any]:
        """Return objects of many kinds, each of them wrong for most parameters."""
        frame = self.frame
        return {
            "None": None, "True": True, "zero": 0, "minus one": -1, "a number": 0.5, "nan": float("nan"), "inf": float("inf"), "huge": 10**30,
            "1e308": 1e308, "numpy int": np.int64(3), "complex": 1j, "empty text": "", "a text": "no such thing", "a column": "q1",
            "surrogate": "\ud800", "null byte": "a\x00b", "line breaks": "a\nb", "long text": "x" * 5000, "bytes": b"q1",
            "empty list": [], "list": ["q1", "age"], "list of numbers": [1, 2.5], "list of None": [None], "nested": [["q1"]], "twice": ["q1", "q1"],
            "tuple": ("q1", "q2"), "set": {"q1"}, "dict": {"q1": 1}, "empty dict": {}, "dict of dict": {"q1": {"q1": 1}}, "dict of None": {None: None},
            "range": range(3), "generator": (name for name in ["q1"]), "Series": frame["q1"], "text Series": frame["q1"].astype(str), "Index": frame.columns,
            "array": frame["q1"].to_numpy(), "mask": (frame["age"] > 40).to_numpy(), "short mask": np.array([True]), "2d": np.ones((3, 2)),
            "DataFrame": frame, "empty DataFrame": pd.DataFrame(), "numbered DataFrame": pd.DataFrame(np.ones((3, 2))), "Survey": self.survey, "SurveyDesign": self.design,
            "Codebook": self.book, "Result": self.means, "shares": self.shares, "ModelFit": self.model, "comparison": self.comparison, "LikertScale": self.scale, "Axes": self.ax,
            "path": self.folder / "no such file.sav", "sav path": self.sav, "folder": self.folder, "date": datetime.date(2024, 1, 1), "Timestamp": pd.Timestamp("2024"),
            "NA": pd.NA, "NaT": pd.NaT, "function": len, "lambda": lambda *parts: None, "class": sk.Survey, "module": sk, "object": object(), "rng": np.random.default_rng(1),
        }  # fmt: skip
