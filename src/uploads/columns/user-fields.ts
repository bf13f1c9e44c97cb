import { TEXT_FIELDS } from '../../providers/contract/read-users.js';

/** What a column may be. */
export const USER_FIELDS = [...TEXT_FIELDS, 'purchase.currency', 'purchase.profit', 'purchase.total7Days'] as const;
export type UserField = (typeof USER_FIELDS)[number];

/** Other names that a header may give a field, as {@link plainName} writes them. README repeats this list. */
const OTHER_NAMES: Readonly<Record<UserField, readonly string[]>> = {
  edgeTagId: ['edgetag', 'externalid'],
  email: ['emailaddress', 'mail'],
  phone: ['phonenumber', 'mobile', 'mobilephone', 'telephone'],
  firstName: ['givenname', 'fn'],
  lastName: ['surname', 'familyname', 'ln'],
  country: ['countrycode'],
  postalCode: ['postcode', 'zip', 'zipcode'],
  'purchase.currency': ['currency'],
  'purchase.profit': ['profit'],
  'purchase.total7Days': ['total7days'],
};

const BY_NAME: ReadonlyMap<string, UserField> = new Map(
  USER_FIELDS.flatMap((field) =>
    [plainName(field), ...OTHER_NAMES[field]].map((name): [string, UserField] => [name, field]),
  ),
);

/** The field that a header means without being told; nothing for a column that is none of ours. */
export function fieldNamed(header: string): UserField | undefined {
  return BY_NAME.get(plainName(header));
}

export function isUserField(name: unknown): name is UserField {
  return (USER_FIELDS as readonly unknown[]).includes(name);
}

/** `First Name`, `first_name` and `FIRST-NAME` are one name. */
function plainName(header: string): string {
  return header.toLowerCase().replace(/[\s._\-/]+/g, '');
}
