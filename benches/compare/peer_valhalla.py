"""Valhalla, in process (PyPI `pyvalhalla`): its own tiles and foot rules from the same extract."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import shapely
import valhalla

from engine import Engine, timed
from extract import metres_per_degree
from questions import MINUTES, NEAREST, SPEED

COSTING = {"costing": "pedestrian", "costing_options": {"pedestrian": {"walking_speed": SPEED * 3.6}}}
BATCH = 2500
FINEST = {"denoise": 0, "generalize": 0}


class Peer(Engine):
    name = "Valhalla, in process"
    tasks = {
        "isochrone": {"denoise 0, generalize 0": FINEST, "its defaults": {}},
        "nearest": {"matrix 1 × 200, five best": None},
    }
    # Not to buildings: how far a point is from its street is not part of its answer.
    times_of = ("streets",)
    reasons = {
        "search": "it has no call that only searches",
        "coverage": "it has no call for it; a matrix of every node and every facility is out of its limits",
    }

    def __init__(self, work, questions, extract, tools):
        self.version = valhalla.__version__
        tiles = work / "valhalla"
        shutil.rmtree(tiles, ignore_errors=True)
        tiles.mkdir()
        config = valhalla.get_config(tile_extract="", tile_dir=str(tiles), verbose=False)
        config["mjolnir"]["concurrency"] = 1
        config["mjolnir"]["logging"] = {"type": ""}
        config["service_limits"]["pedestrian"]["max_matrix_location_pairs"] = BATCH
        config["logging"] = {"type": ""}
        file = work / "valhalla.json"
        file.write_text(json.dumps(config))
        tool = Path(sys.executable).parent / "valhalla_build_tiles"
        with self.getting_ready("build the tiles"):
            log = open(work / "valhalla.log", "w")
            # The package's script looks for the real program on the path.
            path = f"{tool.parent}:{os.environ.get('PATH', '')}"
            done = subprocess.run([tool, "-c", file, extract], stdout=log, stderr=log, env={**os.environ, "PATH": path})
            if done.returncode:
                raise RuntimeError("valhalla_build_tiles failed; see valhalla.log")
        self.actor = valhalla.Actor(str(file))
        self.origins = [{"lon": x, "lat": y} for x, y in questions.lonlat(questions.origin_nodes).tolist()]
        self.stations = [{"lon": x, "lat": y} for x, y in questions.lonlat(questions.stations).tolist()]

    def isochrone(self, origin, options):
        contours = [{"time": m} for m in MINUTES]
        return json.dumps({"locations": [origin], "contours": contours, "polygons": True, **options, **COSTING})

    def run(self, task, how):
        if task == "isochrone":
            queries = [self.isochrone(o, how) for o in self.origins]
            seconds, answers = timed([lambda q=q: self.actor.isochrone(q) for q in queries])
            self.sizes[task, str(how)] = [len(a) for a in answers]
            return seconds
        queries = [json.dumps({"sources": [o], "targets": self.stations, **COSTING}) for o in self.origins]

        def nearest(query):
            row = json.loads(self.actor.matrix(query))["sources_to_targets"][0]
            reached = [(t["time"], t["to_index"]) for t in row if t["time"] is not None]
            return sorted(reached)[:NEAREST]

        seconds, answers = timed([lambda q=q: nearest(q) for q in queries])
        self.sizes[task, str(how)] = [len(a) for a in answers]
        return seconds

    def polygons(self):
        variants = self.tasks["isochrone"].items()
        return {name: [self.shapes(o, options) for o in self.origins] for name, options in variants}

    def shapes(self, origin, options):
        features = json.loads(self.actor.isochrone(self.isochrone(origin, options)))["features"]
        by_minute = {f["properties"]["contour"]: shapely.geometry.shape(f["geometry"]) for f in features}
        return [by_minute.get(m) for m in MINUTES]

    def times(self, points):
        """By its matrix; a point too far away in a straight line is not asked for."""
        far = MINUTES[-1] * 60 * SPEED
        answers = []
        for origin, positions in zip(self.origins, points):
            flat = (positions - [origin["lon"], origin["lat"]]) * metres_per_degree(origin["lat"])
            close = np.flatnonzero(np.linalg.norm(flat, axis=1) <= far)
            row = [None] * len(positions)
            for start in range(0, len(close), BATCH):
                part = close[start : start + BATCH]
                targets = [{"lon": x, "lat": y} for x, y in positions[part].round(7).tolist()]
                reply = json.loads(self.actor.matrix(json.dumps({"sources": [origin], "targets": targets, **COSTING})))
                for i, cell in zip(part, reply["sources_to_targets"][0]):
                    row[i] = cell["time"]
            answers.append(row)
        return answers
