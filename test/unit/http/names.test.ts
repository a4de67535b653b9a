import { expect, test } from "@jest/globals";
import { bindingName } from "../../../src/api/names.ts";
import { parseKey } from "../../../src/model/keys/key.ts";
import { checked } from "../../support/record/audit-facts.ts";

test("similar keys of one namespace have different names", () => {
  const keys = [
    "function/111122223333/eu-west-1/orders/api",
    "function/111122223333/eu-west-2/orders/api",
    "function/444455556666/eu-west-1/orders/api",
    "policy/111122223333/orders/api",
    "policy/111122223333/orders/api.eu-west-1",
    "policy/444455556666/orders/api.111122223333",
    "function/111122223333/eu-west-1/orders/api.111122223333.eu-west-1",
  ];

  const names = keys.map((key) => bindingName(checked(parseKey(key))));

  expect(new Set(names).size).toBe(keys.length);
  expect(names[0]).toBe("api.111122223333.eu-west-1");
  expect(names[3]).toBe("api.111122223333");
});
