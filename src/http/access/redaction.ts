import type { Access } from "./access.ts";

export type Scrub = (text: string) => string;

const ELSEWHERE = "(another namespace)";

/**
 * What a token with namespaces reads of free text: each word that names another namespace is left out, and so is each
 * path below another team's folder. Sound rather than pretty: a namespace called `search` also takes the plain word.
 */
export function scrubFor(access: Access, namespaces: Iterable<string>, tenantPath: string): Scrub {
  const { namespaces: own } = access;
  if (own === "all") return (text) => text;
  const foreign = new Set([...namespaces].filter((name) => !own.has(name) && name !== "platform"));
  const isForeign = (word: string): boolean => {
    const folder = folderOf(word, tenantPath);
    return (
      (folder !== null && !own.has(folder)) || word.split(/[^A-Za-z0-9-]+/).some((name) => foreign.has(name))
    );
  };
  return (text) => text.replace(/[^\s"'`(),;]+/g, (word) => (isForeign(word) ? ELSEWHERE : word));
}

/** The team's folder that a path lies in; null for a path elsewhere. */
export function folderOf(path: string, tenantPath: string): string | null {
  const root = tenantPath.replace(/^\.\//, "").replace(/\/+$/, "");
  const below =
    root === "" || root === "." ? path : path.startsWith(`${root}/`) ? path.slice(root.length + 1) : null;
  if (below === null || !below.includes("/")) return null;
  return below.split("/")[0] ?? null;
}

/** The fields in which people and AWS write sentences. */
const FREE_TEXT = new Set([
  "message",
  "reason",
  "why",
  "fix",
  "hint",
  "withheld",
  "error",
  "details",
  "unknown",
  "unread",
  "other",
]);

/** Scrubs every sentence in plain data; names, documents and values stay as they are. */
export function scrubSentences<T>(value: T, scrub: Scrub): T {
  return scrubbed(value, scrub, "") as T;
}

/** Scrubs every text in plain data, also names and documents. */
export function scrubTexts<T>(value: T, scrub: Scrub): T {
  return allScrubbed(value, scrub) as T;
}

function allScrubbed(value: unknown, scrub: Scrub): unknown {
  if (typeof value === "string") return scrub(value);
  if (Array.isArray(value)) return value.map((member) => allScrubbed(member, scrub));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [scrub(name), allScrubbed(member, scrub)]),
  );
}

function scrubbed(value: unknown, scrub: Scrub, field: string): unknown {
  if (typeof value === "string") return FREE_TEXT.has(field) ? scrub(value) : value;
  if (Array.isArray(value)) return value.map((member) => scrubbed(member, scrub, field));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, scrubbed(member, scrub, name)]),
  );
}
