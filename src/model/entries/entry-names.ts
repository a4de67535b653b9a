import type { AttributedDrift, Attribution } from "../changes/attribution.ts";
import type { RecordedDriftEnd } from "../drift.ts";
import type { EntryKind } from "./entry-groups.ts";

/** The members of an entry that name someone. */
export interface NamingEntry {
  readonly kind: EntryKind;
  /** Of a drift that ended. */
  readonly how?: RecordedDriftEnd;
  readonly actor?: string;
  readonly authors?: readonly Pick<AttributedDrift, "attribution">[];
  readonly commits?: readonly { readonly author: string }[];
  readonly writes?: readonly { readonly actor: { readonly name: string } }[];
}

/** The actor of what Grantkeeper does by itself, as screens name it. */
export const GRANTKEEPER = "Grantkeeper";

/** Grantkeeper makes each entry of these kinds by itself. Which drifts and rollbacks it ended, the entry has. */
export const KINDS_BY_GRANTKEEPER: readonly EntryKind[] = [
  "adoption-changed",
  "adoption-undo-stopped",
  "adoption-undone",
  "call-denied",
  "checkpoint",
  "control-ran",
  "drift-ended",
  "entries-removed",
  "lost-answer-found",
  "plan-held",
  "plan-refused",
  "read-gap",
  "replica-took-over",
  "revision-accepted",
  "revision-held",
  "role-adopted",
  "rollback-ended",
  "started",
  "stopped",
  "wave-changed",
  "write-finished",
  "write-intended",
];

/** The ends of a drift that no act of Grantkeeper caused. */
const ENDED_WITHOUT: ReadonlySet<RecordedDriftEnd> = new Set<RecordedDriftEnd>(["gone", "account-removed"]);

/** Whether the text is a part of the name of Grantkeeper. */
export function namesGrantkeeper(by: string): boolean {
  return GRANTKEEPER.toLowerCase().includes(by.toLowerCase());
}

export const KINDS_WITH_NAMES: readonly EntryKind[] = [
  "adoption-undo-ordered",
  "adoption-undo-stopped",
  "adoption-undone",
  "alert-tested",
  "approved",
  "drift-author-found",
  "drift-found",
  "reconcile-requested",
  "rejected",
  "request-refused",
  "restored",
  "resumed",
  "revision-accepted",
  "rollback-ended",
  "rolled-back",
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
export function entryNames(entry: NamingEntry): readonly string[] {
  const { actor, authors = [], commits = [], writes = [] } = entry;
  return [
    ...(isByGrantkeeper(entry) ? [GRANTKEEPER] : []),
    ...(actor === undefined ? [] : [actor]),
    ...authors.flatMap(({ attribution }) => callersOf(attribution)),
    ...commits.map(({ author }) => author),
    ...writes.map((write) => write.actor.name),
  ];
}

function isByGrantkeeper({ kind, how, actor }: NamingEntry): boolean {
  if (kind === "rollback-ended") return actor === undefined;
  return KINDS_BY_GRANTKEEPER.includes(kind) && (how === undefined || !ENDED_WITHOUT.has(how));
}
