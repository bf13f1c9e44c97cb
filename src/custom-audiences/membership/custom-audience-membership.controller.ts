import { Controller, Delete, HttpCode, HttpStatus, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Secured } from '../../auth/secured.decorator.js';
import { ApiProblem } from '../../common/api-problem.decorator.js';
import { readJsonBody } from '../../common/json/read-json-body.js';
import { RequestId } from '../../common/http/request-id.js';
import { uuidParameter } from '../../common/http/uuid-parameter.js';
import { FileForm } from '../../common/multipart/file-form.js';
import { ProblemDto } from '../../common/problem.dto.js';
import { AppConfig } from '../../config/config.js';
import type { UploadReader } from '../../uploads/upload-reader.js';
import { ApiMembership, ApiUserListProblems } from './api-membership.decorator.js';
import { CustomAudienceMembershipService } from './custom-audience-membership.service.js';
import { MembershipAnswerDto, UploadFileAnswerDto, UploadFileProblemDto } from './dto/membership-answer.dto.js';
import { MembershipOptionsDto, UploadFileOptionsDto } from './dto/membership-options.dto.js';
import { UploadFileDto } from './dto/upload-file.dto.js';
import { UsersDto } from './dto/users.dto.js';
import { userSlices } from './user-list.js';

@ApiTags('custom audiences')
@Controller('custom-audiences/:id')
export class CustomAudienceMembershipController {
  constructor(
    private readonly config: AppConfig,
    private readonly membership: CustomAudienceMembershipService,
  ) {}

  @Post('uploads')
  @HttpCode(HttpStatus.ACCEPTED)
  @Secured('audience:write')
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: UploadFileDto, encoding: { columns: { contentType: 'application/json' } } })
  @ApiMembership(
    'Upload a file of users to one custom audience',
    'All or nothing: the file is read as it comes, and nothing of it is delivered before its end was read. A row that is not ' +
      'a user refuses the file and is named, or with `skipInvalid=true` is left out.',
    UploadFileAnswerDto,
  )
  @ApiProblem(
    400,
    'The file or the form cannot be read, or rows are not users; nothing was stored',
    UploadFileProblemDto,
  )
  @ApiProblem(408, 'The body did not come in time')
  @ApiProblem(413, 'The file has too many bytes or rows, or unpacks to too much')
  @ApiProblem(415, 'The body is not multipart/form-data, or is compressed as a whole')
  async upload(
    @Param('id', uuidParameter) id: string,
    @Query() options: UploadFileOptionsDto,
    @RequestId() requestId: string,
    @Req() req: Request,
    @Res() res: Response,
  ): Promise<void> {
    const { maxUploadBytes: maxBodyBytes, bodyIdleTimeoutMs } = this.config;
    const form = new FileForm<UploadReader>(['columns'], { maxBodyBytes, bodyIdleTimeoutMs });
    const answer = await this.membership.upload(id, options, requestId, (use) => form.read(req, res, use));
    send(answer, res);
  }

  @Post('users')
  @HttpCode(HttpStatus.ACCEPTED)
  @Secured('audience:write')
  @ApiBody({ type: UsersDto })
  @ApiMembership(
    'Add users to one custom audience',
    'For users at hand, up to MAX_USERS_PER_BATCH of them; files of any size go to `uploads`.',
    MembershipAnswerDto,
  )
  @ApiUserListProblems()
  addUsers(
    @Param('id', uuidParameter) id: string,
    @Query() options: MembershipOptionsDto,
    @RequestId() requestId: string,
    @Req() req: Request,
    @Res() res: Response,
  ): Promise<void> {
    return this.change(id, 'append', options, requestId, req, res);
  }

  @Delete('users')
  @HttpCode(HttpStatus.ACCEPTED)
  @Secured('audience:write')
  @ApiBody({ type: UsersDto })
  @ApiMembership(
    'Take users out of one custom audience',
    'Send of each user what was sent to add them. Users who are not in the audience do no harm.',
    MembershipAnswerDto,
  )
  @ApiUserListProblems()
  removeUsers(
    @Param('id', uuidParameter) id: string,
    @Query() options: MembershipOptionsDto,
    @RequestId() requestId: string,
    @Req() req: Request,
    @Res() res: Response,
  ): Promise<void> {
    return this.change(id, 'remove', options, requestId, req, res);
  }

  @Post('refresh')
  @HttpCode(HttpStatus.ACCEPTED)
  @Secured('audience:write')
  @ApiMembership(
    'Send all stored members of one custom audience again',
    'Brings back who got lost on the platform, and renews members that the platform keeps for some days only.',
    MembershipAnswerDto,
  )
  @ApiProblem(400, 'The id or an option is wrong', ProblemDto, 'invalid-request')
  async refresh(
    @Param('id', uuidParameter) id: string,
    @Query() options: MembershipOptionsDto,
    @RequestId() requestId: string,
    @Res() res: Response,
  ): Promise<void> {
    send(await this.membership.refresh(id, options, requestId), res);
  }

  private async change(
    id: string,
    mode: 'append' | 'remove',
    options: MembershipOptionsDto,
    requestId: string,
    req: Request,
    res: Response,
  ): Promise<void> {
    const users = async () => userSlices(await readJsonBody(req, this.config), this.config);
    send(await this.membership.change(id, mode, users, options, requestId), res);
  }
}

/** 202 while it is on its way, 200 with what became of it. Not by Nest, which knows one status a handler. */
function send(answer: MembershipAnswerDto, res: Response): void {
  res
    .status(answer.results ? 200 : 202)
    .location(`/sessions/${answer.session}`)
    .json(answer);
}
