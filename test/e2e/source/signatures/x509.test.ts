import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SignatureSettings } from "../../../../src/model/verification.ts";
import { examineKeys } from "../../../../src/source/signatures/examine-keys.ts";
import { SignatureVerifier } from "../../../../src/source/signatures/verifier.ts";
import { git } from "../../../support/git/git-repository.ts";
import { SigningAuthority } from "../../../support/signatures/certificates.ts";
import {
  eachSignedSource,
  explanationOf,
  reasonOf,
  SignedSource,
} from "../../../support/signatures/signed-source.ts";
import { NO_KEYS, type Signing } from "../../../support/signatures/signing-keys.ts";

const { signal } = new AbortController();
/** As the committer of the tests' git. */
const ROBIN = "robin@example.com";
/** The arc of the extensions in Fulcio's certificates. */
const ISSUER_OF_SIGSTORE = "1.3.6.1.4.1.57264.1.1=ASN1:UTF8String:https://accounts.example.com\n";

describe("X.509 signatures of commits, made and checked by OpenSSL", () => {
  let folder: string;
  let acme: SigningAuthority;
  let robin: Signing;
  let settings: SignatureSettings;
  const source = eachSignedSource(() => settings);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "x509-"));
    acme = await SigningAuthority.open(join(folder, "acme"), "Acme Signing");
    robin = await acme.issue("robin");
    settings = { ...NO_KEYS, x509: { caFile: acme.caFile, revocationFile: null } };
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("are verified with the operator's authority, and name the address in the certificate", async () => {
    await source().commit(robin);

    const found = await source().verify(await source().commit(robin), {
      with: { committerMustMatch: true },
    });

    expect(found).toMatchObject({
      kind: "verified",
      message: `2 commits are signed by ${ROBIN}`,
      signers: [
        { signer: ROBIN, method: "x509" },
        { signer: ROBIN, method: "x509", issuer: expect.stringMatching(/^[^\n]*CN=/) },
      ],
    });
    expect((await readdir(source().bench.mirrorDir)).filter((name) => name.startsWith("keys-"))).toEqual([]);
  });

  test("are verified in a repository with SHA-256", async () => {
    const sha256 = await SignedSource.open(settings, "sha256");
    try {
      expect(await sha256.explain(await sha256.commit(robin))).toBe("verified");
    } finally {
      await sha256.end();
    }
  });

  test("of a tag answer for its commit, and are not verified when the tag was changed", async () => {
    const to = await source().commit();
    await git(source().repository.bare, ["tag", "-s", "-m", "release", "v1", to], { env: robin });
    expect(reasonOf(await source().verifyTag(to))).toBe("verified");

    const text = await source().objectText("tag", "v1");
    await source().writeObject("tag", text.replace("release", "another"));

    expect(reasonOf(await source().verifyTag(to))).toBe("InvalidSignature");
  });

  test("are not verified without an authority", async () => {
    expect(await source().explain(await source().commit(robin), { x509: null })).toMatch(
      /^UnsupportedFormat: .*no signatures.x509 is configured/,
    );
  });

  test.each([
    { because: "the certificate has expired", name: "late", options: { days: -1 }, reason: /^ExpiredKey/ },
    {
      because: "the certificate is that of a server",
      name: "server",
      options: { usage: "serverAuth" },
      reason: /^UnknownSigner: .*for another purpose/,
    },
    {
      because: "the certificate names no address",
      name: "nameless",
      options: { mail: null },
      reason: /^UnknownSigner: .*names no mail address/,
    },
    {
      because: "gitsign made it, and no one's gitsign signatures count",
      name: "sigstore",
      options: { extensions: ISSUER_OF_SIGSTORE },
      reason: /^UnsupportedFormat: .*gitsign/,
    },
  ] as const)("are not verified if $because", async ({ name, options, reason }) => {
    expect(await source().explain(await source().commit(await acme.issue(name, options)))).toMatch(reason);
  });

  test.each([
    { digest: "sha1", reason: /^InvalidSignature: .*MD5 or SHA-1/ },
    { digest: "sha512", reason: /^verified$/ },
  ] as const)("over $digest: another content with the same SHA-1 can be made", async ({ digest, reason }) => {
    expect(await source().explain(await source().commit(await acme.signingOver("robin", digest)))).toMatch(
      reason,
    );
  });

  test("are not verified if another authority made the certificate, also one with the same name", async () => {
    const twin = await SigningAuthority.open(join(folder, "twin"), "Acme Signing");

    expect(await source().explain(await source().commit(await twin.issue("robin")))).toMatch(
      /^(UnknownSigner|InvalidSignature)/,
    );
  });

  test("are not verified for another committer, if the addresses must match", async () => {
    const to = await source().commit(await acme.issue("dana"));

    expect(await source().explain(to)).toBe("verified");
    expect(await source().explain(to, { committerMustMatch: true })).toMatch(/^OtherPerson/);
  });

  test("are remembered until the certificate expires, and not longer", async () => {
    await source().commit(robin);
    const range = await source().newCommits();
    const day = 86_400_000;
    let nowMs = Date.now() + 29 * day;
    const budget = { nowMs: () => nowMs, ms: 50_000, slice: 100 };
    const verifier = new SignatureVerifier(settings, source().bench.mirrorDir, budget);

    expect(explanationOf(await verifier.verify(range))).toBe("verified");
    nowMs += 59 * 60_000;
    expect(explanationOf(await verifier.verify(range))).toBe("verified");
    nowMs += day;
    expect(explanationOf(await verifier.verify(range))).toMatch(/^ExpiredKey/);
  });

  test("are not verified over other content: a changed message, or a signature moved to another commit", async () => {
    const signed = await source().commit(robin);
    const text = await source().objectText("commit", signed);
    const changed = await source().writeObject("commit", text.replace("\n\n", "\n\nchanged "));

    expect(await source().explain(changed)).toMatch(/^InvalidSignature: .*does not match its content/);
  });

  test("are not verified if the signature contains another text that is signed well", async () => {
    const decoy = join(folder, "decoy");
    await writeFile(decoy, "another text");

    const found = await source().verify(await source().commit(await acme.signingAttached("robin", decoy)));

    expect(reasonOf(found)).toBe("InvalidSignature");
  });

  test("are not verified if they are damaged, or a commit has a second signature", async () => {
    const text = await source().objectText("commit", await source().commit(robin));
    const damaged = text.replace(/(BEGIN SIGNED MESSAGE-----\n )..../, "$1????");
    const second = text.replace("\n\n", "\ngpgsig-sha256 x\n\n");

    expect(await source().explain(await source().writeObject("commit", damaged))).toMatch(
      /^InvalidSignature: .*cannot be read/,
    );
    expect(await source().explain(await source().writeObject("commit", second))).toMatch(
      /^InvalidSignature: .*cannot be read/,
    );
  });

  test.each([
    { because: "the file is missing", text: null, problem: /ENOENT/ },
    { because: "the file has no certificate", text: "nothing", problem: /it has no CERTIFICATE in PEM/ },
    { because: "the file has a private key", text: "-----BEGIN PRIVATE KEY-----", problem: /private key/ },
  ])("are not verified, and doctor names it, if $because", async ({ text, problem }) => {
    const caFile = join(folder, "broken.pem");
    await rm(caFile, { force: true });
    if (text !== null) await writeFile(caFile, text);
    const broken = { ...settings, x509: { caFile, revocationFile: null } };

    await expect(source().explain(await source().commit(robin), broken)).rejects.toMatchObject({
      code: "keys-unusable",
    });
    expect(
      await examineKeys({ settings: broken, folder: source().bench.mirrorDir, nowMs: Date.now() }, signal),
    ).toMatchObject([{ outcome: "failed", detail: expect.stringMatching(problem) }]);
  });

  test("have authorities that doctor names, with those that have expired", async () => {
    const day = 86_400_000;
    const at = (nowMs: number) => examineKeys({ settings, folder: source().bench.mirrorDir, nowMs }, signal);

    expect(await at(Date.now())).toEqual([{ outcome: "passed", detail: "1 key: authority CN=Acme Signing" }]);
    expect(await at(Date.now() + 4_000 * day)).toMatchObject([
      { outcome: "failed" },
      { outcome: "warning", detail: expect.stringContaining("has expired") },
    ]);
  });
});
