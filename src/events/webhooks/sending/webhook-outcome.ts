/** Why an attempt was not a success, or a delivery ended: fixed words, since messages may repeat addresses. */
export const WEBHOOK_ERRORS = [
  'http-status',
  'redirect',
  'gone',
  'timeout',
  'dns-failed',
  'tls-failed',
  'connection-failed',
  'address-refused',
  'secret-unreadable',
  'interrupted',
  'webhook-disabled',
] as const;

export type WebhookError = (typeof WEBHOOK_ERRORS)[number];

/** How one attempt ended. */
export interface AttemptResult {
  /** Absent: a success. */
  readonly error?: WebhookError;
  /** Absent when no answer came. */
  readonly statusCode?: number;
  /** What the receiver asks to wait. */
  readonly retryAfterMs?: number;
}
