-- AlterTable
ALTER TABLE person ADD COLUMN writes TEXT;

-- AlterTable
ALTER TABLE room ADD COLUMN named_by TEXT NOT NULL DEFAULT 'nobody',
ADD COLUMN unsaved BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE question (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    room_id TEXT NOT NULL,
    person TEXT NOT NULL,
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    subject JSONB NOT NULL,
    language TEXT NOT NULL,
    cause TEXT NOT NULL,
    thread TEXT,
    state TEXT NOT NULL DEFAULT 'open',
    always BOOLEAN NOT NULL DEFAULT false,
    reason TEXT,
    settled_by TEXT,
    event_id TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at TIMESTAMPTZ NOT NULL,

    CONSTRAINT question_pkey PRIMARY KEY (id)
);

-- CreateTable
CREATE TABLE open_list (
    room_id TEXT NOT NULL,
    person TEXT NOT NULL,
    kind TEXT NOT NULL,
    position BIGINT NOT NULL,
    entries JSONB NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,

    CONSTRAINT open_list_pkey PRIMARY KEY (room_id,person)
);

-- CreateTable
CREATE TABLE guest (
    room_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT guest_pkey PRIMARY KEY (room_id,user_id)
);

-- CreateTable
CREATE TABLE allowance (
    room_id TEXT NOT NULL,
    person TEXT NOT NULL,
    title TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT allowance_pkey PRIMARY KEY (room_id,person,title)
);

-- CreateIndex
CREATE INDEX question_cause_idx ON question(cause);

-- CreateIndex
CREATE INDEX question_settled_by_idx ON question(settled_by);

-- From here on: what the schema language cannot say.

-- Few questions are open at any time; the sweep of what has expired and the look for a person's own read these alone.
CREATE INDEX question_open_idx ON question (room_id, person) WHERE state = 'open';
CREATE INDEX question_expires_idx ON question (expires_at) WHERE state = 'open';
