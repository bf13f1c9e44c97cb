import { type Parameters } from '../graph-call.js';
import { GraphError, integrityBlock, invalidParameter, notAllowed, notFound } from '../graph-error.js';
import { type Lookalike } from './audience.js';
import { type AudienceStore } from './audience-store.js';

const MIN_SEED = 100;

/**
 * Reads what a lookalike is to be made from, and checks the seed.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/guides/lookalike-audiences
 */
export function readLookalike(parameters: Parameters, account: string, store: AudienceStore): Lookalike {
  const spec = parameters.object('lookalike_spec');
  if (spec === undefined) throw invalidParameter('Missing required parameter: lookalike_spec');
  const ratio = ratioOf(spec);
  checkPlace(spec);
  const originId = parameters.text('origin_audience_id');
  if (originId === undefined) throw invalidParameter('The parameter origin_audience_id is required');
  const seed = store.find(originId);
  if (seed === undefined) throw notFound('POST', originId);
  if (seed.accountId !== account) throw notAllowed('Only the owner of an audience can make lookalikes from it');
  if (seed.flagged) throw integrityBlock(1713232);
  if (seed.lookalike !== undefined) throw invalidParameter('A lookalike cannot be the origin of another one');
  if ((seed.settledMatched ?? 0) < MIN_SEED) {
    throw new GraphError(2654, '(#2654) Failed to create lookalike audience: the source audience is too small');
  }
  return { originId, spec, ratio };
}

function ratioOf(spec: Readonly<Record<string, unknown>>): number {
  const { ratio, type, starting_ratio: starting } = spec;
  if (type !== undefined && !['similarity', 'reach', 'custom_ratio'].includes(type as never)) {
    throw invalidParameter('lookalike_spec[type] must be one of {similarity, reach, custom_ratio}');
  }
  if (ratio === undefined) {
    if (type === 'similarity') return 0.01;
    if (type === 'reach') return 0.05;
    throw invalidParameter('lookalike_spec needs a ratio or a type');
  }
  const percent = typeof ratio === 'number' ? Math.round(ratio * 100) : 0;
  if (typeof ratio !== 'number' || Math.abs(ratio * 100 - percent) > 1e-6 || percent < 1 || percent > 20) {
    throw invalidParameter('lookalike_spec[ratio] must be from 0.01 to 0.20 in steps of 0.01');
  }
  if (starting !== undefined && (typeof starting !== 'number' || starting < 0 || starting >= ratio)) {
    throw invalidParameter('lookalike_spec[starting_ratio] must be a number below the ratio');
  }
  return ratio - (typeof starting === 'number' ? starting : 0);
}

function checkPlace(spec: Readonly<Record<string, unknown>>): void {
  const { country, location_spec: location } = spec;
  if ((country === undefined) === (location === undefined)) {
    throw invalidParameter('lookalike_spec needs either country or location_spec');
  }
  if (country !== undefined && (typeof country !== 'string' || !/^[A-Z]{2}$/.test(country))) {
    throw invalidParameter('lookalike_spec[country] must be a string with one country code');
  }
  if (location === undefined) return;
  const places = property(property(location, 'geo_locations'), 'countries');
  if (!Array.isArray(places) || places.length === 0) {
    throw invalidParameter('lookalike_spec[location_spec] must name countries in geo_locations');
  }
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
