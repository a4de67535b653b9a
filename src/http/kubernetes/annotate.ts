import type { ApiObject } from "../../api/object.ts";
import type { Suspension } from "../../model/approval.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { covers, formatScope } from "../../model/keys/suspension-scope.ts";
import { callerText, seesKey, type Access } from "../access/access.ts";
import { type HttpContext, checkProof, checkScope } from "../request/context.ts";
import { accepted, ApiFailure } from "../request/failure.ts";
import type { Reader } from "../request/reader.ts";
import { isoTime } from "../present/metadata.ts";
import type { AnnotationCommand } from "./annotations.ts";

interface Annotated {
  readonly context: HttpContext;
  readonly reader: Reader;
  readonly object: { readonly uid: string; readonly keys: readonly Key[] };
  /** Checks everything and acts on nothing. */
  readonly isDryRun: boolean;
}

/**
 * Executes the command with the scope that the same command of the API needs, into the record as that one.
 * @returns a warning for the caller; null: there is none
 * @throws ApiFailure
 */
export async function executeAnnotation(
  command: AnnotationCommand,
  annotated: Annotated,
): Promise<string | null> {
  switch (command.kind) {
    case "nothing":
      return "nothing to do";
    case "reconcile":
      return reconcile(command.requestedAt, annotated);
    case "suspend":
      return suspend(command, annotated);
    case "resume":
      return resume(command.reason, annotated);
  }
}

/** The keys of a document, or of a binding; empty if there is none. */
export function keysNamed({ world }: Reader, { kind, metadata }: ApiObject<string>): readonly Key[] {
  const { namespace = "", name } = metadata;
  const isIt = (one: { readonly namespace: string; readonly name: string }): boolean =>
    one.namespace === namespace && one.name === name;
  if (kind === "Binding") return [...world.places].flatMap(([key, place]) => (isIt(place) ? [key] : []));
  return world.objects.find((record) => record.kind === kind && isIt(record))?.keys ?? [];
}

async function reconcile(requestedAt: string, annotated: Annotated): Promise<null> {
  const { context, reader, object, isDryRun } = annotated;
  checkCovers(checkScope(reader.access, ["reconcile"]), object.keys);
  // A key cannot be reconciled if Git no longer declares its account.
  const keys = object.keys.filter((key) => reader.world.accounts.has(keyParts(key).accountId));
  if (keys.length === 0) throw new ApiFailure("Conflict", "it has no binding in a declared account");
  if (isDryRun) return null;
  const target = { kind: "keys", keys: keys.toSorted() } as const;
  const { token } = accepted(reader, await context.control.reconcile(target, reader.access.actor));
  context.requestedReconciles.remember(object.uid, { requestedAt, token });
  return null;
}

async function suspend(
  { forMs, reason }: { readonly forMs: number; readonly reason: string },
  annotated: Annotated,
): Promise<null> {
  const { context, reader, object, isDryRun } = annotated;
  checkSuspends(annotated);
  if (object.keys.length === 0) throw new ApiFailure("Conflict", "it has no binding");
  if (isDryRun) return null;
  const until = isoTime(context.clock.nowMs() + forMs);
  const scopes = object.keys.map((key) => ({ accountId: null, namespace: null, key }));
  accepted(reader, await context.control.suspendAll({ scopes, reason, until }, reader.access.actor));
  return null;
}

async function resume(reason: string, annotated: Annotated): Promise<string | null> {
  const { context, reader, object, isDryRun } = annotated;
  checkSuspends(annotated);
  const { suspensions } = reader.world.overview;
  const own = suspensions.filter(({ scope }) => scope.key !== null && object.keys.includes(scope.key));
  const wider = suspensions.find(
    ({ scope }) => scope.key === null && object.keys.some((key) => covers(scope, key)),
  );
  if (own.length === 0 && wider !== undefined) throw widerSuspension(wider);
  if (own.length === 0) return "nothing to do: it is not suspended";
  if (isDryRun) return null;
  for (const { id } of own)
    accepted(reader, await context.control.resume({ id, reason }, reader.access.actor));
  return wider === undefined ? null : `it is still suspended, with ${formatScope(wider.scope)}`;
}

/** @throws ApiFailure Forbidden */
function checkSuspends({ context, reader: { access }, object }: Annotated): void {
  checkCovers(checkScope(access, ["suspend"]), object.keys);
  checkProof(access, context.clock.nowMs());
}

/** The caller may read the object, which is not enough to act on it. @throws ApiFailure Forbidden */
function checkCovers(access: Access, keys: readonly Key[]): void {
  const other = keys.find((key) => !seesKey(access, key));
  if (other === undefined) return;
  throw new ApiFailure("Forbidden", `${callerText(access)} may not do this to ${other}`);
}

function widerSuspension({ id, scope }: Suspension): ApiFailure {
  return new ApiFailure("Conflict", `it is suspended with ${formatScope(scope)}, not by itself`, {
    hint: `grantkeeper resume ${id} --reason TEXT`,
  });
}
