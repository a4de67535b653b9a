import { accessState } from "../../explain/state/access-state.ts";
import { permissionState } from "../../explain/state/permission-state.ts";
import { byTextOf } from "../../text/order.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import { accountIdOf, type Key } from "../../model/keys/key.ts";
import { Turns } from "../../model/values/turns.ts";
import type { Control } from "../ports/control.ts";
import type { ControllerContext } from "../settings.ts";
import { orderUndo, undoPlans } from "./adoption-undo.ts";
import { testAlert } from "./alert-test.ts";
import { ApprovalAnswers } from "./approval-answers.ts";
import { askAccessReport } from "./questions/ask-access-report.ts";
import { askExposed } from "./questions/ask-exposed.ts";
import { askMergePreview } from "./questions/ask-merge-preview.ts";
import { askReach } from "./questions/ask-reach.ts";
import { askWhoCan } from "./questions/ask-who-can.ts";
import { askWhy } from "./questions/ask-why.ts";
import { askAccounts } from "./questions/asked-accounts.ts";
import { proposeGrants } from "./questions/propose-grants.ts";
import { stateFactsOf } from "./questions/state-facts.ts";
import { history, removedEntry } from "./history.ts";
import { timelineRecord } from "./timeline.ts";
import { overviewOf } from "./overview.ts";
import { heldChangesOf } from "./pending-approvals.ts";
import { recentDepartures, recentReverts } from "./recent-entries.ts";
import { readinessOf } from "./readiness.ts";
import { progressOf, requestReconcile, sourcesOf } from "./reconcile.ts";
import { endRollback, rollback } from "./rollback.ts";
import { resume, suspend, suspendAll } from "./suspensions.ts";
import { ActorBudget, MinuteBudget } from "./minute-budget.ts";
import { Questions } from "./questions/questions.ts";
import { PREVIEW_TIME, REPORT_TIME, withinTime } from "./questions/within-time.ts";

const REFUSED_A_MINUTE = 30;
const EMBEDDED_A_MINUTE = 5;
/** Of each person or token. */
const RECONCILES_A_MINUTE = 5;
/** Anyone who can push, or repeat a signed report, causes no more fetches than one in this time. */
const PUSH_PAUSE_MS = 5_000;

/** The running controller as the HTTP side sees it. Commands are in the record before they take effect. */
export function controllerControl(context: ControllerContext, wake: () => void): Control {
  const reports = sourceReports(context, wake);
  return {
    ...recordReads(context),
    ...stateReads(context),
    ...questions(context),
    ...commands(context, wake, reports.fetchSoon),
    ...answers(context, wake),
    ...reports,
    ...recordedFacts(context),
  };
}

function recordReads(context: ControllerContext) {
  const { ports } = context;
  const { store, audit } = ports;
  const startedAt = new Date(ports.clock.nowMs()).toISOString();
  const reverts = recentReverts(ports);
  const departures = recentDepartures(ports);
  return {
    overview: async () => {
      const recent = { reverts: await reverts.read(), departures: await departures.read() };
      return overviewOf(context, startedAt, recent);
    },
    objects: () => store.objects(),
    objectsNamed: (names) => store.objectsNamed(names),
    keySummaries: (keys) => store.keySummaries(keys),
    changedSince: (version) => store.changedSince(version),
    appliedStates: (keys) => store.appliedStates(keys),
    resourceVersion: () => store.resourceVersion(),
    history: (request) => history(audit, request),
    timeline: (request) => timelineRecord(audit, request),
    entry: async (seq) => {
      for await (const entry of audit.entries({ fromSeq: seq, toSeq: seq })) return entry;
      return null;
    },
    removedEntry: (seq) => removedEntry(audit, seq),
  } satisfies Partial<Control>;
}

function stateReads(context: ControllerContext) {
  const { state } = context;
  const keyView = (key: Key): KeyView | null => state.account(accountIdOf(key)).views.get(key) ?? null;
  return {
    readiness: () => readinessOf(state),
    keyView,
    declaredState: (key) => {
      const declared = state.enforced?.compilation.desired;
      return declared?.bindings.get(key) ?? declared?.policies.get(key) ?? null;
    },
    uncomparedSince: (key) => {
      const sinceMs = state.uncompared.get(key);
      return sinceMs === undefined ? null : new Date(sinceMs).toISOString();
    },
    askAccounts: (keys) => askAccounts(keys.map(accountIdOf), context),
    permissionState: (key, recorded, asked = new Map()) =>
      permissionState(stateFactsOf(key, recorded, { ...context, asked })),
    accessState: (key, recorded, asked = new Map()) =>
      accessState(stateFactsOf(key, recorded, { ...context, asked })),
    waivers: () => state.enforced?.compilation.desired.waivers ?? [],
    teams: () => [...(state.enforced?.compilation.desired.teams.values() ?? [])],
    coverage: () => {
      const accounts = [...(state.enforced?.accounts.values() ?? [])].toSorted(byTextOf(({ name }) => name));
      return accounts.flatMap(({ id }) => state.coverage.of(id) ?? []);
    },
    onChange: (listener) => state.signal.subscribe(listener),
    reconciled: (token) => progressOf(token, context),
    heldChanges: (hold) => heldChangesOf(hold, keyView),
  } satisfies Partial<Control>;
}

/** All but a why look at every function, and any token may ask: they wait for each other. */
function questions(context: ControllerContext) {
  const waiting = new Questions();
  // Its answer waits for AWS: the others do not wait for it.
  const reading = new Questions();
  const sliced = { eventLoop: context.ports.eventLoop, signal: context.state.hardStop };
  return {
    why: (request, reader) => askWhy(request, reader, context),
    whoCan: (request, reader) => waiting.ask(reader.asker, () => askWhoCan(request, reader, context)),
    exposed: (reader) => waiting.ask(reader.asker, () => askExposed(reader, context)),
    reach: (request, asker) => waiting.ask(asker, () => askReach(request, sliced)),
    proposal: (request, reader) => waiting.ask(reader.asker, () => proposeGrants(request, reader, context)),
    accessReport: (request, reader) =>
      withinTime({ ...context, limit: REPORT_TIME }, (signal) =>
        reading.ask(reader.asker, async () => {
          signal.throwIfAborted();
          return askAccessReport(request, reader, { ...context, signal });
        }),
      ),
    mergePreview: (request, reader) =>
      waiting.ask(reader.asker, () =>
        withinTime({ ...context, limit: PREVIEW_TIME }, (signal) =>
          askMergePreview(request, reader, { ...context, signal }),
        ),
      ),
  } satisfies Partial<Control>;
}

function commands(context: ControllerContext, wake: () => void, fetchSoon: Control["fetchSoon"]) {
  const { state, ports } = context;
  const orders = new Turns();
  /** An accepted order changes which writes are allowed: everything is compared again. */
  const allDueAfter = async <Made extends { readonly kind: string }>(
    command: Promise<Made>,
  ): Promise<Made> => {
    const made = await command;
    if (made.kind === "ok") {
      state.allDue(ports.clock.nowMs());
      wake();
    }
    return made;
  };
  const budget = new ActorBudget(RECONCILES_A_MINUTE);
  return {
    reconcile: async (request, actor) => {
      const made = await requestReconcile(request, { actor, budget }, context);
      if (made.kind === "ok") fetchSoon("reconcile", sourcesOf(request, state));
      return made;
    },
    suspend: (request, actor) => allDueAfter(suspend(request, actor, context)),
    suspendAll: (request, actor) => allDueAfter(suspendAll(request, actor, context)),
    resume: (request, actor) => allDueAfter(resume(request, actor, context)),
    rollback: (request, actor) => allDueAfter(rollback(request, actor, context)),
    endRollback: async (request, actor) => {
      const ended = await endRollback(request, actor, context);
      if (ended.kind === "ok") fetchSoon("rollback", [request.namespace]);
      return ended;
    },
    undoPlans: (selection) => undoPlans(selection, context),
    // One after the other, so that the second of two orders of a function sees the first.
    orderUndo: async (request, actor) => {
      const made = await orders.inTurn(() => orderUndo(request, actor, context));
      if (made.kind === "ok") wake();
      return made;
    },
    testAlert: (route, actor) => testAlert(route, actor, context),
  } satisfies Partial<Control>;
}

function answers(context: ControllerContext, wake: () => void) {
  const given = new ApprovalAnswers(context, wake);
  return {
    approve: (request, actor) => given.approve(request, actor),
    reject: (request, actor) => given.reject(request, actor),
    formerlyHeld: (digest) => given.formerlyHeld(digest),
    namesakes: (subject, name) => given.namesakes(subject, name),
  } satisfies Partial<Control>;
}

function sourceReports({ state, ports }: ControllerContext, wake: () => void) {
  return {
    fetchSoon: (reason, sources) => {
      ports.telemetry.debug("fetch requested", { reason });
      for (const namespace of sources) state.sourceOf(namespace).fetchAt(ports.clock.nowMs());
      wake();
    },
    pushed: (namespace) => {
      const source = state.sourceOf(namespace);
      const dueMs = Math.max(ports.clock.nowMs(), source.fetchBeganMs + PUSH_PAUSE_MS);
      if (dueMs >= source.fetchDueMs) return;
      source.fetchAt(dueMs);
      wake();
    },
    pushQueueRead: (namespace, failure) =>
      state.sourceOf(namespace).pushQueueRead(ports.clock.nowMs(), failure),
  } satisfies Partial<Control>;
}

function recordedFacts({ ports: { clock, recorder } }: ControllerContext) {
  const requests = new MinuteBudget(REFUSED_A_MINUTE);
  const embedded = new MinuteBudget(EMBEDDED_A_MINUTE);
  return {
    recordSession: (fact) => recorder.record({ facts: [fact], change: {}, alerts: [] }),
    refused: async (fact, isEmbedded) => {
      if (!(isEmbedded ? embedded : requests).take(clock.nowMs())) return;
      await recorder.record({ facts: [{ kind: "request-refused", ...fact }], change: {}, alerts: [] });
    },
  } satisfies Partial<Control>;
}
