import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";
import { dueActions } from "../../../src/judge/choose.ts";
import type { Action } from "../../../src/model/plan.ts";
import { contentOf } from "../../../src/model/keys/adopted-role.ts";
import { emptyKeyRecord, type PastWrite } from "../../../src/model/keys/key-record.ts";
import { liveRole, type LiveAccount } from "../../../src/model/live.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import { applyTo, pastWrites } from "../../support/pass/apply.ts";
import {
  allow,
  attachment,
  binding,
  BOUNDARY,
  compiled,
  desiredAccount,
  desiredOf,
  documentOf,
  NOW_MS,
  SETTLE_MS,
} from "../../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, livePolicyOf, liveRoleOf } from "../../support/pass/live-state.ts";
import { context, planOfBinding } from "../../support/pass/plans.ts";
import { allows } from "../../support/policies/evaluator.ts";
import { ACTIONS, allowOnly, evaluated, kills, RESOURCES, statements } from "./drawn-world.ts";

const REQUESTS = ACTIONS.flatMap((action) => RESOURCES.map((resource) => ({ action, resource })));
const THEIRS = attachment("theirs");

/** The carrier of each statement: one of two inline policies, an attached policy, or an inline policy with our name. */
const carriers = fc.array(fc.constantFrom("first", "rest", "attached", "grantkeeper"), {
  minLength: 3,
  maxLength: 3,
});

function startOf(drawn: readonly Statement[], carrier: readonly string[]) {
  const sids = drawn.map((one, at) => ({ Sid: `S${at}`, ...one }));
  const desired = binding({ path: "/service-role/", adopt: "reviewed", inline: compiled(...sids) });
  const partOf = (name: string) => drawn.filter((_, at) => carrier[at] === name);
  const inline = ["first", "grantkeeper", "rest"].flatMap((name) => {
    const part = partOf(name);
    return part.length === 0 ? [] : [{ name, text: documentOf(...part) }];
  });
  const attached = partOf("attached");
  const role = liveRoleOf(desired, {
    boundary: null,
    inline,
    attachments: attached.length === 0 ? [] : [THEIRS.arn],
  });
  const policies = [
    livePolicyOf(BOUNDARY, [documentOf(allow("*"))]),
    livePolicyOf(THEIRS.arn, [documentOf(...attached)]),
  ];
  const live = accountWith(
    { role, found: liveFunctionOf(desired), policies },
    { roleStacks: new Map([[role.name.toLowerCase(), { kind: "absent" }]]) },
  );
  const adopted = {
    arn: role.arn,
    roleId: role.roleId,
    atMs: NOW_MS,
    former: contentOf(role),
    lastWritten: null,
  };
  return { desired, live, adopted };
}

interface Step {
  readonly settled: LiveAccount;
  readonly onTheWay: readonly Action[];
  readonly after: LiveAccount;
}

/** Passes until nothing is left to do, each killed after some writes. */
function stepsOf({ desired, live: start, adopted }: ReturnType<typeof startOf>, cut: readonly number[]) {
  const steps: Step[] = [];
  let [live, nowMs] = [start, NOW_MS];
  let writes: readonly PastWrite[] = [];
  let history: readonly {
    readonly atMs: number;
    readonly actions: readonly Action[];
    readonly before: LiveAccount;
  }[] = [];
  for (let turn = 0; turn < 40; turn += 1) {
    const proof = { roles: [{ arn: adopted.arn, roleId: adopted.roleId }], sinceMs: 1, provenMs: 2 };
    const record = {
      ...emptyKeyRecord(desired.key),
      adoption: { proof } as never,
      adoptedRole: { ...adopted, changedAtMs: turn === 0 ? null : NOW_MS },
    };
    const account = desiredAccount({ adoptableRoles: [desired.role.arn] });
    const at = { record, account, nowMs, writes: recentWrites(writes), desired: desiredOf([desired]) };
    const plan = planOfBinding(desired, context(live, at));
    if (plan.actions.length === 0) return { steps, plan, live };
    const due = dueActions(plan.actions, nowMs);
    const made = due.slice(0, Math.max(1, cut[turn] ?? due.length));
    history = [...history, { atMs: nowMs, actions: made, before: live }].filter(
      (one) => nowMs - one.atMs < SETTLE_MS,
    );
    live = applyTo(live, made, nowMs);
    writes = [...writes, ...pastWrites(made, nowMs)];
    steps.push({
      settled: history[0]?.before ?? live,
      onTheWay: history.flatMap(({ actions }) => actions),
      after: live,
    });
    nowMs = due.length === 0 ? (plan.nextDueMs ?? nowMs + SETTLE_MS) : nowMs + 1;
  }
  throw new Error("it does not converge");
}

describe("the law of a take-over in place", () => {
  test.each([
    { documents: allowOnly, because: "documents with Allow only" },
    { documents: statements, because: "documents with Allow and Deny" },
  ])(
    "after any kill, and at any prefix that AWS shows, the role allows exactly what it allowed before: $because",
    ({ documents }) => {
      fc.assert(
        fc.property(documents, carriers, kills, (drawn, carrier, cut) => {
          const start = startOf(drawn, carrier);
          const was = evaluated(start.live);
          const differs = (live: LiveAccount): readonly unknown[] =>
            REQUESTS.filter((request) => allows(evaluated(live), request) !== allows(was, request));

          const { steps, plan, live } = stepsOf(start, cut);

          for (const { settled, onTheWay, after } of steps) {
            for (let count = 0; count <= onTheWay.length; count += 1)
              expect(differs(applyTo(settled, onTheWay.slice(0, count), NOW_MS))).toEqual([]);
            expect(differs(after)).toEqual([]);
          }
          const role = liveRole(live, start.desired.role.name);
          expect(plan.withheld).toEqual([]);
          expect(role).toMatchObject({ value: { boundary: BOUNDARY, attachments: [] } });
        }),
        { numRuns: FC_RUNS },
      );
    },
    LAW_TIMEOUT_MS,
  );
});
