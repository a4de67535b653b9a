import { expect, test } from "@jest/globals";
import { addCommits, git } from "../../../support/git/git-repository.ts";
import { allSigners, withSigners } from "../../../support/signatures/signers.ts";
import { eachSignedSource, FILE, reasonOf } from "../../../support/signatures/signed-source.ts";

withSigners("which commits need a signature", () => {
  const signers = allSigners();
  const source = eachSignedSource(() => signers().settings);

  /** A merge by Robin of a branch with one unsigned commit. */
  async function merge(): Promise<string> {
    await source().commit(signers().dana);
    const main = (await source().repository.git("rev-parse", "main")).trim();
    await source().repository.git("update-ref", "refs/heads/topic", main);
    const topic = await source().repository.commit(
      { ...FILE, "teams/orders/b.yaml": "b: 1\n" },
      { branch: "topic" },
    );
    const tree = (await source().repository.git("rev-parse", `${topic}^{tree}`)).trim();
    const args = ["commit-tree", "-S", tree, "-p", main, "-p", topic, "-m", "merge"];
    const merged = (await git(source().repository.bare, args, { env: signers().robin })).trim();
    await source().repository.git("update-ref", "refs/heads/main", merged);
    return merged;
  }

  test.each([
    { policy: "every", expected: "Unsigned", because: "the merged branch has an unsigned commit" },
    { policy: "firstParent", expected: "verified", because: "the merge answers for what it merges" },
    { policy: "tip", expected: "verified", because: "the newest commit answers for all" },
  ] as const)("with policy $policy: $because", async ({ policy, expected }) => {
    expect(reasonOf(await source().verify(await merge(), { with: { policy } }))).toBe(expected);
  });

  test("an unsigned newest commit is found with policy tip", async () => {
    await source().commit(signers().robin);

    expect(reasonOf(await source().verify(await source().commit(), { with: { policy: "tip" } }))).toBe(
      "Unsigned",
    );
  });

  test("at the first run the newest commit, or all after the trusted one", async () => {
    const trusted = await source().commit();
    await source().commit(signers().robin);
    const tip = await source().commit(signers().dana);
    const unrelated = await source().repository.commit(FILE, {
      parent: "none",
      branch: "other",
      message: "unrelated",
    });

    const answers = [
      await source().verify(tip, { from: null }),
      await source().verify(tip, { from: null, with: { trustedCommit: trusted } }),
      await source().verify(tip, { from: null, with: { trustedCommit: source().first } }),
      await source().verify(tip, { from: null, with: { trustedCommit: unrelated } }),
      await source().verify(tip, { from: null, with: { trustedCommit: "1".repeat(40) } }),
    ];

    expect(answers.map(reasonOf)).toEqual([
      "verified",
      "verified",
      "Unsigned",
      "NotContained",
      "NotContained",
    ]);
  });

  test("what an operator approved counts, with its history", async () => {
    const approved = await source().commit();
    const tip = await source().commit(signers().robin);

    expect(reasonOf(await source().verify(tip, { approved: [approved] }))).toBe("verified");
    expect(reasonOf(await source().verify(await source().commit(), { approved: [approved] }))).toBe(
      "Unsigned",
    );
  });

  test("after a force-push, all that the accepted revision does not contain", async () => {
    await source().repository.commit(FILE, { parent: "none", message: "rewritten" });

    expect(reasonOf(await source().verify(await source().commit(signers().robin)))).toBe("Unsigned");
  });

  test("a step back to an older commit proves only what that commit or the trusted one proves", async () => {
    const unsigned = await source().commit();
    const signed = await source().commit(signers().dana);
    const from = await source().commit(signers().robin);

    const answers = [
      await source().verify(unsigned, { from }),
      await source().verify(signed, { from }),
      await source().verify(unsigned, { from, with: { trustedCommit: signed } }),
    ];

    expect(answers.map(reasonOf)).toEqual(["Unsigned", "verified", "verified"]);
  });

  test("a replaced or grafted commit on the server changes nothing", async () => {
    const unsigned = await source().commit();
    const tip = await source().commit(signers().robin);
    await source().repository.git("update-ref", `refs/replace/${unsigned}`, tip);

    expect(reasonOf(await source().verify(tip))).toBe("Unsigned");
  });

  test("more commits than one call verifies are a reason to hold", async () => {
    await addCommits(source().repository.bare, 10_001);

    const found = await source().verify((await source().repository.git("rev-parse", "main")).trim());

    expect(reasonOf(found)).toBe("TooManyCommits");
  });

  test("many bad commits are counted, not listed", async () => {
    await addCommits(source().repository.bare, 150);

    const found = await source().verify((await source().repository.git("rev-parse", "main")).trim());

    expect(found).toMatchObject({ message: expect.stringMatching(/; and at least \d+ more \(of 150 new/) });
  });
});
