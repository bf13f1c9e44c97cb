import type { TestService } from './service.js';
import { eventually, get, type TestAnswer } from './upload.js';

/** Sends JSON, or nothing. */
export async function send(method: string, url: string, body?: unknown): Promise<TestAnswer> {
  const headers: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const answer = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: (text ? JSON.parse(text) : {}) as TestAnswer['body'] };
}

/** A webhook of a test, as it was made. */
export interface MadeWebhook {
  readonly id: string;
  /** Where it is in the API. */
  readonly at: string;
  readonly secret: string;
}

export async function makeWebhook(origin: string, settings: Record<string, unknown>): Promise<MadeWebhook> {
  const { status, body } = await send('POST', `${origin}/webhooks`, settings);
  if (status !== 201) throw new Error(`The webhook was not made: ${status} ${JSON.stringify(body)}`);
  return { id: String(body.id), at: `${origin}/webhooks/${String(body.id)}`, secret: String(body.secret) };
}

/** Its deliveries, newest first. */
export async function deliveriesOf(webhook: MadeWebhook): Promise<Record<string, unknown>[]> {
  return (await get(`${webhook.at}/deliveries`)).body.items as Record<string, unknown>[];
}

/** Waits until its newest delivery looks like this. */
export function untilNewest(webhook: MadeWebhook, looks: (delivery: Record<string, unknown>) => boolean) {
  return eventually(
    async () => (await deliveriesOf(webhook))[0],
    (delivery) => delivery !== undefined && looks(delivery),
  );
}

/** As if the time of all waiting deliveries had come; also of those on their way, whose lease it ends. */
export async function hurry({ database }: Pick<TestService, 'database'>): Promise<void> {
  await database.query(`update webhook_deliveries set due_at = now() where state = 'pending'`);
}
