import { applyDecorators, HttpStatus, type Type } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiResponse } from '@nestjs/swagger';
import { ApiProblem } from '../../common/api-problem.decorator.js';
import { ProblemDto } from '../../common/problem.dto.js';
import { UploadProblemDto } from '../../deliveries/dto/upload-answer.dto.js';

const LOCATION = { Location: { description: 'The session of this change', schema: { type: 'string' as const } } };

/** Documents what all changes of members have in common. */
export function ApiMembership(summary: string, description: string, answer: Type): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary, description }),
    ApiParam({ name: 'id', type: String, format: 'uuid', description: 'Of the custom audience' }),
    ApiHeader({ name: 'X-Request-Id', required: false, description: 'Echoed, and written to the log' }),
    ApiResponse({
      status: HttpStatus.ACCEPTED,
      type: answer,
      description: 'Stored; it is delivered like any batch',
      headers: LOCATION,
    }),
    ApiOkResponse({ type: answer, description: '`sync=true`: the platform has it', headers: LOCATION }),
    ApiProblem(404, 'There is no custom audience with this id', ProblemDto, 'custom-audience-not-found'),
    ApiProblem(
      422,
      'The audience or its platform does not offer this; the answer says what there is instead',
      ProblemDto,
      'not-offered',
    ),
    ApiProblem(502, '`sync=true`: the platform was not served', UploadProblemDto),
    ApiProblem(503, 'The account of the audience is not configured any more', ProblemDto, 'no-tag-configured'),
    ApiProblem(504, '`sync=true`: not delivered in time; the work goes on', ProblemDto, 'sync-timeout'),
  );
}

/** Documents what may be wrong with a list of users as JSON. */
export function ApiUserListProblems(): MethodDecorator {
  return applyDecorators(
    ApiProblem(
      400,
      'The list of users breaks a rule, or an option is wrong; nothing was stored',
      ProblemDto,
      'invalid-request',
    ),
    ApiProblem(408, 'The body did not come in time'),
    ApiProblem(413, 'The body is too large'),
    ApiProblem(415, 'The body is not application/json, or is compressed'),
  );
}
