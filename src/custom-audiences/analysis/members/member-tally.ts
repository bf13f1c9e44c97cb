import { COVERED, type CoveredField, type MemberFacts } from '../../../members/member-facts.js';

/** So many members, and which share of those looked at they are. */
export interface Counted {
  readonly members: number;
  /** 0 to 1. */
  readonly share: number;
}

export interface CountryCount extends Counted {
  /** ISO 3166-1 alpha-2, `unknown` or `others`. */
  readonly country: string;
}

export interface FieldCount extends Counted {
  readonly field: CoveredField;
}

/** Countries that are told one by one. */
export const COUNTRIES_SHOWN = 50;

/** Counts of members what they come with. */
export class MemberTally {
  analysed = 0;
  private readonly byCountry = new Map<string, number>();
  private readonly byField = new Map<CoveredField, number>();

  add({ country = 'unknown', has }: MemberFacts): void {
    this.analysed += 1;
    this.byCountry.set(country, (this.byCountry.get(country) ?? 0) + 1);
    for (const field of COVERED) if (has[field]) this.byField.set(field, (this.byField.get(field) ?? 0) + 1);
  }

  /** The largest first, then `others` and `unknown` where there are any. @param scale members that one of the analysed stands for */
  countries(scale: number): CountryCount[] {
    const known = [...this.byCountry].filter(([country]) => country !== 'unknown');
    known.sort(([a, some], [b, more]) => more - some || (a < b ? -1 : 1));
    const others = known.slice(COUNTRIES_SHOWN).reduce((sum, [, count]) => sum + count, 0);
    const unknown = this.byCountry.get('unknown') ?? 0;
    return [...known.slice(0, COUNTRIES_SHOWN), ['others', others] as const, ['unknown', unknown] as const]
      .filter(([, count]) => count > 0)
      .map(([country, count]) => ({ country, ...this.counted(count, scale) }));
  }

  coverage(scale: number): FieldCount[] {
    return COVERED.map((field) => ({ field, ...this.counted(this.byField.get(field) ?? 0, scale) }));
  }

  private counted(count: number, scale: number): Counted {
    return { members: Math.round(count * scale), share: shareOf(count, this.analysed) };
  }
}

/** Pure: to four places; 0 of nothing. */
export function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000;
}
