import { type SandboxClock } from '../../sandbox-clock.js';
import { type LinkedInSettings } from '../linkedin-options.js';
import { MemberSet } from '../members/member-set.js';
import { notFound, RestError } from '../rest/rest-error.js';
import { type NewSegment, type Segment, type SegmentStatus, statusOf } from './segment.js';

const FIRST_ID = 17_667_093;

/** All segments of all ad accounts. */
export class SegmentStore {
  private readonly segments = new Map<number, Segment>();
  private created = 0;

  constructor(
    readonly settings: LinkedInSettings,
    private readonly clock: SandboxClock,
  ) {}

  now(): number {
    return this.clock.now();
  }

  reset(): void {
    this.segments.clear();
    this.created = 0;
  }

  /** Adds a segment; an account has room for so many. */
  create(values: NewSegment): Segment {
    const { segmentLimit, matchRate } = this.settings;
    if (this.of(values.account).length >= segmentLimit) {
      throw new RestError(429, `The ad account has ${segmentLimit} segments`, { code: 'SEGMENT_LIMIT_EXCEEDED' });
    }
    const id = this.nextId();
    const now = this.now();
    const made = { createdAt: now, modifiedAt: now, members: new MemberSet(matchRate) };
    const segment: Segment = { ...values, ...made, id, failElements: { status: 0, count: 0 } };
    this.segments.set(id, segment);
    return segment;
  }

  nextId(): number {
    this.created += 1;
    return FIRST_ID + this.created - 1;
  }

  delete(id: number): void {
    this.segments.delete(id);
  }

  /** Every segment, oldest first. */
  all(): Segment[] {
    return [...this.segments.keys()].flatMap((id) => this.peek(id) ?? []);
  }

  of(account: string): Segment[] {
    return this.all().filter((segment) => segment.account === account);
  }

  /** The segment as time has left it: the people of an expired one are gone. */
  peek(id: number): Segment | undefined {
    const segment = this.segments.get(id);
    if (segment !== undefined && this.statusOf(segment) === 'EXPIRED') segment.members.clear();
    return segment;
  }

  find(id: number): Segment {
    const segment = this.peek(id);
    if (segment === undefined) throw notFound(`dmpSegment ${id}`);
    return segment;
  }

  /** A segment that is old enough to be filled: until then its sub-resources are not there. */
  warm(id: number): Segment {
    const segment = this.find(id);
    if (this.now() - segment.createdAt < this.settings.warmUpMs) throw notFound(`dmpSegment ${id}`);
    return segment;
  }

  statusOf(segment: Segment): SegmentStatus {
    return statusOf(segment, this.now(), this.settings.processingMs);
  }
}
