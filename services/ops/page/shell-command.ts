import { CALLED_AS } from '../../../shared/runtime/called-as.ts';
import { type Html, html } from './html.ts';
import { plain } from './words.ts';

/** A command of the CLI about an id, to be copied into a shell, where the id is one word whatever is in it. */
export function shellCommand(command: 'lane' | 'logs', id: string): Html {
  const quoted = (plain(id) ?? '').replaceAll("'", "'\\''");
  return html`<code>${CALLED_AS} ${command} ${`'${quoted}'`}</code>`;
}
