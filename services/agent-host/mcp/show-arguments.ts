/** What no eye sees, or what changes how the rest is read: controls, marks of direction, line ends, private use. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/gu;
/** Spaces of other widths, a space of no ink among them, and the fillers that fonts leave empty. */
const BLANK = /(?! )[\p{Zs}\u115f\u1160\u3164\uffa0\u2800]/gu;

/** A text of a server in one line, for a title or a log. */
export function oneLine(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').replace(UNSEEN, '').replace(BLANK, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1).toWellFormed()}…` : line;
}

/**
 * All of the arguments in one line of JSON, in which everything can be seen: what could not is spelled as `\u202e`.
 * @returns `undefined` for what is no JSON object; such arguments are refused.
 */
export function wholeArguments(args: unknown): string | undefined {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return undefined;
  try {
    return JSON.stringify(args).replace(UNSEEN, spelled).replace(BLANK, spelled);
  } catch {
    return undefined;
  }
}

/** A sight of the arguments. */
export function shortArguments(args: unknown, most: number): string {
  const whole = wholeArguments(args);
  return whole === undefined || whole === '{}' ? '' : oneLine(whole, most);
}

function spelled(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
