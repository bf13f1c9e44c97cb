import type { AudienceUser, Purchase } from '../providers/contract/audience-user.js';
import { alpha2 } from '../providers/kit/country.js';

/** What figures may tell of a member: words of lists that we know and numbers, never a value as it came. */
export interface MemberFacts {
  /** ISO 3166-1 alpha-2; undefined: none is given, or it is in no list. */
  readonly country?: string;
  /** What is given, by {@link COVERED}. */
  readonly has: Readonly<Record<CoveredField, boolean>>;
  readonly purchase?: {
    /** ISO 4217; undefined: none is given, or it is in no list. */
    readonly currency?: string;
    /** Undefined: not given, or no amount. */
    readonly profit?: number;
    readonly total7Days?: number;
  };
}

/** What of a member is worth having; `name`: the first and the last one. */
export const COVERED = ['email', 'phone', 'name', 'country', 'postalCode', 'edgeTagId', 'purchase'] as const;
export type CoveredField = (typeof COVERED)[number];

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;
/** Beyond this it is no sum of money, and sums would lose their cents. */
const LARGEST_AMOUNT = 1e12;
const SEEN_MOST = 1_000;

/** Reads members one by one; knows again the countries that it has read, of which there are few. */
export class MemberReader {
  private readonly countries = new Map<string, string | undefined>();

  facts(user: AudienceUser): MemberFacts {
    const { email, phone, firstName, lastName, country, postalCode, edgeTagId, purchase } = user;
    return {
      country: country === undefined ? undefined : this.country(country),
      has: {
        email: isGiven(email),
        phone: isGiven(phone),
        name: isGiven(firstName) && isGiven(lastName),
        country: isGiven(country),
        postalCode: isGiven(postalCode),
        edgeTagId: isGiven(edgeTagId),
        purchase: purchase !== undefined,
      },
      purchase: purchase && {
        currency: currencyOf(purchase.currency),
        profit: amountOf(purchase.profit),
        total7Days: amountOf(purchase.total7Days),
      },
    };
  }

  private country(value: string): string | undefined {
    if (this.countries.has(value)) return this.countries.get(value);
    const code = alpha2(value);
    if (this.countries.size < SEEN_MOST) this.countries.set(value, code);
    return code;
  }
}

function isGiven(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== '';
}

function currencyOf(value: Purchase['currency']): string | undefined {
  const code = value?.trim().toUpperCase();
  return code !== undefined && CURRENCIES.has(code) ? code : undefined;
}

function amountOf(value: Purchase['profit']): number | undefined {
  const text = typeof value === 'string' ? value.trim() : value;
  const amount = typeof text === 'string' ? (DECIMAL.test(text) ? Number(text) : NaN) : text;
  return amount !== undefined && Math.abs(amount) <= LARGEST_AMOUNT ? amount : undefined;
}
