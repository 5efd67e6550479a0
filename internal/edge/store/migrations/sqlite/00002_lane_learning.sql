-- What was learned of a lane: lessons of sessions, of which the lane's unit mass and noise follow.

-- +goose Up
CREATE TABLE lane_learning (
    lane_id    INTEGER PRIMARY KEY REFERENCES lane (id),
    org_id     INTEGER NOT NULL REFERENCES org (id),
    product_id INTEGER NOT NULL REFERENCES product (id),
    state      TEXT   NOT NULL,
    version    INTEGER NOT NULL CHECK (version > 0),
    at         INTEGER NOT NULL
) STRICT;

-- +goose Down
DROP TABLE lane_learning;
