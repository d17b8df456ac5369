import { opId } from '../../shared/ids/ids.ts';
import type { MessageItem } from '../../shared/matrix/work-item.ts';
import type { Utterance } from '../../shared/surface/port.ts';
import type { Language } from '../../shared/texts/detect-language.ts';
import { say } from '../../shared/texts/say.ts';

/** Of one turn; an agent that warns more often than that is not listened to any more. */
const MOST = 3;

/**
 * What an agent warned of in one turn, said behind its answer. The turn may be followed again from its start, by any
 * worker: each warning is said once, in the order in which the agent gave them.
 */
export class AgentWarnings {
  readonly #texts = new Set<string>();

  take(text: string): void {
    if (text.trim() !== '' && this.#texts.size < MOST) this.#texts.add(text);
  }

  said({ room, event }: MessageItem, language: Language): Utterance[] {
    return [...this.#texts].map((warning, index) => {
      const text = say(language, 'agent_warning', { warning });
      return { chat: room, say: { type: 'saying', op: opId(`warning ${index}`, event), kind: 'notice', text } };
    });
  }
}
