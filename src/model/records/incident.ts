import type { AlertEvent } from "../alert-event.ts";
import { parseAccountId, type AccountId } from "../aws/ids.ts";
import { accountIdOf, parseKey, type Key } from "../keys/key.ts";

const OF_KEYS = [
  "adoption-undo-stopped",
  "adoption-undone",
  "contended",
  "drift",
  "refused",
  "role-recreated",
] as const;
const OF_ACCOUNTS = ["pass", "unreadable", "unrecorded-writes"] as const;
const OF_SOURCES = ["revision-held", "rollback-ending", "source-failed"] as const;
/** What a forge shows of a commit: its state, and the notes in pull requests. */
const OF_COMMITS = ["commit-status", "pull-requests"] as const;
const OF_ACCOUNT_NAMES = ["first-comparison", "functions-uncovered"] as const;
const OF_INSTALLATION = ["backup-failed", "daily-reminder", "record-broken"] as const;

type KeyIncidentKind = (typeof OF_KEYS)[number];

/** What messages are about that belong together. */
export type Incident =
  | { readonly kind: KeyIncidentKind; readonly key: Key }
  | { readonly kind: (typeof OF_ACCOUNTS)[number]; readonly accountId: AccountId }
  /** A call that AWS denies. */
  | { readonly kind: "account"; readonly accountId: AccountId; readonly call: string }
  | { readonly kind: "hold"; readonly accountId: AccountId; readonly subject: string }
  | { readonly kind: "wave" | "waiting"; readonly accountId: AccountId; readonly namespace: string }
  /** Several accounts that are not read for one reason, by the digest of it. */
  | { readonly kind: "unreadable-together"; readonly digest: string }
  /** By the name of the account. */
  | { readonly kind: (typeof OF_ACCOUNT_NAMES)[number]; readonly account: string }
  | { readonly kind: "suspension-ending"; readonly id: string }
  /** null: a path that belongs to no team. */
  | { readonly kind: "files"; readonly namespace: string | null }
  | { readonly kind: "document-broken"; readonly document: string }
  | { readonly kind: (typeof OF_SOURCES)[number]; readonly source: string }
  | { readonly kind: (typeof OF_COMMITS)[number]; readonly source: string; readonly commit: string }
  | { readonly kind: (typeof OF_INSTALLATION)[number] }
  /** No code reads the names of these two. */
  | { readonly kind: "digest"; readonly at: string }
  | { readonly kind: "test"; readonly route: string; readonly at: string };

const TOGETHER = "cause-";

/** The name under which the store has the incident, and receivers know it. */
export function formatIncident(incident: Incident): string {
  const { kind } = incident;
  if ("key" in incident) return `${kind}/${incident.key}`;
  if (kind === "account") return `${kind}/${incident.accountId}/${incident.call}`;
  if (kind === "hold") return `${kind}/${incident.accountId}/${incident.subject}`;
  if (kind === "wave" || kind === "waiting") return `${kind}/${incident.accountId}/${incident.namespace}`;
  if ("accountId" in incident) return `${kind}/${incident.accountId}`;
  if (kind === "unreadable-together") return `unreadable/${TOGETHER}${incident.digest}`;
  if (kind === "suspension-ending") return `${kind}/${incident.id}`;
  if (kind === "files") return `${kind}/${incident.namespace ?? ""}`;
  if (kind === "document-broken") return `${kind}/${incident.document}`;
  if ("commit" in incident) return `${kind}/${incident.source}/${incident.commit}`;
  if (kind === "digest") return `${kind}/${incident.at}`;
  if (kind === "test") return `${kind}/${incident.route}/${incident.at}`;
  if ("account" in incident) return `${kind}/${incident.account}`;
  return "source" in incident ? `${kind}/${incident.source}` : kind;
}

/** null: another version named it, or it is a test or a digest. */
export function parseIncident(name: string): Incident | null {
  const [kind, rest] = splitAt(name, name.indexOf("/"));
  if (isOneOf(OF_KEYS, kind)) {
    const key = parseKey(rest);
    return key === undefined ? null : { kind, key };
  }
  if (kind === "unreadable" && rest.startsWith(TOGETHER))
    return { kind: "unreadable-together", digest: rest.slice(TOGETHER.length) };
  return ofAccount(kind, rest) ?? ofName(kind, rest);
}

function ofAccount(kind: string, rest: string): Incident | null {
  const [id, part] = splitAt(rest, rest.indexOf("/"));
  const accountId = parseAccountId(id);
  if (accountId === undefined) return null;
  if (isOneOf(OF_ACCOUNTS, kind)) return part === "" ? { kind, accountId } : null;
  if (part === "") return null;
  if (kind === "account") return { kind, accountId, call: part };
  if (kind === "hold") return { kind, accountId, subject: part };
  return kind === "wave" || kind === "waiting" ? { kind, accountId, namespace: part } : null;
}

function ofName(kind: string, rest: string): Incident | null {
  if (isOneOf(OF_INSTALLATION, kind)) return rest === "" ? { kind } : null;
  if (kind === "files") return { kind, namespace: rest === "" ? null : rest };
  if (rest === "") return null;
  if (isOneOf(OF_SOURCES, kind)) return { kind, source: rest };
  if (isOneOf(OF_ACCOUNT_NAMES, kind)) return { kind, account: rest };
  if (kind === "suspension-ending") return { kind, id: rest };
  if (kind === "document-broken") return { kind, document: rest };
  if (!isOneOf(OF_COMMITS, kind)) return null;
  const [source, commit] = splitAt(rest, rest.lastIndexOf("/"));
  return commit === "" ? null : { kind, source, commit };
}

function splitAt(text: string, at: number): readonly [before: string, after: string] {
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function isOneOf<Name extends string>(names: readonly Name[], name: string): name is Name {
  return (names as readonly string[]).includes(name);
}

/** The account that the incident is about; null: none, or it is known by its name alone. */
export function accountOfIncident(incident: Incident): AccountId | null {
  if ("key" in incident) return accountIdOf(incident.key);
  return "accountId" in incident ? incident.accountId : null;
}

/** The beginning of the names of all incidents of a kind, as the store searches for them. */
export function incidentsNamed(kind: "document-broken" | "unreadable" | "unrecorded-writes"): string {
  return `${kind}/`;
}

/** The same of one account. */
export function incidentsInAccount(
  kind: "account" | "refused" | "contended" | "waiting",
  accountId: AccountId,
): readonly string[] {
  if (kind === "account" || kind === "waiting") return [`${kind}/${accountId}/`];
  return ["function", "policy"].map((of) => `${kind}/${of}/${accountId}/`);
}

/** The same for all messages about one subject: the drift of a binding is one incident from its first sign to its end. */
export function incidentOf(event: AlertEvent): string {
  return "incident" in event ? event.incident : formatIncident(subjectOf(event));
}

type UnnamedEvent = Exclude<AlertEvent, { readonly incident: string }>;
type KeyEvent = Extract<UnnamedEvent, { readonly key: unknown }>;

function subjectOf(event: UnnamedEvent): Incident {
  if ("key" in event) return { kind: OPENING[event.kind], key: event.key };
  switch (event.kind) {
    case "first-comparison":
    case "functions-uncovered":
      return { kind: event.kind, account: event.account };
    case "suspension-ending":
      return { kind: event.kind, id: event.id };
    case "rollback-ending":
    case "revision-held":
    case "source-failed":
      return { kind: event.kind, source: event.source };
    case "revision-decided":
      return { kind: "revision-held", source: event.source };
    case "source-recovered":
      return { kind: "source-failed", source: event.source };
    case "backup-recovered":
      return { kind: "backup-failed" };
    case "record-verified":
      return { kind: "record-broken" };
    case "backup-failed":
    case "daily-reminder":
    case "record-broken":
      return { kind: event.kind };
  }
}

/** An end has the name of what it ends. */
const OPENING: Readonly<Record<KeyEvent["kind"], KeyIncidentKind>> = {
  "adoption-undo-stopped": "adoption-undo-stopped",
  "adoption-undone": "adoption-undone",
  contended: "contended",
  "contention-ended": "contended",
  "drift-author-found": "drift",
  "drift-closed": "drift",
  "drift-opened": "drift",
  refused: "refused",
  "refusal-ended": "refused",
  "role-recreated": "role-recreated",
};
