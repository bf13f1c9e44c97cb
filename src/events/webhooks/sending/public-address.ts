import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Reachable from inside its cloud alone, though its range is public. */
const CLOUD_SERVICES = ['168.63.129.16'];

/** A webhook leads to where it must not. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
}

/**
 * Whether an IP address belongs to the internet at large: not to this machine, a private network, a link (metadata services of
 * clouds) or a range that translates into one of these. An IPv4 address in IPv6 clothes counts as what it is.
 */
export function isPublicAddress(address: string): boolean {
  // The library alone also reads shortened and octal forms.
  if (isIP(address) === 0 || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast' || CLOUD_SERVICES.includes(parsed.toString())) return false;
  // Of IPv6 only this eighth is in use; the library calls everything that it does not know `unicast`.
  return parsed instanceof ipaddr.IPv4 || ((parsed.parts[0] ?? 0) & 0xe000) === 0x2000;
}

/**
 * The look-up of connections to webhooks. What it finds is checked and connected to, in one step: a name that had a good address
 * when somebody looked, and has another now, gains nothing.
 */
export const lookupPublic: LookupFunction = (hostname, options, answer) => {
  const all: LookupOptions & { all: true } = { ...options, all: true };
  lookup(hostname, all, (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => {
    const [first] = addresses ?? [];
    if (error || !first) return answer(error ?? new AddressRefusedError('The host has no address'), '', 0);
    if (!addresses.every(({ address }) => isPublicAddress(address))) {
      return answer(new AddressRefusedError('The host has an address that is not public'), '', 0);
    }
    if (options.all) answer(null, addresses);
    else answer(null, first.address, first.family);
  });
};
