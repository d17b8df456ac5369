-- surfaces: expands

-- CreateTable
CREATE TABLE ops_account (
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT ops_account_pkey PRIMARY KEY (name)
);

-- CreateTable
CREATE TABLE ops_audit (
    id BIGSERIAL NOT NULL,
    at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    by TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    details JSONB,
    outcome TEXT,

    CONSTRAINT ops_audit_pkey PRIMARY KEY (id)
);

-- CreateIndex
CREATE INDEX ops_audit_subject_idx ON ops_audit (subject);
