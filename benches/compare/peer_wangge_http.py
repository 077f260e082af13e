"""wangge as it is used: a server process on the loopback, one kept-alive connection, answers
read to the last byte."""

import csv
import http.client
import os
import subprocess
import time

from engine import Engine, timed
from questions import MINUTES, NEAREST, NEAREST_MINUTES


class Peer(Engine):
    name = "wangge, over HTTP"
    tasks = {
        "isochrone": {
            "whole life circle with counts and lists": f"life-circle?minutes={','.join(map(str, MINUTES))}"
        },
        "nearest": {"": f"nearest?layer=station&limit={NEAREST}&max_minutes={NEAREST_MINUTES}"},
    }
    reasons = {"search": "a bare search has no address of its own", "coverage": "it has no address"}

    def __init__(self, work, questions, extract, tools):
        database = work / "wangge.gpkg"
        stations = work / "stations.csv"
        with open(stations, "w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["name", "lon", "lat"])
            rows.writerows([f"station {i}", *p] for i, p in enumerate(questions.lonlat(questions.stations).tolist()))
        base = [tools.wangge, "--database", database]
        environment = {"RAYON_NUM_THREADS": "1", "TOKIO_WORKER_THREADS": "1", "PATH": "/usr/bin:/bin"}
        log = open(work / "wangge.log", "w")
        quiet = {"stdout": log, "stderr": log, "env": environment}
        for path in work.glob("wangge.gpkg*"):
            os.unlink(path)
        with self.getting_ready("import the extract into a GeoPackage"):
            subprocess.run([*base, "import", "osm", extract], check=True, **quiet)
        subprocess.run([*base, "import", "layer", "station", stations], check=True, **quiet)
        with self.getting_ready("start the server until it answers"):
            port = free_port()
            self.process = subprocess.Popen([*base, "serve", "--listen", f"127.0.0.1:{port}"], **quiet)
            self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            self.wait()
        self.origins = questions.lonlat(questions.origin_nodes).tolist()

    def wait(self):
        for _ in range(600):
            try:
                if self.get("/readyz")[0] == 200:
                    return
            except OSError:
                self.connection.close()
            if self.process.poll() is not None:
                raise RuntimeError("the server ended; see wangge.log")
            time.sleep(0.1)
        raise RuntimeError("the server is not ready after a minute")

    def get(self, address):
        self.connection.request("GET", address)
        response = self.connection.getresponse()
        return response.status, response.read()

    def run(self, task, how):
        address = [f"/api/{how}&lon={lon}&lat={lat}" for lon, lat in self.origins]
        # Between two rounds the server gives an idle connection up.
        self.connection.close()
        self.get("/readyz")
        seconds, answers = timed([lambda a=a: self.get(a) for a in address])
        wrong = [body for status, body in answers if status != 200]
        if wrong:
            raise RuntimeError(wrong[0].decode())
        self.sizes[task, how] = [len(body) for _, body in answers]
        return seconds

    def close(self):
        self.connection.close()
        self.process.terminate()
        self.process.wait(timeout=60)


def free_port():
    import socket

    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]
