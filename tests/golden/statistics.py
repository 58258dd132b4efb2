"""Writes statistics.json: known answers from scipy and statsmodels for results/statistics.

Run with numpy, scipy, pandas, sympy, krippendorff and statsmodels: python -P statistics.py
"""
import json
import pathlib

import krippendorff
import numpy as np
import pandas as pd
import statsmodels.api as sm
import sympy
from scipy import stats
from statsmodels.formula.api import ols
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.sandwich_covariance import cov_cluster_2groups
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
        "t_test_p": stats.ttest_rel(a, b).pvalue,
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


def cluster_bootstrap(sizes, resamples):
    """Ratio means of clusters drawn whole: every draw has as many rows as its clusters."""
    ids = np.repeat(np.arange(len(sizes)), sizes)
    values = rng.normal(0, 1, len(ids)) + rng.normal(0, 1, len(sizes))[ids]
    draws = [np.concatenate([np.flatnonzero(ids == k)
                             for k in rng.integers(0, len(sizes), len(sizes))])
             for _ in range(resamples)]
    return {"values": values.tolist(), "draws": [rows.tolist() for rows in draws],
            "means": [np.average(values, weights=np.bincount(rows, minlength=len(ids)))
                      for rows in draws]}


def two_way(prompts, raters):
    """Each rater judges most prompts; both leave their mark on a judgement."""
    pairs = np.array([(i, j) for i in range(prompts) for j in range(raters) if (i + j) % 4])
    values = (rng.normal(0, 1, prompts)[pairs[:, 0]] + rng.normal(0, 1, raters)[pairs[:, 1]]
              + rng.normal(0, 0.3, len(pairs)))
    fit = sm.OLS(values, np.ones(len(values))).fit()
    both = cov_cluster_2groups(fit, pairs[:, 0], pairs[:, 1])[0]
    return {"values": values.tolist(), "rows": pairs[:, 0].tolist(),
            "columns": pairs[:, 1].tolist(), "standard_error": float(np.sqrt(both[0, 0]))}


def macro(sizes):
    """Mean of task means: the same linear contrast by generalised least squares' covariance."""
    tasks = [rng.normal(0.5, 0.2, n) for n in sizes]
    errors = np.array([stats.sem(t) for t in tasks])
    weights = np.ones(len(sizes)) / len(sizes)
    total = float(weights @ [t.mean() for t in tasks])
    error = float(np.sqrt(weights @ np.diag(errors**2) @ weights))
    low, high = stats.norm.interval(0.95, total, error)
    return {"means": [t.mean() for t in tasks], "errors": errors.tolist(), "mean": total,
            "standard_error": error, "low": low, "high": high}


def skewed_bootstrap(n, resamples):
    """scipy's BCa interval of given draws of a geometric mean."""
    values = rng.lognormal(0, 1, n)
    drawn = rng.integers(0, n, (resamples, n))

    def statistic(x, axis=-1):
        return np.exp(np.log(x).mean(axis))

    given = stats._resampling.BootstrapResult(
        confidence_interval=None, bootstrap_distribution=statistic(values[drawn]),
        standard_error=None)
    bca = stats.bootstrap((values,), statistic, n_resamples=0, bootstrap_result=given,
                          method="BCa").confidence_interval
    return {"values": values.tolist(), "drawn": drawn.ravel().tolist(),
            "low": bca.low, "high": bca.high}


def crossed(prompts, seeds, resamples):
    values = (rng.normal(0, 1, (prompts, 1)) + rng.normal(0, 0.5, (1, seeds))
              + rng.normal(0, 0.7, (prompts, seeds)))
    drawn_prompts = rng.integers(0, prompts, (resamples, prompts))
    drawn_seeds = rng.integers(0, seeds, (resamples, seeds))
    means = [values[np.ix_(p, s)].mean() for p, s in zip(drawn_prompts, drawn_seeds)]
    table = pd.DataFrame({"x": values.ravel(), "prompt": np.repeat(np.arange(prompts), seeds),
                          "seed": np.tile(np.arange(seeds), prompts)})
    squares = sm.stats.anova_lm(ols("x ~ C(prompt) + C(seed)", table).fit())
    by = squares["sum_sq"] / squares["df"]
    a = (by["C(prompt)"] - by["Residual"]) / seeds
    b = (by["C(seed)"] - by["Residual"]) / prompts
    return {"values": values.ravel().tolist(), "seeds": seeds,
            "drawn_prompts": drawn_prompts.ravel().tolist(),
            "drawn_seeds": drawn_seeds.ravel().tolist(), "means": means,
            "of_prompts": a, "of_seeds": b, "residual": by["Residual"],
            "standard_error": np.sqrt(a / prompts + b / seeds
                                      + by["Residual"] / (prompts * seeds))}


def one_way(prompts, images, spread):
    values = rng.normal(0, spread, (prompts, 1)) + rng.normal(0, 1, (prompts, images))
    table = pd.DataFrame({"x": values.ravel(), "prompt": np.repeat(np.arange(prompts), images)})
    squares = sm.stats.anova_lm(ols("x ~ C(prompt)", table).fit())
    between, within = squares["sum_sq"] / squares["df"]
    icc = (between - within) / (between + (images - 1) * within)
    return {"values": values.ravel().tolist(), "images": images, "between_mean_square": between,
            "within_mean_square": within, "icc": icc, "design_effect": 1 + (images - 1) * icc}


def stratified(sizes):
    """Exact test of a macro mean: all sign patterns of the pooled differences."""
    strata = np.repeat(np.arange(len(sizes)), sizes)
    d = rng.normal(0.4, 1, len(strata))

    def macro_mean(x, axis=-1):
        return np.mean([x[..., strata == t].mean(axis) for t in range(len(sizes))], 0)

    exact = stats.permutation_test((d,), macro_mean, permutation_type="samples", vectorized=True,
                                   n_resamples=np.inf)
    return {"differences": d.tolist(), "strata": strata.tolist(), "p": exact.pvalue}


def mcnemar_of(n, shift):
    a = rng.integers(0, 2, n)
    b = (rng.uniform(size=n) < np.where(a, 0.8 - shift, 0.2)).astype(int)
    counts = pd.crosstab(a, b).to_numpy()
    return {"a": a.tolist(), "b": b.tolist(), "p": mcnemar(counts, exact=True).pvalue}


def judge(observed, error, positives, negatives):
    """The delta method, with the gradient taken by sympy."""
    p, q1, q0 = sympy.symbols("p q1 q0")
    rate = (p + q0 - 1) / (q1 + q0 - 1)
    at = {p: observed, q1: positives[0] / positives[1], q0: negatives[0] / negatives[1]}
    variances = [error**2]
    for right, n in (positives, negatives):
        share = right / n if 0 < right < n else (right + 1) / (n + 2)
        variances.append(share * (1 - share) / n)
    variance = sum(float(rate.diff(x).subs(at)) ** 2 * v for x, v in zip((p, q1, q0), variances))
    return {"observed": observed, "error": error, "positives": positives, "negatives": negatives,
            "rate": float(rate.subs(at)), "standard_error": float(np.sqrt(variance))}


def detectable(prompts, omega2, within_a, within_b, images_a, images_b):
    error = np.sqrt((omega2 + within_a / images_a + within_b / images_b) / prompts)
    return {"prompts": prompts, "difference_variance": omega2, "within_a": within_a,
            "within_b": within_b, "images_a": images_a, "images_b": images_b,
            "effect": float((stats.norm.isf(0.025) + stats.norm.isf(0.2)) * error)}


def noncentral(pairs):
    """Least effect, in standard errors, by the exact power of the paired t test."""
    size = TTestPower().solve_power(nobs=pairs, alpha=0.05, power=0.8)
    return {"pairs": pairs, "effect": float(size * np.sqrt(pairs)),
            "approximation": float(stats.t.isf(0.025, pairs - 1) + stats.t.isf(0.2, pairs - 1))}


def agreement(units, raters):
    truth = rng.integers(0, 3, units)
    values = np.where(rng.uniform(size=(raters, units)) < 0.7, truth,
                      rng.integers(0, 3, (raters, units))).astype(float)
    values[rng.uniform(size=values.shape) < 0.3] = np.nan
    ratings = [(int(u), int(r), values[r, u]) for r in range(raters) for u in range(units)
               if not np.isnan(values[r, u])]
    return {"units": [x[0] for x in ratings], "raters": [x[1] for x in ratings],
            "values": [x[2] for x in ratings],
            "nominal": krippendorff.alpha(values, level_of_measurement="nominal"),
            "interval": krippendorff.alpha(values, level_of_measurement="interval")}


def strengths(systems):
    """Bradley and Terry's model as a logistic regression without intercept."""
    wins = rng.integers(1, 30, (systems, systems)).astype(float)
    np.fill_diagonal(wins, 0)
    wins[0, 1] += 0.5
    wins[1, 0] += 0.5
    pairs = [(i, j) for i in range(systems) for j in range(i)]
    design = np.array([np.eye(systems)[i] - np.eye(systems)[j] for i, j in pairs])
    counts = np.array([[wins[i, j], wins[j, i]] for i, j in pairs])
    fit = sm.GLM(counts, design[:, 1:], family=sm.families.Binomial()).fit(tol=1e-14)
    logits = np.concatenate([[0.0], fit.params])
    return {"wins": wins.ravel().tolist(), "systems": systems,
            "logits": (logits - logits.mean()).tolist()}


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
    "normal_tails": [{"z": z, "value": stats.norm.cdf(z)} for z in (-8.0, -1.96, 0.0, 0.3, 3.0)],
    "binomial": [
        {"k": k, "n": n, "p": q, "value": stats.binom.cdf(k, n, q)}
        for k, n, q in ((0, 5, 0.5), (3, 10, 0.5), (480, 1000, 0.5), (7, 9, 0.9), (4, 4, 0.3))
    ],
    "two_way": [two_way(12, 5), two_way(30, 8)],
    "macro": macro([10, 40, 25]),
    "bca": [skewed_bootstrap(15, 120), skewed_bootstrap(8, 200)],
    "crossed": crossed(9, 4, 50),
    "one_way": [one_way(10, 4, 0.8), one_way(6, 3, 0.0)],
    "stratified": stratified([3, 6, 2]),
    "mcnemar": [mcnemar_of(30, 0.0), mcnemar_of(60, 0.4)],
    "sign_test": [
        {"wins": k, "losses": m, "p": stats.binomtest(k, k + m).pvalue}
        for k, m in ((0, 1), (9, 1), (5, 5), (70, 40))
    ],
    "judges": [judge(0.62, 0.02, [90, 100], [70, 80]), judge(0.05, 0.01, [45, 50], [96, 100])],
    "detectable": [detectable(200, 0.04, 0.1, 0.12, 4, 1), detectable(50, 0.0, 0.25, 0.0, 1, 1)],
    "agreement": agreement(20, 4),
    "bradley_terry": [strengths(2), strengths(5)],
    "noncentral": [noncentral(n) for n in (3, 5, 10, 50)],
    "cluster_bootstrap": cluster_bootstrap([1, 7, 2, 4, 3], 40),
    "flawless_judges": [judge(0.62, 0.02, [20, 20], [70, 80]), judge(0.4, 0.0, [18, 20], [40, 40])],
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
