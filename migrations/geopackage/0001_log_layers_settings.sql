-- The frame of a database: what makes the file a GeoPackage (OGC 12-128r17, version 1.3), the
-- change log, the run-time layers, the settings and the walking network. The layers' own
-- tables are made from their descriptors at start.

PRAGMA application_id = 1196444487; -- 'GPKG'
PRAGMA user_version = 10300;

CREATE TABLE gpkg_spatial_ref_sys (
    srs_name TEXT NOT NULL,
    srs_id INTEGER NOT NULL PRIMARY KEY,
    organization TEXT NOT NULL,
    organization_coordsys_id INTEGER NOT NULL,
    definition TEXT NOT NULL,
    description TEXT
);

INSERT INTO gpkg_spatial_ref_sys VALUES
    ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined cartesian coordinate reference system'),
    ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
    ('WGS 84 geodetic', 4326, 'EPSG', 4326,
     'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]',
     'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid');

CREATE TABLE gpkg_contents (
    table_name TEXT NOT NULL PRIMARY KEY,
    data_type TEXT NOT NULL,
    identifier TEXT UNIQUE,
    description TEXT DEFAULT '',
    last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
    min_x DOUBLE,
    min_y DOUBLE,
    max_x DOUBLE,
    max_y DOUBLE,
    srs_id INTEGER,
    CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
);

CREATE TABLE gpkg_geometry_columns (
    table_name TEXT NOT NULL,
    column_name TEXT NOT NULL,
    geometry_type_name TEXT NOT NULL,
    srs_id INTEGER NOT NULL,
    z TINYINT NOT NULL,
    m TINYINT NOT NULL,
    CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
    CONSTRAINT uk_gc_table_name UNIQUE (table_name),
    CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
    CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
);

-- What happened, in the order it became visible. Written by triggers only.
CREATE TABLE change (
    seq INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    layer TEXT NOT NULL,
    id INTEGER NOT NULL,
    op TEXT NOT NULL,
    at DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
);

-- Registering one table of attributes tells GDAL and QGIS not to list those that are not
-- registered: the service's own below.
INSERT INTO gpkg_contents (table_name, data_type, identifier, description)
    VALUES ('change', 'attributes', 'change', '变更记录 · Change log');

-- Descriptors of the layers that were added at run time, as JSON.
CREATE TABLE layer (
    number INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    descriptor TEXT NOT NULL
);
CREATE TRIGGER "log:layer:insert" AFTER INSERT ON layer
    BEGIN INSERT INTO change (layer, id, op) VALUES ('layer', NEW.number, 'insert'); END;
CREATE TRIGGER "log:layer:update" AFTER UPDATE ON layer
    BEGIN INSERT INTO change (layer, id, op) VALUES ('layer', NEW.number, 'update'); END;
CREATE TRIGGER "log:layer:delete" AFTER DELETE ON layer
    BEGIN INSERT INTO change (layer, id, op) VALUES ('layer', OLD.number, 'delete'); END;

-- Settings, as JSON, by key.
CREATE TABLE meta (
    number INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    value TEXT NOT NULL
);
CREATE TRIGGER "log:meta:insert" AFTER INSERT ON meta
    BEGIN INSERT INTO change (layer, id, op) VALUES ('meta', NEW.number, 'insert'); END;
CREATE TRIGGER "log:meta:update" AFTER UPDATE ON meta
    BEGIN INSERT INTO change (layer, id, op) VALUES ('meta', NEW.number, 'update'); END;
CREATE TRIGGER "log:meta:delete" AFTER DELETE ON meta
    BEGIN INSERT INTO change (layer, id, op) VALUES ('meta', OLD.number, 'delete'); END;

-- The walking network: one row at the most.
CREATE TABLE network (
    number INTEGER PRIMARY KEY NOT NULL CHECK (number = 1),
    source TEXT NOT NULL,
    built_at TEXT NOT NULL,
    bytes BLOB NOT NULL
);
CREATE TRIGGER "log:network:insert" AFTER INSERT ON network
    BEGIN INSERT INTO change (layer, id, op) VALUES ('network', NEW.number, 'insert'); END;
CREATE TRIGGER "log:network:update" AFTER UPDATE ON network
    BEGIN INSERT INTO change (layer, id, op) VALUES ('network', NEW.number, 'update'); END;
CREATE TRIGGER "log:network:delete" AFTER DELETE ON network
    BEGIN INSERT INTO change (layer, id, op) VALUES ('network', OLD.number, 'delete'); END;
