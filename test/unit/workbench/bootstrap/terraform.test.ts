import { expect, test } from "@jest/globals";
import type { OwnDocument } from "../../../../src/workbench/bootstrap/own-role.ts";
import type { AccountRoles } from "../../../../src/workbench/bootstrap/own-roles.ts";
import { terraformFile } from "../../../../src/workbench/bootstrap/terraform.ts";

const NOTHING: OwnDocument = { Version: "2012-10-17", Statement: [] };
const BASE = "arn:aws:iam::999900001111:role/base";

const accountWith = (account: string, boundary: string): AccountRoles => ({
  account,
  accountId: "111122223333",
  partition: "aws",
  region: "eu-west-1",
  boundaries: [{ name: boundary, path: "/b/", arn: "", description: "", document: NOTHING }],
  roles: [],
});

test("each boundary has an address of its own, however the names of accounts and boundaries are divided by dots", () => {
  const { resource } = terraformFile(
    {
      instance: "prod",
      accounts: [accountWith("a", "boundary.c"), accountWith("a.boundary", "c")],
      accountSets: { readers: [], observers: [] },
      base: { roleArn: BASE, policy: NOTHING, managedPolicies: [] },
      serviceControlPolicy: NOTHING,
      pushQueues: [],
    },
    {
      baseRole: BASE,
      organization: null,
      organizationalUnits: [],
      deployers: [],
      callAs: "SELF",
      functionKeys: {},
      formerRoles: {},
      sources: [],
    },
  );

  expect(Object.values(resource["aws_iam_policy"] ?? {})).toMatchObject([
    { name: "boundary.c" },
    { name: "c" },
  ]);
});
