import { type Profile } from '../profiles/profile.js';
import { type SegmentDefinition } from './segment-definition.js';

/** Since when a profile is in a segment. */
export interface SegmentMember {
  readonly profile: Profile;
  readonly joinedAt: number;
}

/** A segment: a definition that the platform evaluates by itself, some time after each change. */
export class KlaviyoSegment {
  members = new Map<string, SegmentMember>();
  updatedAt: number;
  isActive = true;
  /** The definition is new and has not been evaluated. */
  isProcessing = true;
  private dueAt: number | undefined;

  constructor(
    readonly id: string,
    readonly serial: number,
    readonly createdAt: number,
    public name: string,
    public definition: SegmentDefinition,
    public isStarred: boolean,
  ) {
    this.updatedAt = createdAt;
  }

  /** Evaluates again from the start, after the delay. */
  redefine(definition: SegmentDefinition, dueAt: number): void {
    this.definition = definition;
    this.isProcessing = true;
    this.dueAt = dueAt;
  }

  /** Something changed that may matter: it shows at `dueAt`, unless an earlier change shows before. */
  schedule(dueAt: number): void {
    this.dueAt ??= dueAt;
  }

  /** Evaluates when it is time. A segment that is not active stays as it was. */
  catchUp(profiles: () => Iterable<Profile>, now: number): void {
    if (!this.isActive || this.dueAt === undefined || now < this.dueAt) return;
    const joinedAt = this.dueAt;
    const members = new Map<string, SegmentMember>();
    for (const profile of profiles()) {
      if (!this.definition.matches(profile)) continue;
      members.set(profile.id, this.members.get(profile.id) ?? { profile, joinedAt });
    }
    this.members = members;
    this.isProcessing = false;
    this.dueAt = undefined;
  }
}
