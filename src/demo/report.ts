import type { RejectionTotalDto, SessionDetailDto, TagProgressDto } from '../sessions/dto/session.dto.js';

const COUNTS = ['received', 'accepted', 'skipped', 'rejected'] as const;

/** What the demo prints in the end: a row per tag, why users or identifiers were left out, and where to look. */
export function report(session: SessionDetailDto, origin: string): string {
  return [
    `\nSession ${session.id} is ${session.state}`,
    ...session.warnings,
    '',
    row('tag', COUNTS),
    ...session.tags.map(tagRow),
    '',
    'Left out, and why (a user stays in when another identifier is good):',
    ...(session.rejections.length > 0 ? session.rejections.map(rejectionRow) : ['  nothing']),
    '',
    `Swagger UI  ${origin}/docs`,
    `This upload ${origin}/sessions/${session.id}`,
    `Left out    ${origin}/sessions/${session.id}/rejections`,
    `Platforms   ${origin}/providers`,
  ].join('\n');
}

function tagRow(tag: TagProgressDto): string {
  const error = tag.lastError ? `  ${tag.lastError.code}: ${tag.lastError.message}` : '';
  return (
    row(
      `${tag.provider}/${tag.tag}`,
      COUNTS.map((count) => String(tag[count])),
    ) + error
  );
}

function rejectionRow({ provider, tag, field, reason, users }: RejectionTotalDto): string {
  return `  ${`${provider}/${tag}`.padEnd(20)} ${(field ?? 'whole user').padEnd(12)} ${reason.padEnd(24)} ${users}`;
}

function row(label: string, cells: readonly string[]): string {
  return `${label.padEnd(22)}${cells.map((cell) => cell.padStart(10)).join('')}`;
}
