import { each, now, quantile, type Row } from './panel.ts';

export const WORK: readonly Row[] = [
  {
    title: 'Is it well',
    panels: [
      {
        title: 'Alarms',
        description: 'Alarms that fire now. Each says what is wrong and what to do: see Prometheus or docs/METRICS.md.',
        unit: 'short',
        number: true,
        red: { above: 0 },
        queries: [['count(ALERTS{alertname=~"Surfaces.*",alertstate="firing",job=~"$job|"}) or vector(0)', 'firing']],
      },
      {
        title: 'Processes that do not answer',
        description: 'Processes of the stack that cannot be scraped, and those that run and are not ready. Usually 0.',
        unit: 'short',
        number: true,
        red: { above: 0 },
        queries: [
          ['count(up{job="$job"} == 0) or vector(0)', 'down'],
          ['count(surfaces_ready{job="$job"} == 0) or vector(0)', 'not ready'],
        ],
      },
      {
        title: 'Since /sync answered',
        description:
          'Time since the homeserver last told of anything new, or that there is nothing. Up to 30 s are usual.',
        unit: 's',
        number: true,
        red: { above: 90 },
        queries: [[`time() - ${now('surfaces_ingress_sync_answered_timestamp_seconds')}`, 'ago']],
      },
      {
        title: 'Oldest message that nobody works on',
        description:
          'How long the oldest message has been waiting for a worker. Usually 0; messages behind a running turn do not count.',
        unit: 's',
        number: true,
        red: { above: 60 },
        queries: [[now('surfaces_lane_oldest_idle_seconds'), 'waits']],
      },
      {
        title: 'Turns that fail',
        description: 'Share of the turns of the last 10 minutes that ended with an error.',
        unit: 'percentunit',
        number: true,
        red: { above: 0.2 },
        queries: [
          [
            '(sum(rate(surfaces_turns_total{job="$job",state="failed"}[10m])) or vector(0)) / sum(rate(surfaces_turns_total{job="$job"}[10m]))',
            'failed',
          ],
        ],
      },
      {
        title: 'What runs',
        description:
          'Version and commit, and how many processes run them. More than one line: an upgrade is under way.',
        unit: 'short',
        number: true,
        queries: [['count by (version, revision) (surfaces_build_info{job="$job"})', '{{version}} {{revision}}']],
      },
    ],
  },
  {
    title: 'Messages and turns',
    panels: [
      {
        title: 'Turns',
        description: 'Answers that ended, each second, by how: done, stopped by the person, failed.',
        unit: 'ops',
        queries: [[each('surfaces_turns_total', 'state'), '{{state}}']],
      },
      {
        title: 'Turns that failed, by code',
        description: 'The codes are explained in docs/ERRORS.md.',
        unit: 'ops',
        queries: [[each('surfaces_turns_total', 'code', 'state="failed"'), '{{code}}']],
        mayBeEmpty: 'no turn has failed',
      },
      {
        title: 'First words',
        description:
          'From the start of a turn to its first words in the room: half of the turns, and 19 of 20, are faster.',
        unit: 's',
        queries: [
          [quantile(0.5, 'surfaces_turn_seconds', '', 'phase="words"'), 'half'],
          [quantile(0.95, 'surfaces_turn_seconds', '', 'phase="words"'), '19 of 20'],
        ],
      },
      {
        title: 'Parts of a turn',
        description:
          'How long 19 of 20 turns waited for their start (also behind others of their room), and how long they took.',
        unit: 's',
        queries: [[quantile(0.95, 'surfaces_turn_seconds', 'phase'), '{{phase}}']],
      },
      {
        title: 'What waits',
        description:
          'Messages and commands that are not done: running, waiting behind another, waiting for an answer to a question.',
        unit: 'short',
        queries: [[now('surfaces_lane_pending_items'), 'not done']],
      },
      {
        title: 'Open questions',
        description:
          'Questions that wait for somebody’s !yes or !no: an agent’s (permission), a command’s (confirmation).',
        unit: 'short',
        queries: [[now('surfaces_questions_open', 'kind'), '{{kind}}']],
      },
      {
        title: 'Edits of an answer',
        description:
          'How often an answer is edited while it grows, on average. It falls when the homeserver is the limit.',
        unit: 'short',
        queries: [
          [`${each('surfaces_turn_edits_total', 'job')} / ${each('surfaces_turns_total', 'job')}`, 'edits a turn'],
        ],
      },
    ],
  },
  {
    title: 'Matrix',
    panels: [
      {
        title: 'Age of what comes in',
        description:
          'From the time that an event bears to its being in the record. Seconds at most, except after an outage.',
        unit: 's',
        queries: [[quantile(0.95, 'surfaces_ingress_event_age_seconds'), '19 of 20 pages']],
      },
      {
        title: 'Events that come in',
        description: 'Events of /sync each second, by what they are to the bot.',
        unit: 'ops',
        queries: [[each('surfaces_ingress_events_total', 'kind'), '{{kind}}']],
      },
      {
        title: 'Sends',
        description:
          'Events sent each second: first words, final texts and notices (first), edits in between (middle), and how they ended.',
        unit: 'ops',
        queries: [[each('surfaces_matrix_sends_total', 'priority, outcome'), '{{priority}} {{outcome}}']],
      },
      {
        title: 'Wait before a send',
        description: 'How long 19 of 20 sends wait for their turn, by priority.',
        unit: 's',
        queries: [[quantile(0.95, 'surfaces_matrix_send_wait_seconds', 'priority'), '{{priority}}']],
      },
      {
        title: 'The homeserver’s limits',
        description:
          'Sends that were refused for being too many (429), each second. Usually none: see docs/OPERATIONS.md.',
        unit: 'ops',
        queries: [[each('surfaces_matrix_send_limited_total', 'job'), '429']],
      },
      {
        title: 'What the account may send',
        description:
          'Sends a second that the account keeps to after a 429; 0 while nothing limits it. And for how long it sends nothing at all.',
        unit: 'short',
        queries: [
          [now('surfaces_matrix_budget_rate'), 'a second'],
          [now('surfaces_matrix_budget_hold_seconds'), 'seconds held'],
        ],
      },
      {
        title: 'Requests that failed',
        description: 'Requests to the homeserver that were not answered as wished, each second. `aborted` is no fault.',
        unit: 'reqps',
        queries: [[each('surfaces_matrix_requests_total', 'kind, outcome', 'outcome!="ok"'), '{{kind}} {{outcome}}']],
        mayBeEmpty: 'no request has failed',
      },
      {
        title: 'Time of a request',
        description: 'How long 19 of 20 requests to the homeserver take, by kind. `sync` waits up to 30 s by design.',
        unit: 's',
        queries: [[quantile(0.95, 'surfaces_matrix_request_seconds', 'kind'), '{{kind}}']],
      },
    ],
  },
];
