import type { Request } from 'express';
import multer from 'multer';
import { ProblemException } from '../problem.exception.js';

/** Our own forms have four; the rest is room for what callers add and we ignore. */
export const MOST_PARTS = 32;
export const LONGEST_PART_NAME = 100;

/** Bounds of every form, whatever its parts are. */
export const PART_LIMITS = {
  parts: MOST_PARTS,
  fieldNameSize: LONGEST_PART_NAME,
  fieldNestingDepth: 10,
  fieldArrayIndexLimit: 100,
};

/** @throws {ProblemException} 415 */
export function refuseOtherContent(req: Request): void {
  if (!/^multipart\/form-data\s*(;|$)/i.test(req.get('content-type') ?? '')) {
    throw new ProblemException(415, 'unsupported-media-type', 'The body must be multipart/form-data');
  }
  refusePacked(req);
}

/**
 * Unpacking would let a small body become a large one.
 *
 * @throws {ProblemException} 415
 */
export function refusePacked(req: Request): void {
  if (/^\s*(identity)?\s*$/i.test(req.get('content-encoding') ?? '')) return;
  const headers = { 'Accept-Encoding': 'identity' };
  throw new ProblemException(415, 'unsupported-media-type', 'The body must come without a Content-Encoding', {
    headers,
  });
}

/** Callers that send nothing would hold memory for as long as they like. */
export function tooSlow(): ProblemException {
  const headers = { Connection: 'close' };
  return new ProblemException(408, 'request-timeout', 'The body did not come in time', { headers });
}

export function tooLarge(maxBodyBytes: number): ProblemException {
  return new ProblemException(413, 'payload-too-large', `The body may hold at most ${maxBodyBytes} bytes`);
}

export function malformedForm(detail = 'The body is not a complete multipart form'): ProblemException {
  return new ProblemException(400, 'malformed-form', detail);
}

/** The answer to an error of the parser. Multer's own words may repeat a part's name, so they are not shown. */
export function formRefusal(error: unknown, maxBodyBytes: number): ProblemException {
  if (error instanceof ProblemException) return error;
  const code = error instanceof multer.MulterError ? (error.code as string) : '';
  if (code === 'LIMIT_FIELD_VALUE' || code === 'LIMIT_FILE_SIZE') return tooLarge(maxBodyBytes);
  const details: Readonly<Record<string, string>> = {
    LIMIT_PART_COUNT: `The form may have at most ${MOST_PARTS} parts`,
    LIMIT_FIELD_KEY: `The name of a part may have at most ${LONGEST_PART_NAME} characters`,
    MISSING_FIELD_NAME: 'Every part of the form needs a name',
  };
  return malformedForm(details[code]);
}
