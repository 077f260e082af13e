"""pgRouting (Debian) over one connection to a throw-away cluster, on the graph of junctions."""

import os

import numpy as np
import psycopg
import shapely

from engine import Engine, timed
from extract import metres_per_degree
from questions import MINUTES, NEAREST, NEAREST_MINUTES, SPEED

LENGTHS = [m * 60 * SPEED for m in MINUTES]
REACHED = """
    SELECT n.flat, d.agg_cost FROM pgr_drivingDistance(
        format('SELECT id, source, target, cost, reverse_cost FROM edges WHERE geom && ST_MakeEnvelope(%%s, %%s, %%s, %%s, 4326)',
               %(west)s::float8, %(south)s::float8, %(east)s::float8, %(north)s::float8),
        %(origin)s, %(far)s) d JOIN nodes n ON n.id = d.node"""
# Drawn in metres around the town's middle: pgr_alphaShape writes six figures of every coordinate,
# which in degrees are ten metres. Its own choice of a radius (0) takes the server's process down at
# small sets of points, in pgRouting 3.4.2; a stated one does not.
SHAPES = {"pgr_alphaShape 100": "pgr_alphaShape(points, 100)", "ST_ConcaveHull 0.2": "ST_ConcaveHull(points, 0.2)"}
FUNCTION = """
    CREATE FUNCTION shape_{number}(points geometry) RETURNS text LANGUAGE plpgsql AS $$
    BEGIN RETURN ST_AsGeoJSON({shape}); EXCEPTION WHEN internal_error OR data_exception THEN RETURN NULL; END $$"""


class Peer(Engine):
    name = "pgRouting, over SQL"
    tasks = {
        "search": {"pgr_drivingDistance": None},
        "isochrone": {shape: shape for shape in SHAPES},
        "nearest": {"pgr_drivingDistance, five best": None},
        "coverage": {"pgr_drivingDistance, equicost": None},
    }

    def __init__(self, work, questions, extract, tools):
        q = self.questions = questions
        self.middle = q.nodes.mean(axis=0)
        self.scale = np.array(metres_per_degree(self.middle[1]))
        address = os.environ.get("WANGGE_TEST_POSTGRES")
        if not address:
            raise RuntimeError("WANGGE_TEST_POSTGRES is not set: run under tests/postgres.sh")
        with psycopg.connect(address, autocommit=True) as admin:
            admin.execute("DROP DATABASE IF EXISTS compare")
            admin.execute("CREATE DATABASE compare")
        db = self.db = psycopg.connect(address.rsplit("/", 1)[0] + "/compare", autocommit=True)
        db.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        db.execute("CREATE EXTENSION pgrouting")
        for number, shape in enumerate(SHAPES.values()):
            db.execute(FUNCTION.format(number=number, shape=shape))
        full = db.execute("SELECT pgr_version(), split_part(postgis_lib_version(), ' ', 1), current_setting('server_version')")
        self.version = "{} (PostGIS {}, PostgreSQL {})".format(*full.fetchone())
        with self.getting_ready("load nodes and edges, index, analyse"):
            self.load(q)
        self.graph = f"{len(q.nodes):,} nodes, {len(q.tails):,} arcs"

    def load(self, q):
        db = self.db
        db.execute("CREATE TABLE nodes (id int8 PRIMARY KEY, flat geometry(Point))")
        db.execute("CREATE TABLE edges (id int8 PRIMARY KEY, source int8, target int8, cost float8, reverse_cost float8, geom geometry(LineString, 4326))")
        with db.cursor().copy("COPY nodes FROM STDIN") as copy:
            for i, (x, y) in enumerate((q.nodes - self.middle) * self.scale):
                copy.write_row((i, f"POINT({x:.2f} {y:.2f})"))
        with db.cursor().copy("COPY edges FROM STDIN") as copy:
            for i, (a, b, m) in enumerate(zip(q.tails.tolist(), q.heads.tolist(), q.metres.tolist())):
                (x0, y0), (x1, y1) = q.nodes[a], q.nodes[b]
                copy.write_row((i, a, b, m, -1, f"SRID=4326;LINESTRING({x0} {y0}, {x1} {y1})"))
        db.execute("CREATE INDEX ON edges USING gist (geom)")
        db.execute("CREATE TABLE stations AS SELECT unnest(%s::int8[]) AS node", [q.stations.tolist()])
        db.execute("ANALYZE")

    def window(self, origin, far):
        """The usual box around the origin: without it every query reads the whole table."""
        x, y = self.questions.nodes[origin]
        east, north = metres_per_degree(y)
        dx, dy = far / east, far / north
        return {"west": x - dx, "south": y - dy, "east": x + dx, "north": y + dy, "origin": int(origin), "far": far}

    def isochrone(self, origin, shape):
        """GeoJSON of each contour; None where the function fails."""
        number = list(SHAPES).index(shape)
        columns = ", ".join(f"shape_{number}(ST_Collect(flat) FILTER (WHERE agg_cost <= {far}))" for far in LENGTHS)
        query = f"WITH reached AS MATERIALIZED ({REACHED}) SELECT {columns} FROM reached"
        return self.db.execute(query, self.window(origin, LENGTHS[-1])).fetchone()

    def run(self, task, how):
        q = self.questions
        far = NEAREST_MINUTES * 60 * SPEED
        if task == "coverage":
            # For every node the way *from* it counts: search backwards.
            edges = "SELECT id, target AS source, source AS target, cost, reverse_cost FROM edges"
            every = "SELECT count(*), sum(agg_cost) FROM pgr_drivingDistance(%s, %s::int8[], %s, equicost => true)"
            one = lambda c: self.db.execute(every, [edges, c.tolist(), far]).fetchone()
            return timed([lambda: [one(c) for c in q.categories]])[0]
        if task == "search":
            count = f"SELECT count(*) FROM ({REACHED}) r"
            return timed([lambda o=o: self.db.execute(count, self.window(o, LENGTHS[-1])).fetchone() for o in q.origin_nodes])[0]
        if task == "nearest":
            order = f"SELECT s.node, r.agg_cost FROM ({REACHED.replace('n.flat', 'n.id')}) r JOIN stations s ON s.node = r.id ORDER BY 2 LIMIT {NEAREST}"
            seconds, answers = timed([lambda o=o: self.db.execute(order, self.window(o, far)).fetchall() for o in q.origin_nodes])
            self.sizes[task, str(how)] = [len(a) for a in answers]
            return seconds
        seconds, answers = timed([lambda o=o: self.isochrone(o, how) for o in q.origin_nodes])
        self.sizes[task, str(how)] = [sum(len(g or "") for g in a) for a in answers]
        return seconds

    def polygons(self):
        result = {}
        for shape in SHAPES:
            rows = [[self.degrees(t) for t in self.isochrone(o, shape)] for o in self.questions.origin_nodes]
            failed = sum(polygon is None for row in rows for polygon in row)
            name = f"{shape} (no polygon for {failed} of {len(rows) * len(LENGTHS)})" if failed else shape
            result[name] = rows
        return result

    def degrees(self, text):
        """The shape back where it belongs; None where there is none, or nothing in it."""
        if text is None:
            return None
        back = lambda flat: flat / self.scale + self.middle
        shape = shapely.transform(shapely.from_geojson(text), back)
        return None if shape.is_empty else shape

    def close(self):
        self.db.close()
