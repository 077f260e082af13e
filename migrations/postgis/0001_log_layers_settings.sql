-- The frame of a database: PostGIS, the change log, the run-time layers, the settings and the
-- walking network. The layers' own tables are made from their descriptors at start.

CREATE EXTENSION IF NOT EXISTS postgis;

-- What happened, in the order it became visible. Written by triggers only.
CREATE TABLE change (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    layer text NOT NULL,
    id bigint NOT NULL,
    op text NOT NULL CHECK (op IN ('insert', 'update', 'delete')),
    at timestamptz NOT NULL DEFAULT now()
);

-- Readers tail the log by "everything after seq N". A sequence number is taken when a row is
-- written but the row is seen when its transaction commits, so two writers at once could show
-- 8 before 7, and 7 would be missed. Therefore every writing statement first takes this lock
-- and keeps it to the end of its transaction (PostgreSQL lets locks go after the commit is
-- visible): writers queue, as they do in SQLite, and readers never wait. It is taken before
-- the statement, not in the row triggers, so that nobody waits for it while holding row locks.
CREATE FUNCTION wangge_writer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7764512943611246);
    RETURN NULL;
END $$;

-- An outside tool need not know `version`, `updated_at` and `source`.
CREATE FUNCTION wangge_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF coalesce(NEW.version, 0) <= coalesce(OLD.version, 0) THEN
            NEW.version := coalesce(OLD.version, 0) + 1;
            NEW.updated_at := now();
        END IF;
    ELSE
        NEW.version := coalesce(NEW.version, 1);
        NEW.updated_at := coalesce(NEW.updated_at, now());
    END IF;
    NEW.source := coalesce(NEW.source, 'edit');
    RETURN NEW;
END $$;

-- The log is written with the rights of the owner: who may edit a layer need not be able to
-- write the log.
CREATE FUNCTION wangge_log_insert() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO change (layer, id, op) SELECT TG_TABLE_NAME, id, 'insert' FROM new_rows ORDER BY id;
    RETURN NULL;
END $$;

-- A row that got another id is a row gone and a row changed.
CREATE FUNCTION wangge_log_update() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO change (layer, id, op)
        SELECT TG_TABLE_NAME, o.id, 'delete' FROM old_rows o
        WHERE NOT EXISTS (SELECT FROM new_rows n WHERE n.id = o.id) ORDER BY o.id;
    INSERT INTO change (layer, id, op) SELECT TG_TABLE_NAME, id, 'update' FROM new_rows ORDER BY id;
    RETURN NULL;
END $$;

CREATE FUNCTION wangge_log_delete() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO change (layer, id, op) SELECT TG_TABLE_NAME, id, 'delete' FROM old_rows ORDER BY id;
    RETURN NULL;
END $$;

CREATE FUNCTION wangge_log_truncate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7764512943611246);
    EXECUTE format('INSERT INTO change (layer, id, op) SELECT %L, id, ''delete'' FROM %I.%I ORDER BY id',
                   TG_TABLE_NAME, TG_TABLE_SCHEMA, TG_TABLE_NAME);
    RETURN NULL;
END $$;

-- The same for the tables below, whose log rows carry their number.
CREATE FUNCTION wangge_log_number() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO change (layer, id, op)
        VALUES (TG_TABLE_NAME, CASE TG_OP WHEN 'DELETE' THEN OLD.number ELSE NEW.number END, lower(TG_OP));
    RETURN NULL;
END $$;

-- Descriptors of the layers that were added at run time.
CREATE TABLE layer (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL UNIQUE,
    descriptor json NOT NULL
);
CREATE TRIGGER "writer" BEFORE INSERT OR UPDATE OR DELETE ON layer EXECUTE FUNCTION wangge_writer();
CREATE TRIGGER "log" AFTER INSERT OR UPDATE OR DELETE ON layer FOR EACH ROW EXECUTE FUNCTION wangge_log_number();

-- Settings, by key.
CREATE TABLE meta (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,
    value json NOT NULL
);
CREATE TRIGGER "writer" BEFORE INSERT OR UPDATE OR DELETE ON meta EXECUTE FUNCTION wangge_writer();
CREATE TRIGGER "log" AFTER INSERT OR UPDATE OR DELETE ON meta FOR EACH ROW EXECUTE FUNCTION wangge_log_number();

-- The walking network: one row at the most.
CREATE TABLE network (
    number bigint PRIMARY KEY CHECK (number = 1),
    source text NOT NULL,
    built_at text NOT NULL,
    bytes bytea NOT NULL
);
CREATE TRIGGER "writer" BEFORE INSERT OR UPDATE OR DELETE ON network EXECUTE FUNCTION wangge_writer();
CREATE TRIGGER "log" AFTER INSERT OR UPDATE OR DELETE ON network FOR EACH ROW EXECUTE FUNCTION wangge_log_number();
