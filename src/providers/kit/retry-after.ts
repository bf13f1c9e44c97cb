/** Platforms and webhooks ask in the same way. */
export { LONGEST_WAIT_MS, parseRetryAfter } from '../../common/http/retry-after.js';
