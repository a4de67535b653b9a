import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  ANY_TYPE,
  ANYONE,
  isAccountRoot,
  isEveryone,
  isPrincipalType,
  LAMBDA_SERVICE,
  principalName,
  principalOf,
} from "../../../../src/model/aws/principal.ts";

const TYPE = fc.constantFrom("AWS", "Service", "Federated", "CanonicalUser" as const);

describe("the name of a principal", () => {
  test("has its type and its value for any value", () => {
    fc.assert(
      fc.property(TYPE, fc.string(), (type, value) => {
        expect(principalOf(principalName(type, value))).toEqual({ type, value });
      }),
    );
  });

  test("differs for two principals of different types and equal values", () => {
    expect(principalName("AWS", "x")).not.toBe(principalName("Federated", "x"));
  });

  test.each(["*", "arn:aws:iam::111122223333:root", "Role x", ""])("has no type in %j", (name) => {
    expect(principalOf(name).type).toBeNull();
  });

  test("of a value that looks like another principal is not that one", () => {
    expect(principalOf("AWS Service lambda.amazonaws.com")).toEqual({
      type: "AWS",
      value: "Service lambda.amazonaws.com",
    });
    expect(principalName("AWS", "Service lambda.amazonaws.com")).not.toBe(LAMBDA_SERVICE);
  });
});

test.each([
  { name: ANYONE, everyone: true },
  { name: ANY_TYPE, everyone: true },
  { name: "Service *", everyone: false },
  { name: "AWS arn:aws:iam::111122223333:role/*", everyone: false },
])("$name is everyone: $everyone", ({ name, everyone }) => {
  expect(isEveryone(name)).toBe(everyone);
});

test.each([
  { name: "AWS arn:aws:iam::111122223333:root", root: true },
  { name: "AWS arn:aws:iam::111122223333:role/root", root: false },
  { name: "AWS root:root", root: false },
  { name: "Federated arn:aws:iam::111122223333:root", root: false },
])("$name is all of an account: $root", ({ name, root }) => {
  expect(isAccountRoot(name)).toBe(root);
});

test.each([
  { type: "AWS", known: true },
  { type: "aws", known: false },
  { type: "constructor", known: false },
])("$type is a type of principals: $known", ({ type, known }) => {
  expect(isPrincipalType(type)).toBe(known);
});
