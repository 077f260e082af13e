-- Cases of dispatch. Tables of the service's own: times are whole milliseconds (UTC), positions whole
-- 1e-7 degrees, so that both databases compare and index them alike.

-- One case. What is looked for or sorted by stands in columns; the whole of it is in
-- wangge_issue_case.
CREATE TABLE wangge_issue (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    number TEXT NOT NULL UNIQUE,
    -- Version: the number of its events.
    events INTEGER NOT NULL,
    state TEXT NOT NULL,
    open BOOLEAN NOT NULL,
    restricted BOOLEAN NOT NULL,
    suspended BOOLEAN NOT NULL,
    warned BOOLEAN NOT NULL,
    missed BOOLEAN NOT NULL,
    triage TEXT NOT NULL,
    source TEXT NOT NULL,
    category TEXT NOT NULL,
    category_group TEXT NOT NULL,
    lon_e7 INTEGER NOT NULL,
    lat_e7 INTEGER NOT NULL,
    -- Codes of the areas that hold the place.
    grid TEXT,
    community TEXT,
    town TEXT,
    district TEXT,
    level TEXT NOT NULL,
    owner_layer TEXT,
    owner_code TEXT,
    worker TEXT,
    due_at INTEGER,
    promised_at INTEGER,
    -- When the clock has something to do.
    next_due INTEGER,
    -- The queue: what ends next, or ended.
    urgent_at INTEGER NOT NULL,
    reported_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    closed_at INTEGER,
    -- Counts in no period that begins after it.
    counts_until INTEGER NOT NULL,
    photos INTEGER NOT NULL,
    -- What happened last.
    last_what TEXT NOT NULL,
    -- Everybody whose it was to see, ever: who is to be told that it left their sight.
    ever TEXT NOT NULL,
    ever_plain BOOLEAN NOT NULL,
    description TEXT NOT NULL,
    address TEXT
);
CREATE INDEX wangge_issue_due ON wangge_issue (next_due) WHERE next_due IS NOT NULL;
CREATE INDEX wangge_issue_near ON wangge_issue (category, lat_e7, lon_e7) WHERE open;
CREATE INDEX wangge_issue_counts ON wangge_issue (counts_until);
CREATE INDEX wangge_issue_updated ON wangge_issue (updated_at, id);
-- Lists and counts of the board. The columns that say who sees a case stand in each, so that the rows
-- themselves are read only for the page that is shown.
CREATE INDEX wangge_issue_queue ON wangge_issue (urgent_at, id, restricted, worker, grid, community, town, district) WHERE open;
CREATE INDEX wangge_issue_newest ON wangge_issue (reported_at, id, restricted, worker, grid, community, town, district) WHERE open;
CREATE INDEX wangge_issue_latest ON wangge_issue (updated_at, id, restricted, worker, grid, community, town, district) WHERE open;
CREATE INDEX wangge_issue_queue_town ON wangge_issue (town, urgent_at) WHERE open;
CREATE INDEX wangge_issue_queue_community ON wangge_issue (community, urgent_at) WHERE open;
CREATE INDEX wangge_issue_queue_grid ON wangge_issue (grid, urgent_at) WHERE open;
CREATE INDEX wangge_issue_worker ON wangge_issue (worker, urgent_at, id, missed, restricted, grid, community, town,
    district) WHERE open;
CREATE INDEX wangge_issue_board ON wangge_issue (state, missed, warned, triage, due_at, restricted, worker, grid, community, town, district,
    category, category_group, source, level, suspended, id) WHERE open;
CREATE INDEX wangge_issue_map ON wangge_issue (lon_e7, lat_e7, missed, warned, restricted, worker, grid, community, town, district, id)
    WHERE open;
-- Of all cases, also those that are over.
CREATE INDEX wangge_issue_states ON wangge_issue (state, updated_at, id, restricted, worker, grid, community, town, district);
CREATE INDEX wangge_issue_reported ON wangge_issue (reported_at, id, restricted, worker, grid, community, town, district);
CREATE INDEX wangge_issue_town ON wangge_issue (town, reported_at);
CREATE INDEX wangge_issue_community ON wangge_issue (community, reported_at);
CREATE INDEX wangge_issue_grid ON wangge_issue (grid, reported_at);
CREATE TRIGGER "log:issue:insert" AFTER INSERT ON wangge_issue
    BEGIN INSERT INTO change (layer, id, op) VALUES ('issue', NEW.id, 'insert'); END;
CREATE TRIGGER "log:issue:update" AFTER UPDATE ON wangge_issue
    BEGIN INSERT INTO change (layer, id, op) VALUES ('issue', NEW.id, 'update'); END;
CREATE TRIGGER "log:issue:delete" AFTER DELETE ON wangge_issue
    BEGIN INSERT INTO change (layer, id, op) VALUES ('issue', OLD.id, 'delete'); END;

-- The case as JSON, and what the reporter told of it beside.
CREATE TABLE wangge_issue_case (
    issue_id INTEGER PRIMARY KEY NOT NULL REFERENCES wangge_issue (id),
    body TEXT NOT NULL,
    about TEXT NOT NULL
);

-- Areas in which it is seen because its owner is of there, though the place is not.
CREATE TABLE wangge_issue_also (
    issue_id INTEGER NOT NULL REFERENCES wangge_issue (id),
    level TEXT NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (issue_id, level)
);
CREATE INDEX wangge_issue_also_code ON wangge_issue_also (code, level);

-- What happened to a case. Rows are only ever added.
CREATE TABLE wangge_issue_event (
    issue_id INTEGER NOT NULL REFERENCES wangge_issue (id),
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    -- JSON.
    body TEXT NOT NULL,
    PRIMARY KEY (issue_id, number)
);
CREATE TRIGGER "wangge_issue_event:update" BEFORE UPDATE ON wangge_issue_event
    BEGIN SELECT RAISE(ABORT, 'events of a case are append-only'); END;
CREATE TRIGGER "wangge_issue_event:delete" BEFORE DELETE ON wangge_issue_event
    BEGIN SELECT RAISE(ABORT, 'events of a case are append-only'); END;
-- INSERT OR REPLACE takes a row away without the trigger above.
CREATE TRIGGER "wangge_issue_event:replace" BEFORE INSERT ON wangge_issue_event
    WHEN EXISTS (SELECT 1 FROM wangge_issue_event WHERE issue_id = NEW.issue_id AND number = NEW.number)
    BEGIN SELECT RAISE(ABORT, 'events of a case are append-only'); END;

-- Who reported it. Apart from the case: nothing that lists cases reads this.
CREATE TABLE wangge_issue_reporter (
    issue_id INTEGER PRIMARY KEY NOT NULL REFERENCES wangge_issue (id),
    name TEXT,
    phone TEXT,
    -- SHA-256 of the private link's key.
    secret BLOB NOT NULL
);

CREATE TABLE wangge_issue_photo (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    issue_id INTEGER NOT NULL REFERENCES wangge_issue (id),
    -- The event that it came with.
    event INTEGER NOT NULL,
    -- Made from what was sent; the original is not kept.
    jpeg BLOB NOT NULL
);
CREATE INDEX wangge_issue_photo_issue ON wangge_issue_photo (issue_id, id);

-- The last number given on a day.
CREATE TABLE wangge_issue_day (
    day TEXT PRIMARY KEY NOT NULL,
    last INTEGER NOT NULL
);

-- When somebody is not there, and who stands in.
CREATE TABLE wangge_absence (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    worker TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    to_at INTEGER NOT NULL,
    stand_in TEXT
);
CREATE INDEX wangge_absence_to ON wangge_absence (to_at);
