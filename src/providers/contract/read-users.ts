import type { AudienceUser, Purchase } from './audience-user.js';

/** The fields of a user that are text. */
export const TEXT_FIELDS = ['edgeTagId', 'email', 'phone', 'firstName', 'lastName', 'country', 'postalCode'] as const;

/** A user as the edge has checked it. */
type RawUser = { readonly [Field in (typeof TEXT_FIELDS)[number]]?: string | null } & {
  readonly purchase?: RawPurchase | '' | null;
};

interface RawPurchase {
  readonly currency?: string | null;
  readonly profit?: number | string | null;
  readonly total7Days?: number | string | null;
}

/**
 * The users as providers take them: our fields only, without `null` and `""`. A field named `__proto__` is one of those we do
 * not know, and nothing is looked up through it.
 */
export function toAudienceUsers(raw: readonly unknown[]): AudienceUser[] {
  return (raw as readonly RawUser[]).map(toAudienceUser);
}

function toAudienceUser(raw: RawUser): AudienceUser {
  const result: { -readonly [Field in keyof AudienceUser]: AudienceUser[Field] } = {};
  for (const field of TEXT_FIELDS) {
    const value = raw[field];
    if (value) result[field] = value;
  }
  const purchase = raw.purchase ? toPurchase(raw.purchase) : undefined;
  if (purchase) result.purchase = purchase;
  return result;
}

/** Nothing when no field of it says anything. A zero says something. */
function toPurchase(raw: RawPurchase): Purchase | undefined {
  const { currency, profit, total7Days } = raw;
  const result: { -readonly [Field in keyof Purchase]: Purchase[Field] } = {};
  if (currency) result.currency = currency;
  if (profit != null && profit !== '') result.profit = profit;
  if (total7Days != null && total7Days !== '') result.total7Days = total7Days;
  return Object.keys(result).length > 0 ? result : undefined;
}
