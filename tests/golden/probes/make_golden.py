"""Writes formulas.json: known answers of numpy and scipy for the formulas
of metrics/probes/formulas.h.

Run with numpy and scipy: python -P make_golden.py
"""
import json
import pathlib

import numpy as np
from scipy import stats
from scipy.spatial import distance

rng = np.random.default_rng(411)


def shares(x):
    """Two-way analysis of variance without replication, one dimension at a time, summed."""
    items, slots, width = x.shape
    ss = np.zeros(3)
    for d in range(width):
        y = x[:, :, d]
        grand = y.mean()
        for i in range(items):
            for j in range(slots):
                row, column = y[i].mean(), y[:, j].mean()
                ss += [(row - grand) ** 2, (column - grand) ** 2, (y[i, j] - row - column + grand) ** 2]
    return (ss / ss.sum()).tolist()


def invariance(x):
    cosines = [
        1 - distance.cosine(x[i, a], x[i, b])
        for i in range(x.shape[0])
        for a in range(x.shape[1])
        for b in range(x.shape[1])
        if a != b
    ]
    return float(np.mean(cosines))


def future_influence(matrix):
    earlier = later = 0.0
    for j in range(len(matrix)):  # the changed segment
        for i in range(len(matrix)):
            if np.isnan(matrix[j][i]) or i == j:
                continue
            if i < j:
                earlier += matrix[j][i]
            else:
                later += matrix[j][i]
    return earlier / (earlier + later)


def ridge(train, classes, count, test, penalty=0.1):
    """The primal form: (X'X + lambda I) w = X'Y on centred data."""
    mean = train.mean(0)
    x = train - mean
    targets = np.eye(count)[classes]
    weight = penalty * np.mean(np.sum(x * x, axis=1))
    w = np.linalg.solve(x.T @ x + weight * np.eye(x.shape[1]), x.T @ (targets - targets.mean(0)))
    return (targets.mean(0) + (test - mean) @ w).tolist()


states = rng.normal(size=(4, 4, 5)) + rng.normal(size=(4, 1, 5)) + 0.5 * rng.normal(size=(1, 4, 5))
before, after = rng.normal(size=(6, 7)), rng.normal(size=(6, 7))
influence = rng.uniform(size=(4, 4))
influence_missing = influence.copy()
influence_missing[2] = np.nan
positions, values = rng.uniform(size=9), rng.normal(size=9)
train, test = rng.normal(size=(12, 20)), rng.normal(size=(5, 20))
classes = rng.integers(0, 3, size=12)

golden = {
    "states": states.tolist(),
    "shares": shares(states),
    "invariance": invariance(states),
    "before": before.tolist(),
    "after": after.tolist(),
    "cosine_distance": [distance.cosine(a, b) for a, b in zip(before, after)],
    "relative_change": [
        float(np.sqrt(np.sum((b - a) ** 2)) / np.sqrt(np.sum(a**2))) for a, b in zip(before, after)
    ],
    "influence": influence.tolist(),
    "future_influence_ratio": future_influence(influence),
    "future_influence_ratio_without_row_2": future_influence(influence_missing),
    "positions": positions.tolist(),
    "values": values.tolist(),
    "slope": float(stats.linregress(positions, values).slope),
    "train": train.tolist(),
    "classes": classes.tolist(),
    "test": test.tolist(),
    "ridge_scores": ridge(train, classes, 3, test),
}
path = pathlib.Path(__file__).with_name("formulas.json")
path.write_text(json.dumps(golden) + "\n")
