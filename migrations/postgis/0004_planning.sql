-- What planners try out before anybody builds it. Times are RFC 3339 in UTC with milliseconds.

CREATE TABLE wangge_scenario (
    -- Random: whoever knows it may read the scenario, so that it can be shared by link.
    id text PRIMARY KEY,
    version bigint NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    -- JSON, and how many there are.
    measures text NOT NULL,
    measure_count bigint NOT NULL,
    owner_id bigint NOT NULL REFERENCES wangge_user (id),
    created_at text NOT NULL,
    updated_at text NOT NULL,
    -- When the measures became real edits; nothing changes after that.
    adopted_at text
);
