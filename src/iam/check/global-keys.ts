import { GLOBAL_KEY_NAMES } from "../condition-key-names.ts";
import { lowerCase } from "../lower-case.ts";

/** Lower-case. */
const GLOBAL_KEYS: ReadonlySet<string> = new Set(GLOBAL_KEY_NAMES.map(lowerCase));

const TAG_PREFIXES = ["aws:principaltag/", "aws:requesttag/", "aws:resourcetag/"];

/** `key` is lower-case. */
export function isGlobalKey(key: string): boolean {
  return (
    GLOBAL_KEYS.has(key) ||
    TAG_PREFIXES.some((prefix) => key.startsWith(prefix) && key.length > prefix.length)
  );
}

export function globalKeys(): readonly string[] {
  return [...GLOBAL_KEYS];
}
