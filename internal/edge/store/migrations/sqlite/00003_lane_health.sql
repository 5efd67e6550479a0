-- What is remembered of a lane's scale: at is the latest moment that state knows of, restocked_at the latest
-- restock.

-- +goose Up
CREATE TABLE lane_health (
    lane_id      INTEGER PRIMARY KEY REFERENCES lane (id),
    org_id       INTEGER NOT NULL REFERENCES org (id),
    status       TEXT   NOT NULL CHECK (status IN ('healthy', 'watch', 'calibrate', 'quarantined')),
    state        TEXT   NOT NULL,
    restocked_at INTEGER NOT NULL,
    version      INTEGER NOT NULL CHECK (version > 0),
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX lane_health_unwell ON lane_health (org_id, status) WHERE status <> 'healthy';

-- +goose Down
DROP TABLE lane_health;
