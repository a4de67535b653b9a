import { expect, test } from "@jest/globals";
import { whoseText } from "../../../../src/workbench/import/whose-text.ts";

test("a function with two facts is one function", () => {
  const one = { function: "orders-api", account: "prod", region: "eu-west-1" } as never;

  expect(whoseText([{ one }, { one }])).toBe("orders-api@prod/eu-west-1");
});
