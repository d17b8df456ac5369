-- AlterTable
ALTER TABLE lane ADD COLUMN handed_queue TEXT,
ADD COLUMN handed_seq BIGINT NOT NULL DEFAULT 0,
ADD COLUMN nudged BOOLEAN NOT NULL DEFAULT false;

-- From here on: what the schema language cannot say.

-- As before, and: an item that was handed over belongs to the queue that it was handed to; whoever takes the lane has
-- heard every nudge so far.
CREATE OR REPLACE FUNCTION lane_acquire(p_lane text, p_queue text, p_holder text, p_lease_ms integer) RETURNS jsonb
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
  IF state.handed_seq = head.seq THEN
    head.queue := state.handed_queue;
  END IF;
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
  UPDATE lane SET epoch = epoch + 1, holder = p_holder, wait_until = NULL, nudged = false,
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
-- p_wait_ms: the head is put back and waits that long, unless it was nudged since it was taken: then it is next at once.
-- p_back: `unstarted`, it counts as never started; `parked`, it has begun and its waiting is no failure.
-- p_hand_to: the queue whose workers are to run it instead.
DROP FUNCTION lane_release(text, bigint, text, text[], text[], integer, boolean);
CREATE FUNCTION lane_release(
  p_lane text, p_epoch bigint, p_holder text, p_ops text[], p_failures text[], p_wait_ms integer, p_back text, p_hand_to text
) RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  state record;
  freed boolean;
  next text;
BEGIN
  UPDATE lane SET holder = NULL, lease_until = NULL,
      wait_until = CASE WHEN p_wait_ms IS NULL THEN NULL WHEN nudged THEN clock_timestamp()
        ELSE clock_timestamp() + p_wait_ms * interval '1 millisecond' END,
      waits = CASE WHEN p_wait_ms IS NULL OR p_back = 'parked' THEN waits ELSE waits + 1 END,
      started_seq = CASE WHEN p_back = 'unstarted' THEN 0 ELSE started_seq END,
      handed_seq = CASE WHEN p_hand_to IS NULL THEN handed_seq ELSE done_seq + 1 END,
      handed_queue = coalesce(p_hand_to, handed_queue)
    WHERE lane_id = p_lane AND epoch = p_epoch AND holder = p_holder
    RETURNING * INTO state;
  freed := FOUND;
  IF cardinality(p_ops) > 0 THEN
    UPDATE lane_send s SET sent_at = clock_timestamp(), failure = t.failure
      FROM unnest(p_ops, p_failures) AS t (op, failure) WHERE s.op = t.op AND s.sent_at IS NULL;
  END IF;
  IF freed AND (p_wait_ms IS NULL OR state.nudged) THEN
    SELECT CASE WHEN state.handed_seq = i.seq THEN state.handed_queue ELSE i.queue END INTO next
      FROM lane_item i WHERE i.lane_id = p_lane AND i.seq = state.done_seq + 1;
    IF next IS NULL THEN
      SELECT i.queue INTO next FROM lane_send s JOIN lane_item i ON i.lane_id = s.lane_id AND i.seq = s.seq
        WHERE s.lane_id = p_lane AND s.sent_at IS NULL LIMIT 1;
    END IF;
  END IF;
  RETURN jsonb_build_object('freed', freed, 'next', next);
END $$;
