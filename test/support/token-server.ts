import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface TokenCall {
  readonly method?: string;
  readonly url?: string;
  readonly headers: IncomingHttpHeaders;
  readonly form: Readonly<Record<string, string>>;
}

/** A token endpoint on loopback that writes down what it is asked; each token is another one. */
export class TokenServer {
  readonly calls: TokenCall[] = [];
  /** Answers a call; by default with a token of an hour. */
  answer: (response: ServerResponse, call: number) => void = (response, call) => give(response, call);
  private readonly server = createServer((request, response) => void this.take(request, response));

  static async start(): Promise<TokenServer> {
    const started = new TokenServer();
    started.server.listen(0, '127.0.0.1');
    await once(started.server, 'listening');
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/oauth/v2/token`;
  }

  /** Cuts what is still open. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((stopped) => this.server.close(stopped));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url, headers } = request;
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    this.answer(response, this.calls.push({ method, url, headers, form }));
  }
}

/** The token of the n-th call, as the default answer gives it. */
export const tokenOfCall = (call: number) => `made-token-${call}`;

/** Answers with the token of this call. */
export function give(response: ServerResponse, call: number, expiresIn = 3_600): void {
  reply(response, 200, { access_token: tokenOfCall(call), expires_in: expiresIn, token_type: 'Bearer' });
}

export function reply(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
