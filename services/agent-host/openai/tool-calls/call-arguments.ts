/** The arguments of a tool call as a tool takes them, or what is wrong with them. */
export type CallArguments =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problem: string };

/** Of broken arguments, so much is shown to the model. */
const QUOTED = 500;

/** Models call a tool without arguments with an empty text or null, and put JSON into JSON. */
export function callArguments(text: string): CallArguments {
  try {
    let value: unknown = text.trim() === '' ? {} : JSON.parse(text);
    if (typeof value === 'string') value = JSON.parse(value);
    value ??= {};
    if (typeof value === 'object' && !Array.isArray(value))
      return { ok: true, value: value as Record<string, unknown> };
    return { ok: false, problem: `The arguments have to be a JSON object, and were: ${text.slice(0, QUOTED)}` };
  } catch (error) {
    const { message } = error as Error;
    return { ok: false, problem: `The arguments are no valid JSON (${message}): ${text.slice(0, QUOTED)}` };
  }
}
