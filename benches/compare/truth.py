"""Walking times that no measured engine had a hand in, for the judgement of polygons.

Two rules, since engines mean different things by "reached":

- `streets`: along the streets from the origin, which stands on one. Nothing else.
- `field`: the definition of `ARCHITECTURE.md`. Before the first and after the last street a
  straight step of up to 100 m at half speed, unless it crosses a barrier (shore, railway,
  motorway, wall).
"""

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from extract import metres_per_degree

OFF_LIMIT = 100.0
OFF_LIMIT_ENCLOSED = 15.0
OFF_COST = 2.0
FARTHEST = 1125.0
LINE = 50.0
# Points farther away than this in a straight line cannot be inside any honest polygon, and are
# still counted when one covers them.
LOOK = 2500.0


class Truth:
    """Times of all points from one origin after another; what a point sees is kept between them."""

    def __init__(self, town):
        self.town = town
        self.lat = town.nodes[:, 1].mean()
        # Widened by what the plane is wrong at the ends of the town.
        self.scale = np.array(metres_per_degree(self.lat))
        self.nodes_at = cKDTree(town.nodes * self.scale)
        self.barriers = short_lines(town.barriers, self.scale)
        self.barriers_at = cKDTree(self.barriers.mean(axis=1) * self.scale) if len(self.barriers) else None
        self.sights = {}

    def near(self, positions, origin, metres):
        """Indices of the positions within the distance of the origin."""
        scale = np.array(metres_per_degree(origin[1]))
        return np.flatnonzero(np.linalg.norm((positions - origin) * scale, axis=1) <= metres)

    def sight(self, kind, index, position):
        """The fine nodes that a position sees, and the metres to each."""
        key = (kind, index)
        if key not in self.sights:
            self.sights[key] = self.look(position)
        return self.sights[key]

    def look(self, position):
        scale = np.array(metres_per_degree(position[1]))
        ids = np.array(self.nodes_at.query_ball_point(position * self.scale, OFF_LIMIT * 1.02), dtype=int)
        away = np.linalg.norm((self.town.nodes[ids] - position) * scale, axis=1)
        within = away <= np.where(self.town.enclosed[ids], OFF_LIMIT_ENCLOSED, OFF_LIMIT)
        ids, away = ids[within], away[within]
        if len(ids) and self.barriers_at is not None:
            radius = (OFF_LIMIT + LINE / 2) * 1.02
            close = self.barriers_at.query_ball_point(position * self.scale, radius)
            lines = (self.barriers[close] - position) * scale
            seen = ~crossed((self.town.nodes[ids] - position) * scale, lines)
            ids, away = ids[seen], away[seen]
        return ids, away

    def times(self, origin_node, kinds):
        """For each kind of points `{kind: (indices, positions)}` the two times in metres of
        street walking: by streets (infinite for points that are no nodes) and by the field."""
        town, origin = self.town, self.town.nodes[origin_node]
        local = self.near(town.nodes, origin, FARTHEST + 10.0)
        place = np.full(len(town.nodes), -1)
        place[local] = np.arange(len(local))
        graph = town.graph[local][:, local]
        by_streets = dijkstra(graph, indices=place[origin_node], limit=FARTHEST + 5.0)
        ids, away = self.sight("origin", int(origin_node), origin)
        row = sp.csr_array((np.maximum(away * OFF_COST, 1e-9), (np.zeros(len(ids), dtype=int), place[ids])),
                           shape=(1, len(local)))
        seeded = sp.csr_array(sp.vstack([sp.hstack([graph, sp.csr_array((len(local), 1))]),
                                         sp.hstack([row, sp.csr_array((1, 1))])]))
        by_field = dijkstra(seeded, indices=len(local), limit=FARTHEST + 5.0)[:-1]
        answers = {}
        for kind, (indices, positions, nodes) in kinds.items():
            streets = np.full(len(indices), np.inf)
            if nodes is not None:
                known = place[nodes] >= 0
                streets[known] = by_streets[place[nodes[known]]]
            field = np.full(len(indices), np.inf)
            scale = np.array(metres_per_degree(origin[1]))
            far = np.linalg.norm((positions - origin) * scale, axis=1) > FARTHEST
            for i in np.flatnonzero(~far):
                ids, away = self.sight(kind, int(indices[i]), positions[i])
                inside = place[ids] >= 0
                if inside.any():
                    field[i] = (by_field[place[ids[inside]]] + OFF_COST * away[inside]).min()
            answers[kind] = (streets, field)
        return answers


def short_lines(lines, scale):
    """The lines in pieces of at most `LINE` metres, so that their middles are near all of them."""
    pieces = []
    for a, b in lines:
        count = max(1, int(np.ceil(np.linalg.norm((b - a) * scale) / LINE)))
        corners = a + (b - a) * (np.arange(count + 1) / count)[:, None]
        pieces += list(zip(corners, corners[1:]))
    return np.array(pieces).reshape(-1, 2, 2)


def crossed(ends, lines):
    """Which of the steps from (0, 0) to the ends meet one of the lines; touching is meeting."""
    if not len(lines):
        return np.zeros(len(ends), dtype=bool)
    a, b = lines[:, 0], lines[:, 1]
    cross = lambda p, q: p[..., 0] * q[..., 1] - p[..., 1] * q[..., 0]
    side_a, side_b = cross(ends[:, None], a[None]), cross(ends[:, None], b[None])
    edge = (b - a)[None]
    side_o = cross(edge, -a[None])
    side_e = cross(edge, ends[:, None] - a[None])
    tiny = 1e-3
    apart = lambda p, q: ((p > tiny) & (q > tiny)) | ((p < -tiny) & (q < -tiny))
    return (~apart(side_a, side_b) & ~apart(side_o, side_e)).any(axis=1)
