import { invalidRequest } from '../../common/dto-validation.js';
import type { RuleAudienceRequest } from '../../providers/contract/audience-manager.js';
import type { CustomAudienceType } from '../../providers/contract/custom-audience-words.js';
import type { CreateCustomAudienceDto } from '../dto/create-custom-audience.dto.js';
import type { CustomAudienceSource } from '../records/custom-audience-row.js';

type RuleField = 'pixel' | 'websiteRules' | 'appEvents' | 'engagementType' | 'engagementSources';

/** Which properties make an audience of each type: those it needs, and those it may have. */
const FIELDS: Readonly<Record<CustomAudienceType, { needs: readonly RuleField[]; may: readonly RuleField[] }>> = {
  'customer-list': { needs: [], may: [] },
  'website-traffic': { needs: ['pixel'], may: ['websiteRules'] },
  'app-activity': { needs: ['appEvents'], may: [] },
  // Whether there are sources to choose differs by platform and by what people engaged with.
  engagement: { needs: ['engagementType'], may: ['engagementSources'] },
  'offline-activity': { needs: ['pixel'], may: [] },
};
const RULE_FIELDS: readonly RuleField[] = ['pixel', 'websiteRules', 'appEvents', 'engagementType', 'engagementSources'];

/** Where the people of each type come from, unless somebody says otherwise. */
export const USUAL_SOURCE: Readonly<Record<CustomAudienceType, CustomAudienceSource>> = {
  'customer-list': 'crm',
  'website-traffic': 'pixel',
  'app-activity': 'sdk',
  engagement: 'partner-integration',
  'offline-activity': 'offline-events',
};

/** How they get there: through a tag on a page or in an app, or through what connects the platform to its own data. */
export const USUAL_UPLOAD_METHOD: Readonly<Record<CustomAudienceType, string>> = {
  'customer-list': 'api',
  'website-traffic': 'tag',
  'app-activity': 'tag',
  engagement: 'connector',
  'offline-activity': 'connector',
};

/**
 * Holds the properties against the type.
 *
 * @throws {ProblemException} 400 naming what is missing, and what belongs to another type
 */
export function refuseContradictions(wanted: CreateCustomAudienceDto): void {
  const { type } = wanted;
  const { needs, may } = FIELDS[type];
  const given = RULE_FIELDS.filter((field) => wanted[field] != null);
  const mistakes = [
    ...needs.filter((field) => !given.includes(field)).map((field) => ({ field, message: `is required with ${type}` })),
    ...given
      .filter((field) => !needs.includes(field) && !may.includes(field))
      .map((field) => ({ field, message: `does not go with ${type}` })),
    ...(wanted.autoUpdate && type !== 'customer-list'
      ? [{ field: 'autoUpdate', message: `does not go with ${type}, which fills itself` }]
      : []),
  ];
  if (mistakes.length > 0) throw invalidRequest({ first: mistakes, total: mistakes.length });
}

/** What a platform makes an audience of rules from. */
export function ruleRequest(
  wanted: CreateCustomAudienceDto,
  name: string,
  type: RuleAudienceRequest['type'],
  retentionDays: number,
): RuleAudienceRequest {
  return {
    name,
    description: wanted.description ?? undefined,
    type,
    retentionDays,
    pixel: wanted.pixel ?? undefined,
    websiteRules: wanted.websiteRules ?? undefined,
    appEvents: wanted.appEvents ?? undefined,
    engagementType: wanted.engagementType ?? undefined,
    engagementSources: wanted.engagementSources ?? undefined,
  };
}
