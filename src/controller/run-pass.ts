import { subjectOfOutcome, type PassResult } from "../settle/outcome/outcome.ts";
import type { Pass } from "../judge/subject.ts";
import { endingIncidents } from "../settle/alerts/ended-states.ts";
import { settle, type PassSettlement } from "../settle/settle.ts";
import { firstAccountRecord } from "../model/records/account-record.ts";
import { Comparer } from "../iam/compare/comparer.ts";
import type { ObjectRecord } from "../model/records/object-record.ts";
import type { Desired } from "../model/desired.ts";
import type { Key } from "../model/keys/key.ts";
import { passFailed, recoveryAlerts } from "./fault.ts";
import { measureBindings } from "./binding-metrics.ts";
import { measurePass, passSpan, writesOf } from "./pass-metrics.ts";
import { isNotAssigned } from "./ports/assigned/assignment.ts";
import { stage } from "./ports/telemetry.ts";
import { mayBeOvertaken, readForPass, type PreparedPass } from "./pass/overtaken-sweep.ts";
import { reconcile } from "./reconcile.ts";
import { policyReadsOf, seeLostEvents } from "./changes/policy-reads.ts";
import { soughtObjects } from "./changes/sought-objects.ts";
import { recordedDenials } from "./changes/denied-calls.ts";
import { knownChanges } from "./changes/known-changes.ts";
import { withTrend } from "./coverage/trend.ts";
import { changedQualifiers } from "../model/changes/changed-qualifiers.ts";
import { hasNewOwner } from "./revision/incumbents.ts";
import { earlierAccounts, addLaterKeys, type Declarations } from "./pass/earlier-accounts.ts";
import { withFoundEntries } from "./pass/found-entries.ts";
import { judgeLive } from "./pass/judge-live.ts";
import { memoryAfter } from "./state/passes/memory-after.ts";
import { comparedChanges, memoryRows } from "./assigned/memory-rows.ts";
import { observedObjects } from "./revision/object-records.ts";
import { withSharedState } from "./pass/shared-state.ts";
import type { ControllerContext } from "./settings.ts";
import { inSlices, readInParts } from "./slices.ts";
import type { DueWork } from "./state/workqueue.ts";

/** The results of a pass are always recorded, even while the process stops. */
const NEVER = new AbortController().signal;

/**
 * One pass of one account, from the record to the record: inputs, outcomes, settlement.
 * @throws an unexpected error; the account is then shown as unreadable
 */
export async function runPass(work: DueWork, context: ControllerContext, stop: AbortSignal): Promise<void> {
  const { accountId } = work;
  const { state } = context;
  const { passes: lastPass } = state;
  try {
    // The passes of several accounts begin together.
    await context.ports.eventLoop.turn();
    await passOnce(work, context, stop);
  } catch (cause) {
    if (!stop.aborted && !isNotAssigned(cause)) await passFailed({ accountId, lastPass, cause }, context);
    throw cause;
  }
}

async function passOnce(work: DueWork, context: ControllerContext, stop: AbortSignal): Promise<void> {
  const { state, ports } = context;
  const first = await preparePass(work, context, stop);
  if (first === null) return;
  await ports.telemetry.trace(passSpan(first.pass), async (span) => {
    const result = await resultOfPass(first, context, () => preparePass(work, context, stop));
    if (result === null) return;
    const { pass } = result;
    if (result.kind === "failed") span.fail(result.error.facts.code);
    const settled = await ports.telemetry.trace(stage("settle"), () => settleAll(result, work, context));
    await ports.telemetry.trace(stage("record"), () => record(result, settled, context));
    remember(result, settled, context);
    seekAuthors(result, settled, context);
    measurePass(result, settled, ports);
    measureBindings(pass.account, state, ports.telemetry);
  });
  const { id, name } = first.pass.account;
  if (state.enforced?.accounts.has(id) !== true) ports.telemetry.forget("account", name);
}

/** null: the account left Git while it was read. */
async function resultOfPass(
  first: PreparedPass,
  context: ControllerContext,
  prepareAgain: () => Promise<PreparedPass | null>,
): Promise<PassResult | null> {
  const { state, ports } = context;
  const sweepPorts = {
    queue: state.queue,
    reads: { live: ports.live, signal: state.hardStop },
    eventLoop: ports.eventLoop,
    nowMs: () => ports.clock.nowMs(),
    prepareAgain,
  };
  const found = mayBeOvertaken(first.pass)
    ? await ports.telemetry.trace(stage("observe"), () => readForPass(first, sweepPorts))
    : ({ kind: "not-read", prepared: first } as const);
  if (found === null || found.kind === "failed") return found;
  const { pass, ...inputs } = found.prepared;
  const changes = (): ReturnType<typeof knownChanges> => {
    const { account, history, records } = pass;
    return knownChanges({ ...history.record, id: account.id }, records.values(), context);
  };
  const read = found.kind === "read" ? { read: found.read } : {};
  const outdated = (): void => state.inputsOutdated();
  return reconcile(pass, { ...ports, changes, ...read }, { ...inputs, abort: state.hardStop, outdated });
}

async function settleAll(
  result: PassResult,
  work: DueWork,
  { state, settings, ports }: ControllerContext,
): Promise<PassSettlement> {
  const liveRules = await judgeLive(result, ports);
  const nowMs = ports.clock.nowMs();
  const openIncidents = new Set(await ports.alerts.openIncidents(endingIncidents(work.accountId)));
  const { attempts, views, orphans } = state.account(work.accountId);
  const settling = settle(result, {
    nowMs,
    nowIso: new Date(nowMs).toISOString(),
    attempts,
    random: () => ports.random.next(),
    views,
    orphans,
    longWaitMs: settings.longWaitMs,
    liveRules,
    openIncidents,
  });
  return inSlices(settling, ports.eventLoop, NEVER);
}

async function preparePass(
  work: DueWork,
  context: ControllerContext,
  stop: AbortSignal,
): Promise<PreparedPass | null> {
  const { state, ports } = context;
  // Before the inputs, which may be outdated as soon as they are read.
  const stopping = AbortSignal.any([stop, await state.inputsSettled()]);
  const control = await ports.store.control();
  if ((await ports.isInForce?.(work.accountId)) === false) return null;
  const inputs = await passInputs(work, context);
  if (inputs === null) return null;
  const id = `${inputs.startedAtMs.toString(36)}-${ports.random.hex(4)}`;
  return { pass: { ...inputs, id, number: state.beginPass() }, stopping, control };
}

/**
 * What a pass over an account would begin with now; null: no accepted revision declares the account.
 * @param examined what another revision declares: the accounts that come before are not verified until it is applied there
 */
export async function passInputs(
  { accountId, scope }: DueWork,
  { state, caches, settings, ports }: ControllerContext,
  examined?: Declarations,
): Promise<Omit<Pass, "id" | "number"> | null> {
  const { enforced } = state;
  const account = enforced?.accounts.get(accountId);
  if (enforced === null || account === undefined) return null;
  const nowMs = ports.clock.nowMs();
  const { live: base, views: shown } = state.account(accountId);
  if (scope.kind === "all") state.references.dueIn(accountId, nowMs);
  const declared = { desired: enforced.compilation.desired, sourceTexts: enforced.sourceTexts };
  const records = await ports.store.keys(accountId, (record) => withSharedState(record, declared));
  const history = await historyOf(account, { state, ports });
  const changes = await knownChanges({ ...history.record, id: accountId }, records, { state, ports });
  return {
    startedAtMs: nowMs,
    account,
    history,
    // Without an earlier sweep as a base for targeted reads, the pass sweeps the entire account.
    scope: base === null ? { kind: "all" } : scope,
    requestedKeys: state.requests.askedIn(accountId),
    revision: enforced.revision,
    ...(enforced.namespaceRevisions && { namespaceRevisions: enforced.namespaceRevisions }),
    authors: enforced.authors,
    invalid: enforced.compilation.invalid,
    desired: enforced.compilation.desired,
    ...(await earlierAccounts(account, examined ?? { ...enforced, ...enforced.compilation }, {
      state,
      settings,
      ports,
    })),
    brokenFileKeys: enforced.brokenFileKeys,
    sourceTexts: enforced.sourceTexts,
    instance: settings.instance,
    mode: settings.mode,
    limits: settings.limits,
    records: new Map(records.map((one) => [one.key, one])),
    rejections: await ports.store.rejections(),
    suspensions: await ports.store.suspensions(await ports.store.nowMs()),
    catalogueDigest: settings.catalogueDigest,
    version: settings.version,
    actionData: enforced.actionData,
    sweepMs: settings.sweepMs,
    base,
    ...(changes !== null && { changedQualifiers: changedQualifiers(changes) }),
    ...policyReadsOf(accountId, { state, settings }, nowMs),
    shown,
    comparer: new Comparer(caches.documents),
    roleChecks: caches.roleChecks,
    texts: caches.texts,
    declarations: caches.declarations,
  };
}

async function historyOf(
  { id, name }: Pass["account"],
  { state, ports: { store, audit, clock } }: Pick<ControllerContext, "state" | "ports">,
): Promise<Pass["history"]> {
  const accounts = await store.accounts();
  const known = accounts.find(({ accountId }) => accountId === id) ?? firstAccountRecord(id, name);
  const record = state.keptDenials.recorded(known, clock.nowMs());
  const denials = await recordedDenials(record, audit);
  return {
    record,
    approvals: await store.approvals(await store.nowMs()),
    ...(denials.size > 0 && { denials }),
  };
}

async function record(
  result: PassResult,
  settled: PassSettlement,
  context: ControllerContext,
): Promise<void> {
  const { state, ports } = context;
  const { settlement } = settled;
  const { id, name: account } = result.pass.account;
  const observed = observedKeys(result, state.enforced?.compilation.desired);
  const compared = comparedChanges(id, state, observed);
  const memory = memoryAfter(result, settled, state.account(id));
  const memories = await memoryRows(id, memory, { ...ports, compared });
  ports.telemetry.gauge("open_intents", (await ports.audit.openIntents(id)).length, { account });
  // Before the read, since passes of other accounts run during it and take their keys from this list.
  state.observed(observedKeys(result, state.enforced?.compilation.desired));
  const { enforced, unobserved: pending } = state;
  const seen = state.unmarked.filter((object) => !object.keys.some((key) => pending.has(key)));
  const recordWith = async (objects: readonly ObjectRecord[]): Promise<void> => {
    const alerts = [...settlement.alerts, ...recoveryAlerts(id, context)];
    const change = withTrend(
      { ...settlement.change, objects, ...(memories.length > 0 && { memories }) },
      context,
    );
    const facts = await withFoundEntries(settlement.facts, ports.audit);
    await ports.recorder.record({ ...settlement, facts, change, alerts });
  };
  if (seen.length === 0) await recordWith([]);
  else
    await state.recordedObjects.observe(async () => {
      const records = await readInParts(seen, (part) => ports.store.objectsNamed(part), ports.eventLoop);
      await recordWith(observedObjects(records, pending));
      if (state.enforced === enforced) state.marked(seen);
    });
  if (writesOf(result) > 0) await ports.audit.checkpoint();
}

/** A pass over an older revision gives no information about the changes of a newer one. */
function observedKeys(result: PassResult, newest: Desired | undefined): ReadonlySet<Key> {
  if (result.kind === "failed" || result.pass.desired !== newest) return new Set();
  return new Set(result.outcomes.map((outcome) => subjectOfOutcome(outcome).key));
}

function remember(result: PassResult, settled: PassSettlement, context: ControllerContext): void {
  const { state, settings, ports } = context;
  const { account, number, scope } = result.pass;
  const accountId = account.id;
  const failure = result.kind === "failed" ? result.error.message : null;
  const memory = memoryAfter(result, settled, state.account(accountId));
  state.compared(observedKeys(result, state.enforced?.compilation.desired));
  state.passEnded({ number, accountId, keys: comparedKeys(result), failure }, memory);
  const isSwept = result.kind === "done" && result.swept;
  seeLostEvents(result, { state, ports });
  const endedMs = ports.clock.nowMs();
  if (isSwept) {
    state.swept(accountId, endedMs);
    addLaterKeys(account, state, endedMs);
  }
  state.coverage.passEnded(accountId, isSwept);
  for (const { key, dueMs } of settled.requeue) state.queue.addPatientKey(key, dueMs);
  if (hasNewOwner(context)) state.source.fetchAt(ports.clock.nowMs());
  if (scope.kind === "keys") return;
  const jitter = 0.9 + 0.2 * ports.random.next();
  state.queue.addSweep(accountId, endedMs + Math.round(settings.sweepMs * jitter));
}

/** CloudTrail is asked about what the pass leaves without an author. */
function seekAuthors(
  { pass }: PassResult,
  { settlement }: PassSettlement,
  { state, ports }: ControllerContext,
): void {
  if (ports.eventHistory === null) return;
  const after = (settlement.change.keys ?? []).map((one) => [one.key, one] as const);
  const records = new Map([...pass.records, ...after]);
  const { views } = state.account(pass.account.id);
  const nowMs = ports.clock.nowMs();
  state.eventSearches.seek(pass.account.id, soughtObjects(pass.account, views, records), nowMs);
}

/** Includes keys that no longer belong to an account: a revision may have removed them since the request. */
function comparedKeys({ kind, pass: { scope } }: PassResult): readonly Key[] | "all" {
  if (kind === "failed") return [];
  return scope.kind === "all" ? "all" : scope.keys;
}
