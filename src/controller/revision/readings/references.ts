import type { Compilation } from "../../../manifest/compile/compile.ts";
import type { AccountId } from "../../../model/aws/ids.ts";
import type { DesiredAccount } from "../../../model/desired.ts";
import {
  type ReferencePlace,
  parseReference,
  placeName,
  type ReferenceText,
} from "../../../model/aws/reference.ts";
import type { ReferenceAnswer } from "../../ports/estate/references.ts";
import type { ControllerContext } from "../../settings.ts";
import { keyParts, type Key } from "../../../model/keys/key.ts";
import { sortedSet } from "../../../text/order.ts";

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

/** Where the keys of a compilation name values in AWS. */
export type NamedPlaces = ReadonlyMap<Key, readonly ReferencePlace[]>;

/** The stacks, parameters and tags of each namespace that the first round reads; each later round reads twice as many. */
const OF_FIRST_ROUND = 5;

/**
 * The places in the order in which they are read, in rounds. A namespace with many has no more in the first round than one with
 * few, so it delays no other by more than its share. The outputs of a stack that a namespace names are in one round.
 */
export function fairRounds(
  places: readonly ReferencePlace[],
  named: NamedPlaces,
): readonly (readonly ReferencePlace[])[] {
  const positions = firstPositions(named);
  const last = Number.MAX_SAFE_INTEGER;
  const rounds = Map.groupBy(places, (place) => roundOf(positions.get(placeName(place)) ?? last));
  return [...rounds].sort(([a], [b]) => a - b).map(([, round]) => round);
}

function roundOf(position: number): number {
  return Math.floor(Math.log2(position / OF_FIRST_ROUND + 1));
}

/** By `placeName`: how many other reads of a namespace are before it; of several namespaces, the least. */
function firstPositions(named: NamedPlaces): ReadonlyMap<string, number> {
  const positions = new Map<string, number>();
  for (const places of placesByNamespace(named).values()) {
    const unitsInOrder = sortedSet(places.map(({ text }) => unitOf(text)));
    const order = new Map(unitsInOrder.map((unit, index) => [unit, index]));
    for (const place of places) {
      const name = placeName(place);
      const position = order.get(unitOf(place.text)) ?? 0;
      positions.set(name, Math.min(position, positions.get(name) ?? position));
    }
  }
  return positions;
}

/** By account, region and namespace. */
function placesByNamespace(named: NamedPlaces): ReadonlyMap<string, readonly ReferencePlace[]> {
  const found = new Map<string, ReferencePlace[]>();
  for (const [key, places] of named)
    for (const place of places) {
      const name = `${place.accountId} ${place.region} ${keyParts(key).namespace}`;
      const known = found.get(name) ?? [];
      known.push(place);
      found.set(name, known);
    }
  return found;
}

/** What one read answers: all outputs of a stack. */
function unitOf(text: ReferenceText): string {
  const reference = parseReference(text);
  return reference?.kind === "stack-output" ? `stack.${reference.stack}` : text;
}
