import { connect } from 'node:net';
import { batchOf } from './upload.js';
import { TWO_USERS } from './service.js';

/** What stands between parts, unless a test wants another. */
export const BOUNDARY = 'edge';
export const MULTIPART = `multipart/form-data; boundary=${BOUNDARY}`;

type Bytes = string | Buffer;

/** One part, byte by byte. `headers` may be anything, sense or nonsense. */
export function rawPart(headers: Bytes, value: Bytes, boundary = BOUNDARY): Buffer {
  const pieces = [`--${boundary}\r\n`, headers, '\r\n\r\n', value, '\r\n'];
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece as string)));
}

/** A text part of this name. */
export function textPart(name: Bytes, value: Bytes): Buffer {
  const headers = ['Content-Disposition: form-data; name="', name, '"'].map((piece) => Buffer.from(piece as string));
  return rawPart(Buffer.concat(headers), value);
}

/** A file part of this name. */
export function filePart(name: string, value: Bytes): Buffer {
  return rawPart(`Content-Disposition: form-data; name="${name}"; filename="f"`, value);
}

/** The parts and the end of the form. */
export function rawForm(...parts: readonly Bytes[]): Buffer {
  return Buffer.concat([...parts.map((part) => Buffer.from(part as string)), Buffer.from(`--${BOUNDARY}--\r\n`)]);
}

/** A form that is taken, one of its parts replaced or left out (`undefined`). */
export function goodParts(change: Readonly<Record<string, Bytes | undefined>> = {}): Buffer {
  const good = { name: 'Garbage', batch: JSON.stringify(batchOf()), users: JSON.stringify(TWO_USERS) };
  const parts: Readonly<Record<string, Bytes | undefined>> = { ...good, ...change };
  return Buffer.concat(
    Object.entries(parts).flatMap(([name, value]) => (value === undefined ? [] : [textPart(name, value)])),
  );
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown> & { readonly errors?: readonly { field: string; message: string }[] };
}

export interface PostOptions {
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Posts bytes to `POST /audience`. */
export async function postRaw(origin: string, body: Buffer, options: PostOptions = {}): Promise<RawAnswer> {
  const headers = { 'content-type': options.type ?? MULTIPART, ...options.headers };
  const answer = await fetch(`${origin}/audience`, { method: 'POST', body, headers });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as RawAnswer['body'] };
}

/** Everything a server says to these bytes until it ends the connection, or the connection's error. */
export function sendBytes(origin: string, bytes: Bytes, end = true): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve) => {
    const heard: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => (end ? socket.end(bytes) : socket.write(bytes)));
    socket.on('data', (piece: Buffer) => heard.push(piece));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(heard).toString('latin1')));
  });
}
