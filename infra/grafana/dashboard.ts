import type { Panel, Row } from './panel.ts';

const COLUMNS = 24;
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana puts the chosen one in
const SOURCE = { type: 'prometheus', uid: '${datasource}' };
const HEIGHT = { row: 1, number: 4, course: 8 };
const WIDTH = { number: 4, course: 8 };

/** `infra/grafana/surfaces.json`, to be imported into Grafana 10 or later. */
export function dashboardFile(rows: readonly Row[]): string {
  const dashboard = {
    uid: 'surfaces',
    title: 'surfaces',
    description: 'Written by `npm run check -- --write` from infra/grafana/; edit that.',
    tags: ['surfaces'],
    schemaVersion: 39,
    editable: true,
    timezone: 'browser',
    time: { from: 'now-3h', to: 'now' },
    refresh: '30s',
    templating: { list: [datasource(), job()] },
    panels: placed(rows),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

function datasource() {
  return { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' };
}

/** The stack: the name of its job in Prometheus. */
function job() {
  const query = 'label_values(surfaces_build_info, job)';
  return { name: 'job', label: 'stack', type: 'query', datasource: SOURCE, query, refresh: 2, sort: 1 };
}

function placed(rows: readonly Row[]): object[] {
  const panels: object[] = [];
  let y = 0;
  for (const { title, panels: own } of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title,
      gridPos: { x: 0, y, w: COLUMNS, h: HEIGHT.row },
      panels: [],
    });
    y += HEIGHT.row;
    let x = 0;
    let tallest = 0;
    for (const panel of own) {
      const kind = panel.number ? 'number' : 'course';
      if (x + WIDTH[kind] > COLUMNS) {
        x = 0;
        y += tallest;
        tallest = 0;
      }
      panels.push(shown(panel, panels.length + 1, { x, y, w: WIDTH[kind], h: HEIGHT[kind] }));
      x += WIDTH[kind];
      tallest = Math.max(tallest, HEIGHT[kind]);
    }
    y += tallest;
  }
  return panels;
}

function shown({ title, description, unit, queries, number, red }: Panel, id: number, gridPos: object): object {
  return {
    id,
    type: number ? 'stat' : 'timeseries',
    title,
    description,
    gridPos,
    datasource: SOURCE,
    fieldConfig: { defaults: { unit, min: 0, ...(red && { thresholds: thresholds(red) }) }, overrides: [] },
    options: number ? { reduceOptions: { calcs: ['lastNotNull'] }, textMode: 'auto' } : { tooltip: { mode: 'multi' } },
    targets: queries.map(([expr, legendFormat], index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: SOURCE,
      expr,
      legendFormat,
    })),
  };
}

function thresholds(red: NonNullable<Panel['red']>): object {
  const [low, high, value] = 'above' in red ? ['green', 'red', red.above] : ['red', 'green', red.below];
  // Grafana's steps begin at their value; what is exactly the limit is still well.
  const from = 'above' in red ? value + value * 1e-6 + 1e-9 : value;
  return {
    mode: 'absolute',
    steps: [
      { color: low, value: null },
      { color: high, value: from },
    ],
  };
}
