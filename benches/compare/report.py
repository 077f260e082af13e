"""Makes `docs/benchmarks.md` of what `compare.py` measured. Pure: results in, text out."""

import json
import statistics
import sys

HEAD = """# Benchmarks: wangge and its peers

Made by `make compare` on {date}; every figure is of that one run. Do not edit: run it again.

**How to read it.** The first column is what counts: how many times the time of wangge the engine
took, as the median of {rounds} rounds in which all engines took turns on the same questions. The
small print gives absolute times. They mean nothing on shared machines: never compare them
between runs. Everything, servers and clients too, was pinned to one core ({system}, Python {python}),
one thread an engine; each round is the median over the origins, after one round to warm up. Where
the rounds differ by more than a half, their range stands beside the ratio.
"""

TASKS = {
    "search": ("Bare search", "Everything within 15 minutes (1,125 m) of an origin, no polygon."),
    "isochrone": ("Isochrone", "Polygons of 5, 10 and 15 minutes from one origin, as GeoJSON. What else an engine"
                  " answers in the same call is named. The measure is wangge's three contours."),
    "nearest": ("Nearest", "The 5 nearest of {stations} stations by walking, at most 30 minutes, for one origin."),
    "coverage": ("Coverage", "The nearest of each of 8 categories ({least} to {most} places) for every node of the"
                 " network, at most 30 minutes; getting ready (contraction, tables) not counted."),
}

JUDGEMENTS = {
    "clear": ("street points that are clearly wrong",
              "The mildest reading, the same for all: wrong whatever one takes \"reached\" for. False inside are points inside a polygon that"
              " one cannot reach in time even with straight steps of up to 100 m off the streets at half speed; false"
              " outside are points left out although the way along the streets alone is short enough."),
    "streets": ("street points, along the streets only",
                "The strictest reading: nobody leaves a street. wangge does let people take straight steps (across a"
                " square, between two parallel ways), so what it adds on purpose counts as false inside here."),
    "field": ("street points, straight steps allowed",
              "wangge's own definition (`ARCHITECTURE.md`): the first and the last up to 100 m may leave the streets"
              " at half speed and cross no barrier. The peers do not claim to follow it."),
    "buildings": ("buildings, straight steps allowed",
                  "A building is truly inside when its point is, by the same definition. For the peers only an"
                  " indication: how far a house may be from the street is not part of their answer."),
}

CAVEATS = """## What to keep in mind

- **Truth** is an own reading of the extract (`benches/compare/extract.py`, `truth.py`): streets cut
  into pieces of 2.5 m and scipy's Dijkstra on them. It shares no code with wangge. Its foot rules are
  the wiki's; where an engine lets people walk a way that the truth does not, or the other way round,
  the difference counts as an error of the engine.
- **False inside** = wrongly inside / all points inside the polygon. **False outside** = wrongly
  outside / all points truly inside. Sums over all origins for which the engine made a polygon.
  *Times at points* are judged the same way without any polygon: how far the engine's own times, and
  so its network and foot rules, differ from the truth. Street points stand every 20 m on the
  streets of the largest connected piece.
- **Origins** are the street points next to buildings drawn at random (seeded), so they lie as the
  town does; they stand on a street, so no engine gains or loses by how it snaps.
- **Walking speed** is 1.25 m/s (4.5 km/h) for all.
- **Valhalla** builds its own tiles and follows its own foot rules. It is called in process by its
  Python binding, JSON text in and out. *denoise 0, generalize 0* is its most exact setting.
- **pgRouting, Pandana and scipy** get the graph of junctions made for the truth, in which the
  origins are nodes: they do not snap at all, which spares them work that wangge and Valhalla do.
  pgRouting reads only edges in a box around the origin, as its users do, and its polygons are drawn
  around the reached nodes, the usual recipe: `pgr_alphaShape` with a radius of 100 m (the radius that
  it would choose itself ends the server's process at small sets of points), `ST_ConcaveHull` with 0.2.
- **wangge in process** is timed inside the helper `benches/peers.rs`, around the call and the
  writing of GeoJSON; **over HTTP** is a client's view: request, answer read to the last byte, on one
  kept-alive loopback connection; client and server share the core.
- **Coverage**: one call a category for all nodes, so the same work whatever the number of origins.
  wangge's facilities stand anywhere and meet the network by its field; the peers' are nodes.
"""

COMMANDS = """## Do it again

```sh
make compare                          # both extracts of ../shared/data/osm
make compare EXTRACTS=city.osm.pbf    # any other
```

It installs pgRouting from Debian and the Python packages into `target/compare/venv`. With Python
3.12 or newer (`make compare PYTHON=python3.12`) it gets the present Valhalla, with an older one an
older Valhalla; so state the version when you quote. Raw figures of the run:
`target/compare/results.json`.

OSM data © OpenStreetMap contributors, ODbL 1.0.
"""


def page(results):
    machine = results["machine"]
    parts = [HEAD.format(date=machine["date"], rounds=results["rounds"], system=machine["system"],
                         python=machine["python"])]
    parts.append(versions(results["places"]) + f"\nwangge at commit `{machine['commit']}`.\n")
    for place in results["places"]:
        parts.append(data(place))
        about = place["about"]
        words = {"stations": about["stations"], "least": min(about["categories"]), "most": max(about["categories"])}
        for task, rows in place["tasks"].items():
            title, text = TASKS[task]
            parts.append(f"### {title}\n\n{text.format(**words)}\n\n" + speed(rows))
        parts.append("### Getting ready\n\n" + ready(place["engines"]))
        for judgement, (title, text) in JUDGEMENTS.items():
            parts.append(f"### Quality: {title}\n\n{text}\n\n" + quality(place["quality"], judgement))
    return "\n".join([*parts, CAVEATS, COMMANDS])


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def versions(places):
    rows = {}
    for place in places:
        for key, engine in place["engines"].items():
            if "version" in engine and key != "wangge_http":
                rows[key] = [engine["name"].split(",")[0], engine["version"]]
            elif "not_measured" in engine:
                rows.setdefault(key, [engine["name"], f"not measured: {engine['not_measured']}"])
    return "## Versions\n\n" + table(["engine", "version"], list(rows.values()))


def data(place):
    about = place["about"]
    graphs = [[e["name"], e["graph"]] for e in place["engines"].values() if e.get("graph")]
    text = (
        f"## {place['place']}\n\n{place['bytes'] / 1e6:.1f} MB. {about['origins']} origins; truth: {about['truth_nodes']:,}"
        f" nodes, {about['main_share']:.0%} of them on the largest piece, {about['street_points']:,} street points,"
        f" {about['buildings']:,} buildings, {about['barriers']:,} barrier lines.\n\n"
    )
    return text + table(["engine", "graph"], graphs)


def speed(rows):
    base = next((r["rounds"] for r in rows if r["engine"] == "wangge" and r.get("rounds")), None)
    lines = []
    for row in rows:
        name = f"{row['name']}: {row['variant']}" if row["variant"] else row["name"]
        if "not_measured" in row:
            lines.append([name, f"not measured: {row['not_measured']}", ""])
            continue
        ratio = ratios(row["rounds"], base) if base else "no ratio: wangge has no figure"
        small = seconds(statistics.median(row["rounds"]))
        if row.get("size"):
            small += f", {row['size'] / 1000:.0f} kB"
        lines.append([name, ratio, f"<sub>{small}</sub>"])
    return table(["engine", "× wangge", "<sub>absolute: means nothing on shared machines</sub>"], lines)


def ratios(rounds, base):
    """The median of the rounds' ratios, and their range when it is wide."""
    all_of_them = [a / b for a, b in zip(rounds, base)]
    middle, least, most = statistics.median(all_of_them), min(all_of_them), max(all_of_them)
    if most > 1.5 * least:
        return f"**{short(middle)}** ({short(least)} to {short(most)})"
    return f"**{short(middle)}**"


def short(x):
    """Two figures that count."""
    if x >= 10:
        return f"{float(f'{x:.2g}'):,.0f}"
    return f"{x:.1f}" if x >= 1 else f"{x:.2g}"


def seconds(s):
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if s >= size:
            return f"{s / size:.3g} {unit}"
    return f"{s:.1e} s"


def ready(engines):
    base = None
    lines = []
    for engine in engines.values():
        for step, s in engine.get("ready", []):
            base = base or s
            lines.append([engine["name"], step, f"**{short(s / base)}**", f"<sub>{seconds(s)}</sub>"])
    return table(["engine", "step", "× wangge in process", "<sub>absolute: means nothing on shared machines</sub>"], lines)


def quality(rows, judgement):
    lines, minutes, true = [], [], []
    for row in rows:
        scores = row["scores"].get(judgement)
        if scores:
            lines.append([f"{row['name']}: {row['variant']}", *(shares(counts) for counts in scores.values())])
            minutes = minutes or list(scores)
            true = true or [f"{counts[3]:,}" for counts in scores.values()]
    note = f"\n<sub>points truly inside, all origins together: {', '.join(true)}</sub>\n"
    return "False inside / false outside, percent.\n\n" + table(["engine", *(f"{m} min" for m in minutes)], lines) + note


def shares(counts):
    wrongly_in, inside, wrongly_out, true = counts
    part = lambda a, b: f"{100 * a / b:.1f}" if b else "–"
    return f"{part(wrongly_in, inside)} / {part(wrongly_out, true)}"


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        sys.stdout.write(page(json.load(file)))
