import type { LookalikeRequest } from '../../contract/audience-manager.js';
import type { ListedAudience } from './facebook.lookup.js';
import { cannotExpress } from '../facebook.errors.js';

/** Shares of a country's people. */
const RATIOS: Readonly<Record<LookalikeRequest['reach'], number>> = { narrow: 0.01, balanced: 0.05, broad: 0.1 };

/**
 * `lookalike_spec` (section 3.7 of the notes). One country is a text; several have a form of their own.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/guides/lookalike-audiences
 *
 * @throws RequestRejectedError for what Meta cannot express, naming the field
 */
export function lookalikeSpec(request: LookalikeRequest): object {
  if (request.people !== undefined) {
    throw cannotExpress('people', 'Meta counts by the share of a country; give `ratio`');
  }
  if (request.locations !== undefined && request.locations.length > 0) {
    throw cannotExpress('locations', 'Meta takes countries; give `countries`');
  }
  const [country, ...others] = request.countries;
  if (country === undefined) throw cannotExpress('countries', 'at least one is needed');
  const place =
    others.length === 0 ? { country } : { location_spec: { geo_locations: { countries: request.countries } } };
  return { type: 'custom_ratio', ratio: ratioOf(request), ...place };
}

/** Whether a listed audience is a lookalike of the seed. */
export function isLookalikeOf(seed: string, { subtype, lookalike_spec: spec }: ListedAudience): boolean {
  const origins: unknown = spec?.origin;
  return subtype === 'LOOKALIKE' && Array.isArray(origins) && origins.some((one) => idOf(one) === seed);
}

function idOf(origin: unknown): string | undefined {
  const id = (origin as { readonly id?: unknown } | null)?.id;
  return typeof id === 'string' ? id : undefined;
}

/** In whole percents, as Meta takes them. */
function ratioOf({ ratio, reach }: LookalikeRequest): number {
  if (ratio === undefined) return RATIOS[reach];
  const percent = Math.round(ratio * 100);
  if (Math.abs(ratio * 100 - percent) > 1e-6 || percent < 1 || percent > 20) {
    throw cannotExpress('ratio', 'Meta takes 0.01 to 0.20 in steps of 0.01');
  }
  return percent / 100;
}
