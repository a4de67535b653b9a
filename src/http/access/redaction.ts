import { prefixOf } from "../../model/keys/source-prefix.ts";
import type { Access } from "./access.ts";
import { DOCUMENT_FIELDS, SAFE_FIELDS } from "./safe-fields.ts";

export type Scrub = (text: string) => string;

const ELSEWHERE = "(another namespace)";

/**
 * Removes from a text, for a token with namespaces, each word that names another namespace, each path below another team's
 * folder, and each file of the platform that is named after another team. Safe rather than exact: with a namespace called
 * `search`, the plain word is removed too.
 */
export function scrubFor(access: Access, namespaces: Iterable<string>, tenantPath: string): Scrub {
  const { namespaces: own } = access;
  if (own === "all") return (text) => text;
  const foreign = new Set([...namespaces].filter((name) => !own.has(name) && name !== "platform"));
  const isForeign = (word: string): boolean => {
    const folder = folderOfTeam(word, tenantPath);
    if (folder !== null && !own.has(folder)) return true;
    const names = word.split(/[^A-Za-z0-9-]+/);
    // `platform/team-orders.yaml`: the name of a team is a part of another name only in a file's.
    const all = folder === null && MANIFEST.test(word) ? names.flatMap(partsOf) : names;
    return all.some((name) => foreign.has(name));
  };
  return (text) => text.replace(/[^\s"'`(),;]+/g, (word) => (isForeign(word) ? ELSEWHERE : word));
}

/** A file with documents, which may be followed by a line. */
const MANIFEST = /\.ya?ml(:|$)/;

/** `team-web-shop`: each run of its parts, such as `web-shop`. */
function partsOf(name: string): readonly string[] {
  const parts = name.split("-");
  return parts.flatMap((_, from) =>
    parts.slice(from).map((_part, more) => parts.slice(from, from + more + 1).join("-")),
  );
}

/** The namespace of a namespace source's path, or the team's folder that a path lies in; null for a path elsewhere. */
export function folderOfTeam(path: string, tenantPath: string): string | null {
  const source = prefixOf(path);
  if (source !== null) return source;
  const root = tenantPath.replace(/^\.\//, "").replace(/\/+$/, "");
  const below =
    root === "" || root === "." ? path : path.startsWith(`${root}/`) ? path.slice(root.length + 1) : null;
  if (below === null || !below.includes("/")) return null;
  return below.split("/")[0] ?? null;
}

/** Scrubs every text in plain data, except in fields that are known to be safe. */
export function scrubSentences<T>(value: T, scrub: Scrub): T {
  return scrubbed(value, "", {
    name: (name) => name,
    text: (text, field) => (SAFE_FIELDS.has(field) ? text : scrub(text)),
    isKept: (field) => DOCUMENT_FIELDS.has(field),
  }) as T;
}

/** Scrubs every text in plain data, also names and documents. */
export function scrubTexts<T>(value: T, scrub: Scrub): T {
  return scrubbed(value, "", { name: scrub, text: scrub, isKept: () => false }) as T;
}

interface Scrubbing {
  readonly name: Scrub;
  readonly text: (text: string, field: string) => string;
  readonly isKept: (field: string) => boolean;
}

function scrubbed(value: unknown, field: string, by: Scrubbing): unknown {
  if (by.isKept(field)) return value;
  if (typeof value === "string") return by.text(value, field);
  if (Array.isArray(value)) return value.map((member) => scrubbed(member, field, by));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [by.name(name), scrubbed(member, name, by)]),
  );
}
