-- Cases of dispatch. Tables of the service's own: times are whole milliseconds (UTC), positions whole
-- 1e-7 degrees, so that both databases compare and index them alike.

-- One case. What is looked for or sorted by stands in columns; the whole of it is in
-- wangge_issue_case.
CREATE TABLE wangge_issue (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number text NOT NULL UNIQUE,
    -- Version: the number of its events.
    events bigint NOT NULL,
    state text NOT NULL,
    open boolean NOT NULL,
    restricted boolean NOT NULL,
    suspended boolean NOT NULL,
    warned boolean NOT NULL,
    missed boolean NOT NULL,
    triage text NOT NULL,
    source text NOT NULL,
    category text NOT NULL,
    category_group text NOT NULL,
    lon_e7 bigint NOT NULL,
    lat_e7 bigint NOT NULL,
    -- Codes of the areas that hold the place.
    grid text,
    community text,
    town text,
    district text,
    level text NOT NULL,
    owner_layer text,
    owner_code text,
    worker text,
    due_at bigint,
    promised_at bigint,
    -- When the clock has something to do.
    next_due bigint,
    -- The queue: what ends next, or ended.
    urgent_at bigint NOT NULL,
    reported_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    closed_at bigint,
    -- Counts in no period that begins after it.
    counts_until bigint NOT NULL,
    photos bigint NOT NULL,
    -- What happened last.
    last_what text NOT NULL,
    -- Everybody whose it was to see, ever: who is to be told that it left their sight.
    ever text NOT NULL,
    ever_plain boolean NOT NULL,
    description text NOT NULL,
    address text
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
CREATE FUNCTION wangge_log_issue() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO change (layer, id, op)
        VALUES ('issue', CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END, lower(TG_OP));
    RETURN NULL;
END $$;
CREATE TRIGGER "writer" BEFORE INSERT OR UPDATE OR DELETE ON wangge_issue EXECUTE FUNCTION wangge_writer();
CREATE TRIGGER "log" AFTER INSERT OR UPDATE OR DELETE ON wangge_issue FOR EACH ROW EXECUTE FUNCTION wangge_log_issue();

-- The case as JSON, and what the reporter told of it beside.
CREATE TABLE wangge_issue_case (
    issue_id bigint PRIMARY KEY REFERENCES wangge_issue (id),
    body text NOT NULL,
    about text NOT NULL
);

-- Areas in which it is seen because its owner is of there, though the place is not.
CREATE TABLE wangge_issue_also (
    issue_id bigint NOT NULL REFERENCES wangge_issue (id),
    level text NOT NULL,
    code text NOT NULL,
    PRIMARY KEY (issue_id, level)
);
CREATE INDEX wangge_issue_also_code ON wangge_issue_also (code, level);

-- What happened to a case. Rows are only ever added.
CREATE TABLE wangge_issue_event (
    issue_id bigint NOT NULL REFERENCES wangge_issue (id),
    number bigint NOT NULL,
    at bigint NOT NULL,
    -- JSON.
    body text NOT NULL,
    PRIMARY KEY (issue_id, number)
);
CREATE FUNCTION wangge_events_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events of a case are append-only';
END $$;
CREATE TRIGGER "append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON wangge_issue_event
    EXECUTE FUNCTION wangge_events_stay();

-- Who reported it. Apart from the case: nothing that lists cases reads this.
CREATE TABLE wangge_issue_reporter (
    issue_id bigint PRIMARY KEY REFERENCES wangge_issue (id),
    name text,
    phone text,
    -- SHA-256 of the private link's key.
    secret bytea NOT NULL
);

CREATE TABLE wangge_issue_photo (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    issue_id bigint NOT NULL REFERENCES wangge_issue (id),
    -- The event that it came with.
    event bigint NOT NULL,
    -- Made from what was sent; the original is not kept.
    jpeg bytea NOT NULL
);
CREATE INDEX wangge_issue_photo_issue ON wangge_issue_photo (issue_id, id);

-- The last number given on a day.
CREATE TABLE wangge_issue_day (
    day text PRIMARY KEY,
    last bigint NOT NULL
);

-- When somebody is not there, and who stands in.
CREATE TABLE wangge_absence (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    worker text NOT NULL,
    from_at bigint NOT NULL,
    to_at bigint NOT NULL,
    stand_in text
);
CREATE INDEX wangge_absence_to ON wangge_absence (to_at);
