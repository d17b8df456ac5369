-- AlterTable
ALTER TABLE room ADD COLUMN gone_at TIMESTAMPTZ;

-- CreateTable
CREATE TABLE reconcile_run (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    started_at TIMESTAMPTZ,
    finished_at TIMESTAMPTZ,
    rooms INTEGER,
    actions JSONB,
    failure TEXT,

    CONSTRAINT reconcile_run_pkey PRIMARY KEY (id)
);
