import { Comparer } from "../iam/compare/comparer.ts";
import type { AccountId } from "../model/aws/ids.ts";
import type { Key } from "../model/keys/key.ts";
import { passFailed, passRecovered } from "./fault.ts";
import { firstAccountRecord } from "../model/records/account-record.ts";
import { observedObjects } from "./revision/object-records.ts";
import { reconcile } from "./reconcile.ts";
import { settle, type Settled } from "../settle/settle.ts";
import { inSlices } from "./slices.ts";
import type { ControllerPorts, ControllerSettings } from "./settings.ts";
import type { ControllerState, EnforcedNow } from "./state/controller-state.ts";
import type { Pass, PassScope } from "../judge/pass.ts";
import { type PassResult, subjectOfOutcome } from "../settle/outcome/outcome.ts";

/** The results of a pass are always recorded, even while the process stops. */
const NEVER = new AbortController().signal;

/**
 * One pass of one account, from the record to the record: inputs, outcomes, settlement.
 * @throws an unexpected error; the account is then shown as unreadable
 */
export async function runPass(
  accountId: AccountId,
  scope: PassScope,
  state: ControllerState,
  settings: ControllerSettings,
  ports: ControllerPorts,
  abort: AbortSignal,
): Promise<void> {
  const { passNumber: afterPass } = state;
  const { fault } = state.account(accountId);
  try {
    await passOnce(accountId, scope, state, settings, ports, abort);
  } catch (cause) {
    if (!abort.aborted) await passFailed({ accountId, afterPass, cause }, state, ports);
    throw cause;
  }
  if (fault !== null && state.account(accountId).fault === null) await passRecovered(accountId, state, ports);
}

async function passOnce(
  accountId: AccountId,
  scope: PassScope,
  state: ControllerState,
  settings: ControllerSettings,
  ports: ControllerPorts,
  abort: AbortSignal,
): Promise<void> {
  const { enforced, outdated } = state;
  if (enforced === null) return;
  const pass = await preparePass(accountId, scope, enforced, state, settings, ports);
  if (pass === null) return;
  const stopping = AbortSignal.any([abort, outdated]);
  const result = await reconcile(pass, ports, { abort: state.hardStop, stopping });
  const nowMs = ports.clock.nowMs();
  const memory = state.account(accountId);
  const settling = settle(result, {
    nowMs,
    nowIso: new Date(nowMs).toISOString(),
    attempts: memory.attempts,
    random: () => ports.random.next(),
    views: memory.views,
    orphans: memory.orphans,
  });
  const settled = await inSlices(settling, ports.eventLoop, NEVER);
  await record(result, settled, state, ports);
  remember(result, settled, state, settings, ports);
}

async function preparePass(
  accountId: AccountId,
  scope: PassScope,
  enforced: EnforcedNow,
  state: ControllerState,
  settings: ControllerSettings,
  ports: ControllerPorts,
): Promise<Pass | null> {
  const account = enforced.accounts.get(accountId);
  if (account === undefined) return null;
  const nowMs = ports.clock.nowMs();
  const { live: base } = state.account(accountId);
  const records = await ports.store.keys(accountId);
  const accounts = await ports.store.accounts();
  state.passNumber += 1;
  return {
    id: `${nowMs.toString(36)}-${ports.random.hex(4)}`,
    number: state.passNumber,
    startedAtMs: nowMs,
    account,
    accountRecord:
      accounts.find((one) => one.accountId === accountId) ?? firstAccountRecord(accountId, account.name),
    // Without an earlier sweep as a base for targeted reads, the pass sweeps the whole account.
    scope: base === null ? { kind: "all" } : scope,
    asked: state.asked(accountId),
    revision: enforced.revision,
    desired: enforced.compilation.desired,
    invalid: enforced.compilation.invalid,
    brokenFileKeys: enforced.brokenFileKeys,
    sourceTexts: enforced.sourceTexts,
    instance: settings.instance,
    mode: settings.mode,
    limits: settings.limits,
    records: new Map(records.map((one) => [one.key, one])),
    approvals: await ports.store.approvals(nowMs),
    rejections: await ports.store.rejections(),
    suspensions: await ports.store.suspensions(nowMs),
    freshDatabase: ports.store.fresh,
    catalogueDigest: settings.catalogueDigest,
    actionData: enforced.actionData,
    sweepMs: settings.sweepMs,
    base,
    comparer: new Comparer(state.documents),
    roleChecks: state.roleChecks,
    texts: state.texts,
  };
}

async function record(
  result: PassResult,
  settled: Settled,
  state: ControllerState,
  ports: ControllerPorts,
): Promise<void> {
  const { id, name: account } = result.pass.account;
  ports.telemetry.gauge("open_intents", (await ports.audit.openIntents(id)).length, { account });
  const before = state.unobserved;
  const pending = pendingAfter(result, state);
  // Before the read, since passes of other accounts run during it and take their keys from this list.
  state.unobserved = pending;
  const objects = pending.size === before.size ? [] : observedObjects(await ports.store.objects(), pending);
  await ports.recorder.record({ ...settled.settlement, change: { ...settled.settlement.change, objects } });
  if (writesOf(result) > 0) await ports.audit.checkpoint();
}

function pendingAfter(result: PassResult, state: ControllerState): ReadonlySet<Key> {
  const { unobserved } = state;
  // A pass over an older revision gives no information about the changes of a newer one.
  if (result.kind === "failed" || result.pass.desired !== state.enforced?.compilation.desired)
    return unobserved;
  const seen = new Set(result.outcomes.map((outcome) => subjectOfOutcome(outcome).key));
  return new Set([...unobserved].filter((key) => !seen.has(key)));
}

function writesOf(result: PassResult): number {
  if (result.kind === "failed") return 0;
  return result.outcomes.reduce(
    (sum, outcome) => sum + (outcome.kind === "written" ? outcome.writes.length : 0),
    0,
  );
}

function remember(
  result: PassResult,
  settled: Settled,
  state: ControllerState,
  settings: ControllerSettings,
  ports: ControllerPorts,
): void {
  const { pass } = result;
  const before = state.account(pass.account.id);
  state.accounts.set(pass.account.id, {
    live: result.kind === "done" ? result.live : before.live,
    views: settled.views,
    holds: settled.holds,
    orphans: settled.orphans,
    firstPassEnded: true,
    failure: settled.failure,
    fault: null,
    attempts: settled.attempts,
  });
  for (const { key, dueMs } of settled.requeue) state.queue.addKey(key, dueMs);
  const nowMs = ports.clock.nowMs();
  if (pass.scope.kind === "all")
    state.queue.addSweep(
      pass.account.id,
      nowMs + Math.round(settings.sweepMs * (0.9 + 0.2 * ports.random.next())),
    );
  state.passEnded(pass, lookedAt(result), result.kind === "failed" ? result.error.message : null);
  measure(result, settled, ports);
}

/** Includes keys that no longer belong to an account: a revision may have removed them since the request. */
function lookedAt({ kind, pass: { scope } }: PassResult): readonly Key[] | "all" {
  if (kind === "failed") return [];
  return scope.kind === "all" ? "all" : scope.keys;
}

function measure(result: PassResult, settled: Settled, ports: ControllerPorts): void {
  const { pass } = result;
  const account = pass.account.name;
  const durationMs = ports.clock.nowMs() - pass.startedAtMs;
  ports.telemetry.count("passes_total", { account, outcome: result.kind });
  ports.telemetry.observe("pass_duration_seconds", durationMs / 1_000, { account, scope: pass.scope.kind });
  if (result.kind === "failed") {
    ports.telemetry.error("pass failed", { pass: pass.id, account, reason: result.error.message });
    return;
  }
  const writes = writesOf(result);
  if (writes > 0 || pass.scope.kind === "all") {
    ports.telemetry.info("pass ended", {
      pass: pass.id,
      account,
      scope: pass.scope.kind,
      keys: result.outcomes.length,
      writes,
      holds: settled.holds.length,
      durationMs,
    });
  }
  measureState(result, settled, ports);
}

function measureState(
  result: Extract<PassResult, { readonly kind: "done" }>,
  settled: Settled,
  ports: ControllerPorts,
): void {
  const { pass } = result;
  const account = pass.account.name;
  for (const outcome of result.outcomes) {
    if (outcome.kind !== "written") continue;
    for (const write of outcome.writes)
      ports.telemetry.count("writes_total", { account, call: write.action.call, outcome: write.kind });
  }
  if (result.swept)
    ports.telemetry.gauge("last_sweep_timestamp_seconds", result.live.observedAtMs / 1_000, { account });
  ports.telemetry.gauge("orphans", settled.orphans.length, { account });
  for (const { functionsSeen, functionsInGit } of settled.settlement.change.accounts ?? []) {
    ports.telemetry.gauge("functions", functionsSeen ?? 0, { account, where: "aws" });
    ports.telemetry.gauge("functions", functionsInGit ?? 0, { account, where: "git" });
  }
  const views = [...settled.views.values()];
  const unread = views.filter((view) => view.plan === null).length;
  const drifted = views.filter((view) => view.drifts.length > 0).length;
  const held = views.filter((view) => view.verdict.kind === "hold").length;
  const broken = views.filter((view) => view.verdict.kind === "refuse").length;
  const states = { synced: views.length - drifted - unread, drifted, unknown: unread, held, broken };
  for (const [state, count] of Object.entries(states))
    ports.telemetry.gauge("bindings", count, { account, state });
}
