-- Who may do what, and what was done. Times are RFC 3339 in UTC with milliseconds, so that they
-- sort as text; secrets stand here as hashes only. The names begin with a prefix that no layer can
-- have.

CREATE TABLE wangge_user (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    display_name text,
    -- argon2id, as a PHC string.
    password text NOT NULL,
    disabled boolean NOT NULL DEFAULT false,
    created_at text NOT NULL,
    last_login_at text
);

-- A role in an area; no area is everywhere.
CREATE TABLE wangge_grant (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES wangge_user (id) ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('worker', 'dispatcher', 'planner', 'admin')),
    area text
);
CREATE UNIQUE INDEX wangge_grant_once ON wangge_grant (user_id, role, coalesce(area, ''));

CREATE TABLE wangge_session (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- SHA-256 of what the cookie holds.
    secret bytea NOT NULL UNIQUE,
    user_id bigint NOT NULL REFERENCES wangge_user (id) ON DELETE CASCADE,
    created_at text NOT NULL,
    last_seen_at text NOT NULL,
    -- Ends then, however much it is used.
    expires_at text NOT NULL,
    address text,
    user_agent text
);
CREATE INDEX wangge_session_user ON wangge_session (user_id);

CREATE TABLE wangge_token (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- SHA-256 of the token.
    secret bytea NOT NULL UNIQUE,
    user_id bigint NOT NULL REFERENCES wangge_user (id) ON DELETE CASCADE,
    name text NOT NULL,
    may_read boolean NOT NULL,
    may_write boolean NOT NULL,
    created_at text NOT NULL,
    expires_at text,
    last_used_at text
);
CREATE INDEX wangge_token_user ON wangge_token (user_id);

-- What was done, by whom and from where. Rows are only ever added.
CREATE TABLE wangge_audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at text NOT NULL,
    -- Name of the user; none when nobody was logged in.
    actor text,
    -- anonymous, session, token:NUMBER, cli.
    via text NOT NULL,
    address text,
    action text NOT NULL,
    layer text,
    target text,
    -- JSON.
    before text,
    after text
);
CREATE INDEX wangge_audit_actor ON wangge_audit (actor);
CREATE INDEX wangge_audit_at ON wangge_audit (at);
CREATE FUNCTION wangge_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is append-only';
END $$;
CREATE TRIGGER "append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON wangge_audit
    EXECUTE FUNCTION wangge_append_only();
