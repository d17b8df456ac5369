import { field, list, record, textField } from '../../../../shared/config/json.ts';

/** What an agent says of itself in its answer to `initialize`. */
export type Abilities = {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly protocolVersion: unknown;
  readonly load: boolean;
  readonly resume: boolean;
  readonly fork: boolean;
  readonly close: boolean;
  readonly images: boolean;
};

export function decodeAbilities(answer: unknown): Abilities {
  const can = field(answer, 'agentCapabilities');
  const sessions = field(can, 'sessionCapabilities');
  // Present is supported; agents say `{}`, and `null` for what they lack.
  const has = (name: string) => record(field(sessions, name)) !== undefined || field(sessions, name) === true;
  const about = field(answer, 'agentInfo');
  return {
    name: textField(about, 'title') ?? textField(about, 'name'),
    version: textField(about, 'version')?.slice(0, 64),
    protocolVersion: field(answer, 'protocolVersion'),
    load: field(can, 'loadSession') === true,
    resume: has('resume'),
    fork: has('fork'),
    close: has('close'),
    images: field(field(can, 'promptCapabilities'), 'image') === true,
  };
}

/** One thing that can be chosen in a session, and the request that chooses it. */
export type Choice = {
  readonly current: string | undefined;
  readonly values: readonly string[];
  readonly method: 'session/set_config_option' | 'session/set_mode' | 'session/set_model';
  readonly params: (value: string) => Record<string, unknown>;
};

/**
 * How a mode or a model is chosen in a session: by a configuration option of that category or id, or, where there is none, by
 * what came before such options.
 * @param answer to `session/new`, `session/load` and their like.
 */
export function choiceOf(answer: unknown, what: 'mode' | 'model'): Choice | undefined {
  const options = list(field(answer, 'configOptions'));
  const option =
    options.find((one) => textField(one, 'category') === what) ?? options.find((one) => textField(one, 'id') === what);
  const configId = textField(option, 'id');
  if (configId) {
    // Options may stand in groups.
    const all = list(field(option, 'options')).flatMap((one) => [one, ...list(field(one, 'options'))]);
    return {
      current: textField(option, 'currentValue'),
      values: all.flatMap((one) => textField(one, 'value') ?? []),
      method: 'session/set_config_option',
      params: (value) => ({ configId, value }),
    };
  }
  return what === 'mode'
    ? olderChoice(field(answer, 'modes'), 'availableModes', 'id', 'currentModeId', 'session/set_mode', 'modeId')
    : olderChoice(
        field(answer, 'models'),
        'availableModels',
        'modelId',
        'currentModelId',
        'session/set_model',
        'modelId',
      );
}

function olderChoice(
  state: unknown,
  all: string,
  id: string,
  current: string,
  method: Choice['method'],
  param: string,
): Choice | undefined {
  const values = list(field(state, all)).flatMap((one) => textField(one, id) ?? []);
  if (values.length === 0) return undefined;
  return { current: textField(state, current), values, method, params: (value) => ({ [param]: value }) };
}
