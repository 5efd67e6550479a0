-- What is remembered of a lane's scale: at is the latest moment that state knows of, restocked_at the latest
-- restock.

-- +goose Up
CREATE TABLE lane_health (
    lane_id      BIGINT PRIMARY KEY REFERENCES lane (id),
    org_id       BIGINT NOT NULL REFERENCES org (id),
    status       TEXT   NOT NULL CHECK (status IN ('healthy', 'watch', 'calibrate', 'quarantined')),
    state        TEXT   NOT NULL,
    restocked_at BIGINT NOT NULL,
    version      BIGINT NOT NULL CHECK (version > 0),
    at           BIGINT NOT NULL
);
CREATE INDEX lane_health_unwell ON lane_health (org_id, status) WHERE status <> 'healthy';

-- +goose Down
DROP TABLE lane_health;
