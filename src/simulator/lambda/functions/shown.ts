import type { Call, Output } from "../../contract.ts";
import { conflict } from "../errors.ts";
import type { FunctionState, FunctionVersion, ChangeInProgress } from "../state.ts";
import { targetArnText, type FunctionReference } from "../target.ts";

/** The kind of the change of `$LATEST` in progress. */
export function updateProgressOf(found: FunctionState, nowMs: number): ChangeInProgress["kind"] | undefined {
  return found.pending !== undefined && nowMs < found.pending.untilMs ? found.pending.kind : undefined;
}

/** AWS changes the RevisionId of `$LATEST` once more at the end of a change. */
export function latestVersion(found: FunctionState, nowMs: number): FunctionVersion {
  const latest = found.versions["$LATEST"];
  if (latest === undefined) throw new Error(`function ${found.name} has no $LATEST`);
  if (found.pending === undefined || updateProgressOf(found, nowMs) !== undefined) return latest;
  return { ...latest, RevisionId: found.pending.revisionId };
}

export function shownVersionOf(found: FunctionState, version: string, nowMs: number): FunctionVersion {
  const published = found.versions[version];
  if (published === undefined) throw new Error(`function ${found.name} has no version ${version}`);
  return version === "$LATEST" ? latestVersion(found, nowMs) : published;
}

/** An entry of a list: without state and runtime version. */
export function listedVersion(version: FunctionVersion, arn: string): Output {
  return { ...version, FunctionArn: arn };
}

const REASON = "The function is being created.";

/** The complete configuration. AWS shows the creation as the reason of updates too. */
export function shownVersion(
  version: FunctionVersion,
  arn: string,
  progress: ChangeInProgress["kind"] | undefined,
): Output {
  return {
    ...listedVersion(version, arn),
    ...(version["Runtime"] !== undefined && { RuntimeVersionConfig: { RuntimeVersionArn: runtimeArn(arn) } }),
    ...(progress === "create"
      ? { State: "Pending", StateReason: REASON, StateReasonCode: "Creating" }
      : { State: "Active", ...updateStatus(progress) }),
  };
}

function updateStatus(progress: "update" | undefined): Output {
  if (progress === undefined) return { LastUpdateStatus: "Successful" };
  return {
    LastUpdateStatus: "InProgress",
    LastUpdateStatusReason: REASON,
    LastUpdateStatusReasonCode: "Creating",
  };
}

function runtimeArn(functionArn: string): string {
  const [, partition, , region] = functionArn.split(":");
  return `arn:${partition}:lambda:${region}::runtime:${"0".repeat(64)}`;
}

/** @throws SimulatedError while a create or an update is in progress */
export function checkIsIdle(found: FunctionState, target: FunctionReference, call: Call): void {
  const progress = updateProgressOf(found, call.nowMs);
  if (progress === undefined) return;
  const why =
    progress === "create"
      ? "The function is currently in the following state: Pending"
      : `An update is in progress for resource: ${targetArnText(call, target)}`;
  throw conflict(`The operation cannot be performed at this time. ${why}`);
}
