-- CreateTable
CREATE TABLE file_in (
    event_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    thread TEXT,
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    workspace TEXT NOT NULL,
    path TEXT,
    mime TEXT,
    size BIGINT,
    sha256 TEXT,
    failure TEXT,
    turn TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT file_in_pkey PRIMARY KEY (event_id)
);

-- CreateTable
CREATE TABLE file_out (
    op TEXT NOT NULL,
    room_id TEXT NOT NULL,
    cause TEXT NOT NULL,
    workspace TEXT NOT NULL,
    offer JSONB NOT NULL,
    state TEXT NOT NULL DEFAULT 'offered',
    reference TEXT,
    thumbnail TEXT,
    result JSONB,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    done_at TIMESTAMPTZ,

    CONSTRAINT file_out_pkey PRIMARY KEY (op)
);

-- CreateTable
CREATE TABLE workspace_end (
    workspace TEXT NOT NULL,
    ended_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT workspace_end_pkey PRIMARY KEY (workspace)
);

-- CreateIndex
CREATE INDEX file_in_turn_idx ON file_in(turn);

-- CreateIndex
CREATE INDEX file_out_room_id_idx ON file_out(room_id);

-- CreateIndex
CREATE INDEX workspace_end_ended_at_idx ON workspace_end(ended_at);

-- From here on: what the schema language cannot say.

-- Files that wait for the message they belong to are few; every turn looks for them.
CREATE INDEX file_in_waiting_idx ON file_in (room_id, sender) WHERE turn IS NULL;
