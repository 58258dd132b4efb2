"""Writes statistics.json: known answers from scipy and statsmodels for results/statistics.

Run with numpy, scipy, pandas and statsmodels: python statistics.py
"""
import json
import pathlib

import numpy as np
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import ttost_paired

rng = np.random.default_rng(20240618)


def clustered(values, clusters):
    """Standard error of a mean with clusters: an intercept-only regression, G / (G - 1) corrected."""
    fit = sm.OLS(values, np.ones(len(values))).fit(
        cov_type="cluster", cov_kwds={"groups": clusters, "use_correction": False}
    )
    groups = len(set(clusters))
    return float(fit.bse[0] * np.sqrt(groups / (groups - 1)))


def sample(n):
    values = rng.normal(0.6, 0.3, n)
    low, high = stats.t.interval(0.95, n - 1, values.mean(), stats.sem(values))
    return {
        "values": values.tolist(),
        "mean": values.mean(),
        "variance": values.var(ddof=1),
        "standard_error": stats.sem(values),
        "t_low": low,
        "t_high": high,
        "quantile_10": np.quantile(values, 0.1),
        "quantile_975": np.quantile(values, 0.975),
    }


def clusters(sizes):
    ids = np.repeat(np.arange(len(sizes)), sizes)
    values = rng.normal(0, 1, len(ids)) + rng.normal(0, 1, len(sizes))[ids]
    return {
        "values": values.tolist(),
        "clusters": ids.tolist(),
        "standard_error": clustered(values, ids),
    }


def paired(n, shift):
    a = rng.normal(shift, 1, n)
    b = rng.normal(0, 1, n)
    d = a - b
    low, high = stats.t.interval(0.95, n - 1, d.mean(), stats.sem(d))
    exact = stats.permutation_test(
        (d,), lambda x, axis: x.mean(axis), permutation_type="samples", vectorized=True,
        n_resamples=np.inf,
    )
    return {
        "a": a.tolist(),
        "b": b.tolist(),
        "difference": d.mean(),
        "standard_error": stats.sem(d),
        "low": low,
        "high": high,
        "exact_p": exact.pvalue,
        "equivalence_p": ttost_paired(a, b, -0.5, 0.5)[0],
    }


def wilson(k, n, level):
    low, high = proportion_confint(k, n, 1 - level, "wilson")
    return {"successes": k, "trials": n, "level": level, "low": low, "high": high}


def bootstrap(n, resamples):
    values = rng.normal(0, 1, n)
    drawn = rng.integers(0, n, (resamples, n))
    means = values[drawn].mean(1)
    return {
        "values": values.tolist(),
        "drawn": drawn.ravel().tolist(),
        "means": means.tolist(),
        "low": np.quantile(means, 0.025),
        "high": np.quantile(means, 0.975),
    }


p = rng.uniform(0, 0.2, 9)
golden = {
    "samples": [sample(n) for n in (2, 3, 5, 40)],
    "clusters": [clusters([4] * 6), clusters([1, 5, 2, 9, 3])],
    "paired": [paired(10, 0.8), paired(12, 0.1), paired(14, 0.0)],
    "wilson": [wilson(0, 10, 0.95), wilson(7, 11, 0.95), wilson(200, 200, 0.9)],
    "t_quantiles": [
        {"probability": q, "df": df, "value": stats.t.ppf(q, df)}
        for df in (1, 2, 4, 9, 30, 1000) for q in (0.005, 0.025, 0.4, 0.6, 0.95, 0.975, 0.9995)
    ],
    "normal_quantiles": [
        {"probability": q, "value": stats.norm.ppf(q)} for q in (0.001, 0.025, 0.5, 0.8, 0.975)
    ],
    "bootstrap": bootstrap(12, 60),
    "holm": {"p": p.tolist(), "adjusted": multipletests(p, method="holm")[1].tolist()},
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
