import { expect, test } from "@jest/globals";
import { otherDifferences } from "../../../src/explain/state/other-differences.ts";
import type { KeyView } from "../../../src/model/answers/key-view.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import { driftOf } from "../../support/pass/passes.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { view } from "../../support/screens/world-states.ts";

const DECLARED = view(ORDERS_API).desired as DesiredBinding;
const OF_FUNCTION = {
  change: { kind: "function-role" },
  live: "arn:aws:iam::1:role/old",
  desired: DECLARED.role.arn,
} as const;
const PATH = { change: { kind: "role-path" }, live: "/", desired: "/grantkeeper/" } as const;

interface Row {
  readonly drift: Parameters<typeof driftOf>[0];
  readonly desired?: KeyView["desired"];
  readonly isManaged: boolean;
  readonly because: string;
}

test.each<Row>([
  { drift: OF_FUNCTION, isManaged: false, because: "its deployer sets the role of the function" },
  {
    drift: OF_FUNCTION,
    desired: { ...DECLARED, functionRole: "manage" },
    isManaged: true,
    because: "the binder sets the role of the function",
  },
  {
    drift: PATH,
    desired: { ...DECLARED, functionRole: "manage" },
    isManaged: false,
    because: "AWS cannot change the path of a role",
  },
  { drift: OF_FUNCTION, desired: null, isManaged: false, because: "Git does not declare it" },
])("a difference is changed by a later write: $isManaged, because $because", (row) => {
  const { drift, desired = DECLARED, isManaged } = row;

  const found = otherDifferences(view(ORDERS_API, { desired, drifts: [driftOf(drift)] }));

  expect(found).toMatchObject([{ isManaged, settings: [{ what: expect.any(String) }] }]);
});
