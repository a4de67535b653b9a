import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseRevision, type Revision } from "../../../src/model/values/revision.ts";
import type { SignatureSettings, Verification } from "../../../src/model/verification.ts";
import { localEnvironment } from "../../../src/source/git/environment.ts";
import { deadline } from "../../../src/source/git/failure.ts";
import { examineKeys } from "../../../src/source/signatures/examine-keys.ts";
import { SignatureVerifier } from "../../../src/source/signatures/verifier.ts";
import { git, type TestRepository } from "../../support/git/git-repository.ts";
import { Bench } from "../../support/git/git-source.ts";
import { checked } from "../../support/record/audit-facts.ts";
import { SigningAuthority } from "../../support/signatures/certificates.ts";
import { withEmbeddedList } from "../../support/signatures/embedded-list.ts";
import { NO_KEYS, type Signing } from "../../support/signatures/signing-keys.ts";

const { signal } = new AbortController();
const FILE = { "teams/orders/a.yaml": "a: 1\n" };
/** As the committer of the tests' git. */
const ROBIN = "robin@example.com";
/** The arc of the extensions in Fulcio's certificates. */
const ISSUER_OF_SIGSTORE = "1.3.6.1.4.1.57264.1.1=ASN1:UTF8String:https://accounts.example.com\n";

describe("X.509 signatures of commits, made and checked by OpenSSL", () => {
  let folder: string;
  let acme: SigningAuthority;
  let robin: Signing;
  let settings: SignatureSettings;
  let bench: Bench;
  let repository: TestRepository;
  let first: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "x509-"));
    acme = await SigningAuthority.open(join(folder, "acme"), "Acme Signing");
    robin = await acme.issue("robin");
    settings = { ...NO_KEYS, x509: { caFile: acme.caFile, revocationFile: null } };
  });
  afterAll(() => rm(folder, { recursive: true }));

  beforeEach(async () => {
    bench = await Bench.open();
    repository = await bench.repository();
    first = await repository.commit(FILE);
  });
  // Fails when a process of a source is left.
  afterEach(() => bench.end());

  const commit = (signing?: Signing): Promise<string> =>
    repository.commit(FILE, signing === undefined ? {} : { signing });

  async function verify(to: string, change: Partial<SignatureSettings> = {}): Promise<Verification> {
    const source = bench.source({
      url: repository.bare,
      allowedFilePath: repository.bare,
      signatures: { ...settings, ...change },
    });
    await source.latest(signal);
    return source.verify({ from: revision(first), approved: [], to: revision(to) }, signal);
  }

  const revision = (hash: string): Revision =>
    checked(parseRevision(`main@${hash.length === 64 ? "sha256" : "sha1"}:${hash}`));
  const reasonOf = (found: Verification): string =>
    found.kind === "unverified" ? `${found.reason}: ${found.message}` : found.kind;

  test("are verified with the operator's authority, and name the address in the certificate", async () => {
    await commit(robin);

    const found = await verify(await commit(robin), { committerMustMatch: true });

    expect(found).toEqual({ kind: "verified", message: `2 commits are signed by ${ROBIN}` });
    expect((await readdir(bench.mirrorDir)).filter((name) => name.startsWith("keys-"))).toEqual([]);
  });

  test("are verified in a repository with SHA-256", async () => {
    await rm(join(bench.root, "served"), { recursive: true });
    repository = await bench.repository("sha256");
    first = await repository.commit(FILE);

    expect(reasonOf(await verify(await commit(robin)))).toBe("verified");
  });

  test("of a tag answer for its commit, and are not verified when the tag was changed", async () => {
    const to = await commit();
    await git(repository.bare, ["tag", "-s", "-m", "release", "v1", to], { env: robin });
    const ofTag = async (): Promise<string> => {
      const source = bench.source({
        url: repository.bare,
        allowedFilePath: repository.bare,
        ref: { kind: "tag", name: "v1" },
        signatures: { ...settings, policy: "tag" },
      });
      const { revision: tagged } = await source.latest(signal);
      return reasonOf(await source.verify({ from: null, approved: [], to: tagged }, signal));
    };
    expect(await ofTag()).toBe("verified");

    const text = await git(repository.bare, ["cat-file", "tag", "v1"]);
    const file = join(folder, "tag");
    await writeFile(file, text.replace("release", "another"));
    const changed = (await git(repository.bare, ["hash-object", "-t", "tag", "-w", file])).trim();
    await git(repository.bare, ["update-ref", "refs/tags/v1", changed]);

    expect(await ofTag()).toMatch(/^InvalidSignature/);
  });

  test("are not verified without an authority", async () => {
    const found = await verify(await commit(robin), { allowedSignersFile: acme.caFile, x509: null }).catch(
      (error: unknown) => error,
    );

    expect(found).toMatchObject({ code: "keys-unusable" });
  });

  test.each([
    { because: "the certificate has expired", name: "late", options: { days: -1 }, reason: /^ExpiredKey/ },
    {
      because: "the certificate is that of a server",
      name: "server",
      options: { usage: "serverAuth" },
      reason: /^UnknownSigner: .*not for signing mail/,
    },
    {
      because: "the certificate names no address",
      name: "nameless",
      options: { mail: null },
      reason: /^UnknownSigner: .*names no mail address/,
    },
    {
      because: "gitsign made it: the log that proves its time is not read",
      name: "sigstore",
      options: { extensions: ISSUER_OF_SIGSTORE },
      reason: /^UnsupportedFormat: .*gitsign/,
    },
  ] as const)("are not verified if $because", async ({ name, options, reason }) => {
    expect(reasonOf(await verify(await commit(await acme.issue(name, options))))).toMatch(reason);
  });

  test.each([
    { digest: "sha1", reason: /^InvalidSignature: .*MD5 or SHA-1/ },
    { digest: "sha512", reason: /^verified$/ },
  ] as const)("over $digest: another content with the same SHA-1 can be made", async ({ digest, reason }) => {
    expect(reasonOf(await verify(await commit(await acme.signingOver("robin", digest))))).toMatch(reason);
  });

  test("are not verified if another authority made the certificate, also one with the same name", async () => {
    const twin = await SigningAuthority.open(join(folder, "twin"), "Acme Signing");

    expect(reasonOf(await verify(await commit(await twin.issue("robin"))))).toMatch(
      /^(UnknownSigner|InvalidSignature)/,
    );
  });

  test("are not verified for another committer, if the addresses must match", async () => {
    const to = await commit(await acme.issue("dana"));

    expect(reasonOf(await verify(to))).toBe("verified");
    expect(reasonOf(await verify(to, { committerMustMatch: true }))).toMatch(/^OtherPerson/);
  });

  test("are not verified after the certificate was revoked, and need a list that is there", async () => {
    const eve = await acme.issue("eve");
    const to = await commit(eve);
    const revocationFile = await acme.revocationList();
    expect(reasonOf(await verify(to, { x509: { caFile: acme.caFile, revocationFile } }))).toBe("verified");

    await acme.revocationList("eve");

    expect(reasonOf(await verify(to, { x509: { caFile: acme.caFile, revocationFile } }))).toMatch(
      /^RevokedKey/,
    );
    const twin = await SigningAuthority.open(join(folder, "other"), "Other");
    const other = { caFile: acme.caFile, revocationFile: await twin.revocationList() };
    await expect(verify(to, { x509: other })).rejects.toMatchObject({
      code: "keys-unusable",
      fix: expect.stringContaining("signatures.x509.revocationFile"),
    });
  });

  test("of a revoked signer are not verified if they contain the list from before the revocation", async () => {
    const text = await objectText(await commit(await acme.issue("oscar")));
    const revocationFile = await acme.revocationList();
    const before = await readFile(revocationFile, "utf8");
    const to = await store(withEmbeddedList(text, before));
    const listed = { x509: { caFile: acme.caFile, revocationFile } };
    expect(reasonOf(await verify(to, listed))).toBe("verified");

    await acme.revocationList("oscar");

    expect(reasonOf(await verify(to, listed))).toMatch(/^RevokedKey/);
  });

  test("by a sub-authority that bring its list along are held: only the operator's lists count", async () => {
    const below = await acme.subAuthority("lower");
    await below.issue("robin");
    const text = await objectText(await commit(await below.signingWithAuthority("robin")));
    const to = await store(withEmbeddedList(text, await readFile(await below.revocationList(), "utf8")));
    const listed = { x509: { caFile: acme.caFile, revocationFile: await acme.revocationList() } };

    expect(reasonOf(await verify(to, listed))).toMatch(/^UnknownSigner: .*sub-authority/);
  });

  test("by a sub-authority without a list are held, and stop no other commit", async () => {
    const below = await acme.subAuthority("below");
    await below.issue("robin");
    const signing = await below.signingWithAuthority("robin");
    const own = await acme.revocationList();
    expect(reasonOf(await verify(await commit(signing)))).toBe("verified");

    const listed = { x509: { caFile: acme.caFile, revocationFile: own } };
    expect(reasonOf(await verify(await commit(signing), listed))).toMatch(
      /^UnknownSigner: .*sub-authority that has no valid list in signatures.x509.revocationFile/,
    );

    const both = join(folder, "both.pem");
    await writeFile(
      both,
      (await readFile(own, "utf8")) + (await readFile(await below.revocationList(), "utf8")),
    );
    const complete = { x509: { caFile: acme.caFile, revocationFile: both } };
    expect(reasonOf(await verify(await commit(signing), complete))).toBe("verified");
  });

  test("are remembered until the certificate expires, and not longer", async () => {
    const to = await commit(robin);
    const source = bench.source({ url: repository.bare, allowedFilePath: repository.bare });
    await source.latest(signal);
    const folders = (await readdir(bench.mirrorDir)).filter((name) => name.endsWith(".sha1"));
    const mirror = join(bench.mirrorDir, folders[0] ?? "");
    const day = 86_400_000;
    let nowMs = Date.now() + 29 * day;
    const verifier = new SignatureVerifier(settings, bench.mirrorDir, {
      nowMs: () => nowMs,
      ms: 50_000,
      slice: 100,
    });
    const id = (hash: string) => ({ algorithm: "sha1", hash }) as const;
    const range = {
      repository: {
        source: "main",
        folder: mirror,
        env: localEnvironment(mirror),
        deadline: deadline(signal, 20_000),
      },
      tip: id(to),
      known: [id(first)],
      isFirst: false,
      tag: null,
    };

    expect(reasonOf(await verifier.verify(range))).toBe("verified");
    nowMs += 59 * 60_000;
    expect(reasonOf(await verifier.verify(range))).toBe("verified");
    nowMs += day;
    expect(reasonOf(await verifier.verify(range))).toMatch(/^ExpiredKey/);
  });

  test("are not verified over other content: a changed message, or a signature moved to another commit", async () => {
    const signed = await commit(robin);
    const text = await objectText(signed);
    const changed = await store(text.replace("\n\n", "\n\nchanged "));

    expect(reasonOf(await verify(changed))).toMatch(/^InvalidSignature: .*does not match its content/);
  });

  test("are not verified if the signature contains another text that is signed well", async () => {
    const decoy = join(folder, "decoy");
    await writeFile(decoy, "another text");

    const found = await verify(await commit(await acme.signingAttached("robin", decoy)));

    expect(reasonOf(found)).toMatch(/^InvalidSignature/);
  });

  test("are not verified if they are damaged, or a commit has a second signature", async () => {
    const text = await objectText(await commit(robin));
    const damaged = text.replace(/(BEGIN SIGNED MESSAGE-----\n )..../, "$1????");
    const second = text.replace("\n\n", "\ngpgsig-sha256 x\n\n");

    expect(reasonOf(await verify(await store(damaged)))).toMatch(/^InvalidSignature: .*cannot be read/);
    expect(reasonOf(await verify(await store(second)))).toMatch(/^InvalidSignature: .*cannot be read/);
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

    await expect(verify(await commit(robin), broken)).rejects.toMatchObject({ code: "keys-unusable" });
    expect(
      await examineKeys({ settings: broken, folder: bench.mirrorDir, nowMs: Date.now() }, signal),
    ).toMatchObject([{ outcome: "failed", detail: expect.stringMatching(problem) }]);
  });

  test("have authorities that doctor names, with those that have expired", async () => {
    const day = 86_400_000;
    const at = (nowMs: number) => examineKeys({ settings, folder: bench.mirrorDir, nowMs }, signal);

    expect(await at(Date.now())).toEqual([{ outcome: "passed", detail: "1 key: authority CN=Acme Signing" }]);
    expect(await at(Date.now() + 4_000 * day)).toMatchObject([
      { outcome: "failed" },
      { outcome: "warning", detail: expect.stringContaining("has expired") },
    ]);
  });

  async function objectText(hash: string): Promise<string> {
    return git(repository.bare, ["cat-file", "commit", hash]);
  }

  /** The branch leads to a commit with this text. */
  async function store(text: string): Promise<string> {
    const file = join(folder, "object");
    await writeFile(file, text);
    const args = ["hash-object", "-t", "commit", "-w", "--literally", file];
    const hash = (await git(repository.bare, args)).trim();
    await git(repository.bare, ["update-ref", "refs/heads/main", hash]);
    return hash;
  }
});

/** Answers the agent of gpgsm, which asks for the passphrase of the key. */
const PINENTRY = `#!/bin/sh
echo OK
while read -r line; do
  case "$line" in GETPIN*) echo 'D x';; esac
  echo OK
done
`;

/** gpgsm is no part of the development setup; OpenSSL alone would not show that other signers are understood. */
const withGpgsm = existsSync("/usr/bin/gpgsm") ? describe : describe.skip;

withGpgsm("X.509 signatures of commits, made by gpgsm", () => {
  test("are verified with the operator's authority", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gpgsm-"));
    const home = join(folder, "gnupg");
    const bench = await Bench.open();
    try {
      const acme = await SigningAuthority.open(join(folder, "acme"), "Acme Signing");
      await acme.issue("robin");
      execFileSync("mkdir", ["-m", "700", home]);
      const pinentry = join(folder, "pinentry");
      await writeFile(pinentry, PINENTRY, { mode: 0o755 });
      await writeFile(join(home, "gpg-agent.conf"), `pinentry-program ${pinentry}\n`);
      const inHome = { env: { PATH: process.env["PATH"], GNUPGHOME: home }, cwd: acme.folder };
      const p12 = [
        "pkcs12",
        "-export",
        "-in",
        "robin.pem",
        "-inkey",
        "robin.key",
        "-passout",
        "pass:x",
        "-out",
        "robin.p12",
      ];
      execFileSync("openssl", p12, inHome);
      const options = [
        "--batch",
        "--pinentry-mode",
        "loopback",
        "--passphrase-fd",
        "0",
        "--disable-crl-checks",
      ];
      execFileSync("gpgsm", [...options, "--import", "ca.pem"], { ...inHome, input: "", stdio: "pipe" });
      execFileSync("gpgsm", [...options, "--import", "robin.p12"], {
        ...inHome,
        input: "x\n",
        stdio: "pipe",
      });
      const listed = execFileSync("gpgsm", ["--with-colons", "--list-keys", ROBIN], {
        ...inHome,
        encoding: "utf8",
      });
      const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1] ?? "";
      const root = execFileSync("openssl", ["x509", "-in", "ca.pem", "-noout", "-fingerprint", "-sha1"], {
        ...inHome,
        encoding: "utf8",
      });
      await writeFile(
        join(home, "trustlist.txt"),
        `${root.trim().split("=")[1]?.replaceAll(":", "") ?? ""} S relax\n`,
      );
      await writeFile(join(home, "gpgsm.conf"), "disable-crl-checks\n");
      const repository = await bench.repository();
      const first = await repository.commit(FILE);
      const signing = {
        GNUPGHOME: home,
        GIT_CONFIG_COUNT: "2",
        GIT_CONFIG_KEY_0: "gpg.format",
        GIT_CONFIG_VALUE_0: "x509",
        GIT_CONFIG_KEY_1: "user.signingkey",
        GIT_CONFIG_VALUE_1: fingerprint,
      };
      const to = await repository.commit(FILE, { signing });
      const source = bench.source({
        url: repository.bare,
        allowedFilePath: repository.bare,
        signatures: { ...NO_KEYS, x509: { caFile: acme.caFile, revocationFile: null } },
      });
      await source.latest(signal);
      const [from, tip] = [first, to].map((hash) => checked(parseRevision(`main@sha1:${hash}`)));

      const found = await source.verify({ from: from ?? null, approved: [], to: checked(tip) }, signal);

      expect(found).toEqual({ kind: "verified", message: `1 commit is signed by ${ROBIN}` });
      expect(await readFile(acme.caFile, "utf8")).toContain("CERTIFICATE");
    } finally {
      execFileSync("gpgconf", ["--homedir", home, "--kill", "all"]);
      await bench.end();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
