import { type FacebookAudience } from '../audiences/audience.js';
import { type AudienceStore } from '../audiences/audience-store.js';
import { contentChanged } from '../audiences/audience-status.js';
import { type GraphCall } from '../graph-call.js';
import { integrityBlock, invalidParameter, notAllowed, updateRefused } from '../graph-error.js';
import { isClosed, readSession, sessionView, type UploadSession } from './upload-sessions.js';
import { readUsersPayload, type UsersPayload } from './users-payload.js';

/**
 * Adding and removing members.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/custom-audience/users
 */
export class UsersHandler {
  constructor(private readonly store: AudienceStore) {}

  add(call: GraphCall): object {
    const audience = this.openAudience(call);
    const payload = readUsersPayload(call.parameters);
    checkDataSource(audience, payload);
    checkValues(audience, payload);
    const session = this.sessionFor(call, audience);
    if (!this.count(session, payload, call)) return answer(audience, session);
    audience.dataSource = payload.dataSource;
    audience.members.add(payload.rows);
    contentChanged(audience, this.store.now());
    return answer(audience, session, payload);
  }

  /** Refused when it would leave too few: nothing is removed then. */
  remove(call: GraphCall): object {
    const audience = this.openAudience(call);
    const payload = readUsersPayload(call.parameters);
    checkDataSource(audience, payload);
    const meant = audience.members.meantBy(payload.rows);
    if (meant.size > 0 && audience.members.size - meant.size < this.store.settings.removalFloor) {
      throw notAllowed('The audience would become too small', 1870047);
    }
    const session = this.sessionFor(call, audience);
    if (!this.count(session, payload, call)) return answer(audience, session);
    audience.members.remove(meant);
    contentChanged(audience, this.store.now());
    return answer(audience, session, payload);
  }

  /** An opt-out: takes people off all customer lists of an account, however small they become. */
  removeFromAll(call: GraphCall): object {
    this.store.requireAccount(call);
    const payload = readUsersPayload(call.parameters);
    const lists = this.store.all().filter((one) => one.accountId === call.id && one.subtype === 'CUSTOM');
    for (const audience of lists) {
      const meant = audience.members.meantBy(payload.rows);
      if (meant.size === 0) continue;
      audience.members.remove(meant);
      contentChanged(audience, this.store.now());
    }
    const session = this.store.sessions.open(call.id, '', 'users', this.store.now());
    return {
      session_id: session.id,
      num_received: payload.received,
      num_invalid_entries: payload.invalid,
      invalid_entry_samples: payload.invalidSamples,
    };
  }

  /** The uploads of an audience, all or one of them. */
  sessions(call: GraphCall): object {
    const audience = this.store.visible(call);
    const wanted = call.parameters.text('session_id');
    const sessions = this.store.sessions.ofAudience(audience.id);
    const shown = sessions.filter(({ id }) => wanted === undefined || id === wanted);
    return { data: shown.map((session) => sessionView(session, this.store.now())), paging: {} };
  }

  private openAudience(call: GraphCall): FacebookAudience {
    const audience = this.store.editable(call);
    if (audience.flagged) throw integrityBlock(1713230);
    if (audience.rule !== undefined) throw updateRefused('This audience is filled by its rule');
    if (audience.lookalike !== undefined) throw updateRefused('Members of a lookalike audience cannot be changed');
    if (audience.replace !== undefined) throw updateRefused('An update of this audience is in progress', 1870145);
    return audience;
  }

  private sessionFor(call: GraphCall, audience: FacebookAudience): UploadSession {
    const request = readSession(call.parameters);
    const { sessions } = this.store;
    const known = request === undefined ? undefined : sessions.find(audience.accountId, request.id);
    if (known === undefined)
      return sessions.open(audience.accountId, audience.id, 'users', this.store.now(), request?.id);
    if (known.audienceId !== audience.id || known.kind !== 'users') {
      throw invalidParameter('session[session_id] must be unique within the ad account');
    }
    return known;
  }

  /** Counts a batch; false when its session has ended, so that the batch is dropped without an error. */
  private count(session: UploadSession, payload: UsersPayload, call: GraphCall): boolean {
    const now = this.store.now();
    if (isClosed(session, now)) return false;
    session.received += payload.received;
    session.invalid += payload.invalid;
    if (readSession(call.parameters)?.last === true) session.endedAt = now;
    return true;
  }
}

/** `num_received` counts the session so far; the invalid ones are told per batch. Matches are never told. */
export function answer(audience: FacebookAudience, session: UploadSession, payload?: UsersPayload): object {
  return {
    audience_id: audience.id,
    session_id: session.id,
    num_received: session.received,
    num_invalid_entries: payload?.invalid ?? 0,
    invalid_entry_samples: payload?.invalidSamples ?? {},
  };
}

/** The first upload makes the list one of two kinds, for good. */
export function checkDataSource(audience: FacebookAudience, payload: UsersPayload): void {
  if (audience.dataSource === undefined || audience.dataSource === payload.dataSource) return;
  throw updateRefused(
    `The Custom Audience was created from data source FILE_IMPORTED.${audience.dataSource}, which does not support ` +
      `data source FILE_IMPORTED.${payload.dataSource}`,
  );
}

/**
 * Values go to value-based audiences, and nothing else does.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/guides/value-based-lookalike-audiences
 */
export function checkValues(audience: FacebookAudience, payload: UsersPayload): void {
  const valued = payload.schema.includes('LOOKALIKE_VALUE');
  if (valued && !audience.isValueBased) {
    throw updateRefused('LOOKALIKE_VALUE is for value-based Custom Audiences only');
  }
  if (!valued && audience.isValueBased) {
    throw updateRefused('A value-based Custom Audience needs LOOKALIKE_VALUE');
  }
}
