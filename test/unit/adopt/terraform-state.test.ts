import { describe, expect, test } from "@jest/globals";
import {
  isWithinAddress,
  joinedStates,
  terraformState,
} from "../../../src/adopt/deployer/terraform-state.ts";

const arnOf = (name: string): string => `arn:aws:lambda:eu-west-1:111122223333:function:${name}`;
const ROLE = "arn:aws:iam::111122223333:role/orders";

const attributes = (arn: string) => ({ arn, environment: [{ variables: { PASSWORD: "hunter2" } }] });
const resource = (type: string, instances: readonly object[], more: object = {}) => ({
  mode: "managed",
  type,
  name: "this",
  provider: 'provider["registry.terraform.io/hashicorp/aws"]',
  instances,
  ...more,
});

const PULLED = {
  version: 4,
  terraform_version: "1.13.0",
  outputs: { password: { value: "hunter2" } },
  resources: [
    resource("aws_lambda_function", [
      { index_key: "api", attributes: attributes(arnOf("api")) },
      { index_key: 0, attributes: attributes(arnOf("zero")) },
      { deposed: "a1b2c3d4", attributes: attributes(arnOf("deposed")) },
      { attributes: { arn: null } },
    ]),
    resource("aws_lambda_function", [{ attributes: attributes(arnOf("job")) }], { module: "module.orders" }),
    resource("aws_lambda_function", [{ attributes: attributes(arnOf("data")) }], { mode: "data" }),
    resource("aws_iam_role", [{ attributes: attributes(ROLE) }]),
    resource("aws_sqs_queue", [{ attributes: attributes("arn:aws:sqs:eu-west-1:111122223333:q") }]),
  ],
};

const SHOWN = {
  format_version: "1.0",
  terraform_version: "1.13.0",
  values: {
    outputs: { password: { sensitive: true, value: "hunter2" } },
    root_module: {
      resources: [
        {
          address: 'aws_lambda_function.this["api"]',
          mode: "managed",
          type: "aws_lambda_function",
          values: attributes(arnOf("api")),
        },
        {
          address: "aws_iam_role.this",
          mode: "managed",
          type: "aws_iam_role",
          values: attributes(ROLE),
        },
      ],
      child_modules: [
        {
          address: "module.orders",
          resources: [
            {
              address: "module.orders.aws_lambda_function.this",
              mode: "managed",
              type: "aws_lambda_function",
              values: attributes(arnOf("job")),
            },
          ],
        },
      ],
    },
  },
};

describe("a state of Terraform", () => {
  test("that was pulled has the addresses of functions and roles by ARN, and nothing else", () => {
    const state = terraformState(PULLED);

    expect([...(state?.functions ?? [])]).toEqual([
      [arnOf("api"), 'aws_lambda_function.this["api"]'],
      [arnOf("zero"), "aws_lambda_function.this[0]"],
      [arnOf("job"), "module.orders.aws_lambda_function.this"],
    ]);
    expect([...(state?.roles ?? [])]).toEqual([[ROLE, "aws_iam_role.this"]]);
  });

  test("that was shown has the same", () => {
    const state = terraformState(SHOWN);

    expect([...(state?.functions ?? [])]).toEqual([
      [arnOf("api"), 'aws_lambda_function.this["api"]'],
      [arnOf("job"), "module.orders.aws_lambda_function.this"],
    ]);
    expect(state?.roles.get(ROLE)).toBe("aws_iam_role.this");
  });

  test.each<{ readonly because: string; readonly json: unknown }>([
    { because: "an older version", json: { version: 3, modules: [] } },
    { because: "a plan", json: { ...SHOWN, planned_values: {} } },
    { because: "a text that is no JSON", json: undefined },
    { because: "a list", json: [] },
    { because: "another file", json: { version: 4 } },
  ])("is not $because", ({ json }) => {
    expect(terraformState(json)).toBeUndefined();
  });

  test.each<{ readonly because: string; readonly module: unknown }>([
    { because: "no root module", module: undefined },
    { because: "a module that is no object", module: { child_modules: ["module.orders"] } },
    {
      because: "data, and what is replaced",
      module: {
        resources: ["data", "managed"].map((mode) => ({
          address: "x.y",
          mode,
          deposed_key: "a1b2c3d4",
          type: "aws_lambda_function",
          values: attributes(arnOf("old")),
        })),
      },
    },
    {
      because: "a resource without values",
      module: { resources: [{ address: "x.y", mode: "managed", type: "aws_lambda_function" }] },
    },
    {
      because: "a resource without an address",
      module: { resources: [{ mode: "managed", type: "aws_lambda_function", values: attributes(ROLE) }] },
    },
  ])("that was shown has no function in $because", ({ module }) => {
    const state = terraformState({ format_version: "1.0", values: { root_module: module } });

    expect(state).toEqual({ functions: new Map(), roles: new Map() });
  });

  test("that nests modules deeper than calls can be nested is read like any other", () => {
    const leaf = {
      resources: [
        { address: "x.y", mode: "managed", type: "aws_lambda_function", values: attributes(arnOf("deep")) },
      ],
    };
    let module: object = leaf;
    for (let depth = 0; depth < 100_000; depth += 1) module = { child_modules: [module] };

    const state = terraformState({ format_version: "1.0", values: { root_module: module } });

    expect(state?.functions.get(arnOf("deep"))).toBe("x.y");
  });

  test.each([
    { because: "a type", changed: { type: 1 } },
    { because: "a name", changed: { name: null } },
    { because: "instances", changed: { instances: null } },
  ])("that was pulled skips a resource without $because", ({ changed }) => {
    const one = resource("aws_lambda_function", [{ attributes: attributes(arnOf("api")) }], changed);

    expect(terraformState({ version: 4, resources: [one] })?.functions.size).toBe(0);
  });

  test("without resources is empty", () => {
    expect(terraformState({ format_version: "1.0" })?.functions.size).toBe(0);
  });

  test("that comes first counts for a function of several", () => {
    const state = (address: string) => ({ functions: new Map([["a", address]]), roles: new Map() });

    expect(joinedStates([state("first"), state("second")]).functions.get("a")).toBe("first");
  });
});

test.each([
  { address: "module.a.x.y", outer: "module.a", isWithin: true },
  { address: 'module.a["k"].x.y', outer: "module.a", isWithin: true },
  { address: "x.y[0]", outer: "x.y", isWithin: true },
  { address: "x.y", outer: "x.y", isWithin: true },
  { address: "module.ab.x.y", outer: "module.a", isWithin: false },
  { address: "x.y", outer: "module.a", isWithin: false },
])("$address is within $outer: $isWithin", ({ address, outer, isWithin }) => {
  expect(isWithinAddress(address, outer)).toBe(isWithin);
});
