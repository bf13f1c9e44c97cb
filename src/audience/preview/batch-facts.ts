import type { IdentifierField } from '../../providers/contract/audience-provider.js';
import type { AudienceUser } from '../../providers/contract/audience-user.js';
import { TEXT_FIELDS } from '../../providers/contract/read-users.js';

const FIELDS: readonly IdentifierField[] = [...TEXT_FIELDS, 'purchase'];

/** The identifiers that stand for one person, so that a second user with the same is likely a mistake. */
export type PersonalField = 'email' | 'phone';

/** What is known of a batch whatever the platform; the batch comes in parts. */
export class BatchFacts {
  private readonly given = new Map<IdentifierField, number>(FIELDS.map((field) => [field, 0]));
  private readonly seen = { email: new Set<string>(), phone: new Set<string>() };
  private readonly repeats = { email: 0, phone: 0 };

  add(users: readonly AudienceUser[]): void {
    for (const user of users) {
      for (const field of FIELDS) {
        if (user[field] !== undefined) this.given.set(field, this.count(field) + 1);
      }
      this.look('email', user.email?.trim().toLowerCase());
      this.look('phone', user.phone?.replace(/\D+/g, ''));
    }
  }

  /** Users that gave this field. */
  count(field: IdentifierField): number {
    return this.given.get(field) ?? 0;
  }

  /** Users whose value an earlier user has too: blanks and case of addresses, and all but the digits of numbers, aside. */
  repeated(field: PersonalField): number {
    return this.repeats[field];
  }

  private look(field: PersonalField, value: string | undefined): void {
    if (!value) return;
    if (this.seen[field].has(value)) this.repeats[field] += 1;
    else this.seen[field].add(value);
  }
}
