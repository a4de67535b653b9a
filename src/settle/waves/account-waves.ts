import type { KeyView } from "../../model/answers/key-view.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import {
  wavesOf,
  WAVE_INTERVAL_MS,
  type AccountWaves,
  type NamespaceWaves,
} from "../../model/records/wave-record.ts";
import { byText } from "../../text/order.ts";
import { isEnforcedView } from "../key/enforced-view.ts";
import type { SettledKey } from "../key/settle-key.ts";
import type { DonePass } from "../outcome/outcome.ts";
import { functionFacts, type WaveFunctionFacts } from "./function-facts.ts";
import { passProblem, type PassProblem } from "./problems.ts";
import { wavesAfter, type WaveContext } from "./waves.ts";

/** The time between two sweeps in which nothing counts as watched, unless sweeps are configured to be rarer. */
const LONGEST_GAP_MS = 3_600_000;

/** The waves of each namespace of the account after a pass that read it. A namespace without a ready function has none. */
export function accountWaves(
  { pass }: Pick<DonePass, "pass">,
  views: readonly KeyView[],
  { keys, nowMs }: { readonly keys: readonly SettledKey[]; readonly nowMs: number },
): AccountWaves {
  const { denials = new Map() } = pass.history;
  const before = pass.history.record.waves ?? {};
  const records = new Map(keys.map(({ view, record }) => [view.subject.key, record ?? undefined] as const));
  const facts = views.flatMap(
    (view) =>
      functionFacts(view, {
        isEnforced: (one) => isEnforcedView(pass, one),
        recordOf: (key) => (records.has(key) ? records.get(key) : pass.records.get(key)),
      }) ?? [],
  );
  const functions = Map.groupBy(facts, ({ key }): string => keyParts(key).namespace);
  const problems = problemsOf(keys);
  const namespaces = [...new Set([...Object.keys(before), ...functions.keys()])].sort(byText);
  const shared: Omit<WaveContext, "namespace"> = {
    accountId: pass.account.id,
    nowMs,
    intervalMs: pass.account.waveIntervalMs ?? WAVE_INTERVAL_MS,
    longestGapMs: Math.max(LONGEST_GAP_MS, 2 * pass.sweepMs),
    isSweep: pass.scope.kind === "all",
    approvals: pass.history.approvals,
    rejected: new Set(pass.rejections.map(({ subject }) => subject)),
  };
  const after = namespaces.map((namespace): readonly [string, NamespaceWaves] => {
    const seen = { functions: byFunction(functions.get(namespace) ?? []), problems, denials };
    return [namespace, wavesAfter(wavesOf(before, namespace), seen, { ...shared, namespace })];
  });
  return Object.fromEntries(after.filter(([, { open, ended }]) => open !== null || ended.length > 0));
}

function byFunction(facts: readonly WaveFunctionFacts[]): ReadonlyMap<Key, WaveFunctionFacts> {
  return new Map(facts.map((one) => [one.key, one]));
}

function problemsOf(keys: readonly SettledKey[]): ReadonlyMap<Key, PassProblem | null> {
  return new Map(
    keys
      .filter(({ view }) => view.kind === "judged")
      .map((settled) => [settled.view.subject.key, passProblem(settled)]),
  );
}
