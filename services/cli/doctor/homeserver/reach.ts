import { list, record, textField } from '../../../../shared/config/json.ts';
import { describe } from '../../../../shared/errors/surfaces-error.ts';
import { clockFinding } from '../clock.ts';
import type { Finding } from '../finding.ts';
import { ownContainer } from '../own-container.ts';

const NAME = 'Homeserver';
const WITHIN_MS = 8_000;
/** From here on media are fetched with the token, the only way by which Synapse still gives new ones. */
const LEAST = [1, 11] as const;
const AUTHENTICATED_MEDIA = 'org.matrix.msc3916.stable';

/**
 * Whether a homeserver answers, which, what it speaks, and what time it has. Asked without the token and by a bare request,
 * for the sake of the answer’s headers.
 */
export async function reach(
  url: string,
): Promise<{ readonly findings: readonly Finding[]; readonly answers: boolean }> {
  const before = Date.now();
  try {
    const answer = await fetch(`${url.replace(/\/+$/, '')}/_matrix/client/versions`, {
      signal: AbortSignal.timeout(WITHIN_MS),
    });
    const ours = (before + Date.now()) / 2;
    const said: unknown = await answer.json().catch(() => undefined);
    const spoken = list(record(said)?.versions).filter((each) => typeof each === 'string');
    if (!answer.ok || spoken.length === 0) {
      const remedy = 'check MATRIX_HOMESERVER_URL: it is the address of the client API, not of a web client';
      const text = `${url} answers ${answer.status} and is no homeserver`;
      return { findings: [{ name: NAME, level: 'error', text, remedy }], answers: false };
    }
    const features = record(record(said)?.unstable_features);
    const clock = Date.parse(answer.headers.get('date') ?? '');
    return {
      answers: true,
      findings: [
        spokenFinding(answer.headers.get('server'), spoken, features?.[AUTHENTICATED_MEDIA] === true),
        // The header has whole seconds, cut off.
        ...(Number.isNaN(clock) ? [] : [clockFinding(NAME, 'its', clock + 500 - ours)]),
      ],
    };
  } catch (error) {
    return { findings: [silent(url, error)], answers: false };
  }
}

function spokenFinding(server: string | null, spoken: readonly string[], media: boolean): Finding {
  const text = `${server ?? 'a homeserver'} answers, speaks up to ${spoken.at(-1)}`;
  const enough = spoken.some((version) => {
    const [, major = 0, minor = 0] = (/^v(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
    return major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1]);
  });
  if (enough || media) return { name: NAME, level: 'ok', text };
  const remedy = `use one that speaks v${LEAST.join('.')} (Synapse 1.111): from an older one files cannot be fetched`;
  return { name: NAME, level: 'error', text, remedy };
}

function silent(url: string, error: unknown): Finding {
  const cause = (error as Error).cause;
  const code = textField(cause, 'code') ?? (cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  const why =
    (error as Error).name === 'TimeoutError' ? `no answer within ${WITHIN_MS / 1000} s` : describe(cause ?? error);
  const remedy = /CERT|SIGNED|ISSUER/.test(code)
    ? 'Node does not know who signed its certificate: name the CA’s file in NODE_EXTRA_CA_CERTS'
    : `check MATRIX_HOMESERVER_URL and that the server runs; messages wait there meanwhile${ownContainer(url)}`;
  return { name: NAME, level: 'error', text: `${url} does not answer: ${why || code}`, remedy };
}
