import { isIP } from 'node:net';
import { ProblemException } from '../../common/problem.exception.js';
import { isPublicAddress } from './sending/public-address.js';

/** Names that mean this machine or an inner network wherever they are resolved. */
const INNER_NAME = /(^|\.)(localhost|localdomain|local|internal|intranet|lan|home\.arpa)$/;

/**
 * What is wrong with the address of a webhook, as far as its text tells; where its name leads is checked with each connection.
 *
 * @param allowPrivate the operator allows inner addresses and plain http
 */
export function mistakeOfUrl(text: string, allowPrivate: boolean): string | undefined {
  // Brings all spellings of an IPv4 address (hexadecimal, octal, one number) into the usual one.
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) return `must be an ${allowPrivate ? 'http or ' : ''}https address`;
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or a password';
  if (url.hash !== '') return 'must not have a fragment';
  if (allowPrivate) return undefined;
  if (url.protocol !== 'https:') return 'must be an https address';
  const host = url.hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
  if (isIP(host) !== 0) return isPublicAddress(host) ? undefined : 'must not lead to an address that is not public';
  const isInner = INNER_NAME.test(host) || !host.includes('.');
  return isInner ? 'must not lead to an inner network' : undefined;
}

/** @throws {ProblemException} 422 naming `url`, never its content: it may hold a secret of the receiver */
export function refuseBadUrl(text: string, allowPrivate: boolean): void {
  const message = mistakeOfUrl(text, allowPrivate);
  if (message === undefined) return;
  throw new ProblemException(422, 'webhook-url-refused', `url ${message}`, { errors: [{ field: 'url', message }] });
}
