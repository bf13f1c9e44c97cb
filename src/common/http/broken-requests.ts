import { randomUUID } from 'node:crypto';
import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { PROBLEM_JSON } from '../api-problem.decorator.js';
import { ProblemException } from '../problem.exception.js';
import { frameworkProblem } from './framework-problems.js';
import { problemBody } from './problem-body.js';
import { REQUEST_ID_HEADER } from './request-id.js';

/** What Node's parser and its clocks find, where that is not simply a bad request. */
const STATUS_OF: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};

/** A connection that is closed while its caller still sends is reset, and the answer lost on the way. */
const LINGER_MS = 1_000;

/**
 * Answers what is no HTTP request, or does not become one in time, like any other error. The application is never asked then,
 * and Node by itself would send a status line alone.
 */
export function answerBrokenRequests(server: Server): void {
  const latest = new WeakMap<Duplex, ServerResponse>();
  server.prependListener('request', (req, res) => latest.set(req.socket, res));
  server.on('checkExpectation', (_req, res) => {
    const { headers, body } = answerOf(417);
    res.writeHead(417, headers).end(body);
  });
  // Comes again with each piece that is still sent.
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const answer = latest.get(socket);
    const isAnswering = answer?.headersSent && !answer.writableFinished;
    if (isAnswering || socket.destroyed || error.code === 'ECONNRESET') socket.destroy();
    else if (socket.writable) {
      socket.end(rawAnswer(STATUS_OF[error.code ?? ''] ?? 400));
      setTimeout(() => socket.destroy(), LINGER_MS).unref();
    }
  });
}

function rawAnswer(status: number): string {
  const { headers, body } = answerOf(status);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
}

function answerOf(status: number): { headers: Readonly<Record<string, string>>; body: string } {
  const id = randomUUID();
  const { code, detail } = frameworkProblem(status);
  const body = problemBody(new ProblemException(status, code, detail), id);
  const headers = {
    [REQUEST_ID_HEADER]: id,
    'Content-Type': `${PROBLEM_JSON}; charset=utf-8`,
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  };
  return { headers, body };
}
