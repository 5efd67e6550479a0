-- What was learned of a lane: lessons of sessions, of which the lane's unit mass and noise follow.

-- +goose Up
CREATE TABLE lane_learning (
    lane_id    BIGINT PRIMARY KEY REFERENCES lane (id),
    org_id     BIGINT NOT NULL REFERENCES org (id),
    product_id BIGINT NOT NULL REFERENCES product (id),
    state      TEXT   NOT NULL,
    version    BIGINT NOT NULL CHECK (version > 0),
    at         BIGINT NOT NULL
);

-- +goose Down
DROP TABLE lane_learning;
