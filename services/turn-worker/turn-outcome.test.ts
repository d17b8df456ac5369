import { describe, expect, test } from 'vitest';
import type { TurnEvent } from '../../shared/agent-protocol/turn-events.ts';
import { SurfacesError } from '../../shared/errors/surfaces-error.ts';
import { outcomeOf, outcomeOfFailure } from './turn-outcome.ts';

type Ended = Extract<TurnEvent, { type: 'turn.ended' }>;

function ended(stop_reason: Ended['stop_reason'], error?: Ended['error']): Ended {
  return {
    type: 'turn.ended',
    session_id: 's',
    turn_id: 't',
    seq: 9,
    at: 0,
    stop_reason,
    ...(error ? { error } : {}),
  } as Ended;
}

describe('how an answer ends', () => {
  test('an answer is done as it stands', () => {
    expect(outcomeOf(ended('end_turn'), 'text', 'en')).toEqual({ state: 'done', text: 'text' });
  });
  test('a turn without a word is told, not left empty', () => {
    expect(outcomeOf(ended('end_turn'), ' \n', 'en').text).toMatch(/without a word/);
  });
  test.each([
    [{ code: 'agent_crashed', message: 'x', retryable: false } as const, 'agent_crashed'],
    [{ code: 'agent_crashed', message: 'x', retryable: false, host_restarted: true } as const, 'interrupted'],
    [{ code: 'internal', message: 'x', retryable: false } as const, 'agent_error'],
    [undefined, 'agent_error'],
  ])('error %j is %s to the person, what was there stays, and a sentence says what to do', (error, code) => {
    const outcome = outcomeOf(ended('error', error), 'what was there', 'en');
    expect(outcome).toMatchObject({ state: 'failed', code, text: 'what was there' });
    expect(outcome.note).toMatch(/send your message again/i);
  });
  test('a timeout names its seconds, an agent that is away its minutes, in both languages', () => {
    const timeout = outcomeOfFailure(new SurfacesError('agent_timeout', 'silent'), 'a', 'en', 120_000);
    expect(timeout).toMatchObject({ state: 'failed', code: 'agent_timeout' });
    expect(timeout.note).toContain('120 seconds');
    const away = outcomeOfFailure(new SurfacesError('agent_unavailable', 'away'), '', 'ru', 125_000);
    expect(away.note).toMatch(/2 минут/);
  });
  test('an unknown failure never shows its inside', () => {
    const outcome = outcomeOfFailure(new Error('password=hunter2'), 'a', 'en', 0);
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
  });
});
