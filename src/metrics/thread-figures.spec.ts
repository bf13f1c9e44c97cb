import { describe, expect, it } from '@jest/globals';
import { Gauge } from 'prom-client';
import { MetricsService } from './metrics.service.js';

const TAG = { provider: 'acme', tag: 'eu' };

/** A service that counts, with a gauge as features have them: read from what all threads share. */
function counting(): MetricsService {
  const metrics = new MetricsService();
  new Gauge({ name: 'audience_shared', help: 'Read from the database', registers: [metrics.registry] }).set(7);
  return metrics;
}

async function linesOf(metrics: MetricsService): Promise<string[]> {
  return (await metrics.text()).split('\n');
}

describe('the figures of several threads', () => {
  it('are added up where they count, label by label, histograms included', async () => {
    const [main, thread] = [counting(), counting()];
    main.join('worker', async () => structuredClone(await thread.figures()));
    main.batchReceived('stored', 10);
    main.platformRequest('acme.example', 'ok', 0.2);
    thread.platformRequest('acme.example', 'ok', 0.02);
    thread.platformRequest('other.example', 'ok', 0.02);
    main.deliveryEnded(TAG, 'failed');
    thread.deliveryEnded(TAG, 'failed');
    thread.deliveryEnded(TAG, 'succeeded');

    const lines = await linesOf(main);
    expect(lines).toEqual(
      expect.arrayContaining([
        'audience_users_received_total 10',
        'audience_delivery_attempts_total{provider="acme",tag="eu",outcome="failed"} 2',
        'audience_delivery_attempts_total{provider="acme",tag="eu",outcome="succeeded"} 1',
        'audience_platform_request_seconds_bucket{le="0.1",host="acme.example",outcome="ok"} 1',
        'audience_platform_request_seconds_bucket{le="+Inf",host="acme.example",outcome="ok"} 2',
        'audience_platform_request_seconds_count{host="acme.example",outcome="ok"} 2',
        'audience_platform_request_seconds_count{host="other.example",outcome="ok"} 1',
      ]),
    );
  });

  it('are told once where they are of the process or of what all threads share', async () => {
    const [main, thread] = [counting(), counting()];
    const alone = new Set((await linesOf(main)).filter((line) => line.startsWith('# TYPE')));
    main.join('worker', () => thread.figures());
    const lines = await linesOf(main);
    expect(lines.filter((line) => line.startsWith('audience_shared'))).toEqual(['audience_shared 7']);
    expect(lines.filter((line) => /^(process_|nodejs_version).*thread=/.test(line))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('nodejs_heap_size_used_bytes'))).toEqual([
      expect.stringMatching(/^nodejs_heap_size_used_bytes \d+$/),
      expect.stringMatching(/^nodejs_heap_size_used_bytes\{thread="worker"\} \d+$/),
    ]);
    expect(new Set(lines.filter((line) => line.startsWith('# TYPE')))).toEqual(alone);
  });
});
