"""Bars for whoever asked and sits at a terminal; nobody else sees one, and no number knows of it."""

import io
import time
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import surveykit as sk
from surveykit import progress_bar
from surveykit.cli import main
from surveykit.progress_bar import track


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(progress_bar, "sys", SimpleNamespace(stderr=stream))  # pytest minds its own
    monkeypatch.setattr(progress_bar, "DELAY", 0.0)
    return stream


def loop(what: str = "things") -> list[int]:
    found = []
    for item in track(range(3), what):
        time.sleep(0.15)
        found.append(item)
    return found


def test_nobody_asked(terminal):
    items = [1, 2]
    assert track(items, "things") is items and loop() == [0, 1, 2]
    assert terminal.getvalue() == ""


def test_somebody_asked(terminal):
    with sk.progress():
        assert loop() == [0, 1, 2]
        with sk.progress(False):
            loop("hidden")
    assert loop("after") == [0, 1, 2]
    shown = terminal.getvalue()
    assert "things" in shown and "/3" in shown and "hidden" not in shown and "after" not in shown


def test_what_is_quick_has_no_bar(terminal, monkeypatch):
    monkeypatch.setattr(progress_bar, "DELAY", 60.0)
    with sk.progress():
        loop()
    assert terminal.getvalue().strip() == ""


def test_a_stream_that_is_no_terminal(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(progress_bar, "sys", SimpleNamespace(stderr=stream))  # pytest minds its own
    monkeypatch.setattr(progress_bar, "DELAY", 0.0)
    with sk.progress():
        loop()
    assert stream.getvalue() == ""


def test_an_error_ends_the_block(terminal):
    with pytest.raises(ValueError, match="inside"), sk.progress():
        raise ValueError("inside")
    loop()
    assert terminal.getvalue() == ""


@pytest.fixture
def design() -> sk.SurveyDesign:
    rng = np.random.default_rng(1)
    lean = rng.normal(size=200)
    frame = pd.DataFrame({f"q{k}": np.clip(np.round(3 + lean + rng.normal(size=200)), 1, 5) for k in range(6)})
    frame = frame.assign(place=np.arange(200) // 20, sex=rng.integers(1, 3, 200), y=(lean > 0).astype(int))
    return sk.SurveyDesign(frame, cluster="place")


LONG = {
    "replicates through raking": ("replicates", lambda design: sk.replicate_weights(design, "JK1", steps=lambda one: sk.rake(one, {"sex": {1: 90, 2: 110}})).factors),
    "polychoric": ("pairs of items", lambda design: sk.polychoric_correlations(design, sk.LikertScale("s", [f"q{k}" for k in range(6)], 1, 5)).table),
    "model": ("replicates", lambda design: sk.fit_model("y ~ q1", design.with_replicates(sk.replicate_weights(design, "JK1")), family="binomial").table),
}  # fmt: skip


@pytest.mark.parametrize("name", LONG)
def test_what_takes_long_reports_and_computes_the_same(name, design, terminal):
    what, compute = LONG[name]
    plain = compute(design)
    assert terminal.getvalue() == ""
    with sk.progress():
        shown = compute(design)
    assert what in terminal.getvalue()
    assert str(plain) == str(shown)


def test_a_command_shows_it_unless_quiet(monkeypatch):
    seen = []
    monkeypatch.setattr(sk, "simulate_study", lambda *given, **options: seen.append(progress_bar._SHOWN.get()))
    monkeypatch.setattr(sk, "write_study", lambda *given: [])
    for words in ([], ["--quiet"]):
        assert CliRunner().invoke(main, ["simulate", "--out", "x", *words]).exit_code == 0
    assert seen == [True, False] and progress_bar._SHOWN.get() is False
