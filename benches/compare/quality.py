"""How wrong polygons are. Of an engine's polygon and the points that are truly reached:

- false inside: wrongly inside / all points inside the polygon;
- false outside: wrongly outside / all points truly inside.

Sums over all origins. Points are street points (every 20 m along walkable streets of the main
connected piece) and buildings (a point inside each)."""

import numpy as np
import shapely

from questions import MINUTES, SPEED
from truth import LOOK, Truth

# Which points, the rule that decides what is wrongly inside, the rule for wrongly outside.
JUDGEMENTS = {
    "clear": ("streets", "field", "streets"),
    "streets": ("streets", "streets", "streets"),
    "field": ("streets", "field", "field"),
    "buildings": ("buildings", "field", "field"),
}


class Judge:
    def __init__(self, questions):
        town = questions.town
        truth = Truth(town)
        # Of each origin, by kind: positions and their seconds by each rule.
        self.cases = []
        for node in questions.origins:
            origin = town.nodes[node]
            near = truth.near(town.nodes[town.street_points], origin, LOOK)
            streets = town.street_points[near]
            houses = truth.near(town.buildings, origin, LOOK)
            kinds = {
                "streets": (streets, town.nodes[streets], streets),
                "buildings": (houses, town.buildings[houses], None),
            }
            case = {}
            for kind, (streets, field) in truth.times(node, kinds).items():
                case[kind] = (kinds[kind][1], {"streets": streets / SPEED, "field": field / SPEED})
            self.cases.append(case)

    def score_polygons(self, polygons):
        """`polygons[origin][minute]` as shapes to `{judgement: {minutes: counts}}`; where there is
        None, the origin does not count."""
        ready = [[prepare(shape) for shape in of_origin] for of_origin in polygons]

        def inside(i, m, kind):
            positions, shape = self.cases[i][kind][0], ready[i][m]
            # An empty shape is falsy, and is an answer.
            return None if shape is None else shapely.contains_xy(shape, positions[:, 0], positions[:, 1])

        return self.score(inside, JUDGEMENTS)

    def score_times(self, engine):
        """The same for an engine that tells the seconds (or None) to points of each origin."""
        told = {}
        for kind in engine.times_of:
            answers = engine.times([case[kind][0] for case in self.cases])
            told[kind] = [np.array([np.inf if t is None else t for t in row]) for row in answers]
        judgements = {name: rule for name, rule in JUDGEMENTS.items() if rule[0] in told}
        return self.score(lambda i, m, kind: told[kind][i] <= MINUTES[m] * 60.0, judgements)

    def score(self, inside, judgements):
        """`inside(origin, minute index, kind)` tells what the engine takes for reached."""
        result = {}
        for name, (kind, rule_in, rule_out) in judgements.items():
            result[name] = {}
            for m, minutes in enumerate(MINUTES):
                counts = np.zeros(4, dtype=int)
                for i, case in enumerate(self.cases):
                    said = inside(i, m, kind)
                    if said is None:
                        continue
                    may, must = (case[kind][1][rule] <= minutes * 60.0 for rule in (rule_in, rule_out))
                    counts += [(said & ~may).sum(), said.sum(), (must & ~said).sum(), must.sum()]
                result[name][str(minutes)] = counts.tolist()
        return result


def prepare(shape):
    if shape is None:
        return None
    shape = shapely.make_valid(shape)
    shapely.prepare(shape)
    return shape
