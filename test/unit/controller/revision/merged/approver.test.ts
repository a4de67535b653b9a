import { expect, test } from "@jest/globals";
import { approvalStep } from "../../../../../src/controller/revision/merged/approver.ts";
import type { Hold } from "../../../../../src/model/answers/hold.ts";
import type { Namespace } from "../../../../../src/model/aws/ids.ts";
import type { Key } from "../../../../../src/model/keys/key.ts";
import { digestOf } from "../../../../../src/model/values/digest.ts";

const ORDERS = "orders" as Namespace;
const A = "function/111122223333/eu-west-1/orders/a" as Key;
const OF_OTHERS = "function/111122223333/eu-west-1/payments/ledger" as Key;

function hold(change: Partial<Hold>): Hold {
  const none = { code: "profile-approval", reason: "", account: "prod", actions: 1, sinceMs: 0 } as const;
  return { ...none, subject: digestOf("a"), keys: [A], ...change };
}

test.each<{ change: Partial<Hold>; namespace: Namespace | null; by: string; because: string }>([
  {
    change: { group: "security" },
    namespace: null,
    by: "by a member of group <code>security</code>",
    because: "the platform's repository sees its groups",
  },
  {
    change: { group: "security", keys: [A, OF_OTHERS] },
    namespace: ORDERS,
    by: "by someone who may approve in all of its namespaces, also in those of others: ask the platform team",
    because: "no list of a team shows the group of a plan that also covers others",
  },
  {
    change: { authors: ["lee@example.com"] },
    namespace: ORDERS,
    by: "by everyone who may approve in namespace <code>orders</code>, but by no author of the change",
    because: "another person is needed, and no address is shown",
  },
  {
    change: { unlistedAuthors: "a commit has no address" },
    namespace: ORDERS,
    by: "by everyone who may approve in namespace <code>orders</code>, but by no author of the change",
    because: "another person is needed, and the authors are not all known",
  },
])("whom to ask is named: $because", ({ change, namespace, by }) => {
  expect(approvalStep(hold(change), namespace).by).toBe(by);
});
