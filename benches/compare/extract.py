"""Reads an extract into what the comparison walks on: an own walking graph, independent of every
engine that is measured. Ways are cut into pieces of at most `PIECE` metres whose ends are nodes,
so that a place on a street is a node.

The foot rules are the usual ones of the OpenStreetMap wiki (access restrictions, default row,
column foot); barriers are what `ARCHITECTURE.md` says a step off the network may not cross.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import osmium
import scipy.sparse as sp
import shapely
from scipy.sparse.csgraph import connected_components

PIECE = 2.5
STREET_POINT_EVERY = 20.0

WALKED = set(
    "primary primary_link secondary secondary_link tertiary tertiary_link trunk trunk_link residential"
    " unclassified living_street service road track path footway pedestrian steps cycleway bridleway"
    " corridor platform elevator crossing".split()
)
YES = {"yes", "designated", "permissive"}
NO = {"no", "private"}


def metres_per_degree(lat):
    """East and north, on the WGS 84 ellipsoid."""
    a, e2 = 6378137.0, 0.0066943799901413
    sin = math.sin(math.radians(lat))
    w2 = 1.0 - e2 * sin * sin
    east = a / math.sqrt(w2) * math.cos(math.radians(lat))
    return east * math.pi / 180.0, a * (1.0 - e2) / w2**1.5 * math.pi / 180.0


def distance(a, b):
    """Metres between two positions (lon, lat), not far apart."""
    east, north = metres_per_degree((a[1] + b[1]) / 2.0)
    return math.hypot((a[0] - b[0]) * east, (a[1] - b[1]) * north)


@dataclass
class Town:
    """Positions are (lon, lat); nodes of the fine graph are numbered from 0."""

    nodes: np.ndarray = None
    graph: sp.csr_array = None
    # Off a bridge or tunnel only its deck is served.
    enclosed: np.ndarray = None
    # Nodes of the largest connected piece, and the street points among them.
    main: np.ndarray = None
    street_points: np.ndarray = None
    buildings: np.ndarray = None
    # Line segments, [[lon, lat], [lon, lat]].
    barriers: np.ndarray = None
    # Each way as fine nodes with the metres between, and whether it may be walked for- and backwards.
    ways: list = field(default_factory=list)


def walkable(tags):
    """(forward, backward), or None where nobody walks."""
    foot, access, highway = tags.get("foot"), tags.get("access"), tags.get("highway")
    platform = tags.get("railway") == "platform" or tags.get("public_transport") == "platform"
    if highway in ("motorway", "motorway_link") or (
        highway in ("trunk", "trunk_link") and tags.get("motorroad") == "yes"
    ):
        kind = foot in YES
    else:
        kind = highway in WALKED or (highway is None and platform)
    if not kind or foot in NO or foot == "use_sidepath" or (foot is None and access in NO):
        return None
    way = tags.get("oneway:foot") or (tags.get("conveying") if highway == "steps" else None)
    if way in ("yes", "1", "forward"):
        return True, False
    if way in ("-1", "reverse", "backward"):
        return False, True
    return True, True


def blocks(tags):
    """Whether a gate or the like stops people."""
    if "barrier" not in tags:
        return False
    foot = tags.get("foot")
    return foot in NO or (foot is None and (tags.get("access") in NO or tags.get("locked") == "yes"))


def deep_water(tags):
    water = (
        tags.get("natural") == "water"
        or tags.get("waterway") in ("riverbank", "dock")
        or tags.get("landuse") in ("reservoir", "basin")
    )
    shallow = (
        tags.get("water") in ("fountain", "wastewater", "swimming_pool", "pool", "reflecting_pool")
        or tags.get("amenity") == "fountain"
        or tags.get("leisure") == "swimming_pool"
        or tags.get("basin") in ("detention", "infiltration")
        or tags.get("intermittent") == "yes"
        or tags.get("seasonal") == "yes"
    )
    return water and not shallow and on_the_ground(tags)


def on_the_ground(tags):
    return (
        tags.get("tunnel", "no") == "no"
        and tags.get("covered", "no") == "no"
        and tags.get("layer", "0") == "0"
        and tags.get("location") != "underground"
    )


def stops_a_step(tags):
    """Lines that may not be crossed off the network."""
    if tags.get("natural") == "coastline" or deep_water(tags):
        return True
    if not on_the_ground(tags):
        return False
    if tags.get("barrier") in ("wall", "fence", "city_wall", "retaining_wall"):
        return True
    if tags.get("bridge", "no") != "no":
        return False
    return (
        tags.get("waterway") in ("river", "canal")
        or tags.get("railway") in ("rail", "light_rail", "subway", "narrow_gauge")
        or tags.get("highway") in ("motorway", "motorway_link")
        or (tags.get("motorroad") == "yes" and tags.get("highway") in ("trunk", "trunk_link", "primary"))
    )


def read(path):
    """The town of an extract whose nodes stand before its ways."""
    blocked, shores, streets, lines, rings = set(), set(), [], [], []
    for relation in osmium.FileProcessor(path, osmium.osm.RELATION):
        if relation.tags.get("type") == "multipolygon" and deep_water(relation.tags):
            shores.update(m.ref for m in relation.members if m.type == "w")
    for o in osmium.FileProcessor(path, osmium.osm.NODE | osmium.osm.WAY).with_locations():
        if o.is_node():
            if blocks(o.tags):
                blocked.add(o.id)
            continue
        located = [(n.ref, n.lon, n.lat) for n in o.nodes if n.location.valid()]
        if len(located) < 2:
            continue
        # A way of which points are missing is cut short by them, not bridged: leave it out.
        whole = len(located) == len(o.nodes)
        directions = walkable(o.tags)
        if directions and whole:
            enclosed = o.tags.get("bridge", "no") != "no" or o.tags.get("tunnel", "no") != "no"
            streets.append((located, directions, enclosed, o.tags.get("area") == "yes"))
        if stops_a_step(o.tags) or o.id in shores:
            lines.append([p[1:] for p in located])
        if "building" in o.tags and o.tags["building"] != "no" and o.is_closed() and len(located) > 3:
            rings.append([p[1:] for p in located])
    town = Town()
    town.barriers = np.array([[a, b] for line in lines for a, b in zip(line, line[1:])]).reshape(-1, 2, 2)
    shapes = shapely.make_valid(np.array([shapely.Polygon(r) for r in rings], dtype=object))
    inside = shapely.point_on_surface(shapes[~shapely.is_empty(shapes)])
    town.buildings = shapely.get_coordinates(inside)
    lay(town, streets, blocked)
    return town


def lay(town, streets, blocked):
    """Numbers the nodes, cuts the pieces, finds the largest piece and the street points on it."""
    number, nodes, open_sides, candidates = {}, [], [], []
    tails, heads, metres = [], [], []

    def node(lonlat):
        nodes.append(lonlat)
        return len(nodes) - 1

    for located, (forward, backward), closed_sides, area in streets:

        def finish(ids, steps):
            if len(ids) > 1:
                town.ways.append((ids, steps, forward, backward))
                if not area:
                    candidates.append(len(town.ways) - 1)
                if not closed_sides:
                    open_sides.extend(ids)

        ids, steps = [], []
        for ref, lon, lat in located:
            # At a closed gate every way ends on its own.
            this = node((lon, lat)) if ref in blocked else number.get(ref)
            if this is None:
                this = number[ref] = node((lon, lat))
            if ids:
                x, y = nodes[ids[-1]]
                length = distance((x, y), (lon, lat))
                count = max(1, math.ceil(length / PIECE))
                between = [node((x + (lon - x) * i / count, y + (lat - y) * i / count)) for i in range(1, count)]
                ids += [*between, this]
                steps += [length / count] * count
            else:
                ids.append(this)
            if ref in blocked and len(ids) > 1:
                finish(ids, steps)
                ids, steps = [node((lon, lat))], []
        finish(ids, steps)
    for ids, steps, forward, backward in town.ways:
        for a, b, s in zip(ids, ids[1:], steps):
            for there, tail, head in ((forward, a, b), (backward, b, a)):
                if there:
                    tails.append(tail)
                    heads.append(head)
                    metres.append(s)
    n = len(nodes)
    town.nodes, town.enclosed = np.array(nodes), np.ones(n, dtype=bool)
    town.enclosed[open_sides] = False
    town.graph = shortest_arcs(n, np.array(tails), np.array(heads), np.array(metres))
    labels = connected_components(town.graph, directed=False)[1]
    town.main = labels == np.bincount(labels).argmax()
    points = []
    for way in candidates:
        ids, steps = town.ways[way][:2]
        walked, next_at = 0.0, STREET_POINT_EVERY / 2
        for i, s in zip(ids[1:], steps):
            walked += s
            if walked >= next_at:
                points.append(i)
                next_at += STREET_POINT_EVERY
    points = np.unique(points)
    town.street_points = points[town.main[points]]


def shortest_arcs(n, tails, heads, metres):
    """A graph in rows; of parallel arcs the shortest, and none without length."""
    order = np.lexsort((metres, heads, tails))
    tails, heads, metres = tails[order], heads[order], metres[order]
    first = np.ones(len(tails), dtype=bool)
    first[1:] = (tails[1:] != tails[:-1]) | (heads[1:] != heads[:-1])
    keep = first & (tails != heads)
    weights = np.maximum(metres[keep], 1e-6)
    return sp.csr_array((weights, (tails[keep], heads[keep])), shape=(n, n))
