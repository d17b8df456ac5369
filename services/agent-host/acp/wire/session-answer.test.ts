import { describe, expect, test } from 'vitest';
import { choiceOf, decodeAbilities } from './session-answer.ts';

const select = (id: string, values: unknown[], category?: string) => ({
  id,
  category,
  type: 'select',
  currentValue: 'a',
  options: values,
});

describe('how a mode is chosen', () => {
  test('by the option of that category, whatever its id', () => {
    const answer = { configOptions: [select('x', [{ value: 'a' }, { value: 'b' }], 'mode')] };
    expect(choiceOf(answer, 'mode')).toMatchObject({ values: ['a', 'b'], method: 'session/set_config_option' });
    expect(choiceOf(answer, 'mode')?.params('b')).toEqual({ configId: 'x', value: 'b' });
    expect(choiceOf(answer, 'model')).toBeUndefined();
  });

  test('by the option of that id, with options in groups', () => {
    const groups = [
      { group: 'g', name: 'G', options: [{ value: 'a' }] },
      { group: 'h', options: [{ value: 'b' }] },
    ];
    expect(choiceOf({ configOptions: [select('model', groups)] }, 'model')?.values).toEqual(['a', 'b']);
  });

  test('in the older ways', () => {
    const answer = {
      modes: { currentModeId: 'a', availableModes: [{ id: 'a' }, { id: 'b' }] },
      models: { currentModelId: 'm', availableModels: [{ modelId: 'm' }] },
    };
    expect(choiceOf(answer, 'mode')?.params('b')).toEqual({ modeId: 'b' });
    expect(choiceOf(answer, 'model')).toMatchObject({ method: 'session/set_model', values: ['m'] });
  });
});

describe('what an agent is able to do', () => {
  test('is what it says, in any of the ways to say it', () => {
    const can = {
      loadSession: true,
      promptCapabilities: { image: true },
      sessionCapabilities: { fork: {}, close: null },
    };
    expect(
      decodeAbilities({ agentCapabilities: can, agentInfo: { name: 'x', title: 'X', version: '1' } }),
    ).toMatchObject({ name: 'X', version: '1', load: true, fork: true, close: false, resume: false, images: true });
  });

  test('is nothing where it says nothing', () => {
    for (const answer of [undefined, {}, { agentCapabilities: 7 }])
      expect(decodeAbilities(answer)).toMatchObject({ name: undefined, load: false, fork: false, images: false });
  });
});
