-- The tables of one purchase. Ids are ordered 63-bit integers that the program makes; times are
-- milliseconds since 1970 in UTC, 0 for "not yet"; money is fen; masses are milligrams; JSON is text.
-- Every business table carries org_id, and so does every unique key but those of secrets and of
-- what is unique on earth (a door's token, a cabinet's serial number).

-- +goose Up
CREATE TABLE schema_compat (
    one             INTEGER PRIMARY KEY CHECK (one = 1),
    compatible_from INTEGER NOT NULL
) STRICT;
INSERT INTO schema_compat (one, compatible_from) VALUES (1, 1);

CREATE TABLE org (
    id         INTEGER PRIMARY KEY,
    code       TEXT   NOT NULL UNIQUE,
    name       TEXT   NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- staff -----------------------------------------------------------------------------------------
CREATE TABLE staff (
    id         INTEGER PRIMARY KEY,
    org_id     INTEGER NOT NULL REFERENCES org (id),
    login      TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    role       TEXT   NOT NULL CHECK (role IN ('admin', 'operator', 'restocker', 'support', 'finance')),
    password   TEXT   NOT NULL,
    failures   INTEGER NOT NULL DEFAULT 0,
    locked_until INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    UNIQUE (org_id, login)
) STRICT;

CREATE TABLE login (
    token_hash BLOB   PRIMARY KEY,
    org_id     INTEGER NOT NULL REFERENCES org (id),
    kind       TEXT   NOT NULL CHECK (kind IN ('customer', 'staff')),
    subject_id INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX login_expiry ON login (expires_at);

CREATE TABLE audit (
    id          INTEGER PRIMARY KEY,
    org_id      INTEGER NOT NULL REFERENCES org (id),
    actor_kind  TEXT   NOT NULL,
    actor_id    INTEGER NOT NULL,
    action      TEXT   NOT NULL,
    object_kind TEXT   NOT NULL,
    object_id   INTEGER NOT NULL,
    detail      TEXT   NOT NULL,
    at          INTEGER NOT NULL
) STRICT;
CREATE INDEX audit_object ON audit (org_id, object_kind, object_id);

-- customer ---------------------------------------------------------------------------------------
CREATE TABLE customer (
    id         INTEGER PRIMARY KEY,
    org_id     INTEGER NOT NULL REFERENCES org (id),
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE identity (
    org_id      INTEGER NOT NULL REFERENCES org (id),
    provider    TEXT   NOT NULL,
    payer       TEXT   NOT NULL,
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    PRIMARY KEY (org_id, provider, payer)
) STRICT;
CREATE INDEX identity_customer ON identity (customer_id);

-- ledger -----------------------------------------------------------------------------------------
CREATE TABLE account (
    id          INTEGER PRIMARY KEY,
    org_id      INTEGER NOT NULL REFERENCES org (id),
    kind        TEXT   NOT NULL,
    owner_id    INTEGER NOT NULL,
    balance_fen INTEGER NOT NULL DEFAULT 0,
    UNIQUE (org_id, kind, owner_id)
) STRICT;

CREATE TABLE journal (
    id     INTEGER PRIMARY KEY,
    org_id INTEGER NOT NULL REFERENCES org (id),
    kind   TEXT   NOT NULL,
    ref_id INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    UNIQUE (org_id, kind, ref_id)
) STRICT;

CREATE TABLE posting (
    journal_id INTEGER NOT NULL REFERENCES journal (id),
    account_id INTEGER NOT NULL REFERENCES account (id),
    org_id     INTEGER NOT NULL REFERENCES org (id),
    amount_fen INTEGER NOT NULL CHECK (amount_fen <> 0),
    PRIMARY KEY (journal_id, account_id)
) STRICT;
CREATE INDEX posting_account ON posting (account_id);

-- catalog ----------------------------------------------------------------------------------------
CREATE TABLE product (
    id           INTEGER PRIMARY KEY,
    org_id       INTEGER NOT NULL REFERENCES org (id),
    name         TEXT   NOT NULL,
    name_en      TEXT   NOT NULL,
    unit_mass_mg INTEGER NOT NULL CHECK (unit_mass_mg > 0),
    unit_sd_mg   INTEGER NOT NULL CHECK (unit_sd_mg >= 0)
) STRICT;

-- cabinet ----------------------------------------------------------------------------------------
CREATE TABLE cabinet (
    id                INTEGER PRIMARY KEY,
    org_id            INTEGER NOT NULL REFERENCES org (id),
    serial            TEXT   NOT NULL UNIQUE,
    model             TEXT   NOT NULL,
    name              TEXT   NOT NULL,
    place             TEXT   NOT NULL,
    sealed_key        BLOB   NOT NULL,
    planogram_version INTEGER NOT NULL DEFAULT 0,
    state             TEXT   NOT NULL CHECK (state IN ('active', 'retired')),
    created_at        INTEGER NOT NULL
) STRICT;

CREATE TABLE door (
    id         INTEGER PRIMARY KEY,
    org_id     INTEGER NOT NULL REFERENCES org (id),
    cabinet_id INTEGER NOT NULL REFERENCES cabinet (id),
    number     INTEGER NOT NULL,
    token      TEXT   NOT NULL UNIQUE,
    UNIQUE (org_id, cabinet_id, number)
) STRICT;

CREATE TABLE lane (
    id         INTEGER PRIMARY KEY,
    org_id     INTEGER NOT NULL REFERENCES org (id),
    cabinet_id INTEGER NOT NULL REFERENCES cabinet (id),
    door_id    INTEGER NOT NULL REFERENCES door (id),
    number     INTEGER NOT NULL,
    shelf      INTEGER NOT NULL,
    noise_mg   INTEGER NOT NULL,
    UNIQUE (org_id, cabinet_id, number)
) STRICT;
CREATE INDEX lane_door ON lane (door_id, number);

-- The connection that counts now; epoch only grows.
CREATE TABLE connection (
    cabinet_id   INTEGER PRIMARY KEY REFERENCES cabinet (id),
    org_id       INTEGER NOT NULL REFERENCES org (id),
    epoch        INTEGER NOT NULL,
    boot         INTEGER NOT NULL,
    connected_at INTEGER NOT NULL
) STRICT;

-- A cabinet's durable events as they came. (boot, seq) is the cabinet's own numbering.
CREATE TABLE door_event (
    cabinet_id INTEGER NOT NULL REFERENCES cabinet (id),
    boot       INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    org_id     INTEGER NOT NULL REFERENCES org (id),
    door       INTEGER NOT NULL,
    kind       TEXT   NOT NULL CHECK (kind IN ('opened', 'closed', 'forced')),
    session_id INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    arrived_at INTEGER NOT NULL,
    PRIMARY KEY (cabinet_id, boot, seq)
) STRICT;
CREATE INDEX door_event_session ON door_event (session_id);

-- planograms are immutable versions: a session is judged and priced by the one of its opening.
CREATE TABLE planogram_lane (
    cabinet_id INTEGER NOT NULL REFERENCES cabinet (id),
    version    INTEGER NOT NULL,
    lane_id    INTEGER NOT NULL REFERENCES lane (id),
    org_id     INTEGER NOT NULL REFERENCES org (id),
    product_id INTEGER NOT NULL REFERENCES product (id),
    price_fen  INTEGER NOT NULL CHECK (price_fen >= 0),
    par        INTEGER NOT NULL CHECK (par > 0),
    PRIMARY KEY (cabinet_id, version, lane_id)
) STRICT;

-- session ----------------------------------------------------------------------------------------
CREATE TABLE session (
    id                INTEGER PRIMARY KEY,
    org_id            INTEGER NOT NULL REFERENCES org (id),
    cabinet_id        INTEGER NOT NULL REFERENCES cabinet (id),
    door_id           INTEGER NOT NULL REFERENCES door (id),
    door              INTEGER NOT NULL,
    purpose           TEXT   NOT NULL CHECK (purpose IN ('purchase', 'restock', 'swap', 'calibrate', 'relabel')),
    customer_id       INTEGER NOT NULL,
    planogram_version INTEGER NOT NULL,
    state             TEXT   NOT NULL CHECK (state IN ('awaiting', 'opening', 'open', 'weighing', 'review', 'ended')),
    outcome           TEXT   NOT NULL,
    door_state        TEXT   NOT NULL CHECK (door_state IN ('unknown', 'closed', 'opening', 'open')),
    fence             INTEGER NOT NULL,
    command_id        INTEGER NOT NULL,
    command_expires   INTEGER NOT NULL,
    unlocked          INTEGER NOT NULL CHECK (unlocked IN (0, 1)),
    queries           INTEGER NOT NULL,
    deadline          INTEGER NOT NULL,
    created_at        INTEGER NOT NULL,
    opened_at         INTEGER NOT NULL,
    closed_at         INTEGER NOT NULL,
    ended_at          INTEGER NOT NULL,
    version           INTEGER NOT NULL
) STRICT;
CREATE INDEX session_live ON session (state, id) WHERE state <> 'ended';
CREATE INDEX session_customer ON session (customer_id, id);
CREATE INDEX session_door ON session (door_id, fence);

-- Who may use a door now. fence only grows; session_id 0 means nobody; expires_at 0 means that
-- only closing or a person ends it.
CREATE TABLE lease (
    door_id    INTEGER PRIMARY KEY REFERENCES door (id),
    org_id     INTEGER NOT NULL REFERENCES org (id),
    session_id INTEGER NOT NULL,
    purpose    TEXT   NOT NULL,
    fence      INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE command (
    id         INTEGER PRIMARY KEY,
    org_id     INTEGER NOT NULL REFERENCES org (id),
    cabinet_id INTEGER NOT NULL REFERENCES cabinet (id),
    session_id INTEGER NOT NULL,
    kind       TEXT   NOT NULL CHECK (kind IN ('open')),
    state      TEXT   NOT NULL CHECK (state IN ('pending', 'done', 'refused', 'failed', 'expired')),
    reason     TEXT   NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX command_session ON command (session_id);

CREATE TABLE trace (
    session_id   INTEGER PRIMARY KEY REFERENCES session (id),
    org_id       INTEGER NOT NULL REFERENCES org (id),
    rule_version TEXT   NOT NULL,
    readings     BLOB   NOT NULL,
    verdict      TEXT   NOT NULL,
    at           INTEGER NOT NULL
) STRICT;

-- order ------------------------------------------------------------------------------------------
CREATE TABLE orders (
    id          INTEGER PRIMARY KEY,
    org_id      INTEGER NOT NULL REFERENCES org (id),
    session_id  INTEGER NOT NULL REFERENCES session (id),
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    state       TEXT   NOT NULL CHECK (state IN ('open', 'settled', 'void')),
    total_fen   INTEGER NOT NULL CHECK (total_fen >= 0),
    created_at  INTEGER NOT NULL,
    settled_at  INTEGER NOT NULL,
    UNIQUE (org_id, session_id)
) STRICT;
CREATE INDEX orders_session ON orders (session_id);
CREATE INDEX orders_customer ON orders (customer_id, id);

CREATE TABLE order_line (
    order_id   INTEGER NOT NULL REFERENCES orders (id),
    lane_id    INTEGER NOT NULL REFERENCES lane (id),
    org_id     INTEGER NOT NULL REFERENCES org (id),
    product_id INTEGER NOT NULL REFERENCES product (id),
    name       TEXT   NOT NULL,
    name_en    TEXT   NOT NULL,
    quantity   INTEGER NOT NULL CHECK (quantity > 0),
    price_fen  INTEGER NOT NULL CHECK (price_fen >= 0),
    amount_fen INTEGER NOT NULL CHECK (amount_fen = quantity * price_fen),
    PRIMARY KEY (order_id, lane_id)
) STRICT;

-- stock ------------------------------------------------------------------------------------------
CREATE TABLE lane_stock (
    lane_id    INTEGER PRIMARY KEY REFERENCES lane (id),
    org_id     INTEGER NOT NULL REFERENCES org (id),
    product_id INTEGER NOT NULL REFERENCES product (id),
    quantity   INTEGER NOT NULL
) STRICT;

CREATE TABLE lane_entry (
    lane_id    INTEGER NOT NULL REFERENCES lane (id),
    kind       TEXT   NOT NULL CHECK (kind IN ('restock', 'purchase', 'swap', 'correction')),
    ref_id     INTEGER NOT NULL,
    org_id     INTEGER NOT NULL REFERENCES org (id),
    product_id INTEGER NOT NULL REFERENCES product (id),
    before_qty INTEGER NOT NULL,
    change_qty INTEGER NOT NULL,
    after_qty  INTEGER NOT NULL CHECK (after_qty = before_qty + change_qty),
    at         INTEGER NOT NULL,
    PRIMARY KEY (lane_id, kind, ref_id)
) STRICT;

-- payment ----------------------------------------------------------------------------------------
CREATE TABLE payment (
    id            INTEGER PRIMARY KEY,
    org_id        INTEGER NOT NULL REFERENCES org (id),
    order_id      INTEGER NOT NULL REFERENCES orders (id),
    session_id    INTEGER NOT NULL REFERENCES session (id),
    customer_id   INTEGER NOT NULL REFERENCES customer (id),
    provider      TEXT   NOT NULL,
    number        TEXT   NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN ('asking', 'waiting', 'authorized', 'capturing', 'captured', 'releasing', 'released')),
    ceiling_fen   INTEGER NOT NULL CHECK (ceiling_fen > 0),
    amount_fen    INTEGER NOT NULL CHECK (amount_fen >= 0 AND amount_fen <= ceiling_fen),
    captured_fen  INTEGER NOT NULL CHECK (captured_fen >= 0 AND captured_fen <= amount_fen),
    request       TEXT   NOT NULL,
    capture       TEXT   NOT NULL,
    phone         TEXT   NOT NULL,
    ref           TEXT   NOT NULL,
    trade         TEXT   NOT NULL,
    created_at    INTEGER NOT NULL,
    authorized_at INTEGER NOT NULL,
    ended_at      INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    UNIQUE (org_id, order_id),
    UNIQUE (provider, number)
) STRICT;
CREATE INDEX payment_session ON payment (session_id);
CREATE INDEX payment_trade ON payment (provider, trade) WHERE trade <> '';
CREATE INDEX payment_live ON payment (id) WHERE state IN ('asking', 'waiting', 'capturing', 'releasing');

-- Providers' callbacks as they came, each once.
CREATE TABLE notice (
    provider   TEXT   NOT NULL,
    notice_id  TEXT   NOT NULL,
    org_id     INTEGER NOT NULL REFERENCES org (id),
    kind       TEXT   NOT NULL,
    number     TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    effect     TEXT   NOT NULL CHECK (effect IN ('applied', 'no_effect')),
    body       BLOB   NOT NULL,
    arrived_at INTEGER NOT NULL,
    PRIMARY KEY (provider, notice_id)
) STRICT;
CREATE INDEX notice_number ON notice (provider, number);

-- run: the one to-do list ------------------------------------------------------------------------
CREATE TABLE effect (
    id         INTEGER PRIMARY KEY,
    org_id     INTEGER NOT NULL REFERENCES org (id),
    kind       TEXT   NOT NULL,
    key        INTEGER NOT NULL,
    state      TEXT   NOT NULL CHECK (state IN ('pending', 'done', 'dead', 'void')),
    attempt    INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    fence      INTEGER NOT NULL,
    payload    TEXT   NOT NULL,
    last_error TEXT   NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL,
    UNIQUE (org_id, kind, key)
) STRICT;
CREATE INDEX effect_due ON effect (due_at) WHERE state = 'pending';

-- care -------------------------------------------------------------------------------------------
CREATE TABLE care_case (
    id         INTEGER PRIMARY KEY,
    org_id     INTEGER NOT NULL REFERENCES org (id),
    cause      TEXT   NOT NULL,
    subject_id INTEGER NOT NULL,
    session_id INTEGER NOT NULL,
    cabinet_id INTEGER NOT NULL,
    door       INTEGER NOT NULL,
    state      TEXT   NOT NULL CHECK (state IN ('open', 'decided')),
    owner      TEXT   NOT NULL,
    deadline   INTEGER NOT NULL,
    events     INTEGER NOT NULL DEFAULT 1,
    evidence   TEXT   NOT NULL,
    decision   TEXT   NOT NULL,
    note       TEXT   NOT NULL,
    decided_by INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    decided_at INTEGER NOT NULL,
    UNIQUE (org_id, cause, subject_id)
) STRICT;
CREATE INDEX care_case_open ON care_case (org_id, state, deadline);
CREATE INDEX care_case_live ON care_case (id) WHERE state = 'open';
CREATE INDEX care_case_session ON care_case (session_id, cabinet_id);
-- What one door does again and again is one case while nobody has decided it.
CREATE UNIQUE INDEX care_case_door ON care_case (org_id, cause, cabinet_id, door) WHERE state = 'open' AND door <> 0;

-- Requests that may be repeated: the key, what was asked, what came of it.
CREATE TABLE request (
    actor_kind TEXT   NOT NULL,
    actor_id   INTEGER NOT NULL,
    key        TEXT   NOT NULL,
    org_id     INTEGER NOT NULL REFERENCES org (id),
    hash       BLOB   NOT NULL,
    ref_id     INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (actor_kind, actor_id, key)
) STRICT;

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
