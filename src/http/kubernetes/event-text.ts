import { shortDigits } from "../../model/rules/approval-subject.ts";
import type { CoreEventObject } from "../../api/kubernetes/core.ts";
import { someOf } from "../../text/phrases.ts";
import type { Entry } from "../present/events.ts";

type EventKind = Entry["kind"];
type Of<K extends EventKind> = Extract<Entry, { readonly kind: K }>;

/** Entries of these kinds are about a key, or cover keys. The others are of the installation: `grantkeeper history` has them. */
type ShownKind =
  | "drift-found"
  | "drift-ended"
  | "drift-author-found"
  | "adoption-changed"
  | "call-denied"
  | "role-adopted"
  | "adoption-undo-ordered"
  | "adoption-undone"
  | "adoption-undo-stopped"
  | "plan-held"
  | "plan-refused"
  | "approved"
  | "rejected"
  | "suspended"
  | "resumed"
  | "write-intended"
  | "write-finished";

type ShownEntries = { readonly [K in ShownKind]: Of<K> };

export type ShownEntry = ShownEntries[ShownKind];

const TEXTS: { readonly [K in ShownKind]: (entry: ShownEntries[K]) => string } = {
  // Entries of 0.1 have no changes.
  "drift-found": ({ changes, fields }) => `differs from Git: ${someOf(changes ?? fields)}`,
  "drift-ended": ({ how, fields }) => `${how === "applied" ? "now as declared" : how}: ${someOf(fields)}`,
  "drift-author-found": ({ fields }) => `later events show who may have changed ${someOf(fields)}`,
  "adoption-changed": ({ from, to, reason }) =>
    `adoption: ${from ?? "none"} to ${to ?? "none"}${reason === null ? "" : `; ${reason}`}`,
  "call-denied": ({ call, code }) => `AWS denied ${call} (${code})`,
  "role-adopted": ({ role }) => `takes over ${role}`,
  "adoption-undo-ordered": ({ actor, reason }) => `${actor} ordered to undo the adoption: ${reason}`,
  "adoption-undone": ({ to }) => `the adoption was undone: back to ${to}`,
  "adoption-undo-stopped": ({ reason }) => `the undo of the adoption stopped: ${reason}`,
  "plan-held": ({ subject, reason }) => `held as ${shortDigits(subject)}: ${reason}`,
  "plan-refused": ({ reason }) => reason,
  approved: ({ subject, actor, reason }) => `${actor} approved ${shortDigits(subject)}: ${reason}`,
  rejected: ({ subject, actor, reason }) => `${actor} rejected ${shortDigits(subject)}: ${reason}`,
  suspended: ({ actor, until, reason }) => `${actor} suspended it until ${until}: ${reason}`,
  resumed: ({ actor, reason }) => `${actor} resumed it: ${reason}`,
  "write-intended": ({ call, target }) => `calls ${call} ${target}`,
  "write-finished": ({ outcome, intent, error }) =>
    `${outcome}: the call of entry ${intent}${error === null ? "" : `: ${error}`}`,
};

const WARNINGS: ReadonlySet<EventKind> = new Set<ShownKind>([
  "drift-found",
  "call-denied",
  "adoption-undo-stopped",
  "plan-held",
  "plan-refused",
  "rejected",
  "suspended",
]);

export function isShown(entry: Entry): entry is ShownEntry {
  return Object.hasOwn(TEXTS, entry.kind);
}

export function eventText<K extends ShownKind>(entry: ShownEntries[K] & { readonly kind: K }): string {
  return TEXTS[entry.kind](entry);
}

export function eventType(entry: ShownEntry): CoreEventObject["type"] {
  const isFailed = entry.kind === "write-finished" && entry.outcome === "failed";
  return isFailed || WARNINGS.has(entry.kind) ? "Warning" : "Normal";
}

/** `DriftFound`. A change from Git that is applied may never have been drift. */
export function eventReason(entry: ShownEntry): string {
  if (entry.kind === "drift-ended" && entry.how === "applied") return "ChangeApplied";
  return entry.kind.replace(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase());
}
