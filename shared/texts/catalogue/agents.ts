import type { Entry } from '../entry.ts';

/** Which agent answers in a room. */
export const AGENTS_EN = {
  agent_only: 'Here **{agent}** answers. There is no other to choose from.',
  agent_now: 'Here **{agent}** answers.',
  agent_gone: 'The agent of this room is not offered any more, so nobody answers here.',
  agent_list: 'Write a number to let another one answer; this room then starts afresh:',
  agent_line: '**{agent}**',
  agent_line_about: '**{agent}** · {about}',
  agent_line_here: '**{agent}** *(here)*',
  agent_line_about_here: '**{agent}** · {about} *(here)*',
  agent_unknown: 'There is no agent “{name}”.',
  agent_already: 'It is **{agent}** who answers here already.',
  agent_question:
    'Let **{agent}** answer here? This room then starts afresh: it knows nothing of what was said here, and has none of the files from before. Saved contexts stay, other rooms too.',
  agent_title: 'let “{agent}” answer here, from the beginning',
  agent_done: 'From now on **{agent}** answers here. It knows nothing from before: just write.',
  unknown_agent:
    'The agent of this room is not offered any more, so nobody can answer. `!agent` shows which there are.',
  load_other_agent:
    'That context was saved with another kind of agent, and the one that answers here cannot read it. `!agent` shows which there are.',
  load_lossy:
    'Loaded “{name}”, but not exactly: the agent itself did not keep it, so it is given the words of that conversation, and knows nothing of what it did and saw between them.',
} as const satisfies Record<string, Entry>;

export const AGENTS_RU: Record<keyof typeof AGENTS_EN, Entry> = {
  agent_only: 'Здесь отвечает **{agent}**. Выбирать больше не из кого.',
  agent_now: 'Здесь отвечает **{agent}**.',
  agent_gone: 'Агента этой комнаты больше нет, поэтому никто не отвечает.',
  agent_list: 'Напишите номер, чтобы отвечал другой; комната тогда начнётся с чистого листа:',
  agent_line: '**{agent}**',
  agent_line_about: '**{agent}** · {about}',
  agent_line_here: '**{agent}** *(здесь)*',
  agent_line_about_here: '**{agent}** · {about} *(здесь)*',
  agent_unknown: 'Агента «{name}» нет.',
  agent_already: 'Здесь и так отвечает **{agent}**.',
  agent_question:
    'Пусть здесь отвечает **{agent}**? Комната тогда начнётся с чистого листа: о сказанном здесь агент знать не будет, и прежних файлов у него не будет. Сохранённые контексты и другие комнаты останутся.',
  agent_title: 'передать комнату агенту «{agent}», с самого начала',
  agent_done: 'Теперь здесь отвечает **{agent}**. О прежнем он ничего не знает: просто пишите.',
  unknown_agent: 'Агента этой комнаты больше нет, поэтому ответить некому. Какие есть, покажет `!agent`.',
  load_other_agent:
    'Этот контекст сохранён с агентом другого рода, и здешний прочесть его не может. Какие есть, покажет `!agent`.',
  load_lossy:
    'Загружено «{name}», но не дословно: сам агент этого не сохранил, поэтому ему передан текст того разговора, а о том, что он делал и видел между репликами, он не знает.',
};
