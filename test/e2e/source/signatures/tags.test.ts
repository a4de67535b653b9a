import { expect, test } from "@jest/globals";
import { git } from "../../../support/git/git-repository.ts";
import type { Signing } from "../../../support/signatures/signing-keys.ts";
import { allSigners, withSigners } from "../../../support/signatures/signers.ts";
import { eachSignedSource, reasonOf } from "../../../support/signatures/signed-source.ts";

withSigners("a signed tag", () => {
  const signers = allSigners();
  const source = eachSignedSource(() => signers().settings);

  const tag = (name: string, env: Signing): Promise<string> =>
    git(source().repository.bare, ["tag", "-f", "-s", "-m", "release", name, "main"], { env });

  test.each([
    { because: "SSH", key: () => signers().robin },
    { because: "GPG", key: () => signers().robinGpg },
  ])("answers for unsigned commits ($because)", async ({ key }) => {
    const hash = await source().commit();
    await tag("v1", key());

    expect(await source().verifyTag(hash, { committerMustMatch: true })).toMatchObject({
      kind: "verified",
      message: "tag v1 is signed by robin@example.com",
    });
  });

  test.each<{ because: string; make: () => Promise<unknown>; reason: string }>([
    {
      because: "it is lightweight",
      make: () => source().repository.git("tag", "v1", "main"),
      reason: "Unsigned",
    },
    {
      because: "it has no signature",
      make: () => source().repository.git("tag", "-a", "-m", "x", "v1", "main"),
      reason: "Unsigned",
    },
    {
      because: "a stranger signed it with SSH",
      make: () => tag("v1", signers().stranger),
      reason: "UnknownSigner",
    },
    {
      because: "a stranger signed it with GPG",
      make: () => tag("v1", signers().strangerGpg),
      reason: "UnknownSigner",
    },
    {
      because: "an old signed tag was pushed under its name",
      make: async () => {
        await tag("v0", signers().robin);
        await source().repository.git("update-ref", "refs/tags/v1", "refs/tags/v0");
      },
      reason: "InvalidSignature",
    },
    {
      because: "its content was changed",
      make: async () => {
        await tag("v1", signers().robin);
        const text = (await source().repository.git("cat-file", "tag", "v1")).replace("release", "released");
        await source().writeObject("tag", text);
      },
      reason: "InvalidSignature",
    },
  ])("does not count if $because", async ({ make, reason }) => {
    const hash = await source().commit();
    await make();

    expect(reasonOf(await source().verifyTag(hash))).toBe(reason);
  });

  test("that replaced an unsigned one on the same commit is fetched", async () => {
    const hash = await source().commit();
    await source().repository.git("tag", "v1", "main");
    const before = await source().verifyTag(hash);
    await tag("v1", signers().robin);

    expect([before, await source().verifyTag(hash)].map(reasonOf)).toEqual(["Unsigned", "verified"]);
  });
});
