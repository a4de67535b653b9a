import { cutText } from "../text/cut.ts";
import type { RefusedFileText } from "../model/alert-event.ts";
import { keyParts, type Key } from "../model/keys/key.ts";
import { replaceUnprintable } from "../text/characters.ts";

/** `prod (eu-west-1)`. */
export function accountPlace(key: Key, account: string): string {
  const parts = keyParts(key);
  return parts.kind === "function" ? `${account} (${parts.region})` : account;
}

/** `10:32Z` of an ISO 8601 instant. */
export function minuteOf(instant: string): string {
  return `${instant.slice(11, 16)}Z`;
}

/** `2026-11-25 10:32Z` of an ISO 8601 instant. */
export function dayAndMinuteOf(instant: string): string {
  return `${instant.slice(0, 10)} ${minuteOf(instant)}`;
}

const MAX_LINE = 500;
const MAX_LINES = 20;

/**
 * One line of a message. An attacker can choose the names in it, so control and direction characters are replaced, and
 * so are angle brackets, which chat programs interpret as a mention or a link.
 */
export function plainLine(text: string): string {
  const plain = replaceUnprintable(text, () => " ")
    .replaceAll("<", "‹")
    .replaceAll(">", "›");
  return cutText(plain, MAX_LINE + 1);
}

export function shownLines(lines: readonly string[]): readonly string[] {
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES), `and ${lines.length - MAX_LINES} more`];
}

export function folderText(namespace: string | null): string {
  return namespace === null ? "files of no team" : `files of ${namespace}`;
}

export function refusedText({ path, reason, fix }: RefusedFileText): string {
  return `    ${path}: ${reason}${fix === null ? "" : `; ${fix}`}`;
}
