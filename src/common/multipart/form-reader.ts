import type { Readable, Writable } from 'node:stream';
import type { Request, Response } from 'express';
import multer from 'multer';
import type { ProblemException } from '../problem.exception.js';
import { type BodyLimits, watchBody } from './body-watch.js';
import { formRefusal, malformedForm, PART_LIMITS, refuseOtherContent, tooLarge } from './form-problems.js';
import { Utf8Watch } from './utf8-watch.js';

/** A part as it came: `text` of a text field, `bytes` of a file. Neither: not to be read as one part of UTF-8. */
export interface ReceivedPart {
  readonly text?: string;
  readonly bytes?: Buffer;
  readonly mistake?: string;
}

/** Multer hands the parser to `streamHandler`; its type definitions do not know that yet. */
export interface StreamingOptions extends multer.Options {
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
    private readonly limits: BodyLimits,
  ) {}

  /** @throws {ProblemException} 415, 413, 408 or 400. */
  async read(req: Request, res: Response): Promise<ReadonlyMap<string, readonly ReceivedPart[]>> {
    refuseOtherContent(req);
    const { maxBodyBytes } = this.limits;
    if (Number(req.get('content-length') ?? 0) > maxBodyBytes) throw tooLarge(maxBodyBytes);
    await new Promise<void>((resolve, reject) => {
      // Refused at once: Multer itself would first read an endless body to its end.
      const parse = multer(this.options(reject)).any();
      void parse(req, res, (error?: unknown) => (error ? reject(formRefusal(error, maxBodyBytes)) : resolve()));
    });
    // Multer passes by what it cannot read.
    if (req.body === undefined) throw malformedForm('The Content-Type header cannot be read');
    return new Map(this.names.map((name) => [name, this.partsOf(req, name)]));
  }

  private options(refuse: (problem: ProblemException) => void): StreamingOptions {
    const { names } = this;
    const { maxBodyBytes } = this.limits;
    return {
      limits: { ...PART_LIMITS, fieldSize: maxBodyBytes, fileSize: maxBodyBytes },
      fileFilter: (_req, file, accept) => accept(null, names.includes(file.fieldname)),
      streamHandler: (req, parser) => {
        const giveUp = (problem: ProblemException) => {
          refuse(problem);
          parser.destroy(problem);
        };
        watchBody(req, this.limits, giveUp, (piece) => this.utf8.push(piece));
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
}
