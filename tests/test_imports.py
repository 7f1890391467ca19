"""What a first call pays for: packages that take long to import are met only where they are needed."""

import subprocess
import sys
import textwrap

import pytest

SLOW = (
    "statsmodels",
    "scipy.stats",
    "scipy.optimize",
    "scipy.sparse",
    "scipy.integrate",
    "matplotlib",
    "patsy",
    "pyreadstat",
)
CALLS = {
    "means": 'sk.means(design, "q")',
    "means by group": 'sk.means(design, "q", by="g")',
    "shares": 'sk.shares(design, "q")',
    "totals": 'sk.totals(design, "q")',
    "t test": 'sk.t_test(design, "q", "sex")',
    "rao-scott": 'sk.rao_scott_test(design, "q", "sex")',
    "comparison": 'sk.compare_settlements(design, "q", group="g", baseline=0, settlement="v")',
    "cr2 with covariates": 'sk.compare_settlements(design, "q", group="g", baseline=0, settlement="v", adjust_for="age", methods="cr2")',
    "raking": 'sk.rake(design, {"sex": {0: 0.5, 1: 0.5}})',
    "report of tables": 'sk.write_report([sk.means(design, "q", by="g"), sk.shares(design, "q")], folder + "/report.html", title="Trust")',
    "table in LaTeX": 'sk.write_table(sk.means(design, "q", by="g"), folder + "/table.tex")',
    "alpha": 'sk.cronbach_alpha(design, sk.LikertScale("s", ["q", "r"], 1, 5))',
}
ALLOWED = {name: {"scipy.sparse"} for name in ("rao-scott", "t test", "report of tables", "table in LaTeX")}
"""The check whether sides are few clusters counts them in a sparse table, and which cells add up to which is one."""


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLS)
def test_a_first_call_imports_only_what_it_needs(name):
    program = textwrap.dedent(
        f"""
        import sys, tempfile, warnings
        warnings.simplefilter("ignore")
        import numpy as np, pandas as pd
        before = set(sys.modules)
        import surveykit as sk
        rng = np.random.default_rng(1)
        n = 400
        frame = pd.DataFrame({{"v": np.arange(n) // 20, "q": rng.integers(1, 6, n), "r": rng.integers(1, 6, n),
                              "sex": rng.integers(0, 2, n), "age": rng.integers(18, 80, n), "w": rng.gamma(4, 0.25, n)}})
        frame["g"] = frame["v"] % 2
        design = sk.SurveyDesign(frame, weight="w", cluster="v")
        with tempfile.TemporaryDirectory() as folder:
            {CALLS[name]}
        print(*sorted({{one for one in {SLOW!r} if one in sys.modules and one not in before}}))
        """
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= ALLOWED.get(name, set())
