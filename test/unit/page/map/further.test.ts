import { describe, expect, test } from "@jest/globals";
import type { FunctionObject } from "../../../../src/api/bindings.ts";
import type { PermissionsObject } from "../../../../src/api/permissions.ts";
import { accessMap } from "../../../../src/explain/reverse/access-map.ts";
import { mappedFunctions } from "../../../../src/explain/reverse/mapped-functions.ts";
import { reach } from "../../../../src/explain/reverse/reach.ts";
import type { EffectiveState } from "../../../../src/model/answers/permission-state.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { furtherReach } from "../../../../src/page/view/map/further.ts";
import { shownReach } from "../../../../src/page/view/reach.ts";
import { KEY, line, LINES, objectOf, read, ROLE, state } from "./states.ts";

test("the picture of a function has the same neighbours as its map", () => {
  const lines = LINES.slice(0, 4);
  const status = state(read(lines));
  const mapped = mappedFunctions([status], { arns: new Map(), accounts: new Map() });

  const steps = reach(accessMap(mapped, mapped), KEY, 1).map(({ what, on }) => `${what} ${on}`);

  const { resources } = shownReach(status);
  const drawn = resources.flatMap(({ name, whats }) => whats.map((what) => `${what} ${name}`));
  expect(drawn.toSorted()).toEqual(steps.toSorted());
});

describe("what a function reaches over others", () => {
  const arnOf = (name: string): string => `arn:aws:lambda:eu-west-1:111122223333:function:${name}`;
  const keyOf = (name: string): Key => `function/111122223333/eu-west-1/payments/${name}` as Key;
  const named = (name: string, effective: EffectiveState): PermissionsObject => {
    const object = objectOf(effective);
    return { ...object, status: { ...object.status, key: keyOf(name) } };
  };
  const functions = ["one", "two"].map((name): FunctionObject => ({
    apiVersion: "grantkeeper.dev/v1alpha1",
    kind: "Function",
    metadata: { name, namespace: "payments" },
    status: {
      key: keyOf(name),
      account: "prod",
      accountId: "111122223333",
      region: "eu-west-1",
      functionName: name,
      functionArn: arnOf(name),
      declaredRole: ROLE,
      isInGit: true,
      readAt: "2026-11-30T05:00:00Z",
      live: null,
      adoption: null,
    },
  }));
  const permissions = [
    named(
      "one",
      read([
        line("s3 read", "bucket/a"),
        line("lambda invoke", "function/two", {
          actions: ["lambda:InvokeFunction"],
          resources: [arnOf("two")],
        }),
      ]),
    ),
    named("two", read([line("dynamodb write", "table/refunds")], ["its policy was not read"])),
  ];

  test("has what runs another function, with what that one may do and what was not read of it", () => {
    const accounts = new Map([["111122223333", "prod"]]);

    const { steps, unknown } = furtherReach(keyOf("one"), { permissions, functions, accounts });

    const target = "payments/two@prod/eu-west-1";
    expect(steps).toMatchObject([
      { what: "lambda invoke", runs: [{ target, steps: [{ what: "dynamodb write" }] }] },
    ]);
    expect(unknown).toEqual([{ reason: "its policy was not read", targets: [target] }]);
  });
});
