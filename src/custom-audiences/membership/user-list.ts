import { findMistakes, invalidRequest } from '../../common/dto-validation.js';
import { decodePart } from '../../common/multipart/part-decoder.js';
import type { AppConfig } from '../../config/config.js';
import type { MemberSlice } from '../../membership/membership.service.js';
import { toAudienceUsers } from '../../providers/contract/read-users.js';
import { UsersDto } from './dto/users.dto.js';

const USERS_PER_SLICE = 10_000;

/**
 * The users of a JSON body.
 *
 * @throws ProblemException 400 with the place of every mistake (`users[3].email`)
 */
export function userSlices(body: Buffer, config: AppConfig): MemberSlice[] {
  const most = config.maxUsersPerBatch;
  const { value, mistake } = decodePart('users', [{ bytes: body }], { as: 'array', maxItems: () => most }, config);
  if (mistake !== undefined) throw mistakeOf('', mistake);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw mistakeOf('', 'must be a JSON object');
  // Not by class-transformer, which would copy every user.
  const dto = Object.assign(new UsersDto(), { users: (value as { users?: unknown }).users });
  if (Array.isArray(dto.users) && dto.users.length > most) {
    throw mistakeOf('users', `must have at most ${most} entries`);
  }
  const mistakes = findMistakes(dto);
  if (mistakes.total > 0) throw invalidRequest(mistakes);
  const users = toAudienceUsers(dto.users);
  const slices: MemberSlice[] = [];
  for (let start = 0; start < users.length; start += USERS_PER_SLICE) {
    const part = users.slice(start, start + USERS_PER_SLICE);
    slices.push({ json: Buffer.from(JSON.stringify(part)), count: part.length });
  }
  return slices;
}

function mistakeOf(field: string, message: string) {
  return invalidRequest({ first: [{ field, message }], total: 1 });
}
