import { GroupedTargets } from "../../../explain/reverse/grouped-targets.ts";
import {
  functionsByArn,
  mapPart,
  type FunctionsByArn,
  type MapPart,
} from "../../../explain/reverse/map-part.ts";
import { followReached, reachedSteps, startReach, type ReachSearch } from "../../../explain/reverse/reach.ts";
import { onRoles, sharedRoles, type FunctionOnRoles } from "../../../explain/reverse/shared-roles.ts";
import type { NamedFunction } from "../../../model/answers/questions/mapped-function.ts";
import type { ReachedParts, ReachRequest } from "../../../model/answers/questions/reached.ts";
import type { Key } from "../../../model/keys/key.ts";
import { mapSteps } from "../../../model/values/steps.ts";
import { ok, type Result } from "../../../model/values/result.ts";
import type { Refusal } from "../../ports/control.ts";
import type { EventLoop } from "../../ports/event-loop.ts";
import { inSlices } from "../../slices.ts";

/** What the record has of so many functions is in memory together. */
const READ_TOGETHER = 100;

interface Sliced {
  readonly eventLoop: EventLoop;
  readonly signal: AbortSignal;
}

/**
 * What a function may do and what follows through other functions, by the last read. Makes no AWS calls. Of every function it looks at
 * who may call it and at its roles. The permissions of a role take much longer: it computes those of the reached functions alone.
 */
export async function askReach(
  request: ReachRequest,
  sliced: Sliced,
): Promise<Result<ReachedParts, Refusal>> {
  const { key, depth, functions } = request;
  const { eventLoop, signal } = sliced;
  const byArn = functionsByArn(functions);
  const access = await accessParts(request, byArn, sliced);
  const parts = new Map(access.map(({ roles, part }) => [roles.key, part]));
  const reach = await inSlices(startReach([...parts.values()], { key, depth }), eventLoop, signal);
  for (const [reached, part] of await followAll(reach, { request, byArn }, sliced)) parts.set(reached, part);
  const steps = await inSlices(reachedSteps(reach), eventLoop, signal);
  await eventLoop.turn();
  const roles = sharedRoles(
    access.map((one) => one.roles),
    key,
  );
  await eventLoop.turn();
  return ok({ steps, ...roles, unknown: unknownIn(parts.values()) });
}

interface AccessPart {
  readonly part: MapPart;
  readonly roles: FunctionOnRoles;
}

function accessParts(
  { functions, readAccess, accessOf }: ReachRequest,
  byArn: FunctionsByArn,
  sliced: Sliced,
): Promise<readonly AccessPart[]> {
  const valueOf = (named: NamedFunction): AccessPart => {
    const mapped = { ...named, state: accessOf(named.key) };
    return { part: mapPart(mapped, byArn), roles: onRoles(mapped) };
  };
  return inParts(functions, { read: readAccess, valueOf }, sliced);
}

/** @returns the complete parts of the reached functions */
async function followAll(
  reach: ReachSearch,
  { request, byArn }: { readonly request: ReachRequest; readonly byArn: FunctionsByArn },
  sliced: Sliced,
): Promise<ReadonlyMap<Key, MapPart>> {
  const { functions, readStates, stateOf } = request;
  const named = new Map(functions.map((one) => [one.key, one]));
  const complete = new Map<Key, MapPart>();
  const valueOf = (one: NamedFunction): MapPart => {
    const part = mapPart({ ...one, state: stateOf(one.key) }, byArn);
    complete.set(one.key, part);
    return part;
  };
  while (reach.next.length > 0) {
    const next = reach.next.flatMap((key) => named.get(key) ?? []);
    const parts = await inParts(next, { read: readStates, valueOf }, sliced);
    await inSlices(followReached(parts, reach), sliced.eventLoop, sliced.signal);
  }
  return complete;
}

async function inParts<Value>(
  functions: readonly NamedFunction[],
  {
    read,
    valueOf,
  }: {
    readonly read: ReachRequest["readStates"];
    readonly valueOf: (named: NamedFunction) => Value;
  },
  { eventLoop, signal }: Sliced,
): Promise<readonly Value[]> {
  const values: Value[] = [];
  for (let at = 0; at < functions.length; at += READ_TOGETHER) {
    await eventLoop.turn();
    const some = functions.slice(at, at + READ_TOGETHER);
    await read(some.map((one) => one.key));
    values.push(...(await inSlices(mapSteps(some, valueOf), eventLoop, signal)));
  }
  return values;
}

function unknownIn(parts: Iterable<MapPart>): ReachedParts["unknown"] {
  const unknown = new GroupedTargets();
  for (const { target, reasons } of parts) for (const reason of reasons) unknown.add(reason, target);
  return unknown.list();
}
