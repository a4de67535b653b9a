import { describe, expect, test } from "@jest/globals";
import { readdir } from "node:fs/promises";
import type { SignatureSettings } from "../../../../src/model/verification.ts";
import { SignatureVerifier } from "../../../../src/source/signatures/verifier.ts";
import { git } from "../../../support/git/git-repository.ts";
import { NO_KEYS } from "../../../support/signatures/signing-keys.ts";
import { allSigners, withSigners } from "../../../support/signatures/signers.ts";
import { eachSignedSource, reasonOf, SignedSource } from "../../../support/signatures/signed-source.ts";

withSigners("signatures of commits, checked by gpg and ssh-keygen", () => {
  const signers = allSigners();
  const source = eachSignedSource(() => signers().settings);

  test("commits that people signed with listed keys are verified, whichever program they used", async () => {
    const dana = await source().commit(signers().dana);
    const robin = await source().commit(signers().robin);
    const robinGpg = await source().commit(signers().robinGpg);

    const found = await source().verify(robinGpg);

    const ssh = { method: "ssh", key: expect.stringMatching(/^SHA256:/), issuer: null };
    const gpg = { method: "gpg", key: expect.stringMatching(/^[0-9A-F]{40}$/), issuer: null };
    expect(found).toEqual({
      kind: "verified",
      message: "3 commits are signed by dana@example.com, robin@example.com",
      signers: [
        { signed: dana, signer: "dana@example.com", ...ssh },
        { signed: robin, signer: "robin@example.com", ...ssh },
        { signed: robinGpg, signer: "robin@example.com", ...gpg },
      ],
    });
    expect((await readdir(source().bench.mirrorDir)).filter((name) => name.startsWith("keys-"))).toEqual([]);
  });

  test("one unsigned commit in the middle is found, also under signed commits on top", async () => {
    await source().commit(signers().dana);
    const middle = await source().commit();
    await source().commit(signers().dana);

    const found = await source().verify(await source().commit(signers().robin));

    expect(found).toMatchObject({
      kind: "unverified",
      reason: "Unsigned",
      message: `commit ${middle.slice(0, 8)} (committer robin@example.com) is not signed (of 4 new commits)`,
    });
  });

  describe("a commit is not verified", () => {
    test.each<{
      because: string;
      make: () => Promise<string>;
      with?: Partial<SignatureSettings>;
      reason: string;
    }>([
      {
        because: "an SSH key that is not listed signed it",
        make: () => source().commit(signers().stranger),
        reason: "UnknownSigner",
      },
      {
        because: "a GPG key that is not listed signed it",
        make: () => source().commit(signers().strangerGpg),
        reason: "UnknownSigner",
      },
      {
        because: "its GPG key is listed nowhere, as there is no keyring",
        make: () => source().commit(signers().robinGpg),
        with: { gpgKeyrings: [] },
        reason: "UnknownSigner",
      },
      {
        because: "its SSH key is listed nowhere, as there is no file of signers",
        make: () => source().commit(signers().robin),
        with: { allowedSignersFile: null },
        reason: "UnknownSigner",
      },
      {
        because: "a listed key of another person signed it",
        make: () => source().commit(signers().dana),
        with: { committerMustMatch: true },
        reason: "OtherPerson",
      },
      {
        because: "its message was changed after it was signed",
        make: () => altered("message"),
        reason: "InvalidSignature",
      },
      {
        because: "its GPG signature belongs to another commit",
        make: () => altered("gpg"),
        reason: "InvalidSignature",
      },
      { because: "it has two signatures", make: () => altered("twice"), reason: "MalformedObject" },
      { because: "a NUL byte hides a part of it", make: () => altered("nul"), reason: "MalformedObject" },
      { because: "it is huge", make: () => altered("huge"), reason: "MalformedObject" },
      { because: "its signature is S/MIME", make: () => altered("x509"), reason: "UnsupportedFormat" },
    ])("if $because", async ({ make, with: other = {}, reason }) => {
      const found = await source().verify(await make(), { with: other });

      expect(reasonOf(found)).toBe(reason);
    });
  });

  /** A commit that was changed after it was signed. */
  async function altered(how: "message" | "gpg" | "twice" | "nul" | "huge" | "x509"): Promise<string> {
    const signed = await source().commit(how === "gpg" ? signers().robinGpg : signers().robin);
    const text = await git(source().repository.bare, ["cat-file", "commit", signed]);
    const signature = /gpgsig [^]*?-----END [A-Z ]+-----\n/.exec(text)?.[0] ?? "";
    const changed = {
      message: text.replace(/change$/m, "changed"),
      gpg: text.replace(/change$/m, "changed"),
      twice: text.replace(signature, signature + signature),
      nul: `${text}\0hidden`,
      huge: `${text}${"x".repeat(300_000)}`,
      x509: text.replaceAll("SSH SIGNATURE", "SIGNED MESSAGE"),
    }[how];
    return source().writeObject("commit", changed);
  }

  test("a committer with a strange name is shown on one line, and counts by the address", async () => {
    const env = { GIT_COMMITTER_NAME: 'R <x> "; rm', GIT_COMMITTER_EMAIL: "ROBIN@example.com" };

    const found = await source().verify(await source().commit(signers().robin, env), {
      with: { committerMustMatch: true },
    });

    expect(reasonOf(found)).toBe("verified");
  });

  test("a long range continues where the last call ended, and other keys begin again", async () => {
    for (let count = 0; count < 5; count += 1) await source().commit(signers().robin);
    const range = await source().newCommits();
    const allowedSignersFile = await signers().keys.write(
      "growing",
      `robin@example.com ${await signers().keys.publicKey("robin")}\n`,
    );
    const verifier = new SignatureVerifier({ ...NO_KEYS, allowedSignersFile }, source().bench.mirrorDir, {
      nowMs: () => Date.now(),
      ms: 0,
      slice: 2,
    });
    const answers: string[] = [];
    for (let call = 0; call < 3; call += 1) answers.push((await verifier.verify(range)).kind);
    await signers().keys.write("growing", `dana@example.com ${await signers().keys.publicKey("dana")}\n`);

    expect(answers).toEqual(["unverified", "unverified", "verified"]);
    expect(reasonOf(await verifier.verify(range))).toBe("UnknownSigner");
  });

  test("a repository with SHA-256 is verified too", async () => {
    const sha256 = await SignedSource.open(signers().settings, "sha256");
    try {
      expect(reasonOf(await sha256.verify(await sha256.commit(signers().robinGpg)))).toBe("verified");
    } finally {
      await sha256.end();
    }
  });
});
