import { ProblemException } from '../../common/problem.exception.js';
import type { AudienceChange } from '../../providers/contract/audience-manager.js';
import type { AudienceProvider } from '../../providers/contract/audience-provider.js';
import type {
  CustomAudienceAction,
  CustomAudienceType,
  EngagementType,
} from '../../providers/contract/custom-audience-words.js';

/** What of a new audience a platform may lack. */
export interface WantedAudience {
  readonly type: CustomAudienceType;
  readonly engagementType?: EngagementType | null;
  readonly retentionDays?: number | null;
}

/** Days that people stay in an audience of rules when nobody says how many, as in the platforms' own forms. */
const USUAL_RETENTION_DAYS = 30;

/** 422: the platform lacks an action, and what it has instead. */
export function notOffered({ id, audiences }: AudienceProvider, action: CustomAudienceAction): ProblemException {
  const sentence = audiences.lacks[action] ?? `${id} does not offer ${action} in this version of the service`;
  return new ProblemException(422, 'not-offered', sentence, { errors: [{ field: 'action', message: sentence }] });
}

/** @throws ProblemException 422 naming the property that the platform lacks, and what it has instead */
export function refuseUnsupported(provider: AudienceProvider, wanted: WantedAudience): void {
  const { id, audiences } = provider;
  if (wanted.type !== 'customer-list' && audiences.lacks.create !== undefined) throw notOffered(provider, 'create');
  const types = audiences.types;
  if (!types.includes(wanted.type))
    throw lacks('type', `${id} has no audiences of this type here; it has ${types.join(', ')}`);
  const { engagementType } = wanted;
  const engagements = audiences.engagementTypes ?? [];
  if (engagementType && !engagements.includes(engagementType)) {
    throw lacks('engagementType', `${id} cannot tell these people; it has ${engagements.join(', ') || 'none'}`);
  }
  if (wanted.retentionDays != null) refuseRetention(provider, wanted.retentionDays);
}

/** @throws ProblemException 422 when the platform cannot change this, or not to this */
export function refuseUnchangeable(provider: AudienceProvider, change: AudienceChange): void {
  const { id, audiences } = provider;
  const { changes } = audiences;
  if (change.retentionDays !== undefined) refuseRetention(provider, change.retentionDays);
  for (const field of ['name', 'description', 'retentionDays'] as const) {
    if (change[field] === undefined || changes.includes(field)) continue;
    throw lacks(
      field,
      `${id} cannot change it; it changes ${changes.join(', ') || 'none of name, description, retentionDays'}`,
    );
  }
}

/** Days for an audience that needs them, whatever the platform's range is. */
export function usualRetention({ audiences }: AudienceProvider): number {
  const { min, max } = audiences.retentionDays ?? { min: 1, max: USUAL_RETENTION_DAYS };
  return Math.min(max, Math.max(min, USUAL_RETENTION_DAYS));
}

function refuseRetention({ id, audiences }: AudienceProvider, days: number): void {
  const range = audiences.retentionDays;
  if (!range) throw lacks('retentionDays', `${id} has no such setting: people stay until they are removed`);
  if (days >= range.min && days <= range.max) return;
  throw lacks('retentionDays', `${id} takes ${range.min} to ${range.max} days`);
}

function lacks(field: string, message: string): ProblemException {
  return new ProblemException(422, 'not-offered', `${field}: ${message}`, { errors: [{ field, message }] });
}
