import { EventSourceClient } from './event-source.js';
import type { TestService } from './service.js';
import { allPages, eventually } from './upload.js';
import { isSignedWith, WebhookReceiver } from './webhook-receiver.js';
import { makeWebhook } from './webhooks.js';

/** An event, whichever way it was told. */
export interface ToldEvent {
  readonly id: number;
  readonly type: string;
  readonly audience: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Everybody who may be told of events, from the start: who asks, who follows, and a webhook. */
export class EventReaders {
  private constructor(
    private readonly service: TestService,
    private readonly stream: EventSourceClient,
    private readonly receiver: WebhookReceiver,
    private readonly secret: string,
  ) {}

  /** The service has to allow private addresses for webhooks. */
  static async start(service: TestService): Promise<EventReaders> {
    const receiver = await WebhookReceiver.start();
    const { secret } = await makeWebhook(service.origin, { url: receiver.url });
    const stream = await EventSourceClient.open(`${service.origin}/events/stream?after=0`);
    return new EventReaders(service, stream, receiver, secret);
  }

  async stop(): Promise<void> {
    this.stream.close();
    await this.receiver.stop();
  }

  /** By `GET /events`, page by page, of one custom audience or of all. */
  async asked(audience?: string): Promise<ToldEvent[]> {
    const filter = audience === undefined ? '' : `&audience=${audience}`;
    const { items } = await allPages(`${this.service.origin}/events?order=asc${filter}`, 10);
    return items.map(toldEvent);
  }

  /** By server-sent events, in the order in which they came. */
  followed(): ToldEvent[] {
    return this.stream.messages.map(({ data }) => toldEvent(data));
  }

  /**
   * By the webhook, in the order of their numbers: messages may overtake each other.
   *
   * @throws Error when the library does not find a signature good, or a message came again under another id
   */
  received(): ToldEvent[] {
    const { messages } = this.receiver;
    if (!messages.every((message) => isSignedWith(this.secret, message))) throw new Error('A signature is not good');
    if (new Set(messages.map(({ headers }) => headers['webhook-id'])).size !== messages.length) {
      throw new Error('A message came twice');
    }
    const events = messages.map(({ json: { type, data } }) => {
      const { id, audience, provider: _provider, tag: _tag, ...rest } = data;
      return { id: Number(id), type, audience: String(audience), data: rest };
    });
    return events.toSorted((a, b) => a.id - b.id);
  }

  /** Waits until so many were told by all three. */
  async untilAllHave(count: number): Promise<void> {
    await eventually(
      () => Promise.resolve([this.stream.messages.length, this.receiver.messages.length]),
      (counts) => counts.every((told) => told >= count),
    );
  }
}

function toldEvent({ id, type, audience, data }: Record<string, unknown>): ToldEvent {
  return { id: Number(id), type: String(type), audience: String(audience), data: data as ToldEvent['data'] };
}
