import type { TestAnswer } from './upload.js';

/** Calls an endpoint with a JSON body, or with none, and reads the answer. */
export async function send(
  method: 'POST' | 'PATCH' | 'DELETE' | 'PUT',
  url: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<TestAnswer> {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await fetch(url, { method, ...json, headers: { ...type, ...headers } });
  const text = await answer.text();
  const read = (text === '' ? {} : JSON.parse(text)) as TestAnswer['body'];
  return { status: answer.status, headers: answer.headers, body: read };
}
