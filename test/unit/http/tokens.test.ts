import { expect, test } from "@jest/globals";
import { sha256Hex } from "../../../src/model/values/digest.ts";
import { TokenTable } from "../../../src/http/access/tokens.ts";
import type { ApiToken } from "../../../src/model/values/api-token.ts";

const LOCAL = "l".repeat(40);
const NOW_MS = Date.parse("2026-11-25T12:00:00Z");

function token(change: Partial<ApiToken> = {}): ApiToken {
  const expires = "2026-11-25T12:00:00.001Z";
  return {
    name: "ci",
    sha256: sha256Hex("secret"),
    scopes: ["read"],
    namespaces: ["orders"],
    expires,
    ...change,
  };
}

test("a token is known until the millisecond it expires", () => {
  const table = new TokenTable([token()], LOCAL);

  expect(table.authenticate("Bearer secret", NOW_MS)).toMatchObject({
    kind: "known",
    caller: { actor: "ci" },
  });
  expect(table.authenticate("Bearer secret", NOW_MS + 1)).toMatchObject({ kind: "refused", actor: "ci" });
});

test("a star among the namespaces means all of them", () => {
  const table = new TokenTable([token({ namespaces: ["orders", "*"] })], LOCAL);

  expect(table.authenticate("bearer secret", NOW_MS)).toMatchObject({
    caller: { grants: [{ namespaces: "all" }] },
  });
});

test("the hash of a token is not accepted as a token", () => {
  const table = new TokenTable([token()], LOCAL);

  expect(table.authenticate(`Bearer ${sha256Hex("secret")}`, NOW_MS)).toMatchObject({ kind: "refused" });
});

test.each([undefined, "Basic secret", "Bearer"])(
  "the refusal of %p has no part of a credential to mask",
  (header) => {
    expect(new TokenTable([], LOCAL).authenticate(header, NOW_MS)).toMatchObject({
      kind: "refused",
      reason: "the controller needs a token",
    });
  },
);

test.each([{ sha256: "abc" }, { expires: "soon" }])("a token with %p is a broken configuration", (change) => {
  expect(() => new TokenTable([token(change)], LOCAL)).toThrow("token");
});
