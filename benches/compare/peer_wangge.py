"""wangge itself, in process: the loop of `benches/peers.rs` on the other end of a pipe. The time
is taken inside, around the call alone."""

import json
import subprocess

import shapely

from engine import Engine


class Peer(Engine):
    name = "wangge, in process"
    tasks = {
        "search": {"": "search"},
        "isochrone": {"three contours as GeoJSON": "contours", "whole life circle with counts and lists": "life_circle"},
        "nearest": {"": "nearest"},
        "coverage": {"the nearest": "coverage", "the two nearest, for what-if": "coverage_two"},
    }
    times_of = ("streets", "buildings")

    def __init__(self, work, questions, extract, tools):
        file = work / "questions.json"
        file.write_text(json.dumps(questions.as_json()))
        one_thread = {"RAYON_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"}
        with self.getting_ready("read the extract, build the network and the snapshot"):
            self.process = subprocess.Popen(
                [tools.peers, extract, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=one_thread
            )
            self.about = self.ask("about")
        if self.about["debug"]:
            print("WARNING: wangge's helper is a debug build; its times mean nothing")
        self.version = self.about["version"]
        self.graph = f"{self.about['nodes']:,} nodes, {self.about['edges']:,} edges"
        self.work = work

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"wangge's helper ended at {command!r}")
        return json.loads(line)

    def run(self, task, how):
        answer = self.ask(how)
        self.sizes[task, how] = answer["sizes"]
        return [us / 1e6 for us in answer["micros"]]

    def polygons(self):
        shapes = [[shapely.geometry.shape(g) for g in of_origin] for of_origin in self.ask("polygons")]
        return {"contour": shapes}

    def times(self, points):
        file = self.work / "wishes.json"
        wishes = [{"origin": i, "points": p.tolist()} for i, p in enumerate(points)]
        file.write_text(json.dumps(wishes))
        return self.ask(f"times {file}")

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)
