"""`make growth`: how import and start grow with the extract. Takes a small and a large extract and
ten copies of the large one side by side, and writes `docs/growth.md`."""

import argparse
import json
import os
import socket
import subprocess
import time
import urllib.request
from collections import namedtuple
from pathlib import Path

import osmium

COPIES = 10
# Degrees of longitude and latitude between copies; more than an island.
SHIFT = (0.6, 0.5)

Measured = namedtuple("Measured", "name size nodes edges import_s import_mb start_s start_mb database")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--wangge", type=Path, required=True)
    options.add_argument("--work", type=Path, default=Path("target/compare/growth"))
    options.add_argument("--report", type=Path, default=Path("docs/growth.md"))
    options.add_argument("small", type=Path)
    options.add_argument("large", type=Path)
    options = options.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    many = options.work / "copies.osm.pbf"
    copies(options.large, many)
    large = options.large.name.split(".")[0]
    names = [options.small.name.split(".")[0], large, f"{large} × {COPIES}"]
    files = [options.small, options.large, many]
    measured = [measure(options, name, file) for name, file in zip(names, files)]
    options.report.write_text(report(measured), encoding="utf-8")


def copies(extract, target):
    """The extract side by side: numbers of the copies follow each other, places are shifted."""
    largest = max(o.id for o in osmium.FileProcessor(str(extract)))
    target.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(target)) as writer:
        for kind in "nwr":
            for i in range(COPIES):
                for o in osmium.FileProcessor(str(extract)):
                    if o.type_str() == kind:
                        write(writer, o, i * largest, (i % 5 * SHIFT[0], i // 5 * SHIFT[1]))


def write(writer, o, offset, shift):
    if o.type_str() == "n":
        at = (o.location.lon + shift[0], o.location.lat + shift[1])
        writer.add_node(o.replace(id=o.id + offset, location=at))
    elif o.type_str() == "w":
        writer.add_way(o.replace(id=o.id + offset, nodes=[n.ref + offset for n in o.nodes]))
    else:
        members = [(m.type, m.ref + offset, m.role) for m in o.members]
        writer.add_relation(o.replace(id=o.id + offset, members=members))


def measure(options, name, extract):
    print(f"== {name}", flush=True)
    database = options.work / "growth.gpkg"
    for file in options.work.glob("growth.gpkg*"):
        file.unlink()
    base = [options.wangge, "--database", database]
    import_s, import_mb = run([*base, "import", "osm", extract])
    port = free_port()
    begun = time.monotonic()
    server = subprocess.Popen([*base, "serve", "--listen", f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz")
        start_s = time.monotonic() - begun
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/place") as answer:
            network = json.load(answer)["network"]
    finally:
        server.terminate()
        _, _, usage = os.wait4(server.pid, 0)
    size = extract.stat().st_size / 1e6
    return Measured(
        name, size, network["nodes"], network["edges"], import_s, import_mb, start_s, usage.ru_maxrss / 1024,
        database.stat().st_size / 1e6,
    )


def run(command):
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{command} ended with {status}")
    return time.monotonic() - begun, usage.ru_maxrss / 1024


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(url):
    for _ in range(6000):
        try:
            urllib.request.urlopen(url).close()
            return
        except OSError:
            time.sleep(0.01)
    raise SystemExit(f"{url} never answered")


def report(measured):
    """Every figure beside its growth: 1.0 is as many times more as there are more nodes."""
    before = [None, *measured]
    lines = [
        "# How import and start grow",
        "",
        "Made by `make growth`; do not edit, run it again. Each figure stands with its growth against the row",
        "above, divided by the growth of the network: 1.0 is linear, less is better. Absolute figures mean",
        "nothing on shared machines.",
        "",
        "| extract | nodes | edges | import | its memory | start until ready | its memory | database |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for m, b in zip(measured, before):
        def cell(value, unit, field):
            told = f"{value:.2f} {unit}" if unit == "s" else f"{value:,.0f} {unit}"
            growth = value / getattr(b, field) / (m.nodes / b.nodes) if b else None
            return told if growth is None else f"{told} ({growth:.2f})"

        lines.append(
            f"| {m.name} ({m.size:.1f} MB) | {m.nodes:,} | {m.edges:,} | {cell(m.import_s, 's', 'import_s')}"
            f" | {cell(m.import_mb, 'MB', 'import_mb')} | {cell(m.start_s, 's', 'start_s')}"
            f" | {cell(m.start_mb, 'MB', 'start_mb')} | {cell(m.database, 'MB', 'database')} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
