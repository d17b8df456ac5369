-- surfaces: expands

-- guest is small: a row for each guest that somebody let in.
SET LOCAL lock_timeout = '10s';

-- CreateTable
CREATE TABLE flood (
    lane_id TEXT NOT NULL,
    person TEXT NOT NULL,
    room_id TEXT NOT NULL,
    cause TEXT NOT NULL,
    event_id TEXT NOT NULL,
    said BIGINT NOT NULL,
    said_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT flood_pkey PRIMARY KEY (lane_id)
);

-- CreateTable
CREATE TABLE blocked (
    subject TEXT NOT NULL,
    reason TEXT,
    by TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT blocked_pkey PRIMARY KEY (subject)
);

-- CreateTable
CREATE TABLE turn_spent (
    event_id TEXT NOT NULL,
    person TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    tokens BIGINT NOT NULL,
    cost DOUBLE PRECISION NOT NULL,

    CONSTRAINT turn_spent_pkey PRIMARY KEY (event_id)
);

-- CreateIndex
CREATE INDEX flood_person_idx ON flood (person);

-- CreateIndex
CREATE INDEX guest_user_id_idx ON guest (user_id);

-- CreateIndex
CREATE INDEX turn_spent_person_at_idx ON turn_spent (person, at);

-- CreateIndex
CREATE INDEX turn_spent_at_idx ON turn_spent (at);

-- CreateIndex
CREATE INDEX flood_said_at_idx ON flood (said_at);
