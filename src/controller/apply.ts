import type { Action } from "../model/action.ts";
import { AwsError } from "../model/aws-error.ts";
import type { Digest } from "../model/digest.ts";
import { parseRegion } from "../model/ids.ts";
import { liveFunction, type LiveAccount } from "../model/live.ts";
import type { Actuator } from "./ports/actuator.ts";
import type { AuditLog } from "./ports/audit-log.ts";
import type { Clock } from "./ports/clock.ts";
import type { LiveState } from "./ports/live-state.ts";
import type { Pass, WriteOutcome } from "./pass.ts";

export interface WritePorts {
  readonly live: LiveState;
  readonly actuator: Actuator;
  readonly audit: AuditLog;
  readonly clock: Clock;
}

/**
 * Carries out the actions of one key in order and stops at the first that does not succeed, or before the next one
 * once `stopping` says so. Each write is an intent, made durable first, and an outcome.
 * @throws Error when an intent can't be made durable: that call was not made
 */
export async function applyActions(
  pass: Pass,
  actions: readonly Action[],
  planDigest: Digest,
  ports: WritePorts,
  signals: { readonly abort: AbortSignal; readonly stopping: AbortSignal },
): Promise<readonly WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [];
  for (const action of actions) {
    if (signals.stopping.aborted || signals.abort.aborted) break;
    const outcome = await applyOne(pass, action, planDigest, ports, signals.abort);
    outcomes.push(outcome);
    if (outcome.kind !== "applied") break;
  }
  return outcomes;
}

async function applyOne(pass: Pass, action: Action, planDigest: Digest, ports: WritePorts, signal: AbortSignal): Promise<WriteOutcome> {
  const revision = await revisionOf(pass, action, ports.live, signal);
  if (revision instanceof AwsError) return { kind: "not-made", action, error: revision };
  const [entry] = await ports.audit.append([
    {
      kind: "write-intended",
      pass: pass.id,
      key: action.key,
      revision: pass.revision,
      planDigest,
      call: action.call,
      step: action.step,
      target: action.target,
      input: action.input,
      before: action.before,
      after: action.after,
    },
  ]);
  if (entry === undefined) throw new Error("the audit appended no entry for an intent");
  const intent = entry.seq;
  try {
    const { requestId } = await ports.actuator.apply(action, { account: pass.account, pass: pass.id, intent, revisionId: revision }, signal);
    await ports.audit.append([{ kind: "write-finished", intent, key: action.key, requestId, outcome: "applied", error: null }]);
    return { kind: "applied", action, intent, atMs: ports.clock.nowMs() };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (error.facts.lost) return { kind: "lost", action, intent, error };
    await ports.audit.append([
      { kind: "write-finished", intent, key: action.key, requestId: error.facts.requestId, outcome: "failed", error: `${error.facts.code}: ${error.facts.message}` },
    ]);
    return { kind: "failed", action, intent, error };
  }
}

/** The revision that the call must name: of the resource policy, or of the function; read just before, as each write of ours moves it. */
async function revisionOf(pass: Pass, action: Action, live: LiveState, signal: AbortSignal): Promise<string | null | AwsError> {
  if (!action.call.startsWith("lambda:")) return null;
  const place = functionPlace(action);
  const functions = [{ region: place.region, functionName: place.name, qualifiers: [place.qualifier], versions: false }];
  try {
    const seen = await live.read({ account: pass.account, pass: pass.id, roleNames: [], policyArns: [], functions }, signal);
    return revisionIn(seen, action, place);
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}

interface FunctionPlaceOfAction {
  readonly region: ReturnType<typeof parseRegion> & {};
  readonly name: string;
  readonly qualifier: string | null;
}

/** `action.target` is `arn:partition:lambda:region:account:function:name[:qualifier]`. */
function functionPlace(action: Action): FunctionPlaceOfAction {
  const [, , , regionText = "", , , name = "", qualifier = null] = action.target.split(":");
  const region = parseRegion(regionText);
  if (region === undefined || name === "") throw new Error(`the target of ${action.call} is no function ARN: "${action.target}"`);
  return { region, name, qualifier };
}

function revisionIn(seen: LiveAccount, action: Action, place: FunctionPlaceOfAction): string | null {
  const found = liveFunction(seen, place.region, place.name);
  if (found.kind !== "present") return null;
  if (action.call === "lambda:UpdateFunctionConfiguration") return found.value.revisionId;
  const policy = found.value.policies.get(place.qualifier ?? "");
  return policy?.kind === "present" ? policy.value.revisionId : null;
}
