import { expect, test } from "@jest/globals";
import { limitedCaller, namespacesIn } from "../../../src/http/server/authentication.ts";
import type { ApiCaller } from "../../../src/http/access/access.ts";

const CALLER: ApiCaller = {
  actor: "dana",
  grants: [
    { scopes: new Set(["read"]), namespaces: "all" },
    { scopes: new Set(["approve"]), namespaces: new Set(["orders", "search"]) },
    { scopes: new Set(["suspend"]), namespaces: new Set(["payments"]) },
  ],
  provedMs: null,
  mail: null,
  endsMs: 1,
};

test("a limited caller keeps each grant in the named namespaces alone, and gets none in others", () => {
  expect(limitedCaller(CALLER, ["orders", "reports"])).toEqual({
    ...CALLER,
    grants: [
      { scopes: new Set(["read"]), namespaces: new Set(["orders", "reports"]) },
      { scopes: new Set(["approve"]), namespaces: new Set(["orders"]) },
    ],
  });
});

test.each([
  { header: "orders", names: ["orders"] },
  { header: "orders, a-1", names: ["orders", "a-1"] },
  { header: "*", names: undefined },
  { header: "orders,", names: undefined },
  { header: "-a", names: undefined },
])("the header $header names $names", ({ header, names }) => {
  expect(namespacesIn(header)).toEqual(names);
});
