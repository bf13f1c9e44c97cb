import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { startService, type TestService } from '../../test/support/service.js';
import { MetricsService } from './metrics.service.js';

const SOURCE = { type: 'prometheus', uid: '${DS_PROMETHEUS}' };
const FILE = resolve(import.meta.dirname, 'grafana-dashboard.json');
/** What Prometheus adds to each sample, and to the parts of a histogram. */
const FOREIGN_LABELS = ['instance', 'job', 'le'];

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: object;
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly targets?: readonly { readonly expr: string; readonly datasource: object; readonly refId: string }[];
}

interface Variable {
  readonly name: string;
  readonly datasource: object;
  readonly definition: string;
}

interface Dashboard {
  readonly id: null;
  readonly schemaVersion: number;
  readonly __inputs: readonly object[];
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

describe('the Grafana dashboard', () => {
  const dashboard = JSON.parse(readFileSync(FILE, 'utf8')) as Dashboard;
  const graphs = dashboard.panels.filter(({ type }) => type !== 'row');
  const expressions = graphs.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  const asked = [...expressions, ...dashboard.templating.list.map(({ definition }) => definition)];
  let service: TestService;
  /** Every metric of a running service with its labels. */
  let metrics: ReadonlyMap<string, readonly string[]>;

  beforeAll(async () => {
    service = await startService();
    const text = await (await fetch(`${service.origin}/metrics`)).text();
    const published = new Set([...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name!));
    const registered = service.app.get(MetricsService).registry.getMetricsAsArray();
    const labels = registered.map((metric) => [metric.name, (metric as { labelNames?: string[] }).labelNames] as const);
    metrics = new Map(labels.filter(([name]) => published.has(name)).map(([name, names]) => [name, names ?? []]));
  });
  afterAll(() => service.stop());

  const metricsIn = (expression: string) =>
    [...expression.matchAll(/\b(?:audience|nodejs|process)_\w+/g)].map(([name]) =>
      name.replace(/_(bucket|sum|count)$/, ''),
    );
  const labelsIn = (expression: string) => [
    ...[...expression.matchAll(/[{,](\w+)[=!]~?"/g)].map(([, label]) => label!),
    ...[...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(/,\s*/)),
  ];

  it('can be imported: it asks for its data source, and has no id of somebody else’s Grafana', () => {
    expect(dashboard.id).toBeNull();
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
    expect(dashboard.__inputs).toMatchObject([{ name: 'DS_PROMETHEUS', type: 'datasource', pluginId: 'prometheus' }]);
    const sources = [...graphs, ...graphs.flatMap(({ targets = [] }) => targets), ...dashboard.templating.list];
    expect(sources.filter(({ datasource }) => JSON.stringify(datasource) !== JSON.stringify(SOURCE))).toEqual([]);
  });

  it('asks only for metrics that the service has, by labels that they have', () => {
    expect(asked.length).toBeGreaterThan(12);
    const unknown = asked.flatMap(metricsIn).filter((name) => !metrics.has(name));
    expect([...new Set(unknown)]).toEqual([]);
    const wrongLabels = asked.flatMap((expression) => {
      const known = [...FOREIGN_LABELS, ...metricsIn(expression).flatMap((name) => metrics.get(name) ?? [])];
      return labelsIn(expression)
        .filter((label) => !known.includes(label))
        .map((label) => `${expression}: ${label}`);
    });
    expect(wrongLabels).toEqual([]);
  });

  it('shows every metric of the service itself', () => {
    const shown = new Set(expressions.flatMap(metricsIn));
    const own = [...metrics.keys()].filter((name) => name.startsWith('audience_'));
    expect(own.length).toBeGreaterThan(5);
    expect(own.filter((name) => !shown.has(name))).toEqual([]);
  });

  it('asks in PromQL that is whole, with variables that it has', () => {
    const variables = ['__rate_interval', ...dashboard.templating.list.map(({ name }) => name)];
    for (const expression of asked) {
      const used = [...expression.matchAll(/\$(\w+)/g)].map(([, name]) => name);
      expect([expression, used.filter((name) => !variables.includes(name!))]).toEqual([expression, []]);
      for (const [open, close] of ['()', '{}', '[]'] as const) {
        expect([expression, expression.split(open!).length]).toEqual([expression, expression.split(close!).length]);
      }
    }
    // A counter says nothing by itself; a gauge of the database is told by every process, and must not be added up.
    for (const expression of expressions) {
      const isCounter = /_(total|bucket|count)\b/.test(expression);
      expect([expression, /\brate\(/.test(expression)]).toEqual([expression, isCounter]);
      const isShared = /audience_(deliveries|custom_audiences|sessions|oldest_delivery_seconds|tag_stopped)\b/.test(
        expression,
      );
      expect([expression, /max by \([^)]*\) \(audience_/.test(expression)]).toEqual([expression, isShared]);
    }
  });

  it('has panels that say what they show and do not lie on each other', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    for (const { title, description } of graphs) {
      expect([title, description]).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/\w/)]);
    }
    const cells = dashboard.panels.flatMap(({ gridPos: { h, w, x, y } }) =>
      Array.from({ length: h * w }, (_, cell) => [x + (cell % w), y + Math.floor(cell / w)] as const),
    );
    expect(cells.filter(([x]) => x >= 24)).toEqual([]);
    expect(new Set(cells.map(String)).size).toBe(cells.length);
  });
});
