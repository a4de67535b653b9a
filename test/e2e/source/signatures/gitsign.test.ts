import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KeyFinding, SignatureSettings } from "../../../../src/model/verification.ts";
import { examineKeys } from "../../../../src/source/signatures/examine-keys.ts";
import { eachSignedSource, reasonOf, SignedSource } from "../../../support/signatures/signed-source.ts";
import { NO_KEYS } from "../../../support/signatures/signing-keys.ts";
import { extension } from "../../../support/signatures/sigstore/authority.ts";
import { integer } from "../../../support/signatures/sigstore/der.ts";
import {
  DANA,
  logOf,
  SIGNED_MS,
  TestSigstore,
  type GitsignOptions,
} from "../../../support/signatures/sigstore/gitsign.ts";
import { gitsignCommit, gitsignTag } from "../../../support/signatures/sigstore/signed-objects.ts";

const sigstore = new TestSigstore();
const { signal } = new AbortController();
/** As the committer of the tests' git. */
const ROBIN = { ...DANA, identity: "robin@example.com" };
const WORKFLOW = {
  identity: "https://github.com/Acme/permissions/.github/workflows/bump.yml@refs/heads/main",
  issuer: "https://token.actions.githubusercontent.com",
};

describe("gitsign signatures of commits, verified with the operator's trusted_root.json", () => {
  let folder: string;
  let settings: SignatureSettings;
  const source = eachSignedSource(() => settings);
  const commit = (options: GitsignOptions = {}): Promise<string> =>
    gitsignCommit(source(), sigstore, options);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "gitsign-"));
    settings = { ...NO_KEYS, gitsign: await trusting(sigstore.trustedRoot()) };
  });
  afterAll(() => rm(folder, { recursive: true }));

  let files = 0;
  async function trusting(text: string): Promise<NonNullable<SignatureSettings["gitsign"]>> {
    files += 1;
    const trustedRootFile = join(folder, `trusted-root-${files}.json`);
    await writeFile(trustedRootFile, text);
    return { trustedRootFile, identities: [DANA, ROBIN, WORKFLOW] };
  }

  test("count long after their certificates have expired, and name the identity", async () => {
    const first = await commit();
    const second = await commit(WORKFLOW);

    const proof = { method: "gitsign", key: expect.stringMatching(/^SHA256:[0-9a-f]{64}$/) };
    expect(await source().verify(second)).toEqual({
      kind: "verified",
      message: `2 commits are signed by dana@example.com, ${WORKFLOW.identity}`,
      signers: [
        { signed: first, signer: DANA.identity, issuer: DANA.issuer, ...proof },
        { signed: second, signer: WORKFLOW.identity, issuer: WORKFLOW.issuer, ...proof },
      ],
    });
  });

  test("count in a repository with SHA-256", async () => {
    const sha256 = await SignedSource.open(settings, "sha256");
    try {
      expect(await sha256.explain(await gitsignCommit(sha256, sigstore))).toBe("verified");
    } finally {
      await sha256.end();
    }
  });

  test("of a tag answer for its commit, and do not count when the tag was changed", async () => {
    const to = await source().commit();
    await gitsignTag(source(), sigstore, to);
    expect(await source().verifyTag(to)).toMatchObject({
      kind: "verified",
      message: "tag v1 is signed by dana@example.com",
      signers: [{ signed: "v1", signer: DANA.identity, issuer: DANA.issuer }],
    });

    const text = await source().objectText("tag", "v1");
    await source().writeObject("tag", text.replace("release", "another"));

    expect(reasonOf(await source().verifyTag(to))).toBe("InvalidSignature");
  });

  test("hold the range if one commit in the middle has only an online entry, and name the setting", async () => {
    await commit();
    const middle = await commit({ entry: () => null });

    const found = await source().verify(await commit());

    expect(found).toMatchObject({
      kind: "unverified",
      reason: "UnsupportedFormat",
      message: expect.stringMatching(
        new RegExp(`^commit ${middle.slice(0, 8)} .*without its log entry.*\\(of 3 new commits\\)$`),
      ),
      fix: expect.stringContaining("gitsign.rekorMode offline"),
    });
  });

  test("do not count for a signature that was moved to another commit", async () => {
    const text = await source().objectText("commit", await commit());
    const moved = await source().writeObject("commit", text.replace("\n\n", "\n\nchanged "));

    expect(await source().explain(moved)).toMatch(/^InvalidSignature: .*does not match its content/);
  });

  test("need the committer's own identity if committerMustMatch is set", async () => {
    const byDana = await source().explain(await commit(), { committerMustMatch: true });
    const onTop = await source().verify(await commit(ROBIN), {
      approved: [(await source().repository.git("rev-parse", "main~1")).trim()],
      with: { committerMustMatch: true },
    });

    expect(byDana).toMatch(/^OtherPerson: .*is signed by dana@example.com/);
    expect(reasonOf(onTop)).toBe("verified");
  });

  test.each<{ because: string; with: GitsignOptions; reason: RegExp }>([
    {
      because: "its certificate has a critical extension that no one knows",
      with: { others: [extension("1.3.6.1.4.1.57264.1.999", integer(Buffer.from([1])), true)] },
      reason: /^UnknownSigner: .*critical extension of unknown meaning/,
    },
    {
      because: "its log entry is damaged",
      with: { entry: () => Buffer.from("ff", "hex") },
      reason: /^InvalidSignature: .*log entry that cannot be read/,
    },
    {
      because: "the identity is not listed",
      with: { identity: "eve@example.com" },
      reason: /^UnknownSigner: .*signatures.gitsign.identities does not list/,
    },
  ])("do not count if $because", async ({ with: options, reason }) => {
    expect(await source().explain(await commit(options))).toMatch(reason);
  });

  test("do not count if no gitsign is configured, or only a root that was removed", async () => {
    const to = await commit();
    const caFile = join(folder, "root.pem");
    await writeFile(caFile, "-----BEGIN CERTIFICATE-----\n");
    const other = await trusting(new TestSigstore().trustedRoot({ tlogs: [logOf(sigstore.rekor)] }));

    expect(await source().explain(to, { gitsign: null, x509: { caFile, revocationFile: null } })).toMatch(
      /^UnsupportedFormat: .*no signatures.gitsign is configured/,
    );
    expect(await source().explain(to, { gitsign: other })).toMatch(/^UnknownSigner: .*another authority/);
  });

  describe("the file of trusted keys", () => {
    const examined = (gitsign: SignatureSettings["gitsign"], nowMs: number): Promise<readonly KeyFinding[]> =>
      examineKeys({ settings: { ...settings, gitsign }, folder: source().bench.mirrorDir, nowMs }, signal);

    test("is named by doctor with the identities that count", async () => {
      expect(await examined(settings.gitsign, SIGNED_MS)).toEqual([
        {
          outcome: "passed",
          detail: expect.stringMatching(
            /^3 keys: dana@example.com \(https:\/\/accounts.example.com\), robin@example.com \(/,
          ),
        },
      ]);
    });

    test("is a warning of doctor if no authority and no log in it count any more", async () => {
      const ended = { start: "2020-01-01T00:00:00Z", end: "2025-01-01T00:00:00Z" };
      const old = await trusting(sigstore.trustedRoot({ tlogs: [logOf(sigstore.rekor, ended)] }));

      expect(await examined(old, SIGNED_MS)).toEqual([
        { outcome: "failed", detail: "no key is usable: every new commit is held" },
        { outcome: "warning", detail: expect.stringMatching(/^no log of .*trustedRootFile counts today/) },
      ]);
      expect(await examined(old, Date.UTC(2019, 0, 1))).toMatchObject([
        { outcome: "failed" },
        { detail: expect.stringMatching(/^no authority and no log of /) },
      ]);
    });

    test.each([
      { because: "it is missing", text: null, problem: "ENOENT" },
      { because: "it is no JSON", text: "keys", problem: "it is not JSON" },
    ])("makes the keys unusable if $because, and doctor names it", async ({ text, problem }) => {
      const gitsign = await trusting(text ?? "");
      if (text === null) await rm(gitsign.trustedRootFile);

      await expect(source().explain(await commit(), { gitsign })).rejects.toMatchObject({
        code: "keys-unusable",
        message: expect.stringContaining(`${gitsign.trustedRootFile}: ${problem}`),
      });
      expect(await examined(gitsign, SIGNED_MS)).toMatchObject([
        { outcome: "failed", detail: expect.stringContaining(problem) },
      ]);
    });
  });
});
