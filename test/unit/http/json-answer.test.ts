import { once } from "node:events";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { jsonPieces, paced } from "../../../src/http/server/json-answer.ts";

test("the pieces of an answer are the JSON text of the value", () => {
  const member = fc.oneof(fc.jsonValue({ maxDepth: 7 }), fc.constant(undefined));
  const value = fc.oneof(fc.dictionary(fc.string(), member), fc.array(member));

  fc.assert(
    fc.property(value, (answer) => {
      expect([...jsonPieces(answer)].join("")).toBe(JSON.stringify(answer));
    }),
  );
});

test("a list of many objects is more than one piece, none much longer than the largest object", () => {
  const items = Array.from({ length: 400 }, (_, at) => ({
    metadata: { name: `n${at}` },
    spec: "x".repeat(1_000),
  }));

  const pieces = [...jsonPieces({ kind: "List", items })];

  expect(pieces.join("")).toBe(JSON.stringify({ kind: "List", items }));
  expect(pieces.length).toBeGreaterThan(5);
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(68_000);
});

test("the calls of one long pending approval are divided too", () => {
  const calls = Array.from({ length: 400 }, (_, at) => ({
    call: "iam:CreateRole",
    input: { at, text: "x".repeat(1_000) },
  }));
  const items = [{ metadata: { name: "hold" }, status: { calls } }];

  const longest = Math.max(...[...jsonPieces({ items })].map((piece) => piece.length));

  expect(longest).toBeLessThan(68_000);
});

/** As many pieces as are asked for. `isReleased`: no more can be. */
function endless(): { readonly pieces: Iterable<string>; readonly isReleased: () => boolean } {
  let isReleased = false;
  function* pieces(): Generator<string, void> {
    try {
      for (;;) yield "x".repeat(65_536);
    } finally {
      isReleased = true;
    }
  }
  return { pieces: pieces(), isReleased: () => isReleased };
}

test("an answer whose client takes nothing ends, and releases what it is made from", async () => {
  const { pieces, isReleased } = endless();
  const answer = paced(pieces, { slowMs: 5, answerMs: 60_000 });
  answer.read(0);

  await once(answer, "close");

  expect(isReleased()).toBe(true);
});

test("an answer whose client always takes a little ends too", async () => {
  const { pieces, isReleased } = endless();
  const answer = paced(pieces, { slowMs: 60_000, answerMs: 20 });
  answer.on("data", () => undefined);

  await once(answer, "close");

  expect(isReleased()).toBe(true);
});

test("an answer that is taken in time is complete", async () => {
  const answer = paced(["a", "b", "c"], { slowMs: 60_000, answerMs: 60_000 });

  expect(await answer.toArray()).toEqual(["a", "b", "c"]);
});
