/**
 * The rules of Prometheus as the Prometheus Operator takes them.
 * @param files the texts of rule files, with nothing but comments before their `groups:`.
 */
export function prometheusRule(files: readonly string[]): string {
  const groups = files.map((file) => file.slice(file.indexOf('\ngroups:\n') + '\ngroups:\n'.length).trimEnd());
  const head = [
    '# Written by `npm run check -- --write` from infra/prometheus/; edit that.',
    'apiVersion: monitoring.coreos.com/v1',
    'kind: PrometheusRule',
    'metadata:',
    '  name: surfaces',
    'spec:',
    '  groups:',
  ];
  return `${[...head, ...groups.map((group) => group.replaceAll(/^(?=.)/gm, '  '))].join('\n')}\n`;
}
