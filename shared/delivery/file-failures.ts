import type { ErrorCode } from '../errors/codes.ts';
import type { Language } from '../texts/detect-language.ts';
import { bytes } from '../texts/formats.ts';
import { say } from '../texts/say.ts';

type Of = { readonly name: string; readonly language: Language; readonly limit?: number };

/** Why a file did not come through, for the person: `in` one that they sent, `out` one that the agent made. */
export function whyNot(code: ErrorCode, way: 'in' | 'out', { name, language, limit = 0 }: Of): string {
  const most = bytes(language, limit);
  switch (code) {
    case 'file_too_large':
      return say(language, `file_too_large_${way}`, { name, limit: most });
    case 'file_refused':
      return say(language, `file_refused_${way}`, { name });
    case 'quota_exceeded':
      return say(language, 'quota_exceeded_in', { name, limit: most });
    case 'volume_full':
    case 'volume_unwritable':
      return say(language, `volume_${way}`, { name });
    case 'file_changed':
    case 'file_outside':
      return way === 'out' ? say(language, `${code}_out`, { name }) : say(language, 'file_unavailable_in', { name });
    default:
      return say(language, `file_unavailable_${way}`, { name });
  }
}

/** The same for the agent, of a file that it does not get. */
export function toldToAgent(name: string, code: ErrorCode): string {
  return `(The file ${JSON.stringify(name)} did not arrive: ${REASONS[code] ?? 'it could not be fetched'}.)`;
}

const REASONS: Partial<Record<ErrorCode, string>> = {
  file_too_large: 'it is too large',
  file_refused: 'files of its kind are not taken',
  quota_exceeded: 'there is no space left in the quota',
  volume_full: 'the server has no space left',
  volume_unwritable: 'the server could not write it',
};
