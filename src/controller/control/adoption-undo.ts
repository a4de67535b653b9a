import { recentWrites } from "../../diff/drift/recent-writes.ts";
import { historyMs, undoFinding } from "../../judge/plan-subject.ts";
import { isOfOrder, stoppedBy, undoOrderOf } from "../../model/keys/undo-order.ts";
import type { JudgeContext } from "../../judge/inputs.ts";
import { subjectsInScope } from "../../judge/subjects.ts";
import { actionDigest } from "../../model/plan.ts";
import type { Suspension } from "../../model/approval.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { UndoFinding, UndoOrder } from "../../model/keys/adoption-undo.ts";
import { accountIdOf, type Key } from "../../model/keys/key.ts";
import { suspendedScope } from "../../model/keys/suspended-scope.ts";
import { formatScope } from "../../model/keys/suspension-scope.ts";
import { digitsOf } from "../../model/rules/approval-subject.ts";
import { digestOf, parseDigest, type Digest } from "../../model/values/digest.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import { byTextOf } from "../../text/order.ts";
import { passInputs } from "../run-pass.ts";
import type { Refusal } from "../ports/control.ts";
import type { UndoOrderCommand, UndoPlan, UndoPlans, UndoSelection } from "../../model/answers/undo-plans.ts";
import type { ControllerContext } from "../settings.ts";
import { askAccounts, withAsked } from "./questions/asked-accounts.ts";
import { coveredKeys } from "./pending-approvals.ts";
import { netDelta } from "../../model/delta.ts";
import { knownKeys } from "./reconcile.ts";

type Planned = Extract<UndoFinding, { readonly kind: "planned" }>;

/** What an undo of the selected functions would do, by the last read of their accounts. */
export async function undoPlans(
  { keys, acceptChanges }: UndoSelection,
  context: ControllerContext,
): Promise<Result<UndoPlans, Refusal>> {
  const known = await knownKeys(context);
  const unknown = keys.find((key) => !known.has(key));
  if (unknown !== undefined) return err({ code: "not-found", message: `no such key: ${unknown}` });
  const byAccount = Map.groupBy(new Set(keys), (key) => accountIdOf(key));
  const plans: UndoPlan[] = [];
  for (const [accountId, ofAccount] of byAccount)
    plans.push(...(await accountPlans(accountId, ofAccount, context)));
  const shown = plans
    .map((plan) => (acceptChanges ? plan : { ...plan, finding: withoutChanges(plan.finding) }))
    .toSorted(byTextOf(({ key }) => key));
  return ok({ subject: subjectOf(shown), plans: shown });
}

async function accountPlans(
  accountId: AccountId,
  keys: readonly Key[],
  context: ControllerContext,
): Promise<readonly UndoPlan[]> {
  const { state, ports } = context;
  const inputs = await passInputs({ accountId, scope: { kind: "keys", keys } }, context);
  const asked = await askAccounts([accountId], context);
  const { live, failure } = withAsked(state, asked).account(accountId);
  const account = inputs?.account.name ?? accountId;
  if (inputs === null || live === null) {
    const message = inputs === null ? "Git declares no such account" : (failure ?? "AWS was not read yet");
    const finding = { kind: "refused", obstacles: [{ kind: "not-read", message, fix: null }] } as const;
    return keys.map((key) => ({ key, account, finding, readAtMs: null }));
  }
  const nowMs = ports.clock.nowMs();
  const writes = recentWrites(await ports.audit.writesSince(accountId, nowMs - historyMs(inputs.account)));
  const judged: JudgeContext = { ...inputs, live, nowMs, writes };
  return subjectsInScope(inputs, { kind: "keys", keys }, nowMs).map((subject) => ({
    key: subject.key,
    account,
    finding: withoutSuspended(
      subject.key,
      withoutRunning(subject.key, undoFinding(subject, judged), {
        undo: subject.record.adoptionUndo,
        suspensions: inputs.suspensions,
      }),
      inputs.suspensions,
    ),
    readAtMs: live.observedAtMs,
  }));
}

interface Ordered {
  readonly undo: ReturnType<typeof subjectsInScope>[number]["record"]["adoptionUndo"];
  readonly suspensions: readonly Suspension[];
}

/** An undo that runs is not ordered again; one that has stopped may be. */
function withoutRunning(key: Key, finding: UndoFinding, { undo, suspensions }: Ordered): UndoFinding {
  const ordered = undoOrderOf(key, suspensions);
  if (ordered === null || finding.kind === "nothing") return finding;
  const isStopped = isOfOrder(undo, ordered) && undo.state === "stopped";
  if (isStopped) return finding;
  const { actor, at } = ordered.suspension;
  const reason = undo?.reason ?? null;
  const message = `${actor} ordered it at ${at}, and it is not finished${reason === null ? "" : `: ${reason}`}`;
  return { kind: "refused", obstacles: [{ kind: "running", message, fix: null }] };
}

/** Who suspended the function or more decides when it is written again, also by an undo. */
function withoutSuspended(key: Key, finding: UndoFinding, suspensions: readonly Suspension[]): UndoFinding {
  const other = stoppedBy(key, suspensions);
  if (other === null || finding.kind === "nothing") return finding;
  const { id, actor, reason, scope } = other;
  const message = `${actor} suspended ${formatScope(scope)}: ${reason}`;
  const fix = `end that suspension first, if who made it agrees: grantkeeper resume ${id} --reason TEXT`;
  const others = finding.kind === "refused" ? finding.obstacles : [];
  return { kind: "refused", obstacles: [{ kind: "suspended", message, fix }, ...others] };
}

/** Differences from what was recorded are shown, and not planned. */
function withoutChanges(finding: UndoFinding): UndoFinding {
  if (finding.kind !== "planned" || finding.changes.length === 0) return finding;
  const fix = "read the differences; with --accept-changes the plan has another digest";
  return {
    kind: "refused",
    obstacles: finding.changes.map((message) => ({ kind: "changed", message, fix })),
  };
}

function plannedOf(plans: readonly UndoPlan[]): readonly { readonly key: Key; readonly finding: Planned }[] {
  return plans.flatMap(({ key, finding }) => (finding.kind === "planned" ? [{ key, finding }] : []));
}

function subjectOf(plans: readonly UndoPlan[]): Digest | null {
  const planned = plannedOf(plans);
  if (planned.length === 0) return null;
  return digestOf(
    planned.map(({ key, finding: { way, to, shown, plan } }) => [key, way, to, shown, plan.digest]),
  );
}

/** Records the order with its suspensions. They are in the record before they take effect. */
export async function orderUndo(
  request: UndoOrderCommand,
  actor: string,
  context: ControllerContext,
): Promise<Result<readonly Suspension[], Refusal>> {
  const { state, ports } = context;
  if (request.reason.trim() === "") return err({ code: "invalid", message: "an undo needs a reason" });
  const ordered = completeDigest(request.subject);
  if (ordered === undefined) return err(shortDigest(request.subject));
  const found = await undoPlans(request, context);
  if (found.kind === "err") return found;
  const { subject, plans } = found.value;
  if (subject === null) return err(nothingPlanned(plans));
  if (subject !== ordered) return err(otherPlan(subject));
  const planned = plannedOf(plans);
  const nowMs = ports.clock.nowMs();
  const orderedMs = await ports.store.nowMs();
  const until = new Date(orderedMs + request.forMs).toISOString();
  const at = new Date(orderedMs).toISOString();
  const reason = `adoption undone: ${request.reason}`;
  const suspensions = planned.map(({ key, finding }): Suspension => {
    const scope = { accountId: null, namespace: null, key };
    return { id: ports.random.hex(4), scope, reason, actor, at, until, undo: orderOf(subject, finding) };
  });
  const facts = [
    {
      kind: "adoption-undo-ordered",
      subject,
      actor,
      reason: request.reason,
      covers: coversOf(planned),
    } as const,
    ...suspensions.map(
      ({ id, scope }) => ({ kind: "suspended", id, ...suspendedScope(scope), actor, reason, until }) as const,
    ),
  ];
  const change = { suspensions, endedSuspensions: await supersededBy(planned, context) };
  await state.suspend(
    suspensions.map(({ id }) => id),
    () => ports.recorder.record({ facts, change, alerts: [] }),
  );
  for (const { key } of planned) state.queue.addKey(key, nowMs);
  return ok(suspensions);
}

/** An earlier order of the same function must not come back when the new one ends. */
async function supersededBy(
  planned: ReturnType<typeof plannedOf>,
  { ports }: ControllerContext,
): Promise<readonly string[]> {
  const inForce = await ports.store.suspensions(await ports.store.nowMs());
  const keys = new Set(planned.map(({ key }) => key));
  return inForce.flatMap(({ id, scope, undo }) =>
    undo !== undefined && scope.key !== null && keys.has(scope.key) ? [id] : [],
  );
}

function orderOf(subject: Digest, { way, to, shown, plan }: Planned): UndoOrder {
  return { subject, way, to, shown, covers: plan.actions.map(actionDigest) };
}

function coversOf(planned: ReturnType<typeof plannedOf>): ReturnType<typeof coveredKeys> {
  return coveredKeys(
    planned.map(({ key, finding: { plan } }) => ({
      key,
      actions: plan.actions,
      grown: [],
      changedReferences: [],
      stricter: null,
      delta: netDelta(plan.actions.map(({ delta }) => delta)),
    })),
  );
}

function nothingPlanned(plans: readonly UndoPlan[]): Refusal {
  const [first] = plans.map(({ finding }) => reasonOf(finding));
  const more = plans.length > 1 ? `, and of ${plans.length - 1} more` : "";
  return { code: "conflict", message: `nothing is undone: ${first ?? "no function is selected"}${more}` };
}

function reasonOf(finding: UndoFinding): string {
  if (finding.kind === "planned") return "";
  return finding.kind === "nothing" ? finding.reason : (finding.obstacles[0]?.message ?? "");
}

/**
 * Plans that are only shown are not recorded, so that a short digest cannot be compared with those that the operator may have
 * read: two plans with the same first digits are cheap to find for someone who can change the former role.
 */
function completeDigest(name: string): Digest | undefined {
  const digits = digitsOf(name);
  return digits === null ? undefined : parseDigest(`sha256:${digits}`);
}

function shortDigest(name: string): Refusal {
  return {
    code: "invalid",
    message: `"${name}" is not a complete digest, so that another plan than the one that was shown may have the same digits`,
    hint: "show the plan with `grantkeeper adopt TARGET --undo`, and order it with the command that it prints",
  };
}

function otherPlan(subject: Digest): Refusal {
  return {
    code: "conflict",
    message: `the plan has changed; its digest is ${subject}`,
    hint: "show the plan again without --yes, and read it",
  };
}
