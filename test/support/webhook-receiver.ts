import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

/** A message as it came. */
export interface ReceivedMessage {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly json: { type: string; timestamp: string; data: Record<string, unknown> };
}

/** Answers one message; the default is 204. */
export type Answer = (response: ServerResponse, message: ReceivedMessage) => void;

/** Somebody who is told of events, on loopback. */
export class WebhookReceiver {
  readonly messages: ReceivedMessage[] = [];
  /** How many requests were open at once, at most. */
  mostAtOnce = 0;
  private answer: Answer = plain(204);
  private open = 0;

  private constructor(private readonly server: ReturnType<typeof createServer>) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer((request, response) => {
      receiver.open += 1;
      receiver.mostAtOnce = Math.max(receiver.mostAtOnce, receiver.open);
      response.once('close', () => (receiver.open -= 1));
      void text(request).then((body) => {
        const json = JSON.parse(body) as ReceivedMessage['json'];
        const message = { path: request.url ?? '', headers: request.headers, body, json };
        receiver.messages.push(message);
        receiver.answer(response, message);
      });
    });
    const receiver = new WebhookReceiver(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  /** Messages of events, by the number that a test gave them. */
  get sizes(): unknown[] {
    return this.messages.map(({ json }) => json.data.size);
  }

  answerWith(answer: Answer): void {
    this.answer = answer;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** An answer without a body. */
export function plain(status: number, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(status, headers).end();
}

/** Whether the library finds the signature good for this secret. */
export function isSignedWith(secret: string, { body, headers }: ReceivedMessage): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}
