import { type Message } from './message-schema.js';

/**
 * The messages of Data Manager v1 as far as audiences need them, with every field they have.
 * https://developers.google.com/data-manager/api/reference/rest
 */

const texts = { type: 'string', repeated: true } as const;

const CONSENT_STATUS = ['CONSENT_STATUS_UNSPECIFIED', 'CONSENT_GRANTED', 'CONSENT_DENIED'];
const consent: Message = { fields: { adUserData: CONSENT_STATUS, adPersonalization: CONSENT_STATUS } };

const account: Message = {
  fields: {
    accountType: [
      'ACCOUNT_TYPE_UNSPECIFIED',
      'GOOGLE_ADS',
      'DISPLAY_VIDEO_PARTNER',
      'DISPLAY_VIDEO_ADVERTISER',
      'DATA_PARTNER',
      'GOOGLE_ANALYTICS_PROPERTY',
      'GOOGLE_AD_MANAGER_AUDIENCE_LINK',
      'FLOODLIGHT_CONFIG',
      'GOOGLE_AD_MANAGER',
    ],
    product: ['PRODUCT_UNSPECIFIED', 'GOOGLE_ADS', 'DISPLAY_VIDEO_PARTNER', 'DISPLAY_VIDEO_ADVERTISER', 'DATA_PARTNER'],
    accountId: 'string',
  },
};

const destination: Message = {
  fields: {
    reference: 'string',
    operatingAccount: account,
    loginAccount: account,
    linkedAccount: account,
    productDestinationId: 'string',
  },
};

const address: Message = {
  fields: {
    givenName: 'string',
    familyName: 'string',
    regionCode: 'string',
    postalCode: 'string',
    addressLine: 'string',
    administrativeArea: 'string',
    city: 'string',
  },
};

const identifier: Message = {
  fields: { emailAddress: 'string', phoneNumber: 'string', address },
  oneOf: ['emailAddress', 'phoneNumber', 'address'],
};
const userData: Message = { fields: { userIdentifiers: { type: identifier, repeated: true } } };
const ipData: Message = {
  fields: { ipAddress: 'string', observeStartTime: 'timestamp', observeEndTime: 'timestamp' },
};

/** The kinds of data of which a member has one. */
const kinds = {
  compositeData: { fields: { userData, ipData: { type: ipData, repeated: true } } },
  userData,
  mobileData: { fields: { mobileIds: texts } },
  pairData: { fields: { pairIds: texts } },
  ppidData: { fields: { ppids: texts } },
  userIdData: { fields: { userId: 'string' } },
  googleUserIdData: { fields: { googleUserIds: texts } },
  partnerProvidedIdData: { fields: { partnerProvidedIds: texts } },
} satisfies Message['fields'];

export const MEMBER_KINDS = Object.keys(kinds);

const member: Message = { fields: { ...kinds, consent, destinationReferences: texts }, oneOf: MEMBER_KINDS };

const KEY_TYPE = ['KEY_TYPE_UNSPECIFIED', 'XCHACHA20_POLY1305'];
const wrappedKeys = ['gcpWrappedKeyInfo', 'awsWrappedKeyInfo', 'coordinatorKeyInfo'];
const encryption: Message = {
  fields: {
    gcpWrappedKeyInfo: {
      fields: { keyType: KEY_TYPE, wipProvider: 'string', kekUri: 'string', encryptedDek: 'string' },
    },
    awsWrappedKeyInfo: { fields: { keyType: KEY_TYPE, roleArn: 'string', kekUri: 'string', encryptedDek: 'string' } },
    coordinatorKeyInfo: { fields: { keyId: 'string' } },
  },
  oneOf: wrappedKeys,
};

const ofMembers = {
  destinations: { type: destination, repeated: true },
  audienceMembers: { type: member, repeated: true },
  encoding: ['ENCODING_UNSPECIFIED', 'HEX', 'BASE64'],
  encryptionInfo: encryption,
  validateOnly: 'bool',
} as const;

export const INGEST_REQUEST: Message = {
  fields: {
    ...ofMembers,
    consent,
    termsOfService: {
      fields: {
        customerMatchTermsOfServiceStatus: ['TERMS_OF_SERVICE_STATUS_UNSPECIFIED', 'ACCEPTED', 'REJECTED'],
      },
    },
  },
};

/** Neither consent nor terms: there are no such fields here. */
export const REMOVE_REQUEST: Message = { fields: ofMembers };

export const REMOVE_ALL_REQUEST: Message = {
  fields: { destinations: ofMembers.destinations, removeAsOfTime: 'timestamp', validateOnly: 'bool' },
};

const DATA_SOURCE_TYPE = [
  'DATA_SOURCE_TYPE_UNSPECIFIED',
  'DATA_SOURCE_TYPE_FIRST_PARTY',
  'DATA_SOURCE_TYPE_THIRD_PARTY_CREDIT_BUREAU',
  'DATA_SOURCE_TYPE_THIRD_PARTY_VOTER_FILE',
  'DATA_SOURCE_TYPE_THIRD_PARTY_PARTNER_DATA',
];
const UPLOAD_KEY_TYPE = [
  'UPLOAD_KEY_TYPE_UNSPECIFIED',
  'CONTACT_ID',
  'MOBILE_ID',
  'USER_ID',
  'PAIR_ID',
  'PSEUDONYMOUS_ID',
];

/** Output-only fields are taken and ignored, as the platform does. */
export const USER_LIST: Message = {
  fields: {
    name: 'string',
    id: 'int64',
    displayName: 'string',
    description: 'string',
    integrationCode: 'string',
    membershipStatus: ['MEMBERSHIP_STATUS_UNSPECIFIED', 'OPEN', 'CLOSED'],
    membershipDuration: 'duration',
    closingReason: ['CLOSING_REASON_UNSPECIFIED', 'UNUSED'],
    accessReason: ['ACCESS_REASON_UNSPECIFIED', 'OWNED', 'SHARED', 'LICENSED', 'SUBSCRIBED', 'AFFILIATED'],
    accountAccessStatus: ['ACCESS_STATUS_UNSPECIFIED', 'ENABLED', 'DISABLED'],
    readOnly: 'bool',
    targetNetworkInfo: { fields: { eligibleForDisplay: 'bool', eligibleForSearch: 'bool' } },
    sizeInfo: {
      fields: {
        displayNetworkMembersCount: 'int64',
        searchNetworkMembersCount: 'int64',
        youtubeMembersCount: 'int64',
        gmailMembersCount: 'int64',
      },
    },
    ingestedUserListInfo: {
      fields: {
        uploadKeyTypes: { type: UPLOAD_KEY_TYPE, repeated: true },
        contactIdInfo: { fields: { dataSourceType: DATA_SOURCE_TYPE, matchRatePercentage: 'int32' } },
        mobileIdInfo: {
          fields: {
            appId: 'string',
            dataSourceType: DATA_SOURCE_TYPE,
            keySpace: ['KEY_SPACE_UNSPECIFIED', 'IOS', 'ANDROID'],
          },
        },
        userIdInfo: { fields: { dataSourceType: DATA_SOURCE_TYPE } },
      },
    },
  },
};
