/** zstd in node:zlib, which the storage of payloads needs. */
const LOWEST = [22, 15] as const;

/** Ends the process with one sentence where this Node lacks what the service needs. */
export function requireSupportedNode(version = process.versions.node, end = endProcess): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > LOWEST[0] || (major === LOWEST[0] && minor >= LOWEST[1])) return;
  end(
    `Audience API needs Node ${LOWEST.join('.')} or newer, this is ${version}: start it with "npm run start:prod", which brings Node 24.`,
  );
}

function endProcess(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
