import { noSuch } from '../api/api-error.js';
import { groupId } from '../ids.js';
import { type Profile } from '../profiles/profile.js';
import { KlaviyoSegment } from './segment.js';
import { type SegmentDefinition } from './segment-definition.js';

/** The segments of an account. Two may have the same name. */
export class SegmentStore {
  private readonly segments = new Map<string, KlaviyoSegment>();
  private serial = 0;

  constructor(private readonly delayMs: number) {}

  all(): KlaviyoSegment[] {
    return [...this.segments.values()];
  }

  find(id: string): KlaviyoSegment | undefined {
    return this.segments.get(id);
  }

  /** The segment, or a 404. */
  require(id: string): KlaviyoSegment {
    const segment = this.find(id);
    if (segment === undefined) throw noSuch('segment', id);
    return segment;
  }

  /** The segments whose definition names a list. */
  madeOf(listId: string): KlaviyoSegment[] {
    return this.all().filter(({ definition }) => definition.groupIds.includes(listId));
  }

  create(name: string, definition: SegmentDefinition, isStarred: boolean, now: number): KlaviyoSegment {
    const segment = new KlaviyoSegment(groupId(), (this.serial += 1), now, name, definition, isStarred);
    this.segments.set(segment.id, segment);
    segment.schedule(now + this.delayMs);
    return segment;
  }

  redefine(segment: KlaviyoSegment, definition: SegmentDefinition, now: number): void {
    segment.redefine(definition, now + this.delayMs);
  }

  delete(id: string): void {
    this.segments.delete(id);
  }

  /** Lists or profiles changed at `at`. */
  changed(at: number): void {
    for (const segment of this.segments.values()) segment.schedule(at + this.delayMs);
  }

  catchUp(profiles: () => Iterable<Profile>, now: number): void {
    for (const segment of this.segments.values()) segment.catchUp(profiles, now);
  }
}
