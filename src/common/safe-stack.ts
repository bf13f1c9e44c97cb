/**
 * Where an error of our own came from, without its message: the message of a database or JSON error may repeat a value.
 */
export function safeStack(error: unknown): string {
  if (!(error instanceof Error)) return 'a thrown value that is no error';
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const cause = error.cause instanceof Error ? `; caused by ${safeStack(error.cause)}` : '';
  return `${error.name}${code}\n${frames.join('\n')}${cause}`;
}
