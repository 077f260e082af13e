#!/usr/bin/env python3
"""Walking distances of `../shared/data/pop` (city-access-map: OSM amenities, capped at 5,000 m)
against ours on the extract beside it: correlation by kind, and where the largest differences lie.

  cargo bench --bench planning -- cells xuzhou > ours.csv
  cells.py ours.csv ../shared/data/pop/xuzhou.csv
"""

import csv
import math
import sys

CAP = 5000.0
# Their kinds, and the categories of ours that come nearest to them.
KINDS = {
    "active_living": ["park"],
    "community_space": ["culture"],
    "education": ["kindergarten", "school"],
    "food_choices": ["convenience", "market"],
    "health_wellbeing": ["medical"],
}


def ranks(values):
    order = sorted(range(len(values)), key=values.__getitem__)
    out, i = [0.0] * len(values), 0
    while i < len(order):
        j = i
        while j + 1 < len(order) and values[order[j + 1]] == values[order[i]]:
            j += 1
        for k in order[i : j + 1]:
            out[k] = (i + j) / 2
        i = j + 1
    return out


def pearson(a, b):
    n = len(a)
    ma, mb = sum(a) / n, sum(b) / n
    top = sum((x - ma) * (y - mb) for x, y in zip(a, b))
    sa = math.sqrt(sum((x - ma) ** 2 for x in a))
    sb = math.sqrt(sum((y - mb) ** 2 for y in b))
    return top / (sa * sb) if sa and sb else float("nan")


def least(row, columns):
    values = [float(row[c]) for c in columns if row[c] != ""]
    return min(values) if values else None


def main(ours_file, theirs_file):
    with open(ours_file) as a, open(theirs_file) as b:
        pairs = list(zip(csv.DictReader(a), csv.DictReader(b), strict=True))
    people = sum(float(t["POP_2015"]) for _, t in pairs)
    print(f"{len(pairs)} cells, {people:.0f} people")
    for kind, categories in KINDS.items():
        both, off, capped = [], 0, [0, 0]
        for ours, theirs in pairs:
            assert ours["lng"] == theirs["lng"] and ours["lat"] == theirs["lat"]
            walk, given = least(ours, categories), float(theirs[kind])
            if walk is None:
                off += 1
                continue
            capped[0] += walk >= CAP
            capped[1] += given >= CAP
            if walk < CAP and given < CAP:
                line = least(ours, [c + "_line" for c in categories])
                both.append((walk, given, line, float(theirs["POP_2015"]), ours["lng"], ours["lat"]))
        if len(both) < 3:
            print(f"{kind}: too few to compare ({len(both)})")
            continue
        walks, given = [b[0] for b in both], [b[1] for b in both]
        differences = sorted(a - b for a, b in zip(walks, given))
        inside = sum(abs(d) <= 200 for d in differences) / len(differences)
        # A walk is at least as long as the straight line to the nearest place: where theirs is
        # shorter than our line, they know a place that the extract has not.
        unknown = sum(b[1] < b[2] - 150 for b in both)
        same = [b for b in both if b[1] >= b[2] - 150 and b[1] <= 1.6 * b[2] + 300]
        print(
            f"{kind} ({'+'.join(categories)}): {len(both)} cells below {CAP:.0f} m in both (beyond: ours {capped[0]}, "
            f"theirs {capped[1]}; {off} cells off our network), Pearson {pearson(walks, given):.3f}, "
            f"Spearman {pearson(ranks(walks), ranks(given)):.3f}, median difference "
            f"{differences[len(differences) // 2]:+.0f} m, within 200 m {100 * inside:.0f} %; "
            f"{unknown} cells where theirs is shorter than the straight line to our nearest place; "
            f"{len(same)} where it can be the same place: Pearson "
            f"{pearson([b[0] for b in same], [b[1] for b in same]) if len(same) > 2 else float('nan'):.3f}"
        )
        for b in sorted(both, key=lambda b: -abs(b[0] - b[1]))[:5]:
            print(f"    {b[4][:9]},{b[5][:8]}: ours {b[0]:.0f} m (straight {b[2]:.0f} m), theirs {b[1]:.0f} m")


if __name__ == "__main__":
    main(*sys.argv[1:3])
