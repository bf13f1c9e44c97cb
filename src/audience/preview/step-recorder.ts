import type { IdentifierField, NormalisationTrace } from '../../providers/contract/audience-provider.js';
import type { AudienceUser } from '../../providers/contract/audience-user.js';
import type { NormalisationStepDto } from './dto/preview-answer.dto.js';

/** Writes down what a provider does with the values of one user. */
export class StepRecorder implements NormalisationTrace {
  private readonly recorded: NormalisationStepDto[] = [];

  step(field: IdentifierField, rule: string, result: string): void {
    this.recorded.push({ field, rule, result });
  }

  /** All steps, and what the user has beyond: fields of which the platform takes nothing. */
  steps(user: AudienceUser): NormalisationStepDto[] {
    const used = new Set(this.recorded.map(({ field }) => field));
    const unused = Object.entries(user).filter(([field]) => !used.has(field));
    return [
      ...this.recorded,
      ...unused.map(([field, value]: [string, unknown]) => ({
        field,
        rule: 'not used by this platform',
        result: typeof value === 'string' ? value : JSON.stringify(value),
      })),
    ];
  }
}
