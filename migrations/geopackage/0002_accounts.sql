-- Who may do what, and what was done. Times are RFC 3339 in UTC with milliseconds, so that they
-- sort as text; secrets stand here as hashes only. The names begin with a prefix that no layer can
-- have.

CREATE TABLE wangge_user (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    display_name TEXT,
    -- argon2id, as a PHC string.
    password TEXT NOT NULL,
    disabled BOOLEAN NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    last_login_at TEXT
);

-- A role in an area; no area is everywhere.
CREATE TABLE wangge_grant (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id INTEGER NOT NULL REFERENCES wangge_user (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('worker', 'dispatcher', 'planner', 'admin')),
    area TEXT
);
CREATE UNIQUE INDEX wangge_grant_once ON wangge_grant (user_id, role, coalesce(area, ''));

CREATE TABLE wangge_session (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- SHA-256 of what the cookie holds.
    secret BLOB NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES wangge_user (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    -- Ends then, however much it is used.
    expires_at TEXT NOT NULL,
    address TEXT,
    user_agent TEXT
);
CREATE INDEX wangge_session_user ON wangge_session (user_id);

CREATE TABLE wangge_token (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- SHA-256 of the token.
    secret BLOB NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES wangge_user (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    may_read BOOLEAN NOT NULL,
    may_write BOOLEAN NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    last_used_at TEXT
);
CREATE INDEX wangge_token_user ON wangge_token (user_id);

-- What was done, by whom and from where. Rows are only ever added.
CREATE TABLE wangge_audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    at TEXT NOT NULL,
    -- Name of the user; none when nobody was logged in.
    actor TEXT,
    -- anonymous, session, token:NUMBER, cli.
    via TEXT NOT NULL,
    address TEXT,
    action TEXT NOT NULL,
    layer TEXT,
    target TEXT,
    -- JSON.
    before TEXT,
    after TEXT
);
CREATE INDEX wangge_audit_actor ON wangge_audit (actor);
CREATE INDEX wangge_audit_at ON wangge_audit (at);
CREATE TRIGGER "wangge_audit:update" BEFORE UPDATE ON wangge_audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER "wangge_audit:delete" BEFORE DELETE ON wangge_audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
-- INSERT OR REPLACE takes a row away without the trigger above.
CREATE TRIGGER "wangge_audit:replace" BEFORE INSERT ON wangge_audit
    WHEN NEW.id IN (SELECT id FROM wangge_audit)
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
