import Type, { type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { type FieldMistake, type Mistakes, MISTAKES_SHOWN, oneMistake } from '../common/mistakes/mistakes.js';
import { TEXT_FIELDS } from '../providers/contract/read-users.js';

/** Most characters of one value: far above any identifier that a platform takes. */
const LONGEST_VALUE = 1_000;

const TextSchema = Type.Union([Type.String({ maxLength: LONGEST_VALUE }), Type.Null()]);
const AmountSchema = Type.Union([Type.Number(), Type.String({ maxLength: LONGEST_VALUE }), Type.Null()]);

const PURCHASE_FIELDS = { currency: TextSchema, profit: AmountSchema, total7Days: AmountSchema };

const PurchaseSchema = Type.Object({
  currency: Type.Optional(TextSchema),
  profit: Type.Optional(AmountSchema),
  total7Days: Type.Optional(AmountSchema),
});

const UserSchema = Type.Object({
  edgeTagId: Type.Optional(TextSchema),
  email: Type.Optional(TextSchema),
  phone: Type.Optional(TextSchema),
  firstName: Type.Optional(TextSchema),
  lastName: Type.Optional(TextSchema),
  country: Type.Optional(TextSchema),
  postalCode: Type.Optional(TextSchema),
  purchase: Type.Optional(Type.Union([PurchaseSchema, Type.Literal(''), Type.Null()])),
});

const users = Compile(Type.Array(UserSchema, { minItems: 1 }));
const user = Compile(UserSchema);
const text = Compile(TextSchema);
const amount = Compile(AmountSchema);

/** Whether a value is a list of at least one user: shape alone, whether an e-mail address is one each platform's normaliser says. */
export function areUsers(value: unknown): value is unknown[] {
  return users.Check(value);
}

/** Every mistake in `users`, paths relative to it. Called only when the check has failed. */
export function findUserMistakes(value: unknown): Mistakes {
  if (!Array.isArray(value) || value.length === 0) {
    return oneMistake('', 'must be a JSON array of at least one object');
  }
  const first: FieldMistake[] = [];
  let total = 0;
  value.forEach((each: unknown, index) => {
    if (user.Check(each)) return;
    const found = mistakesOfUser(each).map(({ field, message }) => ({ field: `[${index}]${field}`, message }));
    total += found.length;
    if (first.length < MISTAKES_SHOWN) first.push(...found.slice(0, MISTAKES_SHOWN - first.length));
  });
  return { first, total };
}

/** What is wrong with one user, paths relative to it (`.email`); nothing for one that {@link areUsers} takes. */
export function findMistakesOfUser(value: unknown): readonly FieldMistake[] {
  return user.Check(value) ? [] : mistakesOfUser(value);
}

function mistakesOfUser(value: unknown): FieldMistake[] {
  if (!isPlainObject(value)) return [{ field: '', message: 'must be an object' }];
  const { purchase } = value;
  return [
    ...TEXT_FIELDS.flatMap((field) => mistakeOfField(field, TextSchema, value[field])),
    ...(purchase == null || purchase === '' ? [] : mistakesOfPurchase(purchase)),
  ];
}

function mistakesOfPurchase(value: unknown): FieldMistake[] {
  if (!isPlainObject(value)) return [{ field: '.purchase', message: 'must be an object' }];
  return Object.entries(PURCHASE_FIELDS).flatMap(([field, schema]) => {
    return mistakeOfField(`purchase.${field}`, schema, value[field]);
  });
}

function mistakeOfField(field: string, schema: TSchema, value: unknown): FieldMistake[] {
  const isText = schema === TextSchema;
  if (value === undefined || (isText ? text : amount).Check(value)) return [];
  const tooLong = `must have at most ${LONGEST_VALUE} characters`;
  const wrongType = isText ? 'must be a string' : 'must be a number or a string';
  return [{ field: `.${field}`, message: typeof value === 'string' ? tooLong : wrongType }];
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
