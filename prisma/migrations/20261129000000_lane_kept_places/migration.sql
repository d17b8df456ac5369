-- surfaces: expands

SET LOCAL lock_timeout = '10s';

-- AlterTable
ALTER TABLE lane_item ADD COLUMN kept_for TEXT;

-- From here on: what the schema language cannot say.

-- As before, and: knows a kept place, which is nothing to be run. While the item that it is kept for is not done, the lane
-- waits; when that is done and has put nothing into the place, the lane goes on behind it. What it does put there, it puts
-- there before it is done: so the place is looked at again after it was seen done.
CREATE OR REPLACE FUNCTION lane_acquire(p_lane text, p_queue text, p_holder text, p_lease_ms integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  state record;
  head record;
  unsent jsonb;
  resumed boolean := false;
  start_with record;
  is_stopped boolean;
  is_withdrawn boolean;
  lost integer := 0;
  is_kept_for_done boolean;
  is_blocked boolean := false;
  wait_ms integer;
BEGIN
  SELECT * INTO state FROM lane WHERE lane_id = p_lane FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO lane (lane_id) VALUES (p_lane) ON CONFLICT DO NOTHING;
    SELECT * INTO state FROM lane WHERE lane_id = p_lane FOR UPDATE;
  END IF;
  IF state.holder IS NOT NULL AND state.lease_until > clock_timestamp() THEN
    RETURN jsonb_build_object('status', 'busy');
  END IF;

  LOOP
    SELECT * INTO head FROM lane_item WHERE lane_id = p_lane AND seq = state.done_seq + 1;
    EXIT WHEN head.kept_for IS NULL;
    SELECT coalesce(l.done_seq >= i.seq, false) INTO is_kept_for_done
      FROM lane_item i LEFT JOIN lane l ON l.lane_id = i.lane_id WHERE i.key = head.kept_for;
    is_blocked := NOT coalesce(is_kept_for_done, true);
    EXIT WHEN is_blocked;
    SELECT * INTO head FROM lane_item WHERE key = head.key;
    EXIT WHEN head.kept_for IS NULL;
    UPDATE lane SET done_seq = state.done_seq + 1, waits = 0 WHERE lane_id = p_lane RETURNING * INTO state;
  END LOOP;
  IF state.handed_seq = head.seq THEN
    head.queue := state.handed_queue;
  END IF;
  is_stopped := coalesce((SELECT through_seq >= head.seq FROM lane_stop WHERE lane_id = p_lane), false);
  is_withdrawn := EXISTS (SELECT FROM lane_amendment WHERE target = head.key AND kind = 'withdraw');

  IF state.lost_seq = head.seq THEN
    lost := state.losses;
  END IF;
  IF state.holder IS NOT NULL AND state.started_seq = head.seq THEN
    lost := lost + 1;
  END IF;
  IF lost BETWEEN 3 AND 7 AND NOT is_stopped AND NOT is_withdrawn THEN
    IF state.holder IS NOT NULL THEN
      UPDATE lane SET holder = NULL, lease_until = NULL, lost_seq = head.seq, losses = lost,
          wait_until = clock_timestamp() + p_lease_ms * 2 ^ (lost - 3) * (0.5 + random()) * interval '1 millisecond'
        WHERE lane_id = p_lane;
      RETURN jsonb_build_object('status', 'waiting');
    ELSIF state.wait_until > clock_timestamp() THEN
      RETURN jsonb_build_object('status', 'waiting');
    END IF;
  END IF;

  SELECT jsonb_agg(
      jsonb_build_object('op', op, 'body', body, 'createdAt', (extract(epoch FROM created_at) * 1000)::bigint)
      ORDER BY seq, ordinal
    ) INTO unsent FROM lane_send WHERE lane_id = p_lane AND sent_at IS NULL;

  IF is_blocked AND unsent IS NULL THEN
    -- Whoever looked before looks again, by a timer that may be a little early.
    IF state.holder IS NULL AND state.wait_until > clock_timestamp() + interval '20 milliseconds' THEN
      RETURN jsonb_build_object('status', 'waiting');
    END IF;
    wait_ms := 50 * 2 ^ least(state.waits, 5);
    UPDATE lane SET holder = NULL, lease_until = NULL, waits = waits + 1,
        wait_until = clock_timestamp() + wait_ms * interval '1 millisecond'
      WHERE lane_id = p_lane;
    RETURN jsonb_build_object('status', 'waiting', 'queue', head.queue, 'waitMs', wait_ms);
  END IF;

  IF unsent IS NULL AND head.queue IS DISTINCT FROM p_queue THEN
    IF state.holder IS NOT NULL THEN
      UPDATE lane SET holder = NULL, lease_until = NULL, lost_seq = coalesce(head.seq, 0), losses = lost
        WHERE lane_id = p_lane;
    END IF;
    RETURN jsonb_build_object('status', CASE WHEN head.key IS NULL THEN 'idle' ELSE 'elsewhere' END, 'queue', head.queue);
  END IF;

  IF is_blocked OR head.queue IS DISTINCT FROM p_queue THEN
    UPDATE lane SET epoch = epoch + 1, holder = p_holder, wait_until = NULL,
        lease_until = clock_timestamp() + p_lease_ms * interval '1 millisecond',
        lost_seq = coalesce(head.seq, 0), losses = lost
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
  UPDATE lane SET epoch = epoch + 1, holder = p_holder, wait_until = NULL, nudged = false,
      lease_until = clock_timestamp() + p_lease_ms * interval '1 millisecond',
      started_seq = head.seq, started_with = start_with.key, lost_seq = head.seq, losses = lost
    WHERE lane_id = p_lane;
  RETURN jsonb_build_object(
    'status', 'held', 'epoch', state.epoch + 1, 'waits', state.waits, 'unsent', unsent,
    'resumed', resumed, 'stopped', is_stopped, 'withdrawn', is_withdrawn, 'losses', lost, 'hopeless', lost >= 8,
    'item', jsonb_build_object(
      'key', head.key, 'lane', head.lane_id, 'seq', head.seq, 'position', head.position, 'queue', head.queue,
      'body', coalesce(start_with.body, head.body), 'amended', start_with.key IS NOT NULL,
      'original', CASE WHEN start_with.key IS NOT NULL THEN head.body END,
      'receivedAt', (extract(epoch FROM head.received_at) * 1000)::bigint));
END $$;
