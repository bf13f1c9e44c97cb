/** Texts of codes that are only shown when asked for: https://business-api.tiktok.com/portal/docs?id=1737172488964097 */
const TEXTS: Readonly<Record<number, string>> = {
  20001: 'Partially successful.',
  40050: 'Duplicated requests.',
  40100: 'Too many requests. Please try again later.',
  40133: 'The advertiser has exceeded the QPS limit.',
  50000: 'System error.',
  50002: 'Service error.',
  51305: 'Service error, please try again later.',
  60001: 'The system is under maintenance.',
};

/**
 * A refusal in the platform's envelope. Nearly all come as HTTP 200, so that a caller who goes by the status is found out: only
 * the code tells.
 */
export class TikTokError extends Error {
  constructor(
    readonly code: number,
    message = TEXTS[code] ?? `Error ${code}.`,
    readonly status = 200,
  ) {
    super(message);
    this.name = 'TikTokError';
  }
}

/** Code 40002: a parameter is missing or has a value it may not have. */
export function invalidParameter(message: string): TikTokError {
  return new TikTokError(40002, message);
}

/** Code 40001: the token may not do this. */
export function notAllowed(message: string): TikTokError {
  return new TikTokError(40001, message);
}

/** Code 40007: there is no such object. */
export function notFound(id: string): TikTokError {
  return new TikTokError(40007, `Audience ${id} does not exist.`);
}
