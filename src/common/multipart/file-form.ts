import type { Readable } from 'node:stream';
import { isUtf8 } from 'node:buffer';
import type { Request, Response } from 'express';
import multer from 'multer';
import { invalidRequest } from '../dto-validation.js';
import { type ProblemException } from '../problem.exception.js';
import { type BodyLimits, watchBody } from './body-watch.js';
import { bytesOf, type FormFile } from './file-taker.js';
import { formRefusal, PART_LIMITS, refuseOtherContent, tooLarge } from './form-problems.js';
import type { StreamingOptions } from './form-reader.js';

/** Ample for a text part of a form whose large part is the file. */
const MOST_FIELD_BYTES = 65_536;

/** What is done with the file as it comes. `fields` are the text parts that came before it. */
export type UseFile<T> = (file: FormFile, fields: ReadonlyMap<string, string>) => Promise<T>;

/** Reads a form of small text parts and one `file`, which is never held in memory. For one form. */
export class FileForm<T> {
  private readonly fields = new Map<string, Promise<string>>();
  private file?: Readable;
  private work?: Promise<T>;

  /** @param names of the text parts; they may come as files too. */
  constructor(
    private readonly names: readonly string[],
    private readonly limits: BodyLimits,
  ) {}

  /**
   * Gives what `use` gives, once the form has come to its end. When anything is wrong with the form, even behind the file, it
   * throws; not before `use` is done, so that the caller can undo what `use` did.
   *
   * @throws ProblemException 415, 413, 408, 400, and whatever `use` throws
   */
  async read(req: Request, res: Response, use: UseFile<T>): Promise<T> {
    refuseOtherContent(req);
    const { maxBodyBytes } = this.limits;
    if (Number(req.get('content-length') ?? 0) > maxBodyBytes) throw tooLarge(maxBodyBytes);
    try {
      await new Promise<void>((resolve, reject) => {
        const parse = multer(this.options(use, reject)).any();
        void parse(req, res, (error?: unknown) => (error ? reject(formRefusal(error, maxBodyBytes)) : resolve()));
      });
      this.refuseLateFields(req);
      if (this.work) return await this.work;
    } catch (error) {
      this.file?.destroy(error instanceof Error ? error : undefined);
      await this.work?.catch(() => undefined);
      throw error;
    }
    throw mistake('file', 'is required: a file part with a filename');
  }

  private options(use: UseFile<T>, refuse: (error: unknown) => void): StreamingOptions {
    const { maxBodyBytes } = this.limits;
    return {
      limits: { ...PART_LIMITS, fieldSize: MOST_FIELD_BYTES, fileSize: maxBodyBytes },
      fileFilter: (_req, { fieldname }, accept) => {
        if (fieldname !== 'file') accept(null, this.names.includes(fieldname));
        else if (this.work) accept(mistake('file', 'must come once'));
        else accept(null, true);
      },
      storage: {
        _handleFile: (req, file, done) => {
          const taken = file.fieldname === 'file' ? this.take(req, file, use) : this.collect(file);
          // Refused at once: Multer would first read the body to its end.
          taken.then(
            () => done(null, {}),
            (error: unknown) => [refuse(error), done(error)],
          );
        },
        _removeFile: (_req, _file, done) => done(null),
      },
      streamHandler: (req, parser) => {
        const giveUp = (problem: ProblemException) => {
          refuse(problem);
          parser.destroy(problem);
        };
        watchBody(req, this.limits, giveUp);
        req.pipe(parser);
      },
    };
  }

  private take(req: Request, { stream, originalname, mimetype }: Express.Multer.File, use: UseFile<T>): Promise<T> {
    this.file = stream;
    const file = { bytes: bytesOf(stream), name: originalname, type: mimetype };
    this.work = this.fieldsOf(req).then((fields) => use(file, fields));
    return this.work;
  }

  private collect({ fieldname, stream }: Express.Multer.File): Promise<string> {
    const text = textOf(fieldname, bytesOf(stream));
    this.fields.set(fieldname, text);
    return text;
  }

  private async fieldsOf(req: Request): Promise<ReadonlyMap<string, string>> {
    const fields = new Map<string, string>();
    for (const name of this.names) {
      const value = (req.body as Record<string, unknown>)[name] ?? (await this.fields.get(name));
      if (value === undefined) continue;
      // The parser makes lists of repeated names, and replaces what is no UTF-8.
      if (typeof value !== 'string') throw mistake(name, 'must come once');
      if (value.includes('\ufffd')) throw mistake(name, 'must be UTF-8');
      fields.set(name, value);
    }
    this.early = new Set(fields.keys());
    return fields;
  }

  private early: ReadonlySet<string> = new Set();

  /** A field behind the file says how to read what has been read already. */
  private refuseLateFields(req: Request): void {
    const came = (name: string) => name in ((req.body ?? {}) as object) || this.fields.has(name);
    const late = this.names.find((name) => this.work && came(name) && !this.early.has(name));
    if (late !== undefined) throw mistake(late, 'must come before the file');
  }
}

async function textOf(name: string, bytes: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > MOST_FIELD_BYTES) throw mistake(name, `must have at most ${MOST_FIELD_BYTES} bytes`);
    pieces.push(piece);
  }
  const whole = Buffer.concat(pieces);
  if (!isUtf8(whole)) throw mistake(name, 'must be UTF-8');
  return whole.toString('utf8');
}

function mistake(field: string, message: string): ProblemException {
  return invalidRequest({ first: [{ field, message }], total: 1 });
}
