-- CreateTable
CREATE TABLE lane_cursor (
    source TEXT NOT NULL,
    token TEXT NOT NULL,
    position BIGINT NOT NULL DEFAULT 0,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT lane_cursor_pkey PRIMARY KEY (source)
);

-- CreateTable
CREATE TABLE lane_seq (
    lane_id TEXT NOT NULL,
    last_seq BIGINT NOT NULL,

    CONSTRAINT lane_seq_pkey PRIMARY KEY (lane_id)
);

-- CreateTable
CREATE TABLE lane_item (
    key TEXT NOT NULL,
    lane_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    position BIGINT NOT NULL,
    queue TEXT NOT NULL,
    body JSONB NOT NULL,
    received_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT lane_item_pkey PRIMARY KEY (key)
);

-- CreateTable
CREATE TABLE lane_amendment (
    key TEXT NOT NULL,
    target TEXT NOT NULL,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body JSONB,
    received_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT lane_amendment_pkey PRIMARY KEY (key)
);

-- CreateTable
CREATE TABLE lane_reject (
    key TEXT NOT NULL,
    lane_id TEXT,
    reason TEXT NOT NULL,
    received_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT lane_reject_pkey PRIMARY KEY (key)
);

-- CreateTable
CREATE TABLE lane (
    lane_id TEXT NOT NULL,
    done_seq BIGINT NOT NULL DEFAULT 0,
    epoch BIGINT NOT NULL DEFAULT 0,
    holder TEXT,
    lease_until TIMESTAMPTZ,
    done_epoch BIGINT NOT NULL DEFAULT 0,
    started_seq BIGINT NOT NULL DEFAULT 0,
    started_with TEXT,
    waits INTEGER NOT NULL DEFAULT 0,
    wait_until TIMESTAMPTZ,

    CONSTRAINT lane_pkey PRIMARY KEY (lane_id)
);

-- CreateTable
CREATE TABLE lane_stop (
    lane_id TEXT NOT NULL,
    through_seq BIGINT NOT NULL,
    asked_by TEXT NOT NULL,
    running BOOLEAN NOT NULL,
    dropped INTEGER NOT NULL,

    CONSTRAINT lane_stop_pkey PRIMARY KEY (lane_id)
);

-- CreateTable
CREATE TABLE lane_send (
    op TEXT NOT NULL,
    lane_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    ordinal INTEGER NOT NULL,
    epoch BIGINT NOT NULL,
    body JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    sent_at TIMESTAMPTZ,
    failure TEXT,

    CONSTRAINT lane_send_pkey PRIMARY KEY (op)
);

-- CreateTable
CREATE TABLE person (
    user_id TEXT NOT NULL,
    space_id TEXT,
    dm_room_id TEXT,
    language TEXT NOT NULL DEFAULT 'auto',
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT person_pkey PRIMARY KEY (user_id)
);

-- CreateTable
CREATE TABLE room (
    room_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    session_id TEXT,
    state TEXT NOT NULL DEFAULT 'active',
    name TEXT,
    op TEXT,
    last_turn_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT room_pkey PRIMARY KEY (room_id)
);

-- CreateTable
CREATE TABLE operation (
    op TEXT NOT NULL,
    kind TEXT NOT NULL,
    attempted_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    done_at TIMESTAMPTZ,
    result JSONB,

    CONSTRAINT operation_pkey PRIMARY KEY (op)
);

-- CreateTable
CREATE TABLE live_message (
    op TEXT NOT NULL,
    room_id TEXT NOT NULL,
    in_response_to TEXT NOT NULL,
    part INTEGER NOT NULL,
    event_id TEXT,
    edits INTEGER NOT NULL DEFAULT 0,
    epoch BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT live_message_pkey PRIMARY KEY (op)
);

-- CreateTable
CREATE TABLE told (
    scope TEXT NOT NULL,
    person TEXT NOT NULL,
    code TEXT NOT NULL,
    key TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT told_pkey PRIMARY KEY (scope,person,code)
);

-- CreateIndex
CREATE INDEX lane_item_received_at_idx ON lane_item USING BRIN (received_at);

-- CreateIndex
CREATE UNIQUE INDEX lane_item_lane_id_seq_key ON lane_item(lane_id, seq);

-- CreateIndex
CREATE INDEX lane_amendment_target_idx ON lane_amendment(target);

-- CreateIndex
CREATE UNIQUE INDEX lane_send_lane_id_seq_ordinal_key ON lane_send(lane_id, seq, ordinal);

-- CreateIndex
CREATE UNIQUE INDEX room_session_id_key ON room(session_id);

-- CreateIndex
CREATE UNIQUE INDEX room_op_key ON room(op);

-- CreateIndex
CREATE INDEX room_owner_kind_idx ON room(owner, kind);

-- CreateIndex
CREATE INDEX live_message_in_response_to_idx ON live_message(in_response_to);

-- From here on: what the schema language cannot say.

-- Rows that are rewritten with every message: room for the new version on the same page.
ALTER TABLE lane SET (fillfactor = 70);
ALTER TABLE lane_seq SET (fillfactor = 70);

-- The sweeper looks here every second. Not on lease_until itself: that would keep a heartbeat from being a HOT update.
CREATE INDEX lane_held_idx ON lane (lane_id) WHERE holder IS NOT NULL OR wait_until IS NOT NULL;
CREATE INDEX lane_send_unsent_idx ON lane_send (lane_id, seq, ordinal) WHERE sent_at IS NULL;

-- Acquire and release are functions because they need a second snapshot after the row lock is theirs; the argument
-- stands in shared/lane/README.md. Both rely on READ COMMITTED, which shared/store/postgres.ts sets.
CREATE FUNCTION lane_acquire(p_lane text, p_queue text, p_holder text, p_lease_ms integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  state record;
  head record;
  unsent jsonb;
  resumed boolean := false;
  start_with record;
  through bigint;
BEGIN
  SELECT * INTO state FROM lane WHERE lane_id = p_lane FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO lane (lane_id) VALUES (p_lane) ON CONFLICT DO NOTHING;
    SELECT * INTO state FROM lane WHERE lane_id = p_lane FOR UPDATE;
  END IF;
  IF state.holder IS NOT NULL AND state.lease_until > clock_timestamp() THEN
    RETURN jsonb_build_object('status', 'busy');
  END IF;

  SELECT * INTO head FROM lane_item WHERE lane_id = p_lane AND seq = state.done_seq + 1;
  SELECT jsonb_agg(
      jsonb_build_object('op', op, 'body', body, 'createdAt', (extract(epoch FROM created_at) * 1000)::bigint)
      ORDER BY seq, ordinal
    ) INTO unsent FROM lane_send WHERE lane_id = p_lane AND sent_at IS NULL;

  IF unsent IS NULL AND head.queue IS DISTINCT FROM p_queue THEN
    IF state.holder IS NOT NULL THEN
      UPDATE lane SET holder = NULL, lease_until = NULL WHERE lane_id = p_lane;
    END IF;
    RETURN jsonb_build_object('status', CASE WHEN head.key IS NULL THEN 'idle' ELSE 'elsewhere' END, 'queue', head.queue);
  END IF;

  IF head.queue IS DISTINCT FROM p_queue THEN
    UPDATE lane SET epoch = epoch + 1, holder = p_holder, wait_until = NULL,
        lease_until = clock_timestamp() + p_lease_ms * interval '1 millisecond'
      WHERE lane_id = p_lane;
    RETURN jsonb_build_object('status', 'held', 'epoch', state.epoch + 1, 'waits', state.waits, 'unsent', unsent);
  END IF;

  resumed := state.started_seq = head.seq;
  IF resumed THEN
    SELECT key, body INTO start_with FROM lane_amendment WHERE key = state.started_with;
  ELSE
    SELECT key, body INTO start_with FROM lane_amendment
      WHERE target = head.key AND kind = 'replace' ORDER BY position DESC LIMIT 1;
  END IF;
  SELECT through_seq INTO through FROM lane_stop WHERE lane_id = p_lane;
  UPDATE lane SET epoch = epoch + 1, holder = p_holder, wait_until = NULL,
      lease_until = clock_timestamp() + p_lease_ms * interval '1 millisecond',
      started_seq = head.seq, started_with = start_with.key
    WHERE lane_id = p_lane;
  RETURN jsonb_build_object(
    'status', 'held', 'epoch', state.epoch + 1, 'waits', state.waits, 'unsent', unsent,
    'resumed', resumed,
    'stopped', coalesce(through >= head.seq, false),
    'withdrawn', EXISTS (SELECT FROM lane_amendment WHERE target = head.key AND kind = 'withdraw'),
    'item', jsonb_build_object(
      'key', head.key, 'lane', head.lane_id, 'seq', head.seq, 'position', head.position, 'queue', head.queue,
      'body', coalesce(start_with.body, head.body), 'amended', start_with.key IS NOT NULL,
      'original', CASE WHEN start_with.key IS NOT NULL THEN head.body END,
      'receivedAt', (extract(epoch FROM head.received_at) * 1000)::bigint));
END $$;

-- Marks what was sent, frees the lease if it is still this holder's, and tells which queue has the lane's next work.
-- p_wait_ms: the head is put back and waits that long; p_unstart: and counts as never started.
CREATE FUNCTION lane_release(
  p_lane text, p_epoch bigint, p_holder text, p_ops text[], p_failures text[], p_wait_ms integer, p_unstart boolean
) RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  done bigint;
  freed boolean;
  next text;
BEGIN
  UPDATE lane SET holder = NULL, lease_until = NULL,
      wait_until = clock_timestamp() + p_wait_ms * interval '1 millisecond',
      waits = CASE WHEN p_wait_ms IS NULL THEN waits ELSE waits + 1 END,
      started_seq = CASE WHEN p_unstart THEN 0 ELSE started_seq END
    WHERE lane_id = p_lane AND epoch = p_epoch AND holder = p_holder
    RETURNING done_seq INTO done;
  freed := FOUND;
  IF cardinality(p_ops) > 0 THEN
    UPDATE lane_send s SET sent_at = clock_timestamp(), failure = t.failure
      FROM unnest(p_ops, p_failures) AS t (op, failure) WHERE s.op = t.op AND s.sent_at IS NULL;
  END IF;
  IF freed AND p_wait_ms IS NULL THEN
    SELECT queue INTO next FROM lane_item WHERE lane_id = p_lane AND seq = done + 1;
    IF next IS NULL THEN
      SELECT i.queue INTO next FROM lane_send s JOIN lane_item i ON i.lane_id = s.lane_id AND i.seq = s.seq
        WHERE s.lane_id = p_lane AND s.sent_at IS NULL LIMIT 1;
    END IF;
  END IF;
  RETURN jsonb_build_object('freed', freed, 'next', next);
END $$;
