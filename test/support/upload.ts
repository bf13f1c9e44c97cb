/** What a test posts to `POST /audience` and its like; parts left out are not sent. */
export interface TestUpload {
  readonly name?: string;
  readonly type?: string;
  readonly batch?: unknown;
  readonly users?: unknown;
  /** `/audience` unless told otherwise. */
  readonly path?: string;
  /** `sync=true&channels=facebook` */
  readonly query?: string;
  readonly headers?: Record<string, string>;
  /** Sends `batch` and `users` as files, as Swagger UI does. */
  readonly asFiles?: boolean;
  /** Gives up waiting for the answer. */
  readonly signal?: AbortSignal;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  // Tests look into answers freely: their shape is what is tested.
  readonly body: Record<string, unknown> & {
    errors?: { field: string; message: string; provider: string; tag: string; code: string; retryable: boolean }[];
    results?: Record<string, unknown>[];
  };
}

let lastSessionId = 4_294_967_296;

/** A session id that no other test of this run uses, beyond 32 bits. */
export function newSessionId(): number {
  return (lastSessionId += 1);
}

/** The `batch` part of a session of one batch, changed as the test wishes. */
export function batchOf(change: Record<string, unknown> = {}): Record<string, unknown> {
  return { sessionId: newSessionId(), sequence: 1, totalBatches: 1, totalUsers: 1, ...change };
}

/** Posts one batch and reads the answer. */
export async function upload(origin: string, test: TestUpload): Promise<TestAnswer> {
  const body = new FormData();
  for (const part of ['name', 'type', 'batch', 'users'] as const) {
    const value = test[part];
    if (value === undefined) continue;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const asFile = test.asFiles && (part === 'batch' || part === 'users');
    if (asFile) body.set(part, new Blob([text], { type: 'application/json' }), 'blob');
    else body.set(part, text);
  }
  const url = `${origin}${test.path ?? '/audience'}${test.query ? `?${test.query}` : ''}`;
  return read(await fetch(url, { method: 'POST', body, headers: test.headers, signal: test.signal }));
}

/** Gets a JSON resource. Once more where the connection was kept alive for too long, as any client does. */
export async function get(url: string, headers: Record<string, string> = {}): Promise<TestAnswer> {
  return read(await fetch(url, { headers }).catch(() => fetch(url, { headers })));
}

/** Posts nothing, as actions do. */
export async function post(url: string, headers: Record<string, string> = {}): Promise<TestAnswer> {
  return read(await fetch(url, { method: 'POST', headers }));
}

async function read(answer: Response): Promise<TestAnswer> {
  const text = await answer.text();
  const body = (text === '' ? {} : JSON.parse(text)) as TestAnswer['body'];
  return { status: answer.status, headers: answer.headers, body };
}

/** Asks until the condition holds; fails with what was seen last. */
export async function eventually<T>(ask: () => Promise<T>, holds: (seen: T) => boolean, withinMs = 30_000): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const seen = await ask();
    if (holds(seen)) return seen;
    if (Date.now() > end)
      throw new Error(`Did not come true within ${withinMs} ms; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Asks for a session, given by its whole address, until it has this state. */
export function untilState(session: string, state: string, headers: Record<string, string> = {}): Promise<TestAnswer> {
  return eventually(
    () => get(session, headers),
    ({ body }) => body.state === state,
  );
}

/** All entries of a list, page by page; also fails when a page is empty or larger than asked for. */
export async function allPages(url: string, limit: number): Promise<{ items: TestItem[]; pages: number }> {
  const items: TestItem[] = [];
  let cursor: string | null = '';
  let pages = 0;
  for (; cursor !== null; pages += 1) {
    const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { status, body } = await get(`${url}${url.includes('?') ? '&' : '?'}limit=${limit}${after}`);
    const page = body.items as TestItem[];
    if (status !== 200 || page.length > limit || page.length === 0) {
      throw new Error(`Page ${pages + 1} of ${url} is not a page: ${status}, ${JSON.stringify(body)}`);
    }
    items.push(...page);
    cursor = body.nextCursor as string | null;
  }
  return { items, pages };
}

export type TestItem = Record<string, unknown> & { id: string };
