import { Webhook } from 'standardwebhooks';
import type { EventRow } from '../../events.repository.js';

/** The type of a message that tells of no event. */
export const TEST_TYPE = 'test';

/** What a message tells of. */
export interface MessageSubject {
  readonly webhook: string;
  /** When the delivery was made. */
  readonly createdAt: Date;
  /** Absent: a test. */
  readonly event?: EventRow;
}

/** The body of all attempts of one delivery. */
export function messageBody({ webhook, createdAt, event }: MessageSubject): string {
  if (!event) return JSON.stringify({ type: TEST_TYPE, timestamp: createdAt.toISOString(), data: { webhook } });
  const { id, type, audience, provider, tag, at, data } = event;
  return JSON.stringify({ type, timestamp: at.toISOString(), data: { id, audience, provider, tag, ...data } });
}

/**
 * The headers of Standard Webhooks for one attempt.
 *
 * @param id the same for all attempts
 * @param secrets each of them signs: a receiver that knows one of them is content
 */
export function signedHeaders(id: string, at: Date, body: string, secrets: readonly string[]): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  };
}
