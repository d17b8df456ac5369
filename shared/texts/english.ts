import type { Entry } from './entry.ts';

/** The texts, in English: what happened, and what the person can do next. Keys that are error codes say that error. */
export const ENGLISH = {
  // Greetings and names
  hello_dm:
    'Hello! Your Space is ready: [{space}]({space_link}). I have invited you to it and to its first room.\n\nEvery room there is a conversation of its own with the agent. In this chat only commands work; `!help` lists them.',
  hello_room:
    'Hello! In this room you talk with the agent, and it remembers what was said here.\n\n- Just write: the answer appears while it is being written.\n- Write on meanwhile: your messages are answered one by one, in order.\n- `!stop` ends the answer that is running.\n- `!help` lists all commands.',
  welcome_again:
    'Welcome back! Everything is where it was, in [{space}]({space_link}). I have invited you to it and to your rooms again.',
  space_name: '{person}’s agents',
  space_topic: 'Every room here is a conversation of its own with an AI agent.',
  first_room_name: 'First conversation',
  room_topic: 'A conversation with the agent. Write !help to see what it can do.',

  // Who and where
  use_room_none:
    'In this chat only commands work. I am still setting up your rooms; if no invitation comes, please invite me to a new chat.',
  use_room: 'In this chat only commands work. The agent answers you in [{room}]({room_link}): please write there.',
  not_allowed: 'Your account may not use this bot, so I cannot answer. Please ask the people who run it to let you in.',
  not_allowed_guest:
    'In this room I answer {owner}, and those whom {owner} lets in. Please ask {owner} if you want to join.',
  archived: 'This room is archived, so the agent does not answer here. `!restore` opens it again.',
  encrypted:
    'This room is encrypted, and I cannot read encrypted messages. Please invite me to a chat without encryption.',
  too_old: 'This message is too old to be answered now. Please send it again if it still matters.',
  file_unavailable: 'I cannot read files yet. Please paste the part that matters as text.',

  // Commands
  help_intro: 'These commands work here:',
  unknown_command: 'There is no command `!{name}`. Did you mean `!{nearest}`? `!help` lists all commands.',
  unknown_command_at_all: 'There is no command `!{name}`. `!help` lists all commands.',
  missing_argument: '`!{command}` needs something more. Write it like this: `{usage}`',
  command_help_summary: 'shows this list',
  command_help_usage: '!help',
  command_help_example: '!help',
  command_stop_summary: 'ends the answer that is running; with `all` it also drops the messages that wait',
  command_stop_usage: '!stop [all]',
  command_stop_example: '!stop all',
  stop_done: 'Stopped.',
  stop_done_dropped: {
    by: 'dropped',
    one: 'Stopped. {dropped} waiting message was dropped.',
    other: 'Stopped. {dropped} waiting messages were dropped.',
  },
  stop_nothing: 'There is nothing to stop: no answer is running here.',
  nothing_waiting: 'No question is waiting for an answer here.',
  not_yours: 'That question was put to somebody else, and only they can answer it.',

  // While an answer streams
  thinking: '*Thinking …*',
  running_tool: '*{title} …*',
  waiting_permission: '*Waiting for permission: {title}*',
  agent_notice: '*{notice}*',

  // How an answer ends
  empty_answer: 'The agent finished without a word. Please ask again, perhaps in other words.',
  stopped_note: '*Stopped.*',
  refusal: '*The agent declined to answer this.*',
  max_tokens: '*The answer has reached its length limit. Write “go on” to get the rest.*',
  max_turn_requests: '*The agent has used up its steps for one answer. Write “go on” to let it continue.*',
  permission_unavailable: '*The agent wanted permission for “{title}”. I cannot ask you for it yet, so I told it no.*',

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
  internal:
    'Something went wrong on my side. Please send your message again. If it keeps failing, tell the people who run this bot the number `{id}`.',
  rate_limited: 'That is a lot of messages in a short time. None is lost: I go on with them in order, {when}.',
  queue_full: {
    by: 'count',
    one: 'I did not take {count} message, because too many of yours are waiting. Please send it again once some are answered, or drop what waits by `!stop all`.',
    other:
      'I did not take {count} messages, because too many of yours are waiting. Please send them again once some are answered, or drop what waits by `!stop all`.',
  },
} as const satisfies Record<string, Entry>;
