import type { Namespace } from "../../model/aws/ids.ts";
import { stage, type Span } from "../ports/telemetry.ts";
import type { ControllerContext } from "../settings.ts";
import { acceptRevision, holdRevision, keepRevision, restoreAccepted } from "./intake.ts";
import { keepPinned, showPin, shownPin, withoutEndedPin } from "./pins.ts";
import { noteWaiting } from "./merged/waiting-notes.ts";
import { fetchRevision, type FetchResult } from "./revisions.ts";
import { whenDueAreRead } from "./readings/references.ts";
import { sourceFailed, sourceFault, sourceRecovered } from "./sources/source-failure.ts";
import { withAllRecords, type SourceIntake } from "./sources/intake-of-source.ts";
import { knownSourceOf, recordedSource } from "./sources/known-sources.ts";

/** The fetched revision was decided with another pin than that of the record. */
function isOutdated(fetched: FetchResult, { record }: SourceIntake): boolean {
  if (fetched.kind === "failed") return false;
  const decidedBy = fetched.kind === "pinned" ? fetched.pin.at : null;
  return decidedBy !== (record?.pin?.at ?? null);
}

/** If a fetch takes longer than the interval, the next one still waits. */
const MIN_PAUSE_MS = 1_000;

/** One span over a fetch and what becomes of its revision. @param namespace null: the platform source */
export function fetchAndAccept(
  namespace: Namespace | null,
  context: ControllerContext,
  signal: AbortSignal,
): Promise<void> {
  const attributes = { "grantkeeper.source.namespace": namespace ?? "" };
  return context.ports.telemetry.trace({ name: "revision intake", kind: "internal", attributes }, (span) =>
    fetchAndProcess(namespace, context, { span, signal }),
  );
}

/** Fetches a source and accepts, holds or refuses the revision. The accepted revision stays enforced until the next one. */
async function fetchAndProcess(
  namespace: Namespace | null,
  context: ControllerContext,
  { span, signal }: { readonly span: Span; readonly signal: AbortSignal },
): Promise<void> {
  const { state, ports } = context;
  const target = knownSourceOf(namespace, context);
  const number = target.memory.beginFetch(ports.clock.nowMs());
  try {
    const record = await recordedSource(target, context);
    const fetched = await ports.telemetry.trace(stage("fetch"), () =>
      fetchNewest({ context, target, record, signal }),
    );
    span.set({ "grantkeeper.fetch.result": fetched.kind });
    if (fetched.kind === "failed") span.fail(fetched.error.code);
    await state.intakes.inTurn(async () => {
      if (signal.aborted) return;
      const record = await recordedSource(target, context);
      const intake = await withoutEndedPin({ context, target, record, signal });
      // A rollback began or ended while the source was read: the next fetch, which is due, knows it.
      if (isOutdated(fetched, intake)) return target.memory.fetchAt(ports.clock.nowMs());
      await ports.telemetry.trace(stage("accept"), () => processFetched(fetched, intake));
    });
  } catch (error) {
    if (!signal.aborted) await sourceFault(error, { context, target });
    throw error;
  } finally {
    state.fetchEnded({ namespace, number }, ports.clock.nowMs());
  }
}

async function fetchNewest({
  context: { ports },
  target: { source, memory, intervalMs },
  record,
  signal,
}: SourceIntake): Promise<FetchResult> {
  const nowMs = ports.clock.nowMs();
  const nextMs = nowMs + jittered(intervalMs, ports.random.next());
  memory.fetchAt(nextMs);
  const storeNowMs = await ports.store.nowMs();
  const approvals = await ports.store.approvals(storeNowMs);
  const fetched = await fetchRevision(source, { record, approvals, nowMs: storeNowMs }, signal);
  // A hint that arrived during this fetch stays due: its change may have been too late for this fetch.
  if (memory.fetchDueMs === nextMs) memory.fetchAt(Math.max(nextMs, ports.clock.nowMs() + MIN_PAUSE_MS));
  return fetched;
}

/** 90 % to 110 %, so that many controllers do not fetch at the same instant. */
function jittered(intervalMs: number, random: number): number {
  return Math.round(intervalMs * (0.9 + 0.2 * random));
}

/** Unless the fetched revision is put in force, the accepted one is, if it is not yet. */
async function processFetched(fetched: FetchResult, intake: SourceIntake): Promise<void> {
  const { context, target } = intake;
  const { ports } = context;
  ports.telemetry.count("source_fetches_total", { source: target.source.name, result: fetched.kind });
  measureVerified(fetched, intake);
  await noteWaiting(fetched, intake);
  showPin(shownPin(fetched, intake), intake);
  const next = await decide(fetched, intake);
  if (next === "in-force") showPin(null, intake);
  measureRevision(fetched, next, intake);
  if (target.namespace === null) await whenDueAreRead(context, intake.signal);
  const isInForce = next === "in-force" || (await restoreAccepted(intake));
  if (!isInForce || next === "failed") return;
  await sourceRecovered(intake);
  target.memory.processed();
}

function measureVerified(fetched: FetchResult, { context: { ports }, target }: SourceIntake): void {
  if (fetched.kind === "failed" || fetched.verified === null) return;
  const isVerified = fetched.verified.status === "True" ? 1 : 0;
  ports.telemetry.gauge("source_verified", isVerified, { source: target.source.name });
}

const REVISION_STATES = ["in-force", "held", "failed"] as const;

function measureRevision(
  fetched: FetchResult,
  next: "in-force" | "kept" | "failed",
  { context: { ports }, target }: SourceIntake,
): void {
  const { clock, telemetry } = ports;
  const source = target.source.name;
  if (fetched.kind !== "failed")
    telemetry.gauge("source_last_read_timestamp_seconds", clock.nowMs() / 1_000, { source });
  const isHeld = fetched.kind === "held" || (fetched.kind === "pinned" && fetched.held !== null);
  const now = next === "failed" ? "failed" : isHeld ? "held" : "in-force";
  for (const state of REVISION_STATES)
    telemetry.gauge("revision_state", state === now ? 1 : 0, { source, state });
}

/** `failed`: the fetched revision is neither in force nor held, and the status shows why. */
async function decide(fetched: FetchResult, intake: SourceIntake): Promise<"in-force" | "kept" | "failed"> {
  switch (fetched.kind) {
    case "failed":
      await sourceFailed(fetched.error, intake);
      return "failed";
    case "held":
      await holdRevision(fetched, intake);
      return "kept";
    case "pinned":
      await keepPinned(fetched, intake);
      return "kept";
    case "same":
      await keepRevision(fetched, intake);
      return "kept";
    case "new":
      return (await acceptRevision(fetched, await withAllRecords(intake))) ? "in-force" : "failed";
  }
}
