import type {
  BindingSummary,
  BindingSummaryObject,
  DriftSummary,
} from "../../api/browser/binding-summary.ts";
import type { TableObject } from "../../api/kubernetes/table.ts";
import type { ObjectMeta } from "../../api/object.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { waitText } from "../../wording/words.ts";
import { keyOfObject } from "./object-names.ts";

/** Since when AWS differs from Git, by the clock of the controller: a row may be received long after it was made. */
type RowDrift =
  | { readonly kind: "none" }
  | { readonly kind: "unknown" }
  | { readonly kind: "drifted"; readonly sinceMs: number };

/** A binding as the list of functions shows it. */
export interface BindingRow {
  readonly key: Key;
  readonly kind: "function" | "policy";
  /** The name of the object in the API. */
  readonly name: string;
  readonly namespace: string;
  /** Of the manifest. */
  readonly owner: string;
  /** `prod/eu-west-1`, for a policy `prod`. */
  readonly place: string;
  readonly account: string;
  readonly sync: "synced" | "out of sync" | "unknown";
  readonly drift: RowDrift;
  /** Of the condition Ready; null: it is as declared. */
  readonly reason: string | null;
  /** What a change from Git waits for, in words; null: the reason is none of a wait. */
  readonly wait: string | null;
  readonly message: string;
  readonly mode: string;
  /** Refused, broken or awaiting approval, as the accounts count it; null: not known. */
  readonly isBlocked: boolean | null;
  /** null: a policy is of no region. */
  readonly region: string | null;
  /** The declared one; null: it is a policy, or nothing is declared. */
  readonly role: string | null;
  /** Of the manifest: `team=checkout`, sorted. */
  readonly labels: readonly string[];
}

/** Bindings by the summaries in the rows of a table. A row without one is left out and counted, so that none is missing unseen. */
export function rowsOfTable({ rows }: Pick<TableObject, "rows">): {
  readonly rows: readonly BindingRow[];
  readonly notUnderstood: number;
} {
  const read = rows.flatMap(({ object }) => {
    const key = keyOfRow(object);
    return key === undefined || !hasSummary(object) ? [] : [rowOf(key, object)];
  });
  return { rows: read, notUnderstood: rows.length - read.length };
}

/** The key of the object in a row; undefined for the object of a later version. */
export function keyOfRow(object: object | null): Key | undefined {
  const { namespace, name } = metadataOf(object) ?? {};
  return namespace === undefined || name === undefined ? undefined : keyOfObject(namespace, name);
}

function metadataOf(object: object | null): ObjectMeta | null {
  return object !== null && "metadata" in object ? (object.metadata as ObjectMeta) : null;
}

function hasSummary(object: object | null): object is BindingSummaryObject {
  return object !== null && "summary" in object;
}

function rowOf(key: Key, { metadata, summary }: BindingSummaryObject): BindingRow {
  const parts = keyParts(key);
  const { account, sync, drift, ready, mode, isBlocked } = summary;
  return {
    key,
    kind: parts.kind,
    name: metadata.name,
    namespace: parts.namespace,
    owner: parts.name,
    place: parts.kind === "function" ? `${account}/${parts.region}` : account,
    account,
    sync: SYNC.get(sync) ?? "unknown",
    drift: shownDrift(drift),
    reason: reasonText(summary),
    wait: ready === null ? null : waitText(ready),
    message: ready?.message ?? UNKNOWN,
    mode,
    isBlocked,
    region: parts.kind === "function" ? parts.region : null,
    role: summary.role ?? null,
    labels: Object.entries(metadata.labels ?? {})
      .map(([name, value]) => `${name}=${value}`)
      .sort(),
  };
}

const UNKNOWN = "unknown";

/** A value that this version does not know is not taken for a good one. */
const SYNC: ReadonlyMap<string, BindingRow["sync"]> = new Map([
  ["Synced", "synced"],
  ["OutOfSync", "out of sync"],
]);

/** The same for a drift of a kind that this version does not know. */
function shownDrift(drift: DriftSummary): RowDrift {
  if (drift.kind === "none") return drift;
  const sinceMs = drift.kind === "drifted" ? Date.parse(drift.since) : Number.NaN;
  return Number.isNaN(sinceMs) ? { kind: "unknown" } : { kind: "drifted", sinceMs };
}

/** A suspension is shown also of what is as declared. */
function reasonText({ ready, isSuspended }: BindingSummary): string | null {
  if (ready === null) return UNKNOWN;
  if (isSuspended) return ready.status === "True" ? "Suspended" : `${ready.reason},Suspended`;
  return ready.reason === "ReconciliationSucceeded" ? null : ready.reason;
}
