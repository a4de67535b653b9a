import { describe, expect, test } from "@jest/globals";
import { CliError } from "../../../src/cli/toolbox/cli-error.ts";
import { matching, parseTarget } from "../../../src/cli/toolbox/target.ts";
import { targetText, type NamedKey, parseKey } from "../../../src/model/keys/key.ts";

function item(text: string, account: string): NamedKey {
  const key = parseKey(text);
  if (key === undefined) throw new Error(`"${text}" is no key`);
  return { key, account };
}

const STAGING = "111122223333";
const PROD = "444455556666";
const ITEMS = [
  item(`function/${STAGING}/eu-west-1/orders/api`, "staging"),
  item(`function/${PROD}/eu-west-1/orders/api`, "prod"),
  item(`function/${PROD}/us-east-1/orders/api`, "prod"),
  item(`function/${PROD}/eu-west-1/payments/api`, "prod"),
  item(`policy/${PROD}/orders/shared`, "prod"),
];

describe("a target", () => {
  test.each([
    { text: "orders/api@prod/eu-west-1", means: [1], because: "the full form means one binding" },
    { text: "orders/api@prod", means: [1, 2], because: "without a region it means all regions" },
    { text: "orders/api", means: [0, 1, 2], because: "without an account it means all accounts" },
    { text: "api", means: [0, 1, 2, 3], because: "a name alone means every namespace" },
    { text: "@staging", means: [0], because: "an account alone means all in it" },
    { text: "@prod/us-east-1", means: [2], because: "a policy has no region, so it is not included" },
    { text: `api@${PROD}/us-east-1`, means: [2], because: "an account id works like the account's name" },
    { text: "orders/", means: [0, 1, 2, 4], because: "a namespace means all in it, as for suspend" },
    { text: "orders/@prod", means: [1, 2, 4], because: "and with an account what is in both" },
    { text: "orders/shared", means: [4], because: "a ManagedPolicy is named the same way" },
    { text: `function/${STAGING}/eu-west-1/orders/api`, means: [0], because: "a key means exactly one" },
  ])("$text: $because", ({ text, means }) => {
    expect(matching(text, ITEMS)).toEqual(means.map((at) => ITEMS[at]));
  });

  test("without a namespace is limited by -n", () => {
    expect(matching("api", ITEMS, "payments")).toEqual([ITEMS[3]]);
  });

  test.each([
    { text: "orders/apy", near: "orders/api" },
    { text: "order/api", near: "orders/api" },
    { text: "orders/api@prd", near: "orders/api@prod" },
    { text: "orders/api@prod/eu-west-2", near: "orders/api@prod/eu-west-1" },
    { text: "@stagin", near: "@staging" },
    { text: "order/", near: "orders/" },
    { text: "share", near: "shared" },
  ])("with a typing error is answered with the nearest name in the same form: $text", ({ text, near }) => {
    expect(() => matching(text, ITEMS)).toThrow(expect.objectContaining({ fix: `did you mean ${near}?` }));
  });

  test.each([
    { text: "orders/api@test/eu-west-1", near: "orders/api@prod/eu-west-1", because: "of another account" },
    {
      text: "orders/api@nowhere",
      near: "one of orders/api@prod, orders/api@staging",
      because: "of two accounts",
    },
    { text: "billing/api", near: "one of orders/api, payments/api", because: "of other namespaces" },
    { text: "shared@dev", near: "shared@prod", because: "of another account" },
    {
      text: "orders/api@staging/us-east-1",
      near: "orders/api@staging/eu-west-1",
      because: "of another region",
    },
  ])("whose other parts are correct is answered with the targets $because: $text", ({ text, near }) => {
    expect(() => matching(text, ITEMS)).toThrow(expect.objectContaining({ fix: `did you mean ${near}?` }));
  });

  test.each([
    { namespace: "payment", near: "payments/api" },
    { namespace: "billing", near: "one of orders/api, payments/api" },
  ])("without a namespace is answered with another one than that of -n $namespace", ({ namespace, near }) => {
    expect(() => matching("api", ITEMS, namespace)).toThrow(
      expect.objectContaining({ fix: `did you mean ${near}?` }),
    );
  });

  test("that resembles nothing is answered with the command that lists all", () => {
    expect(() => matching("zzzzzzz", ITEMS)).toThrow(
      expect.objectContaining({
        message: '"zzzzzzz" not found',
        fix: "grantkeeper get bindings lists all",
      }),
    );
  });

  test.each(["", "@", "a/b/c", "/", "orders/api@prod/eu-west-1/x", "a b", "orders/api@"])(
    "of no form is refused: %j",
    (text) => {
      expect(() => parseTarget(text)).toThrow(CliError);
    },
  );

  test("prints in the form in which it is read", () => {
    for (const one of ITEMS) expect(matching(targetText(one), ITEMS)).toEqual([one]);
  });
});
