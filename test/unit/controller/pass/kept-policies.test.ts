import { expect, test } from "@jest/globals";
import { appliedRecord, binding, caller, NOW_MS } from "../../../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, liveRoleOf } from "../../../support/pass/live-state.ts";
import { statusOf } from "../../../support/pass/passes.ts";
import { ReconcileWorld } from "./reconcile-world.ts";

const CALLED = binding({}, { callers: [caller("uploads")] });

test.each([
  { policiesReadMs: NOW_MS - 600_000, reads: 2, because: "the sweep kept an earlier reading" },
  { policiesReadMs: NOW_MS, reads: 1, because: "only its RevisionId is read, as before each write" },
])(
  "a policy is read $reads times before a statement is added: $because",
  async ({ policiesReadMs, reads }) => {
    const passes = new ReconcileWorld();
    const found = liveFunctionOf(binding(), { policiesReadMs });
    passes.start(accountWith({ role: liveRoleOf(CALLED), found }));
    passes.remember(appliedRecord(binding(), { status: statusOf() }));
    let readBefore = -1;
    passes.aws.beforeWrite = () => (readBefore = passes.aws.reads.length);

    await passes.run([CALLED]);

    expect(passes.aws.writes.map(({ call }) => call)).toEqual(["lambda:AddPermission"]);
    expect(readBefore).toBe(reads);
  },
);
