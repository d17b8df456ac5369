-- surfaces: expands, statement by statement

-- What was refused for good is listed on the operator's page: a few among millions that were said.
SET lock_timeout = '10s';

DROP INDEX CONCURRENTLY IF EXISTS lane_send_failed_idx;
CREATE INDEX CONCURRENTLY lane_send_failed_idx ON lane_send (created_at, op) WHERE failure IS NOT NULL;
