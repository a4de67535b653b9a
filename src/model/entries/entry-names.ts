import type { AttributedDrift, Attribution } from "../changes/attribution.ts";
import type { EntryKind } from "./entry-groups.ts";

/** The members of an entry that name someone. */
export interface NamingEntry {
  readonly actor?: string;
  readonly authors?: readonly Pick<AttributedDrift, "attribution">[];
  readonly commits?: readonly { readonly author: string }[];
  readonly writes?: readonly { readonly actor: { readonly name: string } }[];
}

export const KINDS_WITH_NAMES: readonly EntryKind[] = [
  "adoption-undo-ordered",
  "adoption-undo-stopped",
  "adoption-undone",
  "alert-tested",
  "approved",
  "drift-author-found",
  "drift-found",
  "rejected",
  "request-refused",
  "resumed",
  "revision-accepted",
  "signed-in",
  "signed-out",
  "suspended",
  "unrecorded-writes",
];

/** Each call that may explain a difference has a caller. */
function callersOf(attribution: Attribution): readonly string[] {
  if (attribution.kind === "unknown") return [];
  const changes = attribution.kind === "named" ? [attribution.change] : attribution.changes;
  return changes.map(({ actor }) => actor.name);
}

/** The persons, tokens and principals of AWS that an entry names, as it names them: a commit author may be anyone. */
export function entryNames({
  actor,
  authors = [],
  commits = [],
  writes = [],
}: NamingEntry): readonly string[] {
  return [
    ...(actor === undefined ? [] : [actor]),
    ...authors.flatMap(({ attribution }) => callersOf(attribution)),
    ...commits.map(({ author }) => author),
    ...writes.map((write) => write.actor.name),
  ];
}
