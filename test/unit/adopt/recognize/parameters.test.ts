import { expect, test } from "@jest/globals";
import { recognized } from "../../../support/adopt/policies.ts";

const PARAMETER = "arn:aws:ssm:eu-west-1:111122223333:parameter/orders/settings";
const READS = ["ssm:GetParameters", "ssm:GetParameter", "ssm:GetParametersByPath"];

test("SAM's policy template for parameters is a parameter to read, a path and the list of the account", () => {
  const { grants, rest } = recognized([
    { Effect: "Allow", Action: ["ssm:DescribeParameters"], Resource: "*" },
    { Effect: "Allow", Action: READS, Resource: PARAMETER },
  ]);

  expect(grants).toEqual([
    { grant: "ssm", fields: { parameter: "/orders/settings", allow: ["read", "list"] } },
    { grant: "ssm", fields: { path: "/orders/settings", allow: ["readTree"] } },
  ]);
  expect(rest).toEqual([]);
});

test("a list of parameters alone is a grant that names no parameter", () => {
  const { grants, rest } = recognized([
    { Effect: "Allow", Action: ["ssm:DescribeParameters"], Resource: "*" },
  ]);

  expect([grants, rest]).toEqual([[{ grant: "ssm", fields: { allow: ["list"] } }], []]);
});

test("a path with everything below it is no readTree", () => {
  const { grants } = recognized([
    { Effect: "Allow", Action: "ssm:GetParametersByPath", Resource: [PARAMETER, `${PARAMETER}/*`] },
  ]);

  expect(grants).toEqual([{ grant: "ssm", fields: { path: "/orders/settings", allow: ["readPath"] } }]);
});
