import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { measureBindings } from "../../src/controller/binding-metrics.ts";
import type { ControllerState } from "../../src/controller/state/controller-state.ts";
import type { KeyView } from "../../src/model/answers/key-view.ts";
import { accountIdOf, type Key } from "../../src/model/keys/key.ts";
import { convergedAccount } from "../support/pass/live-state.ts";
import { BINDING, driftOf, HELD, planOf, REFUSED } from "../support/pass/passes.ts";
import { view } from "../support/screens/world-states.ts";

const KEYS = ["a", "b", "c", "d"].map((name) => `function/111122223333/eu-west-1/orders/${name}` as Key);
const OTHERS = `function/222233334444/eu-west-1/orders/a` as Key;

const views = fc.subarray(KEYS).chain((keys) =>
  fc.tuple(
    ...keys.map((key) =>
      fc
        .record<Partial<KeyView>>({
          plan: fc.constantFrom(null, planOf()),
          drifts: fc.constantFrom([], [driftOf()]),
          verdict: fc.constantFrom<KeyView["verdict"]>({ kind: "allow" }, HELD, REFUSED),
        })
        .map((change) => [key, view(key, change)] as const),
    ),
  ),
);

const holds = fc.array(
  fc.record({
    subject: fc.constantFrom("sha256:1", "sha256:2", "sha256:3"),
    code: fc.constantFrom("first-enforcing-pass", "needs-approval", "wave", "wave-member", "verdict-changed"),
    keys: fc.subarray(KEYS),
  }),
  { maxLength: 3 },
);

/** The gauges of one account, by metric and state. */
function gaugesOf(
  memory: object,
  uncompared: readonly Key[],
): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const gauges = new Map<string, Map<string, number>>();
  const state = {
    account: () => memory,
    uncompared: new Map(uncompared.map((key) => [key, 0])),
  } as unknown as ControllerState;
  measureBindings({ id: BINDING.accountId, name: "prod" }, state, {
    gauge: (metric, value, labels) => {
      const byState = gauges.get(metric) ?? new Map<string, number>();
      gauges.set(metric, byState.set(labels?.["state"] ?? "", value));
    },
  });
  return gauges;
}

function sumOf(gauges: ReadonlyMap<string, number> | undefined): number {
  return [...(gauges?.values() ?? [])].reduce((sum, count) => sum + count, 0);
}

test("each binding of an account is in exactly one state, and what the last pass found is of those not compared", () => {
  fc.assert(
    fc.property(
      views,
      fc.subarray([...KEYS, OTHERS]),
      fc.constantFrom(null, "AccessDenied"),
      holds,
      fc.subarray(["sha256:1", "sha256:2"]),
      (entries, uncompared, failure, pending, rejected) => {
        const memory = {
          live: convergedAccount(BINDING),
          holds: pending,
          rejected: new Set(rejected),
          views: new Map(entries),
          failure,
          fault: null,
        };

        const gauges = gaugesOf(memory, uncompared);

        const known = new Set([
          ...entries.map(([key]) => key),
          ...uncompared.filter((key) => key !== OTHERS),
        ]);
        const notCompared = [...known].filter((key) => uncompared.includes(key));
        expect(sumOf(gauges.get("bindings"))).toBe(known.size);
        expect(gauges.get("bindings")?.get("not_compared")).toBe(notCompared.length);
        for (const count of gauges.get("uncompared_bindings")?.values() ?? [])
          expect(count).toBeLessThanOrEqual(notCompared.length);
        const listed = pending.filter(
          ({ subject, code }) =>
            !rejected.includes(subject) && code !== "wave-member" && code !== "verdict-changed",
        );
        const awaiting = entries.filter(([key]) => listed.some(({ keys }) => keys.includes(key)));
        const [current, before] = [gauges.get("binding_verdicts"), gauges.get("uncompared_bindings")];
        expect((current?.get("held") ?? 0) + (before?.get("held") ?? 0)).toBe(awaiting.length);
      },
    ),
  );
  expect(accountIdOf(OTHERS)).not.toBe(BINDING.accountId);
});
