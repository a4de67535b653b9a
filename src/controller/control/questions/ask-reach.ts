import { GroupedTargets } from "../../../explain/reverse/grouped-targets.ts";
import {
  functionsByArn,
  mapPart,
  type FunctionsByArn,
  type MapPart,
} from "../../../explain/reverse/map-part.ts";
import { reach } from "../../../explain/reverse/reach.ts";
import { onRoles, sharedRoles, type FunctionOnRoles } from "../../../explain/reverse/shared-roles.ts";
import type { NamedFunction } from "../../../model/answers/questions/mapped-function.ts";
import type { ReachedParts, ReachRequest } from "../../../model/answers/questions/reached.ts";
import type { TypedState } from "../../../model/answers/permission-state.ts";
import { mapSteps } from "../../../model/values/steps.ts";
import { ok, type Result } from "../../../model/values/result.ts";
import type { Refusal } from "../../ports/control.ts";
import type { EventLoop } from "../../ports/event-loop.ts";
import { inSlices } from "../../slices.ts";

/** What the record has of so many functions is in memory together. */
const READ_TOGETHER = 100;

/** What a function may do and what follows through other functions, by the last read. Makes no AWS calls. */
export async function askReach(
  { key, depth, functions, readStates, stateOf }: ReachRequest,
  { eventLoop, signal }: { readonly eventLoop: EventLoop; readonly signal: AbortSignal },
): Promise<Result<ReachedParts, Refusal>> {
  const byArn = functionsByArn(functions);
  const asked: FunctionParts[] = [];
  for (let at = 0; at < functions.length; at += READ_TOGETHER) {
    await eventLoop.turn();
    const some = functions.slice(at, at + READ_TOGETHER);
    await readStates(some.map((one) => one.key));
    const steps = mapSteps(some, (one) => functionParts(one, stateOf(one.key), byArn));
    asked.push(...(await inSlices(steps, eventLoop, signal)));
  }
  const parts = asked.map(({ part }) => part);
  const found = await inSlices(reach(parts, { key, depth }), eventLoop, signal);
  const roles = sharedRoles(
    asked.map((one) => one.roles),
    key,
  );
  return ok({ steps: found, ...roles, unknown: unknownIn(parts) });
}

interface FunctionParts {
  readonly part: MapPart;
  readonly roles: FunctionOnRoles;
}

function functionParts(named: NamedFunction, state: TypedState, byArn: FunctionsByArn): FunctionParts {
  const mapped = { ...named, state };
  return { part: mapPart(mapped, byArn), roles: onRoles(mapped) };
}

function unknownIn(parts: readonly MapPart[]): ReachedParts["unknown"] {
  const unknown = new GroupedTargets();
  for (const { target, reasons } of parts) for (const reason of reasons) unknown.add(reason, target);
  return unknown.list();
}
