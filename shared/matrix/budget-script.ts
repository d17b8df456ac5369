import { ACHIEVED_MS, DOUBLING_MS, FIRST_RATE, LEAST_RATE, MOST_RATE } from './token-bucket.ts';

/**
 * token-bucket.ts in Lua, with Redis' own clock; a test runs both side by side.
 * KEYS[1]: a hash. ARGV: operation (`look`, `first`, `middle`, `limited`), sends made since the last call, the operator's
 * rate, retry-after in milliseconds. Answers milliseconds to wait, and the rate in thousandths of a send a second.
 */
export const BUDGET_SCRIPT = `
local time = redis.call('TIME')
local now = tonumber(ARGV[5]) or (time[1] * 1000 + math.floor(time[2] / 1000))
local operation, sent, cap, retry = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local h = redis.call('HMGET', KEYS[1], 'rate', 'tokens', 'at', 'frozen', 'achieved')
local rate, tokens, at = tonumber(h[1]) or 0, tonumber(h[2]) or 0, tonumber(h[3]) or 0
local frozen, achieved = tonumber(h[4]) or 0, tonumber(h[5]) or 0

local elapsed = at == 0 and 0 or math.max(0, now - at)
achieved = achieved * math.exp(-elapsed / ${ACHIEVED_MS}) + sent * 1000 / ${ACHIEVED_MS}
local thawed = math.max(0, math.min(elapsed, now - frozen))
if rate > 0 then
  rate = rate * 2 ^ (thawed / ${DOUBLING_MS})
  if rate >= ${MOST_RATE} then rate = 0 end
end
if cap > 0 and (rate == 0 or rate > cap) then rate = cap end
local most = math.max(2, rate)
if at == 0 then tokens = most else tokens = math.min(most, tokens + thawed / 1000 * rate) end

local wait = 0
if operation == 'limited' then
  if frozen <= now then
    local lowered = math.max(${FIRST_RATE}, achieved * 0.8)
    if rate > 0 then lowered = rate / 2 end
    rate = math.max(${LEAST_RATE}, math.min(lowered, ${MOST_RATE}))
    tokens = 1
  end
  frozen = math.max(frozen, now + retry)
  wait = frozen - now
elseif frozen > now then
  wait = frozen - now
elseif operation ~= 'look' and rate > 0 then
  local needed = operation == 'middle' and 2 or 1
  if tokens < needed then wait = (needed - tokens) * 1000 / rate else tokens = tokens - 1 end
end
redis.call('HSET', KEYS[1], 'rate', string.format('%.17g', rate), 'tokens', string.format('%.17g', tokens),
  'at', string.format('%d', now), 'frozen', string.format('%d', frozen), 'achieved', string.format('%.17g', achieved))
redis.call('PEXPIRE', KEYS[1], 600000)
return { math.ceil(wait), math.floor(rate * 1000 + 0.5) }
`;
