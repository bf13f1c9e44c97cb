import { randomUUID } from 'node:crypto';
import { type ApiCall } from '../api/api-call.js';
import { ApiError, type FieldViolation, refused, violation } from '../api/api-error.js';
import { isObject } from '../api/message-schema.js';
import { type UserListStore } from '../lists/user-list-store.js';
import { type CredentialGate } from '../oauth/credential-gate.js';
import { ConsentRule } from './consent.js';
import { type Destination, DestinationReader } from './destinations.js';
import { clearance, ingestion, removal } from './ingestion.js';
import { encodingOf, MemberReader, type Person } from './member-reader.js';
import { type Outcome, type RequestStore } from './request-store.js';

const MOST_MEMBERS = 10_000;

/** Adds people to lists and takes them out. One mistake has the whole request refused, with nothing stored. */
export class MembersHandler {
  constructor(
    private readonly store: UserListStore,
    private readonly gate: CredentialGate,
    private readonly requests: RequestStore,
  ) {}

  ingest(call: ApiCall): object {
    const { body, credential } = call;
    const terms = isObject(body['termsOfService']) ? body['termsOfService'] : {};
    const isAccepted = terms['customerMatchTermsOfServiceStatus'] === 'ACCEPTED';
    const unsigned = isAccepted ? [] : [violation('terms_of_service', 'TERMS_AND_CONDITIONS_NOT_SIGNED')];
    const { destinations, people } = this.read(call, unsigned);
    if (this.gate.stateOf(credential) === 'tos-unsigned') {
      throw new ApiError('INVALID_ARGUMENT', 'The advertiser has not accepted the terms.', {
        violations: [violation('destinations[0].operating_account', 'ADVERTISER_TOS_NOT_ACCEPTED')],
      });
    }
    if (body['validateOnly'] === true) return { requestId: randomUUID() };
    const consent = new ConsentRule(body['consent'], this.store.settings.eeaDigests);
    return this.accept(
      destinations.map((destination) => ingestion(destination, addressedTo(destination, people), consent, this.store)),
    );
  }

  remove(call: ApiCall): object {
    const { destinations, people } = this.read(call, []);
    if (call.body['validateOnly'] === true) return { requestId: randomUUID() };
    return this.accept(destinations.map((destination) => removal(destination, addressedTo(destination, people))));
  }

  removeAll({ body, credential }: ApiCall): object {
    const reader = new DestinationReader(this.store, this.gate);
    const destinations = reader.read(body['destinations'], credential);
    const now = this.store.now();
    const before = typeof body['removeAsOfTime'] === 'string' ? Date.parse(body['removeAsOfTime']) : now;
    const isFuture = before > now;
    const problems = isFuture ? [violation('remove_as_of_time', 'INVALID_REMOVE_AS_OF_TIME')] : [];
    if (reader.violations.length + problems.length > 0) throw refused(...reader.violations, ...problems);
    if (body['validateOnly'] === true) return { requestId: randomUUID() };
    return this.accept(destinations.map((destination) => clearance(destination, before)));
  }

  status({ query }: ApiCall): object {
    const status = this.requests.statusOf(query.text('requestId'));
    if (status === undefined) throw refused(violation('request_id', 'INVALID_REQUEST_ID'));
    return status;
  }

  private accept(outcomes: readonly Outcome[]): object {
    return { requestId: this.requests.accept(outcomes), fieldWarnings: [] };
  }

  private read({ body, credential }: ApiCall, before: readonly FieldViolation[]) {
    const to = new DestinationReader(this.store, this.gate);
    const destinations = to.read(body['destinations'], credential);
    const members = Array.isArray(body['audienceMembers']) ? (body['audienceMembers'] as object[]) : [];
    const problems = [...before, ...to.violations];
    if (members.length === 0) problems.push(violation('audience_members', 'REQUIRED_FIELD_MISSING'));
    if (members.length > MOST_MEMBERS) problems.push(violation('audience_members', 'TOO_MANY_AUDIENCE_MEMBERS'));
    const encoding = encodingOf(body);
    if (encoding === undefined) problems.push(violation('encoding', 'REQUIRED_FIELD_MISSING'));
    const reader = new MemberReader(encoding, this.store.settings.refusedPostalCodes);
    const people = members.flatMap((member, index) => reader.read(member as Record<string, unknown>, index) ?? []);
    const kinds = [...reader.kinds];
    if (kinds.length > 1) problems.push(violation('audience_members', 'MULTIPLE_DATA_TYPES_NOT_ALLOWED'));
    if (kinds.some((kind) => kind !== 'compositeData' && kind !== 'userData')) {
      problems.push(violation('destinations[0].product_destination_id', 'INVALID_USER_LIST_TYPE'));
    }
    const known = new Set(destinations.map(({ reference }) => reference));
    if (people.some(({ references }) => references.some((reference) => !known.has(reference)))) {
      problems.push(violation('audience_members', 'INVALID_DESTINATION'));
    }
    problems.push(...reader.violations);
    if (problems.length > 0) throw refused(...problems);
    return { destinations, people };
  }
}

function addressedTo({ reference }: Destination, people: readonly Person[]): readonly Person[] {
  return people.filter(({ references }) => references.length === 0 || references.includes(reference));
}
