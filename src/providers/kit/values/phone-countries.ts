import type { NormalisationTrace } from '../../contract/audience-provider.js';
import { alpha2 } from '../country.js';
import { Unusable } from '../normalise.js';
import type { PhoneCountry } from './phone-number.js';
import { refused, told, traceOf } from './value-trace.js';

/**
 * The countries of one batch where they only complete national numbers. They repeat, so what they mean is kept while the batch
 * lasts.
 */
export class PhoneCountries {
  private readonly known = new Map<string, PhoneCountry>();

  /**
   * @param unnamed what stands for a country that was not given. One that was given and cannot be read is not replaced by it: the
   * number would be another's
   */
  constructor(
    private readonly trace: NormalisationTrace | undefined,
    private readonly unnamed: PhoneCountry = Unusable.missingCountry,
  ) {}

  of(value: string | undefined): PhoneCountry {
    if (!value) return this.unnamed;
    let country = this.known.get(value);
    if (country === undefined) {
      country = this.read(value);
      this.known.set(value, country);
    }
    return country;
  }

  private read(value: string): PhoneCountry {
    if (value.trim() === '') return this.unnamed;
    const trace = traceOf(this.trace, 'country', value);
    const code = alpha2(value);
    if (code === undefined) return refused(trace, 'in no list of countries', Unusable.unknownCountry);
    return told(trace, 'ISO 3166-1 code, to complete phone numbers with', code);
  }
}
