import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { liveFunction, type LiveAccount } from "../../../src/model/live.ts";
import { readStatements } from "../../../src/diff/callers/statements.ts";
import { documentContext } from "../../../src/diff/documents/document-context.ts";
import { applyTo, withFunction } from "../../support/pass/apply.ts";
import { appliedRecord, binding, caller, NOW_MS, REGION } from "../../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, liveRoleOf, presentPolicy } from "../../support/pass/live-state.ts";
import { context, planOfBinding } from "../../support/pass/plans.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";

const NEW = { functionName: "orders-new" };
const BUCKETS = ["one", "two", "three"];
const FOREIGN = { ...caller("foreign").statement, Sid: "console" };

/** The buckets that the function lets in, sorted. */
function bucketsOn(live: LiveAccount, functionName: string): readonly string[] {
  const found = liveFunction(live, REGION, functionName);
  if (found.kind !== "present") throw new Error(`no function ${functionName}`);
  const reading = readStatements(found.value.policies.get(""), documentContext(binding(), "resource"));
  if (reading.kind === "unread") throw new Error(reading.reason);
  const names = [...BUCKETS, "foreign"];
  const text = JSON.stringify(reading.members);
  return names.filter((name) => text.includes(`arn:aws:s3:::${name}"`)).sort();
}

const drawn = fc.record({
  before: fc.subarray(BUCKETS),
  after: fc.subarray(BUCKETS),
  alreadyNew: fc.subarray(BUCKETS),
});

test(
  "a move of a function never leaves a declared caller on neither function, and ends with no statement of ours on the former one",
  () => {
    fc.assert(
      fc.property(drawn, ({ before, after, alreadyNew }) => {
        const former = binding({}, { callers: before.map((name) => caller(name)), deletionPolicy: "delete" });
        const callers = after.map((name) => caller(name, null, NEW));
        const desired = binding({}, { ...NEW, callers, deletionPolicy: "delete" });
        const policyOf = (...statements: readonly unknown[]) => ({
          policies: new Map([
            ["", statements.length === 0 ? ({ kind: "absent" } as const) : presentPolicy(...statements)],
          ]),
        });
        const there = callers.filter((_, at) => alreadyNew.includes(after[at] ?? ""));
        const old = liveFunctionOf(
          former,
          policyOf(FOREIGN, ...former.callers.map(({ statement }) => statement)),
        );
        const current = liveFunctionOf(desired, policyOf(...there.map(({ statement }) => statement)));
        const both = [old, current].reduce(
          (seen, found) => withFunction(seen, REGION, found),
          accountWith({ role: liveRoleOf(desired) }),
        );
        const plan = planOfBinding(desired, context(both, { record: appliedRecord(former) }));

        const prefixes = plan.actions.map((_, at) => plan.actions.slice(0, at + 1));
        for (const prefix of prefixes) {
          const live = applyTo(both, prefix, NOW_MS);
          const [onFormer, onNew] = [bucketsOn(live, "orders-api"), bucketsOn(live, "orders-new")];
          const kept = before.filter((name) => after.includes(name));

          expect(kept.filter((name) => !onFormer.includes(name) && !onNew.includes(name))).toEqual([]);
          expect(onNew.filter((name) => !after.includes(name))).toEqual([]);
          expect(onFormer).toContain("foreign");
        }
        const end = applyTo(both, plan.actions, NOW_MS);
        expect(bucketsOn(end, "orders-api")).toEqual(["foreign"]);
        expect(bucketsOn(end, "orders-new")).toEqual([...after].sort());
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);
