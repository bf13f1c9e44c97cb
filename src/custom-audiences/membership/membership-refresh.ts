import { Injectable } from '@nestjs/common';
import { ProblemException } from '../../common/problem.exception.js';
import { RefreshStarter } from '../polling/refresh-starter.js';
import { CustomAudienceMembershipService } from './custom-audience-membership.service.js';

const NOBODY = 'no-members-stored';

/** Starts the refreshes that nobody asks for by hand. */
@Injectable()
export class MembershipRefresh extends RefreshStarter {
  constructor(private readonly membership: CustomAudienceMembershipService) {
    super();
  }

  override async refresh(audienceId: string): Promise<void> {
    try {
      await this.membership.refresh(audienceId, { sync: false }, `refresh-${audienceId}`);
    } catch (error) {
      // An audience without members is as fresh as can be.
      if (!(error instanceof ProblemException && error.code === NOBODY)) throw error;
    }
  }
}
