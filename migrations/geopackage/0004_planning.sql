-- What planners try out before anybody builds it. Times are RFC 3339 in UTC with milliseconds.

CREATE TABLE wangge_scenario (
    -- Random: whoever knows it may read the scenario, so that it can be shared by link.
    id TEXT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    -- JSON, and how many there are.
    measures TEXT NOT NULL,
    measure_count INTEGER NOT NULL,
    owner_id INTEGER NOT NULL REFERENCES wangge_user (id),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    -- When the measures became real edits; nothing changes after that.
    adopted_at TEXT
);
