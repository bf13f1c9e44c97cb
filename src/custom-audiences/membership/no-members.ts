import { Injectable } from '@nestjs/common';
import type { MemberSlice } from '../../membership/membership.service.js';
import { MembersSource } from './members-source.js';

/** Keeps nobody: what a deployment has without a members store. */
@Injectable()
export class NoMembers extends MembersSource {
  override readonly isOn = false;

  override async *slices(): AsyncGenerator<MemberSlice> {
    // Nobody is kept.
  }
}
