import type { Readable, Writable } from 'node:stream';
import type { Request, Response } from 'express';
import multer from 'multer';
import type { ProblemException } from '../problem.exception.js';
import { type BodyLimits, watchBody } from './body-watch.js';
import { bytesOf, type FileTaker, wholeOf } from './file-taker.js';
import { formRefusal, malformedForm, PART_LIMITS, refuseOtherContent, tooLarge } from './form-problems.js';
import { Utf8Watch } from './utf8-watch.js';

/** A part as it came: `text` of a text field, `bytes` of a file. Neither: not to be read as one part of UTF-8, or taken. */
export interface ReceivedPart {
  readonly text?: string;
  readonly bytes?: Buffer;
  readonly mistake?: string;
  /** By the {@link FileTaker}. */
  readonly isTaken?: boolean;
}

/** Multer hands the parser to `streamHandler`; its type definitions do not know that yet. */
export interface StreamingOptions extends multer.Options {
  readonly streamHandler: (req: Request, parser: Writable) => void;
}

interface File {
  readonly name: string;
  readonly bytes: Promise<Buffer | undefined>;
}

/** What the parser and its streams still hold of a file that was handed on. */
const IN_TRANSIT_BYTES = 1024 * 1024;

/**
 * Reads the parts of these names from a multipart request; others are read and dropped. Holds one body in memory, but for a
 * file that a taker takes.
 */
export class FormReader {
  private readonly utf8 = new Utf8Watch();
  private readonly files: File[] = [];
  private received = 0;
  private taken?: Readable;
  private work?: Promise<unknown>;

  constructor(
    private readonly names: readonly string[],
    private readonly limits: BodyLimits,
    private readonly taker?: FileTaker,
  ) {}

  /**
   * Throws only after the taker is done, so that the caller can undo what it did.
   *
   * @throws {ProblemException} 415, 413, 408 or 400, and whatever the taker throws
   */
  async read(req: Request, res: Response): Promise<ReadonlyMap<string, readonly ReceivedPart[]>> {
    refuseOtherContent(req);
    const { maxBodyBytes } = this.limits;
    const most = this.most;
    if (Number(req.get('content-length') ?? 0) > most) throw tooLarge(most);
    try {
      await new Promise<void>((resolve, reject) => {
        // Refused at once: Multer itself would first read an endless body to its end.
        const parse = multer(this.options(req, reject)).any();
        void parse(req, res, (error?: unknown) => (error ? reject(formRefusal(error, maxBodyBytes)) : resolve()));
      });
    } catch (error) {
      this.taken?.destroy(error as Error);
      await this.work?.catch(() => undefined);
      throw error;
    }
    // Multer passes by what it cannot read.
    if (req.body === undefined) throw malformedForm('The Content-Type header cannot be read');
    const parts = new Map<string, readonly ReceivedPart[]>();
    for (const name of this.names) parts.set(name, await this.partsOf(req, name));
    return parts;
  }

  /** Most bytes of the body. */
  private get most(): number {
    return Math.max(this.limits.maxBodyBytes, this.taker?.maxBytes ?? 0);
  }

  private options(req: Request, refuse: (error: unknown) => void): StreamingOptions {
    const { names, most } = this;
    const { maxBodyBytes } = this.limits;
    return {
      limits: { ...PART_LIMITS, fieldSize: maxBodyBytes, fileSize: most },
      fileFilter: (_req, file, accept) => accept(null, names.includes(file.fieldname)),
      storage: {
        _handleFile: (_req, file, done) => {
          this.open(req, file).then(
            () => done(null, {}),
            // As it is: what fails here is no mistake of the form.
            (error: unknown) => [refuse(error), done(error)],
          );
        },
        _removeFile: (_req, _file, done) => done(null),
      },
      streamHandler: (_req, parser) => {
        const giveUp = (problem: ProblemException) => {
          refuse(problem);
          parser.destroy(problem);
        };
        const limits = { ...this.limits, maxBodyBytes: most };
        watchBody(req, limits, giveUp, (piece) => {
          this.utf8.push(piece);
          this.received += piece.length;
          if (this.isTooMuch()) giveUp(tooLarge(maxBodyBytes));
        });
        // Multer drops file parts without a file name, which some HTTP libraries send.
        parser.on('file', (name: string | undefined, stream: Readable, info: { filename?: string }) => {
          if (!info.filename && name !== undefined && names.includes(name)) void this.hold(name, stream);
        });
        req.pipe(parser);
      },
    };
  }

  private isTooMuch(): boolean {
    const passed = this.taker?.passed ?? 0;
    return this.received - passed > this.limits.maxBodyBytes + (passed > 0 ? IN_TRANSIT_BYTES : 0);
  }

  private open(req: Request, { fieldname, stream, originalname, mimetype }: Express.Multer.File): Promise<unknown> {
    const isFirst = !this.files.some(({ name }) => name === fieldname);
    if (fieldname !== this.taker?.name || !isFirst) return this.hold(fieldname, stream);
    this.taken = stream;
    const file = { bytes: bytesOf(stream), name: originalname, type: mimetype };
    const bytes = this.taker.take(file, (name) => this.field(req, name));
    this.work = bytes;
    this.files.push({ name: fieldname, bytes });
    return bytes;
  }

  private hold(name: string, stream: Readable): Promise<Buffer> {
    const bytes = wholeOf(stream);
    // Whoever reads the form learns of it from the parser.
    bytes.catch(() => undefined);
    this.files.push({ name, bytes });
    return bytes;
  }

  /** A text part that came so far, field or file. */
  private async field(req: Request, name: string): Promise<string | undefined> {
    const [part] = await this.partsOf(req, name);
    return part?.text ?? part?.bytes?.toString('utf8');
  }

  private async partsOf(req: Request, name: string): Promise<ReceivedPart[]> {
    const fields = (req.body ?? {}) as Readonly<Record<string, unknown>>;
    const parts: ReceivedPart[] = name in fields ? [this.textPart(fields[name])] : [];
    for (const file of this.files.filter((each) => each.name === name)) {
      const bytes = await file.bytes;
      parts.push(bytes === undefined ? { isTaken: true } : { bytes });
    }
    return parts;
  }

  private textPart(value: unknown): ReceivedPart {
    // Multer makes lists and objects of repeated names and of names with brackets.
    if (typeof value === 'object') return { mistake: 'must be one part, of exactly this name' };
    const isBroken = typeof value !== 'string' || (value.includes('\ufffd') && !this.utf8.isValid);
    return isBroken ? { mistake: 'must be UTF-8' } : { text: value };
  }
}
