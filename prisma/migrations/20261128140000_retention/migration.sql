-- surfaces: expands, statement by statement

-- Retention walks each table from its oldest row; shared/lane/retention.ts says why lane_item's BRIN index did not do.
SET lock_timeout = '10s';

DROP INDEX CONCURRENTLY IF EXISTS lane_item_received_at_idx;
CREATE INDEX CONCURRENTLY lane_item_received_at_idx ON lane_item(received_at);
DROP INDEX CONCURRENTLY IF EXISTS lane_amendment_received_at_idx;
CREATE INDEX CONCURRENTLY lane_amendment_received_at_idx ON lane_amendment(received_at);
DROP INDEX CONCURRENTLY IF EXISTS lane_reject_received_at_idx;
CREATE INDEX CONCURRENTLY lane_reject_received_at_idx ON lane_reject(received_at);
DROP INDEX CONCURRENTLY IF EXISTS live_message_created_at_idx;
CREATE INDEX CONCURRENTLY live_message_created_at_idx ON live_message(created_at);
DROP INDEX CONCURRENTLY IF EXISTS told_at_idx;
CREATE INDEX CONCURRENTLY told_at_idx ON told(at);
DROP INDEX CONCURRENTLY IF EXISTS question_created_at_idx;
CREATE INDEX CONCURRENTLY question_created_at_idx ON question(created_at);
DROP INDEX CONCURRENTLY IF EXISTS file_in_created_at_idx;
CREATE INDEX CONCURRENTLY file_in_created_at_idx ON file_in(created_at);
DROP INDEX CONCURRENTLY IF EXISTS file_out_created_at_idx;
CREATE INDEX CONCURRENTLY file_out_created_at_idx ON file_out(created_at);
-- Also for the look, each second, whether somebody waits for a run: finished_at IS NULL.
DROP INDEX CONCURRENTLY IF EXISTS reconcile_run_finished_at_idx;
CREATE INDEX CONCURRENTLY reconcile_run_finished_at_idx ON reconcile_run(finished_at);

-- Each send is written twice, with all that it says, and the second time not in place, since an index is on what is unsent. A
-- fifth of the table, which is when a vacuum comes by default, would be 200,000 dead ones for a million that live.
ALTER TABLE lane_send SET (autovacuum_vacuum_scale_factor = 0.02);
