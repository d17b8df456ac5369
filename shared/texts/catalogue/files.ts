import type { Entry } from '../entry.ts';

/** What becomes of files: `…_in` of those that people send, `…_out` of those that agents make. */
export const FILES_EN = {
  file_too_large_in:
    '“{name}” is larger than {limit}, so the agent does not get it. Please send a smaller file, or the part that matters.',
  file_too_large_out:
    'The agent made “{name}”, but it is larger than {limit} and cannot be sent. Ask for a smaller one, or for parts of it.',
  file_unavailable_in: '“{name}” could not be fetched, so the agent does not get it. Please send it again.',
  file_unavailable_out: 'The agent offered “{name}”, but it could not be sent. Please ask for it again.',
  file_refused_in: 'Files like “{name}” are not taken here, so the agent does not get it. Is there another format?',
  file_refused_out: 'The agent made “{name}”, but files like that are not sent from here. Ask for another format.',
  file_changed_out:
    'The agent made “{name}” and went on changing it, so I did not send half of it. Please ask for it again.',
  file_outside_out: 'The agent offered “{name}”, which is not one of the files of this room, so I did not send it.',
  quota_exceeded_in:
    'There is no space left for “{name}”: your files may take {limit}. `!files` shows what is here; ask the agent to delete what you no longer need, then send it again.',
  volume_in:
    'The server has no space for files just now, so the agent does not get “{name}”. Please tell the people who run this bot; everything else works.',
  volume_out:
    'The agent made “{name}”, but the server has no space to send it from. Please tell the people who run this bot; everything else works.',
  files_none: 'There are no files in this room yet. Drop one here, or ask the agent to make one.',
  files_list: '**Files of this room**, the newest first. A number sends you that file.',
  files_line: '`{path}` · {size} · {date}',
  files_more: { by: 'count', one: '… and {count} older file.', other: '… and {count} older files.' },
} as const satisfies Record<string, Entry>;

export const FILES_RU: Record<keyof typeof FILES_EN, Entry> = {
  file_too_large_in:
    'Файл «{name}» больше {limit}, поэтому агент его не получит. Пришлите файл поменьше или только нужную часть.',
  file_too_large_out:
    'Агент сделал файл «{name}», но он больше {limit} и отправить его нельзя. Попросите файл поменьше или по частям.',
  file_unavailable_in:
    'Файл «{name}» не удалось получить, поэтому у агента его нет. Пришлите его, пожалуйста, ещё раз.',
  file_unavailable_out: 'Агент предложил файл «{name}», но отправить его не удалось. Попросите его ещё раз.',
  file_refused_in: 'Файлы вроде «{name}» здесь не принимаются, поэтому агент его не получит. Есть ли другой формат?',
  file_refused_out: 'Агент сделал файл «{name}», но такие файлы отсюда не отправляются. Попросите другой формат.',
  file_changed_out:
    'Агент сделал файл «{name}» и продолжал его менять, поэтому половину я не отправил. Попросите его ещё раз.',
  file_outside_out: 'Агент предложил «{name}», но это не файл этой комнаты, поэтому я его не отправил.',
  quota_exceeded_in:
    'Для «{name}» не осталось места: ваши файлы могут занимать {limit}. `!files` покажет, что здесь лежит; попросите агента удалить ненужное и пришлите файл снова.',
  volume_in:
    'На сервере сейчас нет места для файлов, поэтому агент не получит «{name}». Сообщите тем, кто управляет ботом; всё остальное работает.',
  volume_out:
    'Агент сделал файл «{name}», но на сервере нет места, чтобы его отправить. Сообщите тем, кто управляет ботом; всё остальное работает.',
  files_none: 'В этой комнате пока нет файлов. Пришлите файл сюда или попросите агента его сделать.',
  files_list: '**Файлы этой комнаты**, новые сверху. Номер пришлёт вам файл.',
  files_line: '`{path}` · {size} · {date}',
  files_more: {
    by: 'count',
    one: '… и ещё {count} файл постарше.',
    few: '… и ещё {count} файла постарше.',
    many: '… и ещё {count} файлов постарше.',
    other: '… и ещё {count} файла постарше.',
  },
};
