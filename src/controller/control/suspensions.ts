import type { Suspension } from "../../model/approval.ts";
import { suspendedScope } from "../../model/keys/suspended-scope.ts";
import { isSameScope } from "../../model/keys/suspension-scope.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import type { Control, Refusal } from "../ports/control.ts";
import type { ControllerContext } from "../settings.ts";
import type { Key } from "../../model/keys/key.ts";
import { knownKeys } from "./reconcile.ts";

/** Records a suspension. No write to AWS begins after its entry, in its scope. */
export async function suspend(
  { scope, ...request }: Parameters<Control["suspend"]>[0],
  actor: string,
  context: ControllerContext,
): Promise<Result<Suspension, Refusal>> {
  const made = await suspendAll({ ...request, scopes: [scope] }, actor, context);
  if (made.kind === "err") return made;
  const [suspension] = made.value;
  if (suspension === undefined) throw new Error("a suspension was recorded and is missing");
  return ok(suspension);
}

/** Suspends all of the scopes or none, in one commit. */
export async function suspendAll(
  { scopes, reason, until }: Parameters<Control["suspendAll"]>[0],
  actor: string,
  context: ControllerContext,
): Promise<Result<readonly Suspension[], Refusal>> {
  const { state, ports } = context;
  const untilMs = Date.parse(until);
  const nowMs = await ports.store.nowMs();
  if (!(untilMs > nowMs))
    return err({ code: "invalid", message: `a suspension ends in the future, got "${until}"` });
  if (reason.trim() === "") return err({ code: "invalid", message: "a suspension needs a reason" });
  const unknown = await unknownKey(scopes, context);
  if (unknown !== null) return err({ code: "not-found", message: `no such key: ${unknown}` });
  const inForce = await ports.store.suspensions(nowMs);
  const at = new Date(nowMs).toISOString();
  const end = new Date(untilMs).toISOString();
  const suspensions = scopes.map((scope) =>
    extended(inForce, { id: ports.random.hex(4), scope, reason, actor, at, until: end }),
  );
  const facts = suspensions.map(({ id, scope, until }) => {
    return { kind: "suspended", id, ...suspendedScope(scope), actor, reason, until } as const;
  });
  await state.suspend(
    suspensions.map(({ id }) => id),
    () => ports.recorder.record({ facts, change: { suspensions }, alerts: [] }),
  );
  return ok(suspensions);
}

async function unknownKey(
  scopes: Parameters<Control["suspendAll"]>[0]["scopes"],
  context: ControllerContext,
): Promise<Key | null> {
  const keys = scopes.flatMap(({ key }) => key ?? []);
  if (keys.length === 0) return null;
  const known = await knownKeys(context);
  return keys.find((key) => !known.has(key)) ?? null;
}

/**
 * A second suspension of the same scope extends the first one and never shortens it: the operator of the first relies
 * on its end. That of an undo lets the undo write, so it is never extended: the second one stops the undo.
 */
function extended(inForce: readonly Suspension[], wanted: Suspension): Suspension {
  const first = inForce.find((one) => one.undo === undefined && isSameScope(one.scope, wanted.scope));
  if (first === undefined) return wanted;
  return first.until >= wanted.until ? first : { ...wanted, id: first.id, at: first.at };
}

/** Ends a suspension before its time. */
export async function resume(
  { id, reason }: Parameters<Control["resume"]>[0],
  actor: string,
  { ports }: ControllerContext,
): Promise<Result<Suspension, Refusal>> {
  const inForce = await ports.store.suspensions(await ports.store.nowMs());
  const suspension = inForce.find((one) => one.id === id);
  if (suspension === undefined)
    return err({ code: "not-found", message: `no suspension "${id}" is in force` });
  await ports.recorder.record({
    facts: [{ kind: "resumed", id, ...suspendedScope(suspension.scope), actor, reason }],
    change: { endedSuspensions: [id] },
    alerts: [],
  });
  return ok(suspension);
}
