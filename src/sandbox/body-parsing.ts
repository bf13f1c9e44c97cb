import express, { type Request, type RequestHandler } from 'express';
import multer from 'multer';

/** Larger than any platform takes, so that the platform's own limit is met first. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;

const sizes = new WeakMap<object, number>();

/** Bytes of the body as it came, 0 when there was none. */
export function bodySize(req: Request): number {
  return sizes.get(req) ?? 0;
}

/** Reads JSON, form and multipart bodies into `req.body`, for DELETE as well. */
export function bodyParsers(): RequestHandler[] {
  const verify = (req: object, _res: unknown, raw: Buffer): void => void sizes.set(req, raw.length);
  const upload = multer({
    storage: multer.memoryStorage(),
    limits: { fieldSize: MAX_BODY_BYTES, fileSize: MAX_BODY_BYTES },
  });
  return [
    express.json({ limit: MAX_BODY_BYTES, strict: false, verify, type: ['json', '+json'] }),
    express.urlencoded({ limit: MAX_BODY_BYTES, extended: false, verify }),
    upload.any(),
    foldParts,
  ];
}

/** A part sent as a file counts like a field of the same name. */
const foldParts: RequestHandler = (req, _res, next) => {
  if (!req.is('multipart/form-data')) return next();
  const files = Array.isArray(req.files) ? req.files : [];
  const fields: Record<string, unknown> = { ...(req.body as Record<string, unknown> | undefined) };
  for (const file of files) fields[file.fieldname] = file.buffer.toString('utf8');
  const bytes = Object.values(fields).reduce<number>((sum, value) => sum + Buffer.byteLength(String(value)), 0);
  sizes.set(req, bytes);
  req.body = fields;
  next();
};
