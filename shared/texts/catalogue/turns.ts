import type { Entry } from '../entry.ts';

/** While an answer streams, how it ends, and when it fails. */
export const TURNS_EN = {
  // While an answer streams
  thinking: '*Thinking …*',
  running_tool: '⚙ *{title} …*',
  plan_step: '⚙ *Step {number} of {of}: {step} …*',
  waiting_permission: '*Waiting for permission: {title}*',
  agent_notice: '*{notice}*',
  agent_warning: 'The agent says: {warning}',

  // How an answer ends
  empty_answer: 'The agent finished without a word. Please ask again, perhaps in other words.',
  stopped_note: '*Stopped.*',
  stopped_by_operator_note: '*Stopped by the people who run this bot.*',
  dropped_by_operator:
    'The people who run this bot stopped what waited here, so I did not answer this. Please send it again if you still want an answer.',
  refusal: '*The agent declined to answer this.*',
  max_tokens: '*The answer has reached its length limit. Write “go on” to get the rest.*',
  max_turn_requests: '*The agent has used up its steps for one answer. Write “go on” to let it continue.*',
  // When something fails
  agent_waiting: 'The agent cannot be reached just now. I keep trying; your message is not lost.',
  agent_unavailable: {
    by: 'minutes',
    one: 'The agent could not be reached for {minutes} minute, so I gave up on this message. Please send it again later.',
    other:
      'The agent could not be reached for {minutes} minutes, so I gave up on this message. Please send it again later.',
  },
  agent_error: 'The agent ran into an error and could not finish. Please send your message again.',
  agent_error_said: 'The agent ran into an error and could not finish ({said}). Please send your message again.',
  agent_crashed: 'The agent broke off in the middle of this answer. Please send your message again.',
  agent_timeout: {
    by: 'seconds',
    one: 'The agent was silent for {seconds} second, so I ended this answer. Please send your message again.',
    other: 'The agent was silent for {seconds} seconds, so I ended this answer. Please send your message again.',
  },
  interrupted: 'This answer was interrupted and cannot be continued. Please send your message again.',
  interrupted_long_ago:
    'This answer was interrupted too long ago to go on with it. Please send your message again, or `!retry` if it was your last one here.',
  internal:
    'Something went wrong on my side. Please send your message again. If it keeps failing, tell the people who run this bot the number `{id}`.',
  rate_limited: 'That is a lot of messages in a short time. None is lost: I go on with them in order, {when}.',
  rate_limited_another:
    'I am busy with your messages in other rooms. This one is not lost: I take it up as soon as one of them is done.',
  rate_limited_day:
    'You have used what one person may use of the agents in 24 hours. Nothing is lost: I go on with your messages in order, {when}. `!stop all` drops what waits.',
  commands_limited:
    'That is a lot of commands in a short time, so I did not carry this one out. Commands work again {when}; `!stop` always does.',
  queue_full: {
    by: 'count',
    one: 'I did not take {count} message, because too many of yours are waiting. Please send it again once some are answered, or drop what waits by `!stop all`.',
    other:
      'I did not take {count} messages, because too many of yours are waiting. Please send them again once some are answered, or drop what waits by `!stop all`.',
  },
  retry_nothing: 'There is nothing to ask again: you have not written anything here yet.',
} as const satisfies Record<string, Entry>;

export const TURNS_RU: Record<keyof typeof TURNS_EN, Entry> = {
  // While an answer streams
  thinking: '*Думаю …*',
  running_tool: '⚙ *{title} …*',
  plan_step: '⚙ *Шаг {number} из {of}: {step} …*',
  waiting_permission: '*Нужно разрешение: {title}*',
  agent_notice: '*{notice}*',
  agent_warning: 'Агент сообщает: {warning}',

  // How an answer ends
  empty_answer: 'Агент закончил, не сказав ни слова. Спросите ещё раз, лучше другими словами.',
  stopped_note: '*Остановлено.*',
  stopped_by_operator_note: '*Остановлено теми, кто отвечает за этого бота.*',
  dropped_by_operator:
    'Те, кто отвечает за этого бота, остановили всё, что здесь ждало очереди, поэтому ответа на это сообщение не будет. Если он ещё нужен, пожалуйста, отправьте сообщение ещё раз.',
  refusal: '*На это агент отвечать отказался.*',
  max_tokens: '*Ответ достиг предельной длины. Напишите «продолжай», чтобы получить остальное.*',
  max_turn_requests: '*Агент исчерпал число шагов на один ответ. Напишите «продолжай», и он пойдёт дальше.*',

  // When something fails
  agent_waiting: 'Агент сейчас недоступен. Я продолжаю попытки, ваше сообщение не потеряно.',
  agent_unavailable: {
    by: 'minutes',
    one: 'Агент был недоступен {minutes} минуту, и это сообщение осталось без ответа. Отправьте его позже ещё раз.',
    few: 'Агент был недоступен {minutes} минуты, и это сообщение осталось без ответа. Отправьте его позже ещё раз.',
    many: 'Агент был недоступен {minutes} минут, и это сообщение осталось без ответа. Отправьте его позже ещё раз.',
    other: 'Агент был недоступен {minutes} минуты, и это сообщение осталось без ответа. Отправьте его позже ещё раз.',
  },
  agent_error: 'У агента случилась ошибка, закончить ответ он не смог. Отправьте сообщение ещё раз.',
  agent_error_said: 'У агента случилась ошибка, закончить ответ он не смог ({said}). Отправьте сообщение ещё раз.',
  agent_crashed: 'Агент отключился посреди ответа. Отправьте сообщение ещё раз.',
  agent_timeout: {
    by: 'seconds',
    one: 'Агент молчал {seconds} секунду, поэтому я прервал ответ. Отправьте сообщение ещё раз.',
    few: 'Агент молчал {seconds} секунды, поэтому я прервал ответ. Отправьте сообщение ещё раз.',
    many: 'Агент молчал {seconds} секунд, поэтому я прервал ответ. Отправьте сообщение ещё раз.',
    other: 'Агент молчал {seconds} секунды, поэтому я прервал ответ. Отправьте сообщение ещё раз.',
  },
  interrupted: 'Этот ответ прервался, и продолжить его нельзя. Отправьте сообщение ещё раз.',
  interrupted_long_ago:
    'Этот ответ прервался слишком давно, чтобы его продолжать. Отправьте сообщение ещё раз или напишите `!retry`, если оно было здесь последним.',
  internal:
    'Что-то сломалось на моей стороне. Отправьте сообщение ещё раз. Если не поможет, сообщите тем, кто управляет ботом, номер `{id}`.',
  rate_limited: 'Это много сообщений за короткое время. Ни одно не потеряно: я продолжу по порядку, {when}.',
  rate_limited_another:
    'Я занят вашими сообщениями в других комнатах. Это не потеряно: возьмусь за него, как только закончу одно из них.',
  rate_limited_day:
    'Вы израсходовали то, что один человек может потратить на агентов за 24 часа. Ничего не потеряно: я продолжу по порядку, {when}. `!stop all` отменяет ожидающее.',
  commands_limited:
    'Это много команд за короткое время, поэтому эту я не выполнил. Команды снова заработают {when}; `!stop` работает всегда.',
  queue_full: {
    by: 'count',
    one: '{count} сообщение не принято: слишком много ваших сообщений ждёт ответа. Отправьте его позже ещё раз или отмените ожидающие командой `!stop all`.',
    few: '{count} сообщения не приняты: слишком много ваших сообщений ждёт ответа. Отправьте их позже ещё раз или отмените ожидающие командой `!stop all`.',
    many: '{count} сообщений не приняты: слишком много ваших сообщений ждёт ответа. Отправьте их позже ещё раз или отмените ожидающие командой `!stop all`.',
    other:
      '{count} сообщения не приняты: слишком много ваших сообщений ждёт ответа. Отправьте их позже ещё раз или отмените ожидающие командой `!stop all`.',
  },
  retry_nothing: 'Повторять нечего: вы здесь ещё ничего не написали.',
};
