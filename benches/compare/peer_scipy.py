"""scipy's Dijkstra on the graph of junctions: no polygons, no positions, only the search."""

import numpy as np
import scipy
from scipy.sparse.csgraph import dijkstra

from engine import Engine, timed
from questions import MINUTES, NEAREST, NEAREST_MINUTES, SPEED


class Peer(Engine):
    name = "scipy, in process"
    tasks = {"search": {"": None}, "nearest": {"": None}, "coverage": {"": None}}
    reasons = {"isochrone": "it makes no polygons"}

    def __init__(self, work, questions, extract, tools):
        self.version = scipy.__version__
        self.graph = f"{len(questions.nodes):,} nodes, {questions.graph.nnz:,} arcs"
        self.rows = questions.graph
        self.questions = questions

    def run(self, task, how):
        q, far = self.questions, NEAREST_MINUTES * 60.0 * SPEED
        if task == "coverage":
            # For every node the way *from* it counts: search backwards.
            backwards = self.rows.T.tocsr()
            one = lambda c: dijkstra(backwards, indices=c, min_only=True, limit=far)
            return timed([lambda: [one(c) for c in q.categories]])[0]
        if task == "search":
            return timed([lambda o=o: dijkstra(self.rows, indices=o, limit=MINUTES[-1] * 60 * SPEED) for o in q.origin_nodes])[0]

        def nearest(origin):
            away = dijkstra(self.rows, indices=origin, limit=far)[q.stations]
            return [s for s in np.argsort(away)[:NEAREST] if np.isfinite(away[s])]

        return timed([lambda o=o: nearest(o) for o in q.origin_nodes])[0]
