import { type FacebookAudience } from '../audiences/audience.js';
import { type AudienceStore } from '../audiences/audience-store.js';
import { statusOf } from '../audiences/audience-status.js';
import { type GraphCall } from '../graph-call.js';
import { integrityBlock, invalidParameter, updateRefused } from '../graph-error.js';
import { MemberSet } from './member-set.js';
import { isClosed, readSession, type SessionRequest, type UploadSession } from './upload-sessions.js';
import { answer, checkDataSource, checkValues } from './users.handler.js';
import { readUsersPayload, type UsersPayload } from './users-payload.js';

const NORMAL = 200;
const REPLACE_FAILED = 415;

/**
 * Replacing all members in one session.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/guides/custom-audiences
 */
export class UsersReplaceHandler {
  constructor(private readonly store: AudienceStore) {}

  replace(call: GraphCall): object {
    const audience = this.store.editable(call);
    if (audience.flagged) throw integrityBlock(1713230);
    if (audience.subtype !== 'CUSTOM') throw updateRefused('Only customer lists can be replaced');
    const request = readSession(call.parameters);
    if (request === undefined) throw invalidParameter('Missing required parameter: session');
    const payload = readUsersPayload(call.parameters);
    checkDataSource(audience, payload);
    checkValues(audience, payload);
    const known = this.store.sessions.find(audience.accountId, request.id);
    if (known === undefined) return this.start(audience, request, payload);
    if (known.audienceId !== audience.id || known.kind !== 'replace') {
      throw invalidParameter('session[session_id] must be unique within the ad account');
    }
    return this.goOn(audience, request, payload, known);
  }

  private start(audience: FacebookAudience, request: SessionRequest, payload: UsersPayload): object {
    if (audience.replace !== undefined) throw inProgress();
    if (request.batch !== 1) throw updateRefused('The first batch of the replace session is missing', 1870147);
    // A failed replace may be repeated as a whole, in a new session.
    if (![NORMAL, REPLACE_FAILED].includes(statusOf(audience).operation.code)) throw inProgress();
    if (audience.members.size >= this.store.settings.replaceSizeCap) {
      throw updateRefused('The audience is too large to be replaced', 1870144);
    }
    const now = this.store.now();
    const session = this.store.sessions.open(audience.accountId, audience.id, 'replace', now, request.id);
    audience.replaceFailed = false;
    audience.replace = {
      sessionId: session.id,
      startedAt: now,
      schema: payload.schema.join(),
      members: new MemberSet(this.store.settings.matchRate),
    };
    return this.take(audience, request, payload, session);
  }

  private goOn(
    audience: FacebookAudience,
    request: SessionRequest,
    payload: UsersPayload,
    session: UploadSession,
  ): object {
    if (session.endedAt !== undefined) throw updateRefused('The replace session has already finished', 1870159);
    if (isClosed(session, this.store.now())) throw updateRefused('The replace session hit its time limit', 1870158);
    if (audience.replace?.sessionId !== session.id || request.batch === 1) throw inProgress();
    if (audience.replace.schema !== payload.schema.join()) {
      throw updateRefused('The schema must be the same in all batches of a replace session');
    }
    return this.take(audience, request, payload, session);
  }

  private take(
    audience: FacebookAudience,
    request: SessionRequest,
    payload: UsersPayload,
    session: UploadSession,
  ): object {
    const { replace } = audience;
    replace?.members.add(payload.rows);
    session.received += payload.received;
    session.invalid += payload.invalid;
    if (request.last && replace !== undefined) {
      const now = this.store.now();
      session.endedAt = now;
      replace.finishedAt = now;
    }
    return answer(audience, session, payload);
  }
}

function inProgress() {
  return updateRefused('An update of this audience is in progress', 1870145);
}
