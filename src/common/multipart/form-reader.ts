import type { Readable, Writable } from 'node:stream';
import type { Request, Response } from 'express';
import multer from 'multer';
import type { AppConfig } from '../../config/config.js';
import { ProblemException } from '../problem.exception.js';
import { Utf8Watch } from './utf8-watch.js';

/** Our own forms have four; the rest is room for what callers add and we ignore. */
const MOST_PARTS = 32;
const LONGEST_PART_NAME = 100;

/** How much, and how patiently, is read of one form. */
export type FormLimits = Pick<AppConfig, 'maxBodyBytes' | 'bodyIdleTimeoutMs'>;

/** A part as it came: `text` of a text field, `bytes` of a file. Neither: not to be read as one part of UTF-8. */
export interface ReceivedPart {
  readonly text?: string;
  readonly bytes?: Buffer;
  readonly mistake?: string;
}

/** Multer hands the parser to `streamHandler`; its type definitions do not know that yet. */
interface StreamingOptions extends multer.Options {
  readonly streamHandler: (req: Request, parser: Writable) => void;
}

interface PlainFile {
  readonly name: string;
  readonly pieces: Buffer[];
}

/** Reads the parts of these names from a multipart request; others are read and dropped. Holds one body in memory. */
export class FormReader {
  private readonly utf8 = new Utf8Watch();
  /** File parts without a file name, which Multer drops and some HTTP libraries send. */
  private readonly plainFiles: PlainFile[] = [];

  constructor(
    private readonly names: readonly string[],
    private readonly limits: FormLimits,
  ) {}

  /** @throws {ProblemException} 415, 413, 408 or 400. */
  async read(req: Request, res: Response): Promise<ReadonlyMap<string, readonly ReceivedPart[]>> {
    refuseOtherContent(req);
    if (Number(req.get('content-length') ?? 0) > this.limits.maxBodyBytes) throw this.tooLarge();
    await new Promise<void>((resolve, reject) => {
      // Refused at once: Multer itself would first read an endless body to its end.
      const parse = multer(this.options(reject)).any();
      void parse(req, res, (error?: unknown) => (error ? reject(this.refusal(error)) : resolve()));
    });
    // Multer passes by what it cannot read.
    if (req.body === undefined) {
      throw new ProblemException(400, 'malformed-form', 'The Content-Type header cannot be read');
    }
    return new Map(this.names.map((name) => [name, this.partsOf(req, name)]));
  }

  private options(refuse: (problem: ProblemException) => void): StreamingOptions {
    const { names } = this;
    const { maxBodyBytes, bodyIdleTimeoutMs } = this.limits;
    return {
      limits: {
        fieldSize: maxBodyBytes,
        fileSize: maxBodyBytes,
        parts: MOST_PARTS,
        fieldNameSize: LONGEST_PART_NAME,
        fieldNestingDepth: 10,
        fieldArrayIndexLimit: 100,
      },
      fileFilter: (_req, file, accept) => accept(null, names.includes(file.fieldname)),
      streamHandler: (req, parser) => {
        let received = 0;
        const giveUp = (problem: ProblemException) => {
          clearTimeout(idle);
          req.off('data', take);
          refuse(problem);
          parser.destroy(problem);
        };
        const take = (piece: Buffer) => {
          received += piece.length;
          idle.refresh();
          this.utf8.push(piece);
          if (received > maxBodyBytes) giveUp(this.tooLarge());
        };
        const idle = setTimeout(() => giveUp(tooSlow()), bodyIdleTimeoutMs);
        req.on('data', take);
        for (const event of ['end', 'close']) req.once(event, () => clearTimeout(idle));
        parser.on('file', (name: string | undefined, stream: Readable, info: { filename?: string }) => {
          if (!info.filename && name !== undefined && names.includes(name)) this.collect(name, stream);
        });
        req.pipe(parser);
      },
    };
  }

  private collect(name: string, stream: Readable): void {
    const file: PlainFile = { name, pieces: [] };
    this.plainFiles.push(file);
    stream.on('data', (piece: Buffer) => file.pieces.push(piece));
  }

  private partsOf(req: Request, name: string): ReceivedPart[] {
    const fields = (req.body ?? {}) as Readonly<Record<string, unknown>>;
    const files = Array.isArray(req.files) ? req.files.filter((file) => file.fieldname === name) : [];
    const plain = this.plainFiles.filter((file) => file.name === name);
    return [
      ...(name in fields ? [this.textPart(fields[name])] : []),
      ...files.map((file) => ({ bytes: file.buffer })),
      ...plain.map((file) => ({ bytes: Buffer.concat(file.pieces) })),
    ];
  }

  private textPart(value: unknown): ReceivedPart {
    // Multer makes lists and objects of repeated names and of names with brackets.
    if (typeof value === 'object') return { mistake: 'must be one part, of exactly this name' };
    const isBroken = typeof value !== 'string' || (value.includes('\ufffd') && !this.utf8.isValid);
    return isBroken ? { mistake: 'must be UTF-8' } : { text: value };
  }

  private tooLarge(): ProblemException {
    return new ProblemException(
      413,
      'payload-too-large',
      `The body may hold at most ${this.limits.maxBodyBytes} bytes`,
    );
  }

  /** Multer's own words may repeat a part's name, so they are not shown. */
  private refusal(error: unknown): ProblemException {
    if (error instanceof ProblemException) return error;
    const code = error instanceof multer.MulterError ? (error.code as string) : '';
    if (code === 'LIMIT_FIELD_VALUE' || code === 'LIMIT_FILE_SIZE') return this.tooLarge();
    const details: Readonly<Record<string, string>> = {
      LIMIT_PART_COUNT: `The form may have at most ${MOST_PARTS} parts`,
      LIMIT_FIELD_KEY: `The name of a part may have at most ${LONGEST_PART_NAME} characters`,
      MISSING_FIELD_NAME: 'Every part of the form needs a name',
    };
    return new ProblemException(400, 'malformed-form', details[code] ?? 'The body is not a complete multipart form');
  }
}

/** @throws {ProblemException} 415 */
function refuseOtherContent(req: Request): void {
  if (!/^multipart\/form-data\s*(;|$)/i.test(req.get('content-type') ?? '')) {
    throw new ProblemException(415, 'unsupported-media-type', 'The body must be multipart/form-data');
  }
  // Unpacking would let a small body become a large one.
  if (!/^\s*(identity)?\s*$/i.test(req.get('content-encoding') ?? '')) {
    const headers = { 'Accept-Encoding': 'identity' };
    throw new ProblemException(415, 'unsupported-media-type', 'The body must come without a Content-Encoding', {
      headers,
    });
  }
}

/** Callers that send nothing would hold memory for as long as they like. */
function tooSlow(): ProblemException {
  const headers = { Connection: 'close' };
  return new ProblemException(408, 'request-timeout', 'The body did not come in time', { headers });
}
