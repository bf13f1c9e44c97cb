import { AggregatorRegistry, Gauge, type MetricObjectWithValues, type MetricValue, type Registry } from 'prom-client';

/** One metric with its values, as it may be sent from thread to thread. */
export type Figures = MetricObjectWithValues<MetricValue<string>>;

/** What a thread adds to the figures of its process: what it counted itself, and how its own event loop and heap do. */
export async function figuresOfThread(registry: Registry): Promise<Figures[]> {
  const metrics = registry.getMetricsAsArray().map(({ name }) => ({ name, metric: registry.getSingleMetric(name)! }));
  const ofThread = metrics.filter(({ name, metric }) => isOfThread(name, metric instanceof Gauge));
  const found = await Promise.all(ofThread.map(({ metric }) => metric.get()));
  // What is sent is data alone.
  return found.map(({ name, help, type, aggregator, values }) => ({ name, help, type, aggregator, values }) as Figures);
}

/** All figures of a process as Prometheus text: counts are added up, runtime figures of the thread stand apart by its label. */
export async function processText(
  own: Registry,
  threads: Readonly<Record<string, readonly Figures[]>>,
): Promise<string> {
  const others = Object.entries(threads).map(([thread, figures]) =>
    figures.map((metric) => (isRuntime(metric.name) ? labelled(metric, thread) : metric)),
  );
  const all = [await own.getMetricsAsJSON(), ...others];
  // Where labels differ nothing is added up; other ways to aggregate would leave some of the main thread's figures out.
  const summed = all.map((metrics) => metrics.map((metric) => ({ ...metric, aggregator: 'sum' })));
  return AggregatorRegistry.aggregate(summed).metrics();
}

/** Gauges of ours are read from the database, and `process_` is about the whole process: the main thread tells both. */
function isOfThread(name: string, isGauge: boolean): boolean {
  return isRuntime(name) ? name !== 'nodejs_version_info' : !isGauge && !name.startsWith('process_');
}

function isRuntime(name: string): boolean {
  return name.startsWith('nodejs_');
}

function labelled(metric: Figures, thread: string): Figures {
  return { ...metric, values: metric.values.map((value) => ({ ...value, labels: { ...value.labels, thread } })) };
}
