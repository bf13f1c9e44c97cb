import { ImportStore } from './imports/import-store.js';
import { type KlaviyoSettings } from './klaviyo-options.js';
import { ListStore } from './lists/list-store.js';
import { type Profile } from './profiles/profile.js';
import { ProfileStore } from './profiles/profile-store.js';
import { SegmentStore } from './segments/segment-store.js';
import { type SandboxClock } from '../sandbox-clock.js';

/** One customer of the platform: profiles, lists, segments and imports, which no other account sees. */
export class KlaviyoAccount {
  readonly profiles = new ProfileStore();
  readonly lists = new ListStore();
  readonly segments: SegmentStore;
  readonly imports: ImportStore;

  constructor(
    readonly id: string,
    readonly settings: KlaviyoSettings,
    private readonly clock: SandboxClock,
  ) {
    this.segments = new SegmentStore(settings.segmentDelayMs);
    this.imports = new ImportStore(this);
  }

  /** Does what the platform has done by now in the background: first the imports, then the segments that see them. */
  catchUp(): void {
    const now = this.clock.now();
    this.imports.catchUp(now);
    this.evaluate(now);
  }

  /** Evaluates the segments that were due by `at`. */
  evaluate(at: number): void {
    this.segments.catchUp(() => this.profiles.all(), at);
  }

  /** Tells the segments that something they may depend on changed at `at`. */
  changed(at: number): void {
    this.segments.changed(at);
  }

  /** The members of a list or a segment. */
  group(id: string): { has(profileId: string): boolean } | undefined {
    return this.lists.find(id)?.members ?? this.segments.find(id)?.members;
  }

  /** Forgets a profile, in every list too. */
  erase(profile: Profile, at: number): void {
    for (const list of this.lists.all()) list.members.delete(profile.id);
    for (const segment of this.segments.all()) segment.members.delete(profile.id);
    this.profiles.delete(profile);
    this.changed(at);
  }
}
