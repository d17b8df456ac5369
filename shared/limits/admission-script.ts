/**
 * Whether a turn may start now. Runs in Redis, so that all workers decide as one; the time is Redis' own.
 *
 * Each window is a sorted set of events by the time of their start, past or planned: whoever has to wait is given the time
 * at which a place becomes free, in the order of asking, and comes back then. A start later than planned moves its entry, and
 * those planned behind it look again when their time has come, so that no 60 seconds ever hold more starts than the limit.
 *
 * KEYS: running, waiting, told, then one for each window.
 * ARGV: event, lane, position, 1 where it has begun before, ms of a window, ms that a running turn is believed to run
 * without word, turns at once (0: no limit), then the limit of each window.
 * Returns 1 where it may start; ms until it is to be tried again; 1 where the person is to be told; 1 where it waits for
 * another turn's end rather than for time.
 */
export const ADMIT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local event, lane, position, begun = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1'
local window, ttl, at_once = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local running, waiting, told = KEYS[1], KEYS[2], KEYS[3]

local function tell(ms)
  local first = redis.call('SET', told, event, 'NX', 'PX', ms)
  if first then return 1 end
  redis.call('PEXPIRE', told, ms)
  return redis.call('GET', told) == event and 1 or 0
end

if at_once > 0 then
  redis.call('ZREMRANGEBYSCORE', running, '-inf', now)
  if not begun and not redis.call('ZSCORE', running, event) and redis.call('ZCARD', running) >= at_once then
    redis.call('ZADD', waiting, position, lane)
    redis.call('PEXPIRE', waiting, window)
    return {0, 10000, tell(window), 1}
  end
end

local start = now
for i = 4, #KEYS do
  local key, limit = KEYS[i], tonumber(ARGV[i + 4])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  local planned = tonumber(redis.call('ZSCORE', key, event) or '0')
  if begun then
    -- It has been counted.
  elseif planned > now then
    start = math.max(start, planned)
  else
    -- One whose time has come goes before those planned behind it; one that is new goes behind all.
    redis.call('ZREM', key, event)
    local many = planned > 0 and redis.call('ZCOUNT', key, '-inf', now) or redis.call('ZCARD', key)
    if many >= limit then
      local before = redis.call('ZRANGE', key, many - limit, many - limit, 'WITHSCORES')
      start = math.max(start, tonumber(before[2]) + window)
    end
  end
end
for i = 4, #KEYS do
  redis.call('ZADD', KEYS[i], start, event)
  local kept = start - now + window
  if redis.call('PTTL', KEYS[i]) < kept then redis.call('PEXPIRE', KEYS[i], kept) end
end
if start > now then return {0, start - now, tell(start - now + window), 0} end
if at_once > 0 then
  redis.call('ZADD', running, now + ttl, event)
  redis.call('PEXPIRE', running, ttl)
  redis.call('ZREM', waiting, lane)
end
return {1, 0, 0, 0}`;

/** It runs still. KEYS: running. ARGV: event, ms that it is believed. */
export const RENEW = `
local time = redis.call('TIME')
local ttl = tonumber(ARGV[2])
redis.call('ZADD', KEYS[1], 'XX', time[1] * 1000 + math.floor(time[2] / 1000) + ttl, ARGV[1])
return redis.call('PEXPIRE', KEYS[1], ttl)`;

/**
 * It runs no more; with ARGV[2] = 1 it never did, and gives its place in the windows back. KEYS: running, waiting, windows.
 * ARGV: event, 1 or 0. Returns the lane of the turn that has waited longest for another one's end, where there is one.
 */
export const LEAVE = `
local ran = redis.call('ZREM', KEYS[1], ARGV[1])
if ARGV[2] == '1' then for i = 3, #KEYS do redis.call('ZREM', KEYS[i], ARGV[1]) end end
if ran == 0 then return false end
return redis.call('ZPOPMIN', KEYS[2])[1] or false`;

/**
 * Whether one thing more may be done within the window. KEYS: window, told. ARGV: event, ms of the window, limit.
 * Returns 1 where it may; else 0, ms until it may, 1 where the person is to be told. The same event is always answered the same.
 */
export const COUNT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local event, window, limit = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
if redis.call('ZSCORE', KEYS[1], event) then return {1, 0, 0} end
if redis.call('ZCARD', KEYS[1]) < limit then
  redis.call('ZADD', KEYS[1], now, event)
  redis.call('PEXPIRE', KEYS[1], window)
  return {1, 0, 0}
end
local ms = tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]) + window - now
local first = redis.call('SET', KEYS[2], event, 'NX', 'PX', window)
redis.call('PEXPIRE', KEYS[2], window)
return {0, ms, (first or redis.call('GET', KEYS[2]) == event) and 1 or 0}`;
