import { expect, test } from "@jest/globals";
import { declarationDigest, DeclarationDigests } from "../../../../src/diff/drift/declaration-digests.ts";
import { binding } from "../../../support/pass/bindings.ts";

test("the digest of a declared state is computed once for all passes that compare it", () => {
  const expected = declarationDigest(binding());
  const digests = new DeclarationDigests();
  let reads = 0;
  const state = Object.defineProperty({ ...binding() }, "role", {
    enumerable: true,
    get: () => (reads += 1) && binding().role,
  });

  const found = [digests.digestOf(state), digests.digestOf(state)];

  expect(found).toEqual([expected, expected]);
  expect(reads).toBe(1);
});

test("two states that declare different things have different digests", () => {
  const digests = new DeclarationDigests();

  expect(digests.digestOf(binding())).not.toBe(digests.digestOf(binding({ path: "/x/" })));
});
