import { accountIdOf, keyParts, type Key } from "../../model/keys/key.ts";
import { reconcileFact } from "../../model/reads/reconcile-fact.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import type { ReconcileProgress, ReconcileRequest, Refusal } from "../ports/control.ts";
import type { ControllerContext } from "../settings.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import { revisionOf } from "../../model/records/key-revision.ts";
import type { Revision } from "../../model/values/revision.ts";
import type { ControllerState, EnforcedState } from "../state/controller-state.ts";
import type { ActorBudget } from "./minute-budget.ts";
import { noRevision } from "./no-revision.ts";

interface Asker {
  readonly actor: string;
  /** Of entries of the record: each is kept, and anyone with a token can ask again and again. */
  readonly budget: ActorBudget;
}

/** Records the request within the budget of its actor, and remembers it under a new token. It makes its keys due when the next fetch has ended. */
export async function requestReconcile(
  request: ReconcileRequest,
  { actor, budget }: Asker,
  context: ControllerContext,
): Promise<Result<{ readonly token: string }, Refusal>> {
  const { state, ports } = context;
  const { enforced } = state;
  if (enforced === null) return err(noRevision(state.source));
  const known = await knownKeys(context);
  const keys = request.kind === "keys" ? request.keys : null;
  const unknown = keys?.find((key) => !known.has(key));
  if (unknown !== undefined) return err({ code: "not-found", message: `no such key: ${unknown}` });
  const isRecorded = budget.take(actor, ports.clock.nowMs());
  if (isRecorded)
    await ports.recorder.record({ facts: [reconcileFact(actor, keys)], change: {}, alerts: [] });
  const token = ports.random.hex(12);
  const accounts = enforced.accounts.keys();
  const sources = sourcesOf(request, state);
  const lastFetches = new Map(sources.map((name) => [name, state.sourceOf(name).fetches]));
  // The fetch that the request waits for reads them too.
  state.references.dueIn(null, ports.clock.nowMs());
  state.requests.add(token, keys, { known, accounts, lastFetches });
  ports.telemetry.info("reconcile requested", { actor, keys: (keys ?? [...known]).length });
  return ok({ token });
}

/** The sources that a request needs, by namespace. The platform source (null) decides about every key. */
export function sourcesOf(
  request: ReconcileRequest,
  { namespaceSources }: ControllerState,
): readonly (Namespace | null)[] {
  const all = [...namespaceSources.keys()];
  if (request.kind !== "keys") return [null, ...all];
  const named = new Set(request.keys.map((key) => keyParts(key).namespace));
  return [null, ...all.filter((namespace) => named.has(namespace))];
}

/** Every key that Git or the record names, in the accounts of the revision if one is in force. */
export async function knownKeys({ state, ports }: ControllerContext): Promise<ReadonlySet<Key>> {
  const { enforced } = state;
  const recorded = (await ports.store.keySummaries()).map((record) => record.key);
  if (enforced === null) return new Set(recorded);
  const { desired, invalid } = enforced.compilation;
  const all = [...desired.bindings.keys(), ...desired.policies.keys(), ...invalid.keys(), ...recorded];
  return new Set(all.filter((key) => enforced.accounts.has(accountIdOf(key))));
}

/** The progress of a request; null: no such token. */
export function progressOf(token: string, { state }: ControllerContext): ReconcileProgress | null {
  const found = state.requests.get(token);
  if (found === undefined) return null;
  const { enforced } = state;
  const waitingFor = [...found.waitingFor.values()].flatMap((keys) => [...keys]).sort();
  const unreadable = [...found.unreadable].map(([accountId, reason]) => ({
    accountId,
    account: enforced?.accounts.get(accountId)?.name ?? accountId,
    reason,
  }));
  const isFetched = found.phase.kind === "comparing";
  const revision = isFetched && enforced !== null ? requestedRevision(found.keys, enforced) : null;
  // Where nothing is declared, nothing is waited for: the newest revision may declare something.
  const done = isFetched && waitingFor.length === 0;
  return { done, keys: found.keys, waitingFor, unreadable, revision };
}

/** The revision that declares the requested keys; the platform's if several sources do. */
function requestedRevision(keys: readonly Key[] | null, enforced: EnforcedState): Revision {
  const [first, ...others] = new Set(keys?.map((key) => revisionOf(key, enforced)));
  return first === undefined || others.length > 0 ? enforced.revision : first;
}
