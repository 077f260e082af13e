#!/usr/bin/env python3
"""What an exact solver (HiGHS, from PyPI: highspy, numpy) says to the instances that the tests and
the bench solve, made here from the same seeds by the same whole-number arithmetic
(tests/it/siting/instance.rs).

  exact.py optima   writes the optima that the tests compare with to tests/it/siting/optima.csv
  exact.py ratio    runs `cargo bench --bench siting` (or the command that follows), solves the same
                    large instances and prints how much of the solver's time and of its value ours
                    takes and reaches; the solver stops after five minutes
"""

import csv
import math
import pathlib
import subprocess
import sys
import time

import highspy
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
OPTIMA = ROOT / "tests/it/siting/optima.csv"
MASK = (1 << 64) - 1
SIDE = 10_000
FIELDS = ["goal", "seed", "demands", "candidates", "radius", "sites"]


class SplitMix:
    """Steele, Lea and Flood 2014."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return (z ^ (z >> 31)) % n


def spots(rng, count, centres):
    """A third anywhere, the others around a centre."""
    out = []
    for _ in range(count):
        if rng.below(3) == 0:
            out.append((rng.below(SIDE), rng.below(SIDE)))
        else:
            x, y = centres[rng.below(len(centres))]
            dx = rng.below(1200) + rng.below(1200) - 1200
            dy = rng.below(1200) + rng.below(1200) - 1200
            out.append((x + dx, y + dy))
    return out


def gains(row):
    """By candidate: (demand, gain)."""
    rng = SplitMix(row["seed"])
    centres = [(rng.below(SIDE), rng.below(SIDE)) for _ in range(12)]
    homes = spots(rng, row["demands"], centres)
    weights = [1 + rng.below(40) for _ in homes]
    sites = spots(rng, row["candidates"], centres)
    radius, median = row["radius"], row["goal"] == "median"
    columns = []
    for x, y in sites:
        column = []
        for i, (hx, hy) in enumerate(homes):
            d = math.isqrt((hx - x) ** 2 + (hy - y) ** 2)
            if d < radius:
                column.append((i, weights[i] * (radius - d) if median else weights[i]))
        columns.append(column)
    return weights, columns


def model(row):
    """The model as HiGHS takes it: candidates first, then demands or pairs."""
    weights, columns = gains(row)
    m, n, goal = len(columns), len(weights), row["goal"]
    entries, lower, upper = [], [], []
    inf = highspy.kHighsInf

    def line(pairs, low, high):
        entries.append(pairs)
        lower.append(low)
        upper.append(high)

    if goal == "all":
        served = [[] for _ in range(n)]
        for j, column in enumerate(columns):
            for i, _ in column:
                served[i].append((j, 1.0))
        cost = [1.0] * m
        for row_ in served:
            if row_:
                line(row_, 1.0, inf)
        extra = 0
    elif goal == "cover":
        served = [[] for _ in range(n)]
        for j, column in enumerate(columns):
            for i, _ in column:
                served[i].append((j, 1.0))
        cost = [0.0] * m + [-float(w) for w in weights]
        for i, row_ in enumerate(served):
            line(row_ + [(m + i, -1.0)], 0.0, inf)
        extra = n
    else:
        cost, once, extra = [0.0] * m, [[] for _ in range(n)], 0
        for j, column in enumerate(columns):
            for i, gain in column:
                z = m + extra
                extra += 1
                cost.append(-float(gain))
                once[i].append((z, 1.0))
                line([(j, 1.0), (z, -1.0)], 0.0, inf)
        for row_ in once:
            if row_:
                line(row_, -inf, 1.0)
    if goal != "all":
        line([(j, 1.0) for j in range(m)], -inf, float(row["sites"]))
    count = m + extra
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = count, len(entries)
    lp.col_cost_ = np.array(cost)
    lp.col_lower_, lp.col_upper_ = np.zeros(count), np.ones(count)
    lp.row_lower_, lp.row_upper_ = np.array(lower), np.array(upper)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0] + [len(e) for e in entries]).astype(np.int32)
    lp.a_matrix_.index_ = np.array([j for e in entries for j, _ in e], dtype=np.int32)
    lp.a_matrix_.value_ = np.array([v for e in entries for _, v in e])
    kinds = [highspy.HighsVarType.kInteger] * m + [highspy.HighsVarType.kContinuous] * extra
    lp.integrality_ = kinds
    return lp


def solve(row, gap, limit=math.inf):
    """The best found, the solver's own bound, the seconds it ran (building the model is not counted), and
    whether it finished."""
    lp = model(row)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("mip_rel_gap", gap)
    highs.setOptionValue("mip_abs_gap", 0.5)
    highs.setOptionValue("time_limit", limit)
    highs.passModel(lp)
    start = time.perf_counter()
    highs.run()
    seconds = time.perf_counter() - start
    info = highs.getInfo()
    status = highs.getModelStatus()
    assert status in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit), status
    done = status == highspy.HighsModelStatus.kOptimal
    return round(abs(info.objective_function_value)), abs(info.mip_dual_bound), seconds, done


def instances():
    seed = 0
    for demands, candidates in [(100, 20), (300, 50), (600, 80), (1000, 100)]:
        for radius in (600, 900, 1400):
            for sites in (3, 8, 15):
                seed += 1
                yield dict(zip(FIELDS, ("cover", seed, demands, candidates, radius, sites)))
        for radius in (1200, 2200):
            for sites in (4, 10):
                seed += 1
                yield dict(zip(FIELDS, ("median", seed, demands, candidates, radius, sites)))
        for radius in (700, 1000, 1500, 2000):
            seed += 1
            yield dict(zip(FIELDS, ("all", seed, demands, candidates, radius, 0)))


def optima():
    with OPTIMA.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(FIELDS + ["optimum"])
        for row in instances():
            optimum, _, seconds, _ = solve(row, 0.0)
            out.writerow([row[f] for f in FIELDS] + [optimum])
            file.flush()
            print(*row.values(), optimum, f"{seconds:.2f} s", file=sys.stderr)


def ratio(bench=("cargo", "bench", "--bench", "siting"), limit="300"):
    lines = subprocess.run(bench, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    for ours in csv.DictReader(line for line in lines if "," in line):
        row = {f: ours[f] if f == "goal" else int(ours[f]) for f in FIELDS}
        value, bound, seconds = int(ours["value"]), int(ours["bound"]), float(ours["seconds"])
        best, proven, theirs, done = solve(row, 1e-4, float(limit))
        if row["goal"] != "all":
            assert bound >= best and value <= proven * (1 + 1e-6), "a bound is wrong"
        share = 100 * value / best
        print(
            f"{row['goal']} {row['demands']} x {row['candidates']}, {row['sites']} sites within {row['radius']}: ours "
            f"{value} (at most {bound} is possible) in {seconds:.3f} s, HiGHS {best} (at most {proven:.0f}) in {theirs:.1f} s"
            f"{'' if done else ', stopped there'}: {share:.3f} % of its value in 1/{theirs / seconds:.0f} of its time",
            flush=True,
        )


if __name__ == "__main__":
    {"optima": optima, "ratio": ratio}[sys.argv[1]](*([sys.argv[2:]] if sys.argv[2:] else []))
