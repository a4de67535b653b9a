import { err, ok, type Result } from "../values/result.ts";

/** What happened to a function. Anyone with a token of its team can add requests to reconcile, which are not among them. */
export const FUNCTION_GROUPS = [
  "decisions",
  "suspensions",
  "drift",
  "writes",
  "plans",
  "revisions",
  "adoption",
] as const;
export const ENTRY_GROUPS = [...FUNCTION_GROUPS, "sign-ins", "accounts", "operation"] as const;
type EntryGroup = (typeof ENTRY_GROUPS)[number];

/** What a person looks for when they select entries by their kind. */
const GROUP_OF = {
  approved: "decisions",
  rejected: "decisions",
  "adoption-undo-ordered": "decisions",
  suspended: "suspensions",
  resumed: "suspensions",
  "drift-found": "drift",
  "drift-ended": "drift",
  "drift-author-found": "drift",
  "write-intended": "writes",
  "write-finished": "writes",
  "lost-answer-found": "writes",
  "unrecorded-writes": "writes",
  "plan-held": "plans",
  "plan-refused": "plans",
  "revision-accepted": "revisions",
  "revision-held": "revisions",
  "rolled-back": "revisions",
  "rollback-ended": "revisions",
  "adoption-changed": "adoption",
  "role-adopted": "adoption",
  "adoption-undone": "adoption",
  "adoption-undo-stopped": "adoption",
  "wave-changed": "adoption",
  "call-denied": "adoption",
  "signed-in": "sign-ins",
  "signed-out": "sign-ins",
  "request-refused": "sign-ins",
  "account-found": "accounts",
  "account-left": "accounts",
  "account-removed": "accounts",
  "control-ran": "accounts",
  "read-gap": "accounts",
  started: "operation",
  "replica-took-over": "operation",
  stopped: "operation",
  restored: "operation",
  "reconcile-requested": "operation",
  "alert-tested": "operation",
  "entries-removed": "operation",
  checkpoint: "operation",
} as const satisfies Readonly<Record<string, EntryGroup>>;

export type EntryKind = keyof typeof GROUP_OF;

const KINDS = Object.keys(GROUP_OF) as readonly EntryKind[];

/** Lists show the last word of these kinds. */
const SHOWN_SHORT: ReadonlySet<string> = new Set(["accepted", "held", "refused", "undone"]);

/** @param text groups and kinds of entries, separated by commas. @returns the kinds, sorted; or what is no kind */
export function parseKinds(text: string): Result<readonly EntryKind[], string> {
  const found = new Set<EntryKind>();
  for (const name of text.split(",").map((part) => part.trim())) {
    const isShown = (kind: EntryKind): boolean => SHOWN_SHORT.has(name) && kind.endsWith(`-${name}`);
    const kinds = KINDS.filter((kind) => kind === name || GROUP_OF[kind] === name || isShown(kind));
    if (kinds.length === 0) return err(name);
    for (const kind of kinds) found.add(kind);
  }
  return ok([...found].sort());
}
