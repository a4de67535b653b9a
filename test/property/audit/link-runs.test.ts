import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { chainParts, type ChainPart } from "../../../src/audit/link-run.ts";
import { readLink } from "../../../src/audit/proved-link.ts";
import { verifyLinks, type VerifyReport } from "../../../src/audit/verification/verify.ts";
import { finish, intent, refusal } from "../../support/record/audit-facts.ts";
import { chainOf, CHAIN_KEY } from "../../support/record/chain.ts";

const intended = intent();
const chain = chainOf([
  refusal(1),
  intended,
  "sign",
  refusal(2),
  intended,
  refusal(3),
  finish({ ...intended, seq: 5, at: "", prev: "", hash: "" }, "applied"),
  finish({ ...intended, seq: 2, at: "", prev: "", hash: "" }, "failed"),
  "sign",
  intended,
]);

/** One line is changed in one of the ways that break a chain; each may leave it as it is. */
const lines = fc
  .record({
    at: fc.nat({ max: chain.lines.length }),
    how: fc.constantFrom("drop", "repeat", "spoil", "swap", "keep"),
  })
  .map(({ at, how }) => {
    const line = chain.lines[at] ?? "";
    if (how === "drop") return chain.lines.toSpliced(at, 1);
    if (how === "repeat") return chain.lines.toSpliced(at, 0, line);
    if (how === "spoil") return chain.lines.with(Math.min(at, chain.lines.length - 1), line.slice(1));
    return how === "swap" ? chain.lines.toSpliced(at, 1).toSpliced(at + 1, 0, line) : chain.lines;
  });

/** Copies that match, and those that claim a checkpoint where there is none. */
const anchors = fc
  .subarray([1, 4, 6, 12])
  .map((places) => [
    ...chain.anchors,
    ...chain.anchors.slice(0, 1).flatMap((one) => places.map((upTo) => ({ ...one, upTo }))),
  ]);

async function* blocks(
  text: readonly string[],
  sizes: readonly number[],
): AsyncGenerator<readonly ChainPart[]> {
  let from = 0;
  for (const size of [...sizes, text.length]) {
    yield chainParts(text.slice(from, from + size).map(readLink));
    from += size;
  }
}

function verify(
  links: AsyncIterable<readonly ChainPart[]>,
  evidence: Pick<Parameters<typeof verifyLinks>[0], "anchors" | "extent">,
): Promise<VerifyReport> {
  return verifyLinks({ links, publicKeys: [CHAIN_KEY], ...evidence });
}

test("the report is the same for runs of any length, and for single entries", async () => {
  const extent = fc.constantFrom("whole" as const, "period" as const);
  const sizes = fc.array(fc.nat({ max: 4 }), { maxLength: 5 });

  await fc.assert(
    fc.asyncProperty(lines, anchors, extent, sizes, async (text, copies, part, cuts) => {
      const evidence = { anchors: copies, extent: part };
      const single = await verify(
        blocks(
          text,
          text.map(() => 1),
        ),
        evidence,
      );

      expect(await verify(blocks(text, cuts), evidence)).toEqual(single);
    }),
  );
});
