import numpy as np
import pytest
from scipy import stats

from surveykit.errors import ArgumentError
from surveykit.estimation.models.regression import fit_model
from tests.estimation.agreement import make_design

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")


def test_the_names_of_statsmodels(ili_like):
    fit = fit_model("q1 ~ elected + C(sex)", make_design(ili_like, "D2"))
    table = fit.table.set_index("term")
    for name, column in (
        ("params", "estimate"),
        ("bse", "std_error"),
        ("tvalues", "statistic"),
        ("pvalues", "p_value"),
    ):
        assert getattr(fit, name).to_dict() == table[column].to_dict()
    assert fit.conf_int().to_numpy().tolist() == table[["conf_low", "conf_high"]].to_numpy().tolist()
    reach = stats.t.ppf(0.95, fit.df_resid) * fit.bse
    np.testing.assert_allclose(
        fit.conf_int(alpha=0.1), np.column_stack([fit.params - reach, fit.params + reach]), rtol=1e-12
    )
    assert fit.cov_params().loc["elected", "C(sex)[T.2]"] == fit.covariance[1, 2]
    assert (fit.nobs, fit.df_resid) == (len(fit.data.rows), fit.df_residual)
    with pytest.raises(ArgumentError, match="alpha"):
        fit.conf_int(alpha=5)
