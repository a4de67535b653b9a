import type { BindingObject } from "../../src/api/bindings.ts";
import type { HoldSummary, OverviewObject } from "../../src/api/overview.ts";
import { keyParts, type Key } from "../../src/model/keys/key.ts";
import type { Stage } from "../stage.ts";
import { AT_MOST_MS, until } from "../wait.ts";

/** The interval between requests: the API limits the number per minute. */
const EVERY_MS = 100;

/** Waits until the API shows something. @throws Error that names it if it never appears */
export function untilShown<T>(
  stage: Stage,
  what: string,
  probe: () => Promise<T | undefined>,
  withinMs: number = AT_MOST_MS,
): Promise<T> {
  return until(what, probe, { withinMs, everyMs: EVERY_MS, signal: stage.signal });
}

export async function overviewOf(stage: Stage): Promise<OverviewObject["status"]> {
  return (await stage.api.overview()).status;
}

/** The bindings of functions; ManagedPolicies are left out. */
export async function functionBindings(stage: Stage): Promise<readonly BindingObject[]> {
  const all = await stage.api.list("bindings");
  return all.filter((binding) => isFunction(binding.spec.key));
}

export function isFunction(key: Key): boolean {
  return keyParts(key).kind === "function";
}

/** Waits until all these keys match the commit in AWS and were read back. */
export async function untilApplied(stage: Stage, keys: readonly Key[], commit: string): Promise<void> {
  await untilShown(stage, `${keys.length} keys are read back at ${commit.slice(0, 7)}`, async () => {
    const bindings = await stage.api.list("bindings");
    const applied = bindings.filter(({ status }) => isApplied(status, commit)).map(({ spec }) => spec.key);
    return keys.every((key) => applied.includes(key)) ? true : undefined;
  });
}

function isApplied(status: BindingObject["status"], commit: string): boolean {
  return status.sync === "Synced" && (status.lastAppliedRevision?.endsWith(`:${commit}`) ?? false);
}

/** Whether it matched Git at the last check. */
export async function isInSync(stage: Stage, key: Key): Promise<boolean> {
  const bindings = await stage.api.list("bindings", { namespace: keyParts(key).namespace });
  return bindings.some(({ spec, status }) => spec.key === key && status.sync === "Synced");
}

export async function untilHeld(stage: Stage, account: string): Promise<HoldSummary> {
  return untilShown(stage, `a pending approval in ${account}`, async () => {
    const { holds } = await overviewOf(stage);
    return holds.map((hold) => hold.status).find((hold) => hold.account === account);
  });
}
