"""`make compare`: wangge and its peers on the same extract, the same questions, in one run.

Engines take turns, round by round, so that what else the machine does falls on all of them; a
ratio is taken within a round, and the table shows the median of the rounds."""

import argparse
import importlib
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

TASKS = ("search", "isochrone", "nearest", "coverage")
ENGINES = ("wangge", "wangge_http", "valhalla", "pgrouting", "pandana", "scipy")
NAMES = {"valhalla": "Valhalla", "pgrouting": "pgRouting", "pandana": "Pandana", "scipy": "scipy"}
ROUNDS = 5

Tools = namedtuple("Tools", "peers wangge")


def main():
    options = arguments()
    say = lambda text: print(f"== {time.strftime('%H:%M:%S')} {text}", flush=True)
    results = []
    for extract in options.extracts:
        import extract as reader
        import questions as asking
        from quality import Judge

        work = options.work / extract.name.split(".")[0]
        work.mkdir(parents=True, exist_ok=True)
        say(f"{extract.name}: reading, and the graph of the truth")
        questions = asking.ask(reader.read(str(extract)))
        say("the true times")
        judge = Judge(questions)
        engines = start(work, questions, extract, options, say)
        try:
            results.append({
                "place": extract.name,
                "bytes": extract.stat().st_size,
                "about": about(questions, judge),
                "engines": {key: card(key, engine) for key, engine in engines.items()},
                "tasks": measure(engines, options.rounds, say),
                "quality": qualities(engines, judge, say),
            })
        finally:
            for engine in engines.values():
                if not isinstance(engine, str):
                    engine.close()
    everything = {"machine": machine(), "rounds": options.rounds, "places": results}
    (options.work / "results.json").write_text(json.dumps(everything, indent=1))
    import report

    options.report.write_text(report.page(everything))
    say(f"written: {options.report}")
    absent = {f"{e['name']} ({e['not_measured']})" for r in results for e in r["engines"].values() if "not_measured" in e}
    if absent:
        sys.exit(f"compare: SKIPPED {'; '.join(sorted(absent))}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extracts", nargs="+", type=Path, metavar="EXTRACT.osm.pbf")
    parser.add_argument("--peers", type=Path, required=True, help="the helper built from benches/peers.rs")
    parser.add_argument("--wangge", type=Path, required=True, help="the server")
    parser.add_argument("--work", type=Path, default=Path("target/compare"))
    parser.add_argument("--report", type=Path, default=Path("docs/benchmarks.md"))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    for file in (*options.extracts, options.peers, options.wangge):
        if not file.exists():
            sys.exit(f"compare: {file} is not there")
    return options


def start(work, questions, extract, options, say):
    """Every engine, or the reason why it is not measured."""
    engines = {}
    for key in ENGINES:
        say(f"getting ready: {key}")
        try:
            peer = importlib.import_module(f"peer_{key}").Peer
            engines[key] = peer(work, questions, extract.resolve(), Tools(options.peers, options.wangge))
        except Exception as reason:
            if key.startswith("wangge"):
                raise
            engines[key] = " ".join(f"{type(reason).__name__}: {reason}".split())[:200]
            say(f"not measured: {engines[key]}")
    return engines


def measure(engines, rounds, say):
    """`{task: [row]}`; a row has the median seconds of each round, or why it has none."""
    result = {}
    for task in TASKS:
        say(f"measuring: {task}")
        rows, running = [], []
        for key, engine in engines.items():
            if isinstance(engine, str):
                rows.append({"engine": key, "name": NAMES[key], "variant": "", "not_measured": engine})
                continue
            for variant, how in engine.tasks.get(task, {}).items():
                row = {"engine": key, "name": engine.name, "variant": variant, "rounds": []}
                rows.append(row)
                running.append((row, engine, how))
            if task not in engine.tasks:
                reason = engine.reasons[task]
                rows.append({"engine": key, "name": engine.name, "variant": "", "not_measured": reason})
        for number in range(rounds + 1):
            for row, engine, how in running:
                seconds = engine.run(task, how)
                # The first round warms up.
                if number:
                    row["rounds"].append(statistics.median(seconds))
        for row, engine, how in running:
            sizes = engine.sizes.get((task, how if isinstance(how, str) else str(how)))
            if sizes and task == "isochrone":
                row["size"] = statistics.median(sizes)
        result[task] = rows
    return result


def qualities(engines, judge, say):
    rows = []
    for key, engine in engines.items():
        if isinstance(engine, str):
            continue
        for variant, polygons in engine.polygons().items():
            say(f"judging: {engine.name}, {variant}")
            rows.append({"name": engine.name.split(",")[0], "variant": variant, "scores": judge.score_polygons(polygons)})
        if engine.times_of:
            say(f"judging: {engine.name}, times")
            rows.append({"name": engine.name.split(",")[0], "variant": "times at points (no polygon)",
                         "scores": judge.score_times(engine)})
    return rows


def card(key, engine):
    if isinstance(engine, str):
        return {"name": NAMES[key], "not_measured": engine}
    return {"name": engine.name, "version": engine.version, "graph": engine.graph, "ready": engine.ready}


def about(questions, judge):
    town = questions.town
    return {
        "truth_nodes": len(town.nodes),
        "main_share": float(town.main.mean()),
        "junctions": len(questions.nodes),
        "arcs": len(questions.tails),
        "street_points": len(town.street_points),
        "buildings": len(town.buildings),
        "barriers": len(town.barriers),
        "origins": len(questions.origins),
        "stations": len(questions.stations),
        "categories": [len(c) for c in questions.categories],
    }


def machine():
    cores = len(os.sched_getaffinity(0))
    return {"commit": commit(), "system": platform.freedesktop_os_release()["PRETTY_NAME"], "python": platform.python_version(),
            "cores": cores, "date": time.strftime("%Y-%m-%d")}


def commit():
    """The last commit that changed the program; it stays when those after it are rebased."""
    git = lambda *words: subprocess.run(["git", *words], capture_output=True, text=True).stdout.strip()
    last = git("log", "-1", "--format=%h", "--abbrev=10", "--", "src", "Cargo.lock")
    return (last or "unknown") + (" with changes" if git("status", "--porcelain", "src") else "")


if __name__ == "__main__":
    main()
