import type { Compilation } from "../../../manifest/compile/compile.ts";
import type { AccountId } from "../../../model/aws/ids.ts";
import type { DesiredAccount } from "../../../model/desired.ts";
import type { ReferencePlace } from "../../../model/aws/reference.ts";
import type { ReferenceAnswer } from "../../ports/estate/references.ts";
import type { ControllerContext } from "../../settings.ts";
import { fairRounds, type NamedPlaces } from "./fair-rounds.ts";

/** The longest time that a revision waits for the first read of its references. */
const FIRST_READ_MS = 10_000;
const AFTER_A_FAILURE_MS = 60_000;

type ReadCompilation = Pick<Compilation, "references" | "namedReferences" | "desired">;
type Accounts = ReadonlyMap<AccountId, DesiredAccount>;

/** Whether the last reads show another value than the revision in force was compiled with. */
export function hasNewReadings({ state }: Pick<ControllerContext, "state">): boolean {
  return state.references.differsFrom(state.enforced?.compilation.references ?? []);
}

/** Starts to read the references in use that are due, next to everything else: a slow account delays no pass. */
export function readDueReferences(context: ControllerContext, signal: AbortSignal): void {
  const { state, ports } = context;
  if (state.enforced === null) return;
  const { compilation, accounts } = state.enforced;
  const { references, namedReferences: named } = compilation;
  if (references.length === 0) return;
  const nowMs = ports.clock.nowMs();
  state.references.forgetUnused(references, nowMs);
  startReads(references, { context, accounts, named, nowMs, signal });
}

/** Reads those that are due, and waits for them: after a request to reconcile, its passes know what AWS has now. */
export async function whenDueAreRead(context: ControllerContext, signal: AbortSignal): Promise<void> {
  readDueReferences(context, signal);
  await withinFirstRead(context.state.references.idle(), context, signal);
}

/**
 * Reads the references that a compilation lacks, before its revision is put in force. An account that gives no answer
 * within ten seconds delays no revision: its bindings keep their applied state until it does. True: some were read.
 */
export async function readMissing(
  { references, namedReferences: named, desired }: ReadCompilation,
  context: ControllerContext,
  signal: AbortSignal,
): Promise<boolean> {
  const { state, ports } = context;
  const missing = references.filter(({ reading }) => reading === null);
  if (missing.length === 0) return false;
  startReads(missing, { context, accounts: desired.accounts, named, nowMs: ports.clock.nowMs(), signal });
  await withinFirstRead(state.references.whenRead(missing), context, signal);
  return missing.some((place) => state.references.of(place) !== null);
}

/** Waits for reads, and no longer than ten seconds. */
async function withinFirstRead(
  reads: Promise<void>,
  { ports }: ControllerContext,
  signal: AbortSignal,
): Promise<void> {
  const ended = new AbortController();
  const deadline = ports.clock.sleep(FIRST_READ_MS, AbortSignal.any([signal, ended.signal]));
  await Promise.race([reads, deadline.catch(() => undefined)]);
  ended.abort();
}

interface ReadContext {
  readonly context: ControllerContext;
  readonly accounts: Accounts;
  readonly named: NamedPlaces;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

function startReads(places: readonly ReferencePlace[], read: ReadContext): void {
  const { state } = read.context;
  const due = places.filter((place) => state.references.isDue(place, read.nowMs));
  for (const together of Map.groupBy(due, ({ accountId, region }) => `${accountId} ${region}`).values()) {
    const account = read.accounts.get(together[0]?.accountId ?? ("" as AccountId));
    if (account !== undefined) startRounds(fairRounds(together, read.named), account, read);
  }
}

/** One round after another; what a round answers is used before the next one has ended. */
function startRounds(
  rounds: readonly (readonly ReferencePlace[])[],
  account: DesiredAccount,
  read: ReadContext,
): void {
  let before = Promise.resolve();
  for (const round of rounds) {
    before = before.then(() => readOne(round, account, read));
    read.context.state.references.began(round, before);
  }
}

/** References of one account and region. Never rejects. */
async function readOne(
  places: readonly ReferencePlace[],
  account: DesiredAccount,
  { context, signal }: ReadContext,
): Promise<void> {
  const { state, settings, ports } = context;
  const answers = await answersOf(places, account, { context, signal });
  if (signal.aborted) return;
  const nowMs = ports.clock.nowMs();
  places.forEach((place, index) => {
    const answer = answers[index];
    if (answer === undefined) return;
    const pauseMs = answer.kind === "value" ? 2 * settings.sweepMs : AFTER_A_FAILURE_MS;
    const dueMs = nowMs + Math.min(pauseMs, 2 * settings.sweepMs);
    state.references.answered(place, answer, { nowMs, dueMs });
  });
  if (hasNewReadings(context)) state.source.fetchAt(nowMs);
}

/** An error of Grantkeeper is shown like one of AWS, and tried again no sooner. */
async function answersOf(
  places: readonly ReferencePlace[],
  account: DesiredAccount,
  { context: { ports }, signal }: Pick<ReadContext, "context" | "signal">,
): Promise<readonly ReferenceAnswer[]> {
  try {
    return await ports.references.read(places, account, signal);
  } catch (cause) {
    if (signal.aborted) return [];
    const reason = `internal error: ${cause instanceof Error ? cause.message : String(cause)}`;
    ports.telemetry.error("references not read", { account: account.name, reason });
    const fix = 'look for "references not read" in the log';
    return places.map(() => ({ kind: "unusable", reason, fix, isTransient: true }));
  }
}
