import { expect, test } from "@jest/globals";
import { declaredFunctions } from "../../../src/controller/coverage/declared-functions.ts";
import { DeclaredByAccount } from "../../../src/guard/context/declared-by-account.ts";
import type { KeyView } from "../../../src/model/answers/key-view.ts";
import { binding, desiredAccount, desiredOf } from "../../support/pass/bindings.ts";
import { liveRoleOf } from "../../support/pass/live-state.ts";
import { drift, view } from "../../support/screens/world-states.ts";

const LEFT = binding();
const ROLE = { kind: "present", value: liveRoleOf(LEFT) } as const;
const ABSENT = { kind: "absent" } as const;
const seen = (declaredRole: NonNullable<KeyView["readings"]>["declaredRole"]): Partial<KeyView> => {
  return { readings: { declaredRole, function: ABSENT, otherRole: null } };
};

test.each([
  { change: seen(ROLE), found: "removed", because: "its role exists" },
  { change: seen(ABSENT), found: undefined, because: "its role was seen to be gone" },
  { change: seen({ kind: "unknown", reason: "no" }), found: "removed", because: "its role was not read" },
  { change: { readings: null }, found: "removed", because: "nothing was read" },
  {
    change: { ...seen(ABSENT), drifts: [drift(LEFT.key)] },
    found: "removed",
    because: "a statement of it is left",
  },
  { change: { ...seen(ABSENT), unread: ["its callers"] }, found: "removed", because: "a part was not read" },
  { change: seen(ABSENT), inGit: true, found: "bound", because: "it is in Git" },
])("a function whose manifest may have left Git is $found, because $because", (row) => {
  const { change, found, inGit = false } = row;
  const account = desiredAccount();
  const desired = desiredOf(inGit ? [LEFT] : []);
  const enforced = { compilation: { desired, invalid: new Map() }, brokenFileKeys: new Set() } as never;
  const views = [view(LEFT.key, { desired: LEFT, ...change })];

  const all = new DeclaredByAccount(desired);
  const declared = declaredFunctions(account, { enforced, ceiling: "enforce", views, declared: all });

  expect(declared.get(`${LEFT.region}/${LEFT.functionName}`)?.kind).toBe(found);
});
