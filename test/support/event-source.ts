import { type ClientRequest, get, type IncomingMessage } from 'node:http';

/** One message of a stream of events. */
export interface StreamMessage {
  readonly id: string;
  readonly type: string;
  readonly data: Record<string, unknown> & { id: number; data: Record<string, unknown> };
}

/** A reader of server-sent events as strict as the standard; keeps `lastEventId` as browsers do. */
export class EventSourceClient {
  readonly messages: StreamMessage[] = [];
  comments = 0;
  lastEventId = '';
  isEnded = false;
  private rest = '';

  private constructor(
    private readonly request: ClientRequest,
    readonly response: IncomingMessage,
  ) {
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.take(text));
    response.on('close', () => (this.isEnded = true));
    response.on('error', () => undefined);
  }

  /** Connects; resolves when the headers are here. */
  static open(url: string, lastEventId?: string): Promise<EventSourceClient> {
    return new Promise((resolve, reject) => {
      const headers = lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId };
      const request = get(url, { headers, agent: false }, (response) =>
        resolve(new EventSourceClient(request, response)),
      );
      request.on('error', reject);
    });
  }

  get ids(): number[] {
    return this.messages.map(({ data }) => data.id);
  }

  /** Cuts the connection. */
  close(): void {
    this.request.destroy();
  }

  private take(text: string): void {
    this.rest += text;
    for (let end = this.rest.indexOf('\n\n'); end !== -1; end = this.rest.indexOf('\n\n')) {
      this.dispatch(this.rest.slice(0, end).split('\n'));
      this.rest = this.rest.slice(end + 2);
    }
  }

  private dispatch(lines: readonly string[]): void {
    const fields = new Map<string, string>();
    for (const line of lines) {
      const colon = line.indexOf(':');
      if (colon === 0) this.comments += 1;
      else fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''));
    }
    this.lastEventId = fields.get('id') ?? this.lastEventId;
    const data = fields.get('data');
    if (data === undefined) return;
    const message = { id: this.lastEventId, type: fields.get('event') ?? 'message' };
    this.messages.push({ ...message, data: JSON.parse(data) as StreamMessage['data'] });
  }
}
