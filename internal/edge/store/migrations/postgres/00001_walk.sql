-- The tables of one purchase. Ids are ordered 63-bit integers that the program makes; times are
-- milliseconds since 1970 in UTC, 0 for "not yet"; money is fen; masses are milligrams; JSON is text.
-- Every business table carries org_id, and so does every unique key but those of secrets and of
-- what is unique on earth (a door's token, a cabinet's serial number).

-- +goose Up
CREATE TABLE schema_compat (
    one             BIGINT PRIMARY KEY CHECK (one = 1),
    compatible_from BIGINT NOT NULL
);
INSERT INTO schema_compat (one, compatible_from) VALUES (1, 1);

CREATE TABLE org (
    id         BIGINT PRIMARY KEY,
    code       TEXT   NOT NULL UNIQUE,
    name       TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);

-- staff -----------------------------------------------------------------------------------------
CREATE TABLE staff (
    id         BIGINT PRIMARY KEY,
    org_id     BIGINT NOT NULL REFERENCES org (id),
    login      TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    role       TEXT   NOT NULL CHECK (role IN ('admin', 'operator', 'restocker', 'support', 'finance')),
    password   TEXT   NOT NULL,
    failures   BIGINT NOT NULL DEFAULT 0,
    locked_until BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    UNIQUE (org_id, login)
);

CREATE TABLE login (
    token_hash BYTEA  PRIMARY KEY,
    org_id     BIGINT NOT NULL REFERENCES org (id),
    kind       TEXT   NOT NULL CHECK (kind IN ('customer', 'staff')),
    subject_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX login_expiry ON login (expires_at);

CREATE TABLE audit (
    id          BIGINT PRIMARY KEY,
    org_id      BIGINT NOT NULL REFERENCES org (id),
    actor_kind  TEXT   NOT NULL,
    actor_id    BIGINT NOT NULL,
    action      TEXT   NOT NULL,
    object_kind TEXT   NOT NULL,
    object_id   BIGINT NOT NULL,
    detail      TEXT   NOT NULL,
    at          BIGINT NOT NULL
);
CREATE INDEX audit_object ON audit (org_id, object_kind, object_id);

-- customer ---------------------------------------------------------------------------------------
CREATE TABLE customer (
    id         BIGINT PRIMARY KEY,
    org_id     BIGINT NOT NULL REFERENCES org (id),
    created_at BIGINT NOT NULL
);

CREATE TABLE identity (
    org_id      BIGINT NOT NULL REFERENCES org (id),
    provider    TEXT   NOT NULL,
    payer       TEXT   NOT NULL,
    customer_id BIGINT NOT NULL REFERENCES customer (id),
    PRIMARY KEY (org_id, provider, payer)
);
CREATE INDEX identity_customer ON identity (customer_id);

-- ledger -----------------------------------------------------------------------------------------
CREATE TABLE account (
    id          BIGINT PRIMARY KEY,
    org_id      BIGINT NOT NULL REFERENCES org (id),
    kind        TEXT   NOT NULL,
    owner_id    BIGINT NOT NULL,
    balance_fen BIGINT NOT NULL DEFAULT 0,
    UNIQUE (org_id, kind, owner_id)
);

CREATE TABLE journal (
    id     BIGINT PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    kind   TEXT   NOT NULL,
    ref_id BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    UNIQUE (org_id, kind, ref_id)
);

CREATE TABLE posting (
    journal_id BIGINT NOT NULL REFERENCES journal (id),
    account_id BIGINT NOT NULL REFERENCES account (id),
    org_id     BIGINT NOT NULL REFERENCES org (id),
    amount_fen BIGINT NOT NULL CHECK (amount_fen <> 0),
    PRIMARY KEY (journal_id, account_id)
);
CREATE INDEX posting_account ON posting (account_id);

-- catalog ----------------------------------------------------------------------------------------
CREATE TABLE product (
    id           BIGINT PRIMARY KEY,
    org_id       BIGINT NOT NULL REFERENCES org (id),
    name         TEXT   NOT NULL,
    name_en      TEXT   NOT NULL,
    unit_mass_mg BIGINT NOT NULL CHECK (unit_mass_mg > 0),
    unit_sd_mg   BIGINT NOT NULL CHECK (unit_sd_mg >= 0)
);

-- cabinet ----------------------------------------------------------------------------------------
CREATE TABLE cabinet (
    id                BIGINT PRIMARY KEY,
    org_id            BIGINT NOT NULL REFERENCES org (id),
    serial            TEXT   NOT NULL UNIQUE,
    model             TEXT   NOT NULL,
    name              TEXT   NOT NULL,
    place             TEXT   NOT NULL,
    sealed_key        BYTEA  NOT NULL,
    planogram_version BIGINT NOT NULL DEFAULT 0,
    state             TEXT   NOT NULL CHECK (state IN ('active', 'retired')),
    created_at        BIGINT NOT NULL
);

CREATE TABLE door (
    id         BIGINT PRIMARY KEY,
    org_id     BIGINT NOT NULL REFERENCES org (id),
    cabinet_id BIGINT NOT NULL REFERENCES cabinet (id),
    number     BIGINT NOT NULL,
    token      TEXT   NOT NULL UNIQUE,
    UNIQUE (org_id, cabinet_id, number)
);

CREATE TABLE lane (
    id         BIGINT PRIMARY KEY,
    org_id     BIGINT NOT NULL REFERENCES org (id),
    cabinet_id BIGINT NOT NULL REFERENCES cabinet (id),
    door_id    BIGINT NOT NULL REFERENCES door (id),
    number     BIGINT NOT NULL,
    shelf      BIGINT NOT NULL,
    noise_mg   BIGINT NOT NULL,
    UNIQUE (org_id, cabinet_id, number)
);
CREATE INDEX lane_door ON lane (door_id, number);

-- The connection that counts now; epoch only grows.
CREATE TABLE connection (
    cabinet_id   BIGINT PRIMARY KEY REFERENCES cabinet (id),
    org_id       BIGINT NOT NULL REFERENCES org (id),
    epoch        BIGINT NOT NULL,
    boot         BIGINT NOT NULL,
    connected_at BIGINT NOT NULL
);

-- A cabinet's durable events as they came. (boot, seq) is the cabinet's own numbering.
CREATE TABLE door_event (
    cabinet_id BIGINT NOT NULL REFERENCES cabinet (id),
    boot       BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    org_id     BIGINT NOT NULL REFERENCES org (id),
    door       BIGINT NOT NULL,
    kind       TEXT   NOT NULL CHECK (kind IN ('opened', 'closed', 'forced')),
    session_id BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    arrived_at BIGINT NOT NULL,
    PRIMARY KEY (cabinet_id, boot, seq)
);
CREATE INDEX door_event_session ON door_event (session_id);

-- planograms are immutable versions: a session is judged and priced by the one of its opening.
CREATE TABLE planogram_lane (
    cabinet_id BIGINT NOT NULL REFERENCES cabinet (id),
    version    BIGINT NOT NULL,
    lane_id    BIGINT NOT NULL REFERENCES lane (id),
    org_id     BIGINT NOT NULL REFERENCES org (id),
    product_id BIGINT NOT NULL REFERENCES product (id),
    price_fen  BIGINT NOT NULL CHECK (price_fen >= 0),
    par        BIGINT NOT NULL CHECK (par > 0),
    PRIMARY KEY (cabinet_id, version, lane_id)
);

-- session ----------------------------------------------------------------------------------------
CREATE TABLE session (
    id                BIGINT PRIMARY KEY,
    org_id            BIGINT NOT NULL REFERENCES org (id),
    cabinet_id        BIGINT NOT NULL REFERENCES cabinet (id),
    door_id           BIGINT NOT NULL REFERENCES door (id),
    door              BIGINT NOT NULL,
    purpose           TEXT   NOT NULL CHECK (purpose IN ('purchase', 'restock', 'swap', 'calibrate', 'relabel')),
    customer_id       BIGINT NOT NULL,
    planogram_version BIGINT NOT NULL,
    state             TEXT   NOT NULL CHECK (state IN ('awaiting', 'opening', 'open', 'weighing', 'review', 'ended')),
    outcome           TEXT   NOT NULL,
    door_state        TEXT   NOT NULL CHECK (door_state IN ('unknown', 'closed', 'opening', 'open')),
    fence             BIGINT NOT NULL,
    command_id        BIGINT NOT NULL,
    command_expires   BIGINT NOT NULL,
    unlocked          BIGINT NOT NULL CHECK (unlocked IN (0, 1)),
    queries           BIGINT NOT NULL,
    deadline          BIGINT NOT NULL,
    created_at        BIGINT NOT NULL,
    opened_at         BIGINT NOT NULL,
    closed_at         BIGINT NOT NULL,
    ended_at          BIGINT NOT NULL,
    version           BIGINT NOT NULL
);
CREATE INDEX session_live ON session (state, id) WHERE state <> 'ended';
CREATE INDEX session_customer ON session (customer_id, id);
CREATE INDEX session_door ON session (door_id, fence);

-- Who may use a door now. fence only grows; session_id 0 means nobody; expires_at 0 means that
-- only closing or a person ends it.
CREATE TABLE lease (
    door_id    BIGINT PRIMARY KEY REFERENCES door (id),
    org_id     BIGINT NOT NULL REFERENCES org (id),
    session_id BIGINT NOT NULL,
    purpose    TEXT   NOT NULL,
    fence      BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE command (
    id         BIGINT PRIMARY KEY,
    org_id     BIGINT NOT NULL REFERENCES org (id),
    cabinet_id BIGINT NOT NULL REFERENCES cabinet (id),
    session_id BIGINT NOT NULL,
    kind       TEXT   NOT NULL CHECK (kind IN ('open')),
    state      TEXT   NOT NULL CHECK (state IN ('pending', 'done', 'refused', 'failed', 'expired')),
    reason     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL
);
CREATE INDEX command_session ON command (session_id);

CREATE TABLE trace (
    session_id   BIGINT PRIMARY KEY REFERENCES session (id),
    org_id       BIGINT NOT NULL REFERENCES org (id),
    rule_version TEXT   NOT NULL,
    readings     BYTEA  NOT NULL,
    verdict      TEXT   NOT NULL,
    at           BIGINT NOT NULL
);

-- order ------------------------------------------------------------------------------------------
CREATE TABLE orders (
    id          BIGINT PRIMARY KEY,
    org_id      BIGINT NOT NULL REFERENCES org (id),
    session_id  BIGINT NOT NULL REFERENCES session (id),
    customer_id BIGINT NOT NULL REFERENCES customer (id),
    state       TEXT   NOT NULL CHECK (state IN ('open', 'settled', 'void')),
    total_fen   BIGINT NOT NULL CHECK (total_fen >= 0),
    created_at  BIGINT NOT NULL,
    settled_at  BIGINT NOT NULL,
    UNIQUE (org_id, session_id)
);
CREATE INDEX orders_session ON orders (session_id);
CREATE INDEX orders_customer ON orders (customer_id, id);

CREATE TABLE order_line (
    order_id   BIGINT NOT NULL REFERENCES orders (id),
    lane_id    BIGINT NOT NULL REFERENCES lane (id),
    org_id     BIGINT NOT NULL REFERENCES org (id),
    product_id BIGINT NOT NULL REFERENCES product (id),
    name       TEXT   NOT NULL,
    name_en    TEXT   NOT NULL,
    quantity   BIGINT NOT NULL CHECK (quantity > 0),
    price_fen  BIGINT NOT NULL CHECK (price_fen >= 0),
    amount_fen BIGINT NOT NULL CHECK (amount_fen = quantity * price_fen),
    PRIMARY KEY (order_id, lane_id)
);

-- stock ------------------------------------------------------------------------------------------
CREATE TABLE lane_stock (
    lane_id    BIGINT PRIMARY KEY REFERENCES lane (id),
    org_id     BIGINT NOT NULL REFERENCES org (id),
    product_id BIGINT NOT NULL REFERENCES product (id),
    quantity   BIGINT NOT NULL
);

CREATE TABLE lane_entry (
    lane_id    BIGINT NOT NULL REFERENCES lane (id),
    kind       TEXT   NOT NULL CHECK (kind IN ('restock', 'purchase', 'swap', 'correction')),
    ref_id     BIGINT NOT NULL,
    org_id     BIGINT NOT NULL REFERENCES org (id),
    product_id BIGINT NOT NULL REFERENCES product (id),
    before_qty BIGINT NOT NULL,
    change_qty BIGINT NOT NULL,
    after_qty  BIGINT NOT NULL CHECK (after_qty = before_qty + change_qty),
    at         BIGINT NOT NULL,
    PRIMARY KEY (lane_id, kind, ref_id)
);

-- payment ----------------------------------------------------------------------------------------
CREATE TABLE payment (
    id            BIGINT PRIMARY KEY,
    org_id        BIGINT NOT NULL REFERENCES org (id),
    order_id      BIGINT NOT NULL REFERENCES orders (id),
    session_id    BIGINT NOT NULL REFERENCES session (id),
    customer_id   BIGINT NOT NULL REFERENCES customer (id),
    provider      TEXT   NOT NULL,
    number        TEXT   NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN ('asking', 'waiting', 'authorized', 'capturing', 'captured', 'releasing', 'released')),
    ceiling_fen   BIGINT NOT NULL CHECK (ceiling_fen > 0),
    amount_fen    BIGINT NOT NULL CHECK (amount_fen >= 0 AND amount_fen <= ceiling_fen),
    captured_fen  BIGINT NOT NULL CHECK (captured_fen >= 0 AND captured_fen <= amount_fen),
    request       TEXT   NOT NULL,
    capture       TEXT   NOT NULL,
    phone         TEXT   NOT NULL,
    ref           TEXT   NOT NULL,
    trade         TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    authorized_at BIGINT NOT NULL,
    ended_at      BIGINT NOT NULL,
    version       BIGINT NOT NULL,
    UNIQUE (org_id, order_id),
    UNIQUE (provider, number)
);
CREATE INDEX payment_session ON payment (session_id);
CREATE INDEX payment_trade ON payment (provider, trade) WHERE trade <> '';
CREATE INDEX payment_live ON payment (id) WHERE state IN ('asking', 'waiting', 'capturing', 'releasing');

-- Providers' callbacks as they came, each once.
CREATE TABLE notice (
    provider   TEXT   NOT NULL,
    notice_id  TEXT   NOT NULL,
    org_id     BIGINT NOT NULL REFERENCES org (id),
    kind       TEXT   NOT NULL,
    number     TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    effect     TEXT   NOT NULL CHECK (effect IN ('applied', 'no_effect')),
    body       BYTEA  NOT NULL,
    arrived_at BIGINT NOT NULL,
    PRIMARY KEY (provider, notice_id)
);
CREATE INDEX notice_number ON notice (provider, number);

-- run: the one to-do list ------------------------------------------------------------------------
CREATE TABLE effect (
    id         BIGINT PRIMARY KEY,
    org_id     BIGINT NOT NULL REFERENCES org (id),
    kind       TEXT   NOT NULL,
    key        BIGINT NOT NULL,
    state      TEXT   NOT NULL CHECK (state IN ('pending', 'done', 'dead', 'void')),
    attempt    BIGINT NOT NULL,
    due_at     BIGINT NOT NULL,
    fence      BIGINT NOT NULL,
    payload    TEXT   NOT NULL,
    last_error TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL,
    UNIQUE (org_id, kind, key)
);
CREATE INDEX effect_due ON effect (due_at) WHERE state = 'pending';

-- care -------------------------------------------------------------------------------------------
CREATE TABLE care_case (
    id         BIGINT PRIMARY KEY,
    org_id     BIGINT NOT NULL REFERENCES org (id),
    cause      TEXT   NOT NULL,
    subject_id BIGINT NOT NULL,
    session_id BIGINT NOT NULL,
    cabinet_id BIGINT NOT NULL,
    door       BIGINT NOT NULL,
    state      TEXT   NOT NULL CHECK (state IN ('open', 'decided')),
    owner      TEXT   NOT NULL,
    deadline   BIGINT NOT NULL,
    events     BIGINT NOT NULL DEFAULT 1,
    evidence   TEXT   NOT NULL,
    decision   TEXT   NOT NULL,
    note       TEXT   NOT NULL,
    decided_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    UNIQUE (org_id, cause, subject_id)
);
CREATE INDEX care_case_open ON care_case (org_id, state, deadline);
CREATE INDEX care_case_live ON care_case (id) WHERE state = 'open';
CREATE INDEX care_case_session ON care_case (session_id, cabinet_id);
-- What one door does again and again is one case while nobody has decided it.
CREATE UNIQUE INDEX care_case_door ON care_case (org_id, cause, cabinet_id, door) WHERE state = 'open' AND door <> 0;

-- Requests that may be repeated: the key, what was asked, what came of it.
CREATE TABLE request (
    actor_kind TEXT   NOT NULL,
    actor_id   BIGINT NOT NULL,
    key        TEXT   NOT NULL,
    org_id     BIGINT NOT NULL REFERENCES org (id),
    hash       BYTEA  NOT NULL,
    ref_id     BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (actor_kind, actor_id, key)
);

-- +goose Down
DROP TABLE request;
DROP TABLE care_case;
DROP TABLE effect;
DROP TABLE notice;
DROP TABLE payment;
DROP TABLE lane_entry;
DROP TABLE lane_stock;
DROP TABLE order_line;
DROP TABLE orders;
DROP TABLE trace;
DROP TABLE command;
DROP TABLE lease;
DROP TABLE session;
DROP TABLE planogram_lane;
DROP TABLE door_event;
DROP TABLE connection;
DROP TABLE lane;
DROP TABLE door;
DROP TABLE cabinet;
DROP TABLE product;
DROP TABLE posting;
DROP TABLE journal;
DROP TABLE account;
DROP TABLE identity;
DROP TABLE customer;
DROP TABLE audit;
DROP TABLE login;
DROP TABLE staff;
DROP TABLE org;
DROP TABLE schema_compat;
