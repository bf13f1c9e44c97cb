import type { WebsiteRule } from '../../contract/audience-manager.js';
import { RequestRejectedError } from '../../contract/provider-errors.js';

/** What people did. */
export interface TikTokFilter {
  readonly field: 'EVENT';
  readonly operator: 'EQ';
  readonly value: string;
  readonly parameter_filters?: readonly TikTokUrlFilter[];
}

export interface TikTokUrlFilter {
  readonly field: 'URL';
  readonly operator: 'CONTAINS' | 'EQ';
  readonly values: readonly string[];
}

export type EventPlace = 'website' | 'app' | 'offline' | 'engagement';

const LONGEST_URL = 100;

/** TikTok's own words, which are passed on as they are: `PIXEL ADD TO CART`, `IN-APP AD CLICK`. */
const OWN_WORDS = /^[A-Z][A-Z0-9-]+(?: [A-Z0-9-]+)*$/;

/**
 * The usual names of events in TikTok's words for filters, which differ from place to place. Its page of them
 * (Enumeration - Filter Value) is not open: these are from public transcriptions of it that agree.
 */
const VALUES: Readonly<Record<EventPlace, Readonly<Record<string, string>>>> = {
  website: {
    PageView: 'PAGE BROWSE',
    ViewContent: 'PRODUCT DETAIL PAGE BROWSE',
    ClickButton: 'CLICK BUTTON',
    SubmitForm: 'PIXEL SUBMIT FORM',
    Lead: 'PIXEL SUBMIT FORM',
    Contact: 'CONTACT',
    Download: 'DOWNLOAD',
    Search: 'PIXEL SEARCH',
    AddToWishlist: 'PIXEL ADD TO WISHLIST',
    AddToCart: 'PIXEL ADD TO CART',
    InitiateCheckout: 'INITIATE CHECKOUT',
    AddPaymentInfo: 'PIXEL ADD PAYMENT INFO',
    PlaceAnOrder: 'PLACE AN ORDER',
    Purchase: 'COMPLETE PAYMENT',
    CompletePayment: 'COMPLETE PAYMENT',
    CompleteRegistration: 'COMPLETE REGISTRATION',
    Subscribe: 'PIXEL SUBSCRIBE',
  },
  app: {
    Install: 'INSTALL',
    Launch: 'LAUNCH APP',
    ViewContent: 'VIEW CONTENT',
    Search: 'APP SEARCH',
    AddToWishlist: 'ADD TO WISHLIST',
    AddToCart: 'APP ADD TO CART',
    InitiateCheckout: 'CHECKOUT',
    Checkout: 'CHECKOUT',
    AddPaymentInfo: 'APP ADD PAYMENT INFO',
    Purchase: 'PURCHASE',
    Login: 'LOGIN',
    Registration: 'REGISTRATION',
    CompleteRegistration: 'REGISTRATION',
    CompleteTutorial: 'COMPLETE TUTORIAL',
    AchieveLevel: 'ACHIEVE LEVEL',
    UnlockAchievement: 'UNLOCK ACHIEVEMENT',
    SpendCredits: 'SPEND CREDITS',
    StartTrial: 'START TRIAL',
    Subscribe: 'SUBSCRIBE',
    Rate: 'RATE',
    Lead: 'GENERATE LEAD',
  },
  offline: {
    Purchase: 'OFFLINE COMPLETE PAYMENT',
    CompletePayment: 'OFFLINE COMPLETE PAYMENT',
    PlaceAnOrder: 'OFFLINE PLACE AN ORDER',
    Contact: 'OFFLINE CONTACT',
    SubmitForm: 'OFFLINE SUBMIT FORM',
    Lead: 'OFFLINE SUBMIT FORM',
    Subscribe: 'OFFLINE SUBSCRIBE',
    AddToCart: 'OFFLINE ADD TO CART',
    AddToWishlist: 'OFFLINE ADD TO WISHLIST',
    AddPaymentInfo: 'OFFLINE ADD PAYMENT INFO',
    InitiateCheckout: 'OFFLINE INITIATE CHECKOUT',
    CompleteRegistration: 'OFFLINE COMPLETE REGISTRATION',
    ClickButton: 'OFFLINE CLICK BUTTON',
    Download: 'OFFLINE DOWNLOAD',
  },
  // Two seconds are the least that TikTok counts as having seen a video.
  engagement: { Video: 'PLAY 2S', LeadForm: 'LEAD GENERATION FORM SUBMISSION' },
};

/** @throws RequestRejectedError for an event that TikTok does not tell apart there */
export function eventFilter(place: EventPlace, event: string): TikTokFilter {
  const known = VALUES[place];
  const value = Object.hasOwn(known, event) ? known[event] : OWN_WORDS.test(event) ? event : undefined;
  if (value === undefined) {
    throw new RequestRejectedError(
      `TikTok: event must be one of ${Object.keys(known).join(', ')}, or in TikTok's own words`,
    );
  }
  return { field: 'EVENT', operator: 'EQ', value };
}

/** @throws RequestRejectedError for what TikTok does not compare addresses by */
export function urlFilter({ operator, value }: NonNullable<WebsiteRule['url']>): TikTokUrlFilter {
  if (operator === 'starts-with') {
    throw new RequestRejectedError('TikTok: websiteRules.url.operator must be contains or equals');
  }
  if (value.length > LONGEST_URL) {
    throw new RequestRejectedError(`TikTok: websiteRules.url.value must have at most ${LONGEST_URL} characters`);
  }
  return { field: 'URL', operator: operator === 'equals' ? 'EQ' : 'CONTAINS', values: [value] };
}
