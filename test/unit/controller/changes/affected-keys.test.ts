import { expect, test } from "@jest/globals";
import {
  addAffected,
  keysOfChange,
  type AffectedObject,
} from "../../../../src/controller/changes/affected-keys.ts";
import type { AccountId, Region } from "../../../../src/model/aws/ids.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { BINDING } from "../../../support/pass/passes.ts";

const ELSEWHERE = { ...BINDING, key: BINDING.key.replace("/111122223333/", "/444455556666/") as Key };

test.each<["iam" | "lambda", readonly string[], number, string]>([
  ["iam", [], 1, "any object of IAM may have changed"],
  ["iam", [BINDING.role.arn], 1, "it is the role of the function"],
  ["iam", [BINDING.role.name.toUpperCase()], 1, "IAM compares names without regard to case"],
  ["iam", ["invoices"], 0, "it is another role"],
  ["lambda", [], 1, "any function of the region may have changed"],
  ["lambda", [BINDING.functionName], 1, "it is the function"],
  ["lambda", ["invoices"], 0, "it is another function"],
])("a call of %s that names %j concerns %i key: %#", (service, names, count) => {
  const affected = new Map<string, AffectedObject>();
  addAffected(affected, BINDING);
  addAffected(affected, { ...ELSEWHERE, accountId: "444455556666" as AccountId });
  const object = { kind: "not-named", service, region: BINDING.region, names } as const;

  expect(keysOfChange({ accountId: BINDING.accountId, object }, affected)).toEqual(
    count === 1 ? [BINDING.key] : [],
  );
});

test("a call of Lambda in another region concerns no key", () => {
  const affected = new Map<string, AffectedObject>();
  addAffected(affected, BINDING);
  const object = { kind: "not-named", service: "lambda", region: "us-west-2" as Region, names: [] } as const;

  expect(keysOfChange({ accountId: BINDING.accountId, object }, affected)).toEqual([]);
});
