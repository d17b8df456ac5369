import { each, now, quantile, type Row } from './panel.ts';

export const PARTS: readonly Row[] = [
  {
    title: 'Agents',
    panels: [
      {
        title: 'Connections to the agent host',
        description: 'Connections that stand, by role. A role connects when it first needs the host.',
        unit: 'short',
        queries: [['sum by (role) (surfaces_agent_link_connected{job="$job"})', '{{role}}']],
      },
      {
        title: 'Connections that ended',
        description: 'Connections that were lost or never came to stand, each second, by why.',
        unit: 'ops',
        queries: [[each('surfaces_agent_link_ends_total', 'reason'), '{{reason}}']],
        mayBeEmpty: 'no connection has ended',
      },
      {
        title: 'Turns at the agent host',
        description: 'Turns that run at our own agent host, and its sessions in memory.',
        unit: 'short',
        queries: [
          ['sum(surfaces_agent_turns_running{job="$job"})', 'turns'],
          ['sum(surfaces_agent_sessions_in_memory{job="$job"})', 'sessions'],
        ],
        mayBeEmpty: 'the agent host is not ours',
      },
      {
        title: 'How turns end at the agent host',
        description: 'Each second, by the agent protocol’s stop_reason and code.',
        unit: 'ops',
        queries: [[each('surfaces_agent_turns_total', 'stop_reason, code'), '{{stop_reason}} {{code}}']],
        mayBeEmpty: 'the agent host is not ours',
      },
    ],
  },
  {
    title: 'Files',
    panels: [
      {
        title: 'Files',
        description: 'Files each second: from people (in) and from agents (out), with what became of them.',
        unit: 'ops',
        queries: [[each('surfaces_attachments_total', 'way, outcome'), '{{way}} {{outcome}}']],
        mayBeEmpty: 'nobody has sent a file',
      },
      {
        title: 'Bytes of files',
        description: 'Bytes each second, by direction.',
        unit: 'Bps',
        queries: [[each('surfaces_attachments_bytes_total', 'way'), '{{way}}']],
        mayBeEmpty: 'nobody has sent a file',
      },
      {
        title: 'Free space of the volume',
        description: 'Of AGENTS_DIR, where the workspaces are. When it is full no file comes through.',
        unit: 'bytes',
        queries: [
          ['min(surfaces_volume_free_bytes{job="$job"})', 'free'],
          ['max(surfaces_volume_size_bytes{job="$job"})', 'size'],
        ],
      },
    ],
  },
  {
    title: 'Queues and lanes',
    panels: [
      {
        title: 'Lanes',
        description: 'Rooms with work: all, those that a worker is at, and those that wait for an answer or a time.',
        unit: 'short',
        queries: [
          [now('surfaces_lane_pending'), 'with work'],
          [now('surfaces_lane_held'), 'held'],
          [now('surfaces_lane_parked'), 'parked'],
        ],
      },
      {
        title: 'Wakes in Redis',
        description: 'By queue and state. Waiting ones that only grow: more workers are needed.',
        unit: 'short',
        queries: [[now('surfaces_queue_jobs', 'queue, state'), '{{queue}} {{state}}']],
      },
      {
        title: 'Workers of the queues',
        description: 'Workers that listen, by queue. Never 0.',
        unit: 'short',
        queries: [[now('surfaces_queue_workers', 'queue'), '{{queue}}']],
        mayBeEmpty: 'this Redis does not tell (some hosted ones)',
      },
      {
        title: 'Wait of a wake',
        description: 'From a wake’s sending to its start, for 19 of 20, by queue.',
        unit: 's',
        queries: [[quantile(0.95, 'surfaces_wake_wait_seconds', 'queue'), '{{queue}}']],
      },
      {
        title: 'Outbox',
        description: 'Finished texts that are recorded and not yet sent: how many, and the age of the oldest.',
        unit: 'short',
        queries: [
          [now('surfaces_lane_unsent_sends'), 'unsent'],
          [now('surfaces_lane_oldest_unsent_seconds'), 'oldest, in seconds'],
        ],
      },
      {
        title: 'What the sweeper found',
        description: 'Lanes of workers that died, and lanes whose wake got lost, each second. Usually none.',
        unit: 'ops',
        queries: [
          [each('surfaces_swept_expired_lanes_total', 'job'), 'of dead workers'],
          [each('surfaces_swept_pending_lanes_total', 'job'), 'without a wake'],
        ],
      },
      {
        title: 'Reconciliation',
        description: 'Comparisons of Matrix with the record that ended, each second, by kind and outcome.',
        unit: 'ops',
        queries: [[each('surfaces_reconcile_runs_total', 'kind, outcome'), '{{kind}} {{outcome}}']],
      },
      {
        title: 'Since the last reconciliation',
        description: 'Since one came to a good end: a full one each night, one of either kind every 5 minutes.',
        unit: 's',
        queries: [['time() - max by (kind) (surfaces_reconcile_finished_timestamp_seconds{job="$job"})', '{{kind}}']],
      },
      {
        title: 'Repairs',
        description: 'What reconciliation has mended, each second. After a quiet night: nothing.',
        unit: 'ops',
        queries: [[each('surfaces_reconcile_actions_total', 'do'), '{{do}}']],
        mayBeEmpty: 'nothing was to be mended',
      },
    ],
  },
  {
    title: 'Processes',
    panels: [
      {
        title: 'CPU',
        description: 'Cores used, by process.',
        unit: 'short',
        queries: [['rate(process_cpu_seconds_total{job="$job"}[$__rate_interval])', '{{role}} {{process}}']],
      },
      {
        title: 'Memory',
        description: 'Resident memory, by process.',
        unit: 'bytes',
        queries: [['process_resident_memory_bytes{job="$job"}', '{{role}} {{process}}']],
      },
      {
        title: 'Event-loop lag',
        description:
          'By how much timers are late (p99). 0.1 s is none, since it is looked at that often; more is want of CPU.',
        unit: 's',
        red: { above: 0.6 },
        queries: [['nodejs_eventloop_lag_p99_seconds{job="$job"}', '{{role}} {{process}}']],
      },
      {
        title: 'Connections to Postgres',
        description: 'In use, idle, and statements that wait for a connection, by role.',
        unit: 'short',
        queries: [
          ['sum by (role, state) (surfaces_database_connections{job="$job"})', '{{role}} {{state}}'],
          ['sum by (role) (surfaces_database_waiting{job="$job"})', '{{role}} waiting'],
        ],
      },
      {
        title: 'Statements',
        description:
          'Statements each second. `unavailable`: Postgres did not answer; `failed`: it refused the statement, which is a bug.',
        unit: 'ops',
        queries: [[each('surfaces_database_statements_total', 'role, outcome'), '{{role}} {{outcome}}']],
      },
      {
        title: 'Redis',
        description: '1 while a process has its connections to Redis.',
        unit: 'short',
        queries: [['min by (role) (surfaces_redis_connected{job="$job"})', '{{role}}']],
      },
      {
        title: 'Age of the processes',
        description: 'Since each was started. What falls again and again is restarted.',
        unit: 's',
        queries: [['time() - process_start_time_seconds{job="$job"}', '{{role}} {{process}}']],
      },
    ],
  },
];
