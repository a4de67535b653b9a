import { keyParts, type Key } from "../../model/keys/key.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import type { Reconciled, ReconcileRequest, Refusal } from "../ports/control.ts";
import type { ControllerContext } from "../settings.ts";
import { noRevision } from "./no-revision.ts";

/** Remembers the request under a new token. It makes its keys due when the next fetch has ended. */
export async function requestReconcile(
  request: ReconcileRequest,
  actor: string,
  context: ControllerContext,
): Promise<Result<{ readonly token: string }, Refusal>> {
  const { state, ports } = context;
  const { enforced, source } = state;
  if (enforced === null) return err(noRevision(source));
  const known = await knownKeys(context);
  const keys = request.kind === "keys" ? request.keys : null;
  const unknown = keys?.find((key) => !known.has(key));
  if (unknown !== undefined) return err({ code: "not-found", message: `no such key: ${unknown}` });
  const token = ports.random.hex(12);
  const accounts = enforced.accounts.keys();
  state.requests.add(token, keys, { known, accounts, lastFetch: source.fetches });
  ports.telemetry.info("reconcile requested", { actor, keys: (keys ?? [...known]).length });
  return ok({ token });
}

/** Every key that Git or the record names, in the accounts of the revision if one is in force. */
export async function knownKeys({ state, ports }: ControllerContext): Promise<ReadonlySet<Key>> {
  const { enforced } = state;
  const recorded = (await ports.store.allKeys()).map((record) => record.key);
  if (enforced === null) return new Set(recorded);
  const { desired, invalid } = enforced.compilation;
  const all = [...desired.bindings.keys(), ...desired.policies.keys(), ...invalid.keys(), ...recorded];
  return new Set(all.filter((key) => enforced.accounts.has(keyParts(key).accountId)));
}

/** The progress of a request; null: no such token. */
export function progressOf(token: string, { state }: ControllerContext): Reconciled | null {
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
  const revision = isFetched ? (enforced?.revision ?? null) : null;
  // Where nothing is declared, nothing is waited for: the newest revision may declare something.
  const done = isFetched && waitingFor.length === 0;
  return { done, keys: found.keys, waitingFor, unreadable, revision };
}
