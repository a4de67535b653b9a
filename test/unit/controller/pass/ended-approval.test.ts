import { expect, test } from "@jest/globals";
import type { Pass } from "../../../../src/judge/subject.ts";
import { actionDigest } from "../../../../src/model/plan.ts";
import type { Approval } from "../../../../src/model/approval.ts";
import { firstAccountRecord } from "../../../../src/model/records/account-record.ts";
import { digestOf } from "../../../../src/model/values/digest.ts";
import { binding, NOW_MS } from "../../../support/pass/bindings.ts";
import { emptyAccount } from "../../../support/pass/live-state.ts";
import { KEY, passOf } from "../../../support/pass/passes.ts";
import { ReconcileWorld, writtenIn } from "./reconcile-world.ts";

const PASSING: readonly { readonly whose: string; readonly pass: (world: ReconcileWorld) => void }[] = [
  { whose: "the process", pass: ({ clock }) => clock.set(clock.nowMs() + 20_000) },
  { whose: "the record alone", pass: ({ store }) => (store.aheadMs += 20_000) },
];

test.each(PASSING)(
  "by the clock of $whose, a call is not made after the end of the approval that its plan needs, also in the middle of a pass",
  async ({ pass }) => {
    const passes = new ReconcileWorld();
    passes.start(emptyAccount());
    const FIRST: Pick<Pass, "history"> = {
      history: { ...passOf().history, record: firstAccountRecord(binding().accountId, "prod") },
    };
    const [unapproved] = (await passes.run([binding()], FIRST)).outcomes;
    const planned = unapproved?.kind === "judged" ? unapproved.judged.plan.actions.map(actionDigest) : [];
    const approval: Approval = {
      subject: digestOf("x"),
      actor: "dana",
      reason: "seen",
      at: new Date(NOW_MS).toISOString(),
      expiresAt: new Date(NOW_MS + 15_000).toISOString(),
      actions: { [KEY]: planned },
    };
    passes.aws.beforeWrite = () => pass(passes);

    const result = await passes.run([binding()], { history: { ...FIRST.history, approvals: [approval] } });

    expect(planned).toHaveLength(2);
    expect(passes.aws.writes.map(({ call }) => call)).toEqual(["iam:CreateRole"]);
    expect(writtenIn(result).writes).toHaveLength(1);
  },
);
