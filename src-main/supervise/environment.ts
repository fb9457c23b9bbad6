/** Variables that would change what the child's Node loads or inspects; it must start as plain as a host is. */
const removed = [
  /^NODE_OPTIONS$/,
  /^NODE_REPL_/,
  /^NODE_INSPECT/,
  /^NODE_V8_COVERAGE$/,
  /^NODE_CHANNEL_/,
  /^NODE_UNIQUE_ID$/,
  /^ELECTRON_/,
  /^LD_PRELOAD$/,
  /^DYLD_INSERT_LIBRARIES$/,
  /^VITEST/,
  /^npm_/,
  /^INIT_CWD$/,
];

/** A copy of the environment without what could change a child's code, and with `added`. */
export function cleanEnvironment(
  environment: NodeJS.ProcessEnv,
  added: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const kept = Object.entries(environment).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !removed.some((pattern) => pattern.test(entry[0])),
  );
  return { ...Object.fromEntries(kept), ...added };
}
