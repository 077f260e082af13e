"""What every engine is asked: the same seeded origins, stations and facilities, and the graph of
junctions that is handed to the engines which bring none of their own."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from extract import metres_per_degree, shortest_arcs

SEED = 20261122
SPEED = 1.25
MINUTES = (5, 10, 15)
ORIGINS = 30
STATIONS = 200
NEAREST = 5
NEAREST_MINUTES = 30
CATEGORIES = (50, 70, 90, 110, 130, 150, 175, 200)


@dataclass
class Questions:
    # Nodes of the fine graph.
    origins: np.ndarray
    # Everything below is in nodes of the graph of junctions, in which the origins are nodes too.
    nodes: np.ndarray
    tails: np.ndarray
    heads: np.ndarray
    metres: np.ndarray
    graph: object
    origin_nodes: np.ndarray
    stations: np.ndarray
    categories: list
    town: object

    def lonlat(self, nodes):
        return np.round(self.nodes[nodes], 7)

    def as_json(self):
        return {
            "origins": self.lonlat(self.origin_nodes).tolist(),
            "stations": self.lonlat(self.stations).tolist(),
            "categories": [self.lonlat(c).tolist() for c in self.categories],
            "nearest": NEAREST,
            "nearest_minutes": NEAREST_MINUTES,
            "minutes": list(MINUTES),
        }


def plane(positions, lat):
    return positions * np.array(metres_per_degree(lat))


def ask(town):
    random = np.random.default_rng(SEED)
    origins = where_people_live(town, random)
    nodes, tails, heads, metres, fine = junctions(town, origins)
    graph = shortest_arcs(len(nodes), tails, heads, metres)
    # Only junctions of the main piece become stations, so that everyone can get to them.
    reachable = np.flatnonzero(town.main[fine])
    pick = lambda count: random.choice(reachable, count, replace=False)
    place = {int(f): i for i, f in enumerate(fine)}
    return Questions(
        origins=origins,
        nodes=nodes,
        tails=tails,
        heads=heads,
        metres=metres,
        graph=graph,
        origin_nodes=np.array([place[int(o)] for o in origins]),
        stations=pick(STATIONS),
        categories=[pick(count) for count in CATEGORIES],
        town=town,
    )


def where_people_live(town, random):
    """The street points nearest to buildings drawn at random: spread as the town is."""
    lat = town.nodes[:, 1].mean()
    tree = cKDTree(plane(town.nodes[town.street_points], lat))
    drawn = town.buildings[random.permutation(len(town.buildings))]
    away, nearest = tree.query(plane(drawn, lat))
    found = dict.fromkeys(town.street_points[nearest[away < 50.0]].tolist())
    return np.array(list(found)[:ORIGINS])


def junctions(town, origins):
    """The fine graph's chains between junctions, ends and origins, as arcs of their own."""
    uses = np.zeros(len(town.nodes), dtype=int)
    for ids, _, _, _ in town.ways:
        np.add.at(uses, ids[1:-1], 2)
        uses[ids[0]] += 3
        uses[ids[-1]] += 3
    keep = uses > 2
    keep[origins] = True
    tails, heads, metres = [], [], []
    for ids, steps, forward, backward in town.ways:
        start, length = 0, 0.0
        for i in range(1, len(ids)):
            length += steps[i - 1]
            if keep[ids[i]]:
                for there, tail, head in ((forward, start, i), (backward, i, start)):
                    if there:
                        tails.append(ids[tail])
                        heads.append(ids[head])
                        metres.append(length)
                start, length = i, 0.0
    fine = np.unique(tails + heads)
    number = np.zeros(len(town.nodes), dtype=int)
    number[fine] = np.arange(len(fine))
    return town.nodes[fine], number[tails], number[heads], np.array(metres), fine
