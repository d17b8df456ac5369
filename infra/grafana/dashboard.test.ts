import { expect, test } from 'vitest';
import { dashboardFile } from './dashboard.ts';
import { ROWS } from './rows.ts';

const PANELS = ROWS.flatMap(({ panels }) => panels);

type Placed = { id: number; type: string; title: string; gridPos: { x: number; y: number; w: number; h: number } };
const placed: Placed[] = JSON.parse(dashboardFile(ROWS)).panels;

test('every panel says in words what it shows, has a unit and asks only for the chosen stack', () => {
  for (const { title, description, unit, queries } of PANELS) {
    expect(description, title).toMatch(/^[A-Z1].*[.]$/);
    expect(unit, title).not.toBe('');
    for (const [expr] of queries) expect(expr, title).toMatch(/job="\$job"|job=~"\$job\|"/);
  }
});

test('all are there, each in a place of its own', () => {
  expect(placed.filter(({ type }) => type !== 'row').map(({ title }) => title)).toEqual(
    PANELS.map(({ title }) => title),
  );
  expect(new Set(placed.map(({ id }) => id)).size).toBe(placed.length);
  const cells = placed.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  for (const { gridPos } of placed) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
});
