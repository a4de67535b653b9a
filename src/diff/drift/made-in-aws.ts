import { statementId } from "../../model/aws/arns/statement-id.ts";
import type { WriteCall } from "../../model/writes/write-calls.ts";
import type { DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import { driftFingerprint, isUpstream, type Drift } from "../../model/drift.ts";
import type { PastWrite } from "../../model/keys/key-record.ts";
import { digestOf, sha256Hex, type Digest } from "../../model/values/digest.ts";
import type { DiffContext } from "./context.ts";
import { isStatementOf } from "./left-behind.ts";
import { callsThatWrite } from "./stale-read.ts";

/**
 * While a state is applied only partly, the last applied one does not prove where a difference is from. It was made in AWS
 * if the last read, compared with the same declaration, was without it and no write of ours explains it.
 */
export function withChangesInAws(
  drifts: readonly Drift[],
  state: DesiredBinding | DesiredPolicy,
  context: DiffContext,
): readonly Drift[] {
  const { record } = context;
  if (record?.partlyApplied === undefined) return drifts;
  const unclear = drifts.filter(
    (drift) => drift.cause !== "out-of-band" && drift.ofFirstRead !== true && !isUpstream(drift),
  );
  if (unclear.length === 0) return drifts;
  const digest = context.declarations.digestOf(state);
  const made = new Set(unclear.filter((drift) => isMadeInAws(drift, digest, context)));
  return drifts.map((drift) => (made.has(drift) ? { ...drift, cause: "out-of-band" } : drift));
}

function isMadeInAws(drift: Drift, digest: Digest, context: DiffContext): boolean {
  const { partlyApplied, driftSinceMs = {}, openDrifts = {} } = context.record ?? {};
  if (partlyApplied === undefined) return false;
  const fingerprint = driftFingerprint(drift);
  // It stays one of AWS as long as Git declares the same in its place, also if a push changes something else.
  if (driftSinceMs[fingerprint] !== undefined)
    return openDrifts[fingerprint]?.madeInAws === digestOf(drift.desired);
  // To restore what no verdict allowed to write would be no revert.
  const isSame = partlyApplied.declaration === digest;
  if (!isSame || (drift.desired !== null && !partlyApplied.isAllowed)) return false;
  return wasRead(drift, context) && !isOurWrite(drift, context);
}

/** The last read had the object: a function that is created later brings its differences with it. A role is read completely. */
function wasRead({ subject, change, desired }: Drift, { record }: DiffContext): boolean {
  const { status, inventory, adoption } = record ?? { status: null, inventory: [] };
  // Before, a deployment may not have set it yet.
  if (change.kind === "function-role") return desired !== null && adoption?.latestArn === desired;
  if (change.kind !== "statement-missing" && change.kind !== "statement-extra")
    return inventory.some(({ type, id }) => type !== "statement" && id === subject);
  if (status === null || status.sync === "Unknown") return false;
  const statements = inventory.filter(({ type }) => type === "statement");
  if (change.kind === "statement-missing")
    return statements.some(({ id }) => id === statementId(subject, change.sid));
  // Each read includes the policy of an alias only if it is declared or has a statement of ours; others have turns.
  const wasSeen = change.qualifier === null && (adoption?.latestArn ?? null) !== null;
  return wasSeen || statements.some((item) => isStatementOf(item, subject));
}

const DELETIONS: ReadonlySet<WriteCall> = new Set(["iam:DeleteRole", "iam:DeletePolicy"]);

/** AWS shows what we wrote, as between two steps of a plan. */
function isOurWrite({ subject, change, live }: Drift, { writes }: DiffContext): boolean {
  const calls = callsThatWrite(change);
  const shown = live === null ? null : sha256Hex(live);
  const isShown = ({ call, afterHash }: PastWrite): boolean =>
    (calls.includes(call) && afterHash === shown) || (live === null && DELETIONS.has(call));
  return (writes.byTarget.get(subject) ?? []).some(isShown);
}
