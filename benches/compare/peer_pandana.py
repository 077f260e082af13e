"""Pandana on the graph of junctions."""

from importlib.metadata import version

import pandana
import pandas as pd

from engine import Engine, timed
from questions import MINUTES, NEAREST_MINUTES, SPEED


class Peer(Engine):
    name = "Pandana, in process"
    tasks = {"search": {"nodes_in_range": None}, "coverage": {"nearest_pois": None}}
    reasons = {
        "isochrone": "it makes no polygons",
        "nearest": "it answers for all nodes at once: see coverage",
    }

    def __init__(self, work, questions, extract, tools):
        q = self.questions = questions
        self.version = version("pandana")
        far = NEAREST_MINUTES * 60.0 * SPEED
        x, y = pd.Series(q.nodes[:, 0]), pd.Series(q.nodes[:, 1])
        weights = pd.DataFrame({"metres": q.metres})
        with self.getting_ready("contract the network"):
            self.network = pandana.Network(x, y, pd.Series(q.tails), pd.Series(q.heads), weights, twoway=False)
        with self.getting_ready("precompute(2250 m), which only its aggregations need"):
            self.network.precompute(far)
        with self.getting_ready("set_pois of 8 categories"):
            for i, nodes in enumerate(q.categories):
                place = q.nodes[nodes]
                self.network.set_pois(f"c{i}", far, 1, pd.Series(place[:, 0]), pd.Series(place[:, 1]))
        self.graph = f"{len(q.nodes):,} nodes, {len(q.tails):,} arcs"

    def run(self, task, how):
        if task == "search":
            far = MINUTES[-1] * 60 * SPEED
            return timed([lambda o=o: self.network.nodes_in_range([o], far) for o in self.questions.origin_nodes])[0]
        far = NEAREST_MINUTES * 60.0 * SPEED
        categories = range(len(self.questions.categories))
        return timed([lambda: [self.network.nearest_pois(far, f"c{i}", num_pois=1) for i in categories]])[0]
