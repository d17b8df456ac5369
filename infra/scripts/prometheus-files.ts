import { type Alert, conditionOf } from '../../shared/runtime/alerts/alert.ts';
import { anchorOf, runbookOf } from '../../shared/runtime/alerts/runbook.ts';
import { table } from './generated-docs.ts';

/** `infra/prometheus/surfaces.alerts.yml`. */
export function alertsFile(alerts: readonly Alert[]): string {
  const head = [
    '# Written by `npm run check -- --write` from shared/runtime/alerts/; edit that. Tested by infra/prometheus/tests/.',
    'groups:',
    '  - name: surfaces-alerts',
    '    rules:',
  ];
  return `${[...head, ...alerts.flatMap(ruleOf)].join('\n')}\n`;
}

/** The part of `docs/METRICS.md` about alerts. */
export function alertsTable(alerts: readonly Alert[]): string {
  const rows = alerts.map((alert) => [
    `\`${alert.name}\``,
    firesWhen(alert),
    alert.severity,
    `${alert.summary} ${alert.notice}`,
    `${alert.first} [More](OPERATIONS.md#${anchorOf(alert.heading)})`,
  ]);
  return [
    '## Alerts',
    'Of `infra/prometheus/surfaces.alerts.yml`, from `shared/runtime/alerts/`. `critical`: people notice it now. `warning`: they will, or some do.',
    table(['alert', 'fires when', 'severity', 'what is, and what people notice', 'what to do first'], rows),
  ].join('\n\n');
}

function firesWhen({ measure, is, threshold, forMinutes }: Alert): string {
  return `${measure}: ${is} ${threshold}${forMinutes > 0 ? `, for ${forMinutes} min` : ''}`;
}

/** A string of JSON is one of YAML. */
function ruleOf(alert: Alert): string[] {
  const annotations = {
    summary: alert.summary,
    description: `${alert.summary} ${alert.notice} First: ${alert.first}`,
    measure: `${alert.measure}: {{ $value | humanize }}`,
    runbook: runbookOf(alert),
  };
  return [
    `      - alert: ${alert.name}`,
    `        expr: '${conditionOf(alert).replaceAll("'", "''")}'`,
    `        for: ${alert.forMinutes}m`,
    '        labels:',
    `          severity: ${alert.severity}`,
    '        annotations:',
    ...Object.entries(annotations).map(([name, text]) => `          ${name}: ${JSON.stringify(text)}`),
  ];
}
