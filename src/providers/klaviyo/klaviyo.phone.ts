import {
  type CountryCode,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import { dropInvisible, nfkc, type Normalised, Unusable } from '../kit/normalise.js';
import { isE164 } from '../kit/phone.js';
import { refused, told, type ValueTrace } from '../kit/values/value-trace.js';

/** Area codes in which every number of seven digits that starts with 2 to 9 is valid. */
const US_AREAS =
  '201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 220 223 224 225 227 228 229 231 234 235 ' +
  '239 240 248 251 252 253 254 256 260 262 267 269 270 272 276 279 281 283 301 302 303 304 305 307 308 309 310 ' +
  '312 313 314 315 316 317 318 319 320 321 323 324 325 326 327 329 330 331 332 334 336 337 339 341 346 347 350 ' +
  '351 352 360 361 363 364 369 380 385 386 401 402 404 405 406 407 408 409 410 412 413 414 415 417 419 423 424 ' +
  '425 430 432 434 435 440 442 443 445 447 448 458 463 464 469 470 475 478 479 480 484 501 502 503 504 505 507 ' +
  '508 509 510 512 513 515 516 517 518 520 530 531 534 539 540 541 551 557 559 561 562 563 564 567 570 571 572 ' +
  '573 574 575 580 582 585 586 601 602 603 605 606 607 608 609 610 612 614 615 616 617 618 619 620 623 626 628 ' +
  '629 630 631 636 640 641 645 646 650 651 656 657 659 660 661 662 667 669 678 680 681 682 686 689 701 702 703 ' +
  '704 706 707 708 712 713 714 715 716 717 718 719 720 724 725 726 727 728 730 731 732 734 737 738 740 743 747 ' +
  '748 754 757 760 762 763 765 769 770 771 772 773 774 775 779 781 785 786 801 802 803 804 805 806 808 810 812 ' +
  '813 814 815 816 817 818 820 821 826 828 830 831 832 835 838 839 840 843 845 847 848 850 854 856 857 858 859 ' +
  '860 862 863 864 865 870 872 878 901 903 904 906 907 908 909 910 912 913 914 915 916 917 918 919 920 925 928 ' +
  '929 930 931 934 936 937 938 940 941 943 945 947 948 949 951 952 954 956 959 970 971 972 973 975 978 979 980 ' +
  '984 985 986 989';
const CA_AREAS =
  '204 226 236 249 250 257 263 273 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 468 474 506 ' +
  '514 519 548 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873 879 902 ' +
  '905 942';

/**
 * Numbers that libphonenumber finds valid and gives back as they are: asking it takes 9 microseconds, this table 0.1. What
 * is not here is asked, so the table need not be complete: no numbers but those of most mobiles and large cities.
 */
const PLAIN_NUMBERS: Readonly<Record<string, string>> = {
  US: `1(?:${US_AREAS.replaceAll(' ', '|')})[2-9]\\d{6}`,
  CA: `1(?:${CA_AREAS.replaceAll(' ', '|')})[2-9]\\d{6}`,
  GB: '44(?:7(?:[1-3]\\d|4[0-46-9]|5[13-9]|7[1-7]|8[014-9]|9[04-9])|2(?:0[378]|[389]0))\\d{7}',
  IE: '3538[35-9]\\d{7}',
  AU: '61(?:4[0-36]|2[0-26-9]|3[0-3589]|7[013-57-9]|8[78])\\d{7}',
  NZ: '64(?:2[0-27-9]\\d{7,8}|(?:3[2-79]|[49][2-9])\\d{6})',
};

const A_SERVED_ONE = 'E.164, a valid number of a country that is served';

/** Written with nothing but digits and what people put between them. */
const NATIONAL = /^[\d ().-]+$/;
const INTERNATIONAL = /^\+\d[\d ().-]*\d$/;
const NATIONAL_PREFIX: Readonly<Record<string, RegExp>> = {
  US: /^1?/,
  CA: /^1?/,
  GB: /^0/,
  IE: /^0/,
  AU: /^0/,
  NZ: /^0/,
};

/** Whether phone numbers of this country (ISO alpha-2, upper case) can be told from invalid ones. */
export function hasPhoneRules(country: string): boolean {
  return isSupportedCountry(country);
}

/**
 * The phone numbers that Klaviyo is given: valid ones of certain countries, in E.164. It drops any other without a word, so
 * this is the only place where one is noticed.
 * https://help.klaviyo.com/hc/en-us/articles/360046055671
 */
export class KlaviyoPhones {
  private readonly countries: ReadonlySet<string>;
  private readonly plain: RegExp;
  private readonly callingCodes: readonly string[];

  /** @param countries ISO alpha-2, upper case */
  constructor(countries: readonly string[]) {
    this.countries = new Set(countries);
    const patterns = countries.map((country) => PLAIN_NUMBERS[country]).filter((pattern) => pattern !== undefined);
    this.plain = new RegExp(`^\\+(?:${patterns.join('|') || '(?!)'})$`);
    this.callingCodes = countries.map((country) => `+${getCountryCallingCode(country as CountryCode)}`);
  }

  /** @param country of the user, ISO alpha-2, upper case: completes a national number if it is one of the served */
  read(value: string, country?: string, trace?: ValueTrace): Normalised {
    if (this.plain.test(value)) return value;
    if (this.isElsewhere(value)) return notServed(trace);
    const text = nfkc(dropInvisible(value)).trim().replace(/^tel:/i, '');
    if (text === '') return '';
    trace?.change('invisible characters, blanks around it and tel: taken off', text);
    if (!/\d/.test(text)) return refused(trace, 'not a phone number', Unusable.format);
    if (text.startsWith('+')) return this.international(text, trace);
    if (country === undefined) {
      return refused(trace, 'a national number without a country to complete it', Unusable.missingCountry);
    }
    if (!this.countries.has(country)) return notServed(trace);
    const complete = this.complete(text, country);
    if (complete === undefined) return this.parse(text, country as CountryCode, trace);
    trace?.change(`E.164, completed with the country ${country}`, complete);
    return complete;
  }

  private international(text: string, trace?: ValueTrace): Normalised {
    const number = INTERNATIONAL.test(text) ? `+${text.replace(/\D+/g, '')}` : text;
    if (this.plain.test(number)) return told(trace, A_SERVED_ONE, number);
    return this.isElsewhere(number) ? notServed(trace) : this.parse(text, undefined, trace);
  }

  /** A whole number under the calling code of another country: whether it is valid there makes no difference. */
  private isElsewhere(text: string): boolean {
    return isE164(text) && !this.callingCodes.some((code) => text.startsWith(code));
  }

  private complete(text: string, country: string): string | undefined {
    const prefix = NATIONAL_PREFIX[country];
    if (prefix === undefined || !NATIONAL.test(text)) return undefined;
    const digits = text.replace(/\D+/g, '');
    if (!prefix.test(digits)) return undefined;
    const number = `+${getCountryCallingCode(country as CountryCode)}${digits.replace(prefix, '')}`;
    return this.plain.test(number) ? number : undefined;
  }

  private parse(text: string, defaultCountry?: CountryCode, trace?: ValueTrace): Normalised {
    const number = parsePhoneNumberFromString(text, { defaultCountry, extract: false });
    if (number === undefined || number.ext !== undefined || !number.isValid()) {
      return refused(trace, 'not a valid number', Unusable.format);
    }
    // The number's own country decides: an American may have moved to Germany.
    if (!this.countries.has(number.country ?? '')) return notServed(trace);
    return told(trace, A_SERVED_ONE, number.number);
  }
}

function notServed(trace?: ValueTrace): Unusable {
  return refused(trace, 'a country whose numbers are not sent', Unusable.unsupportedCountry);
}
