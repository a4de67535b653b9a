import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseRevision, type Revision } from "../../../src/model/values/revision.ts";
import type { Verification } from "../../../src/model/verification.ts";
import { localEnvironment } from "../../../src/source/git/environment.ts";
import { deadline } from "../../../src/source/git/failure.ts";
import { objectId } from "../../../src/source/git/mirror.ts";
import { SignatureVerifier } from "../../../src/source/signatures/verifier.ts";
import { examineKeys } from "../../../src/source/signatures/examine-keys.ts";
import type { SignatureSettings } from "../../../src/source/signatures/settings.ts";
import { addCommits, git, type TestRepository } from "../../support/git/git-repository.ts";
import { Bench } from "../../support/git/git-source.ts";
import { checked } from "../../support/record/audit-facts.ts";
import { HAS_SIGNERS, NO_KEYS, SigningKeys, type Signing } from "../../support/signatures/signing-keys.ts";

const { signal } = new AbortController();
const FILE = { "teams/orders/a.yaml": "a: 1\n" };
/** As the committer of the tests' git. */
const ROBIN = "robin@example.com";

// Without the programs the tests are skipped by name; in CI, which installs them, they run and fail.
// oxlint-disable-next-line jest/no-disabled-tests -- gpg and ssh-keygen are no part of the development setup
const withSigners = HAS_SIGNERS ? describe : describe.skip;

withSigners("signatures of commits, checked by gpg and ssh-keygen", () => {
  let keys: SigningKeys;
  let bench: Bench;
  let repository: TestRepository;
  let dana: Signing;
  let robin: Signing;
  let stranger: Signing;
  let robinGpg: Signing;
  let strangerGpg: Signing;
  let settings: SignatureSettings;
  let first: string;

  beforeAll(async () => {
    keys = await SigningKeys.open(await mkdtemp(join(tmpdir(), "signers-")));
    [dana, robin, stranger] = [await keys.ssh("dana"), await keys.ssh("robin"), await keys.ssh("stranger")];
    robinGpg = await keys.gpg(ROBIN);
    strangerGpg = await keys.gpg("stranger@example.com");
    const lines = [
      "# people",
      `dana@example.com ${await keys.publicKey("dana")}`,
      `robin@example.com namespaces="git" ${await keys.publicKey("robin")} laptop`,
    ];
    settings = {
      ...NO_KEYS,
      allowedSignersFile: await keys.write("allowed", `${lines.join("\n")}\n`),
      gpgKeyrings: [await keys.exported("robin.asc", ROBIN)],
    };
  });

  afterAll(async () => {
    await keys.end();
    await rm(keys.folder, { recursive: true });
  });

  beforeEach(async () => {
    bench = await Bench.open();
    repository = await bench.repository();
    first = await repository.commit(FILE);
  });

  // Fails when a process of a source is left.
  afterEach(() => bench.end());

  const commit = (signing?: Signing, env: Record<string, string> = {}): Promise<string> =>
    repository.commit(FILE, { env, ...(signing === undefined ? {} : { signing }) });

  const revision = (hash: string, ref = "main"): Revision =>
    checked(parseRevision(`${ref}@${hash.length === 64 ? "sha256" : "sha1"}:${hash}`));

  interface Asked {
    readonly from?: string | null;
    readonly approved?: readonly string[];
    readonly with?: Partial<SignatureSettings>;
  }

  async function verify(to: string, asked: Asked = {}): Promise<Verification> {
    const source = bench.source({
      url: repository.bare,
      allowedFilePath: repository.bare,
      signatures: { ...settings, ...asked.with },
    });
    await source.latest(signal);
    const { from = first, approved = [] } = asked;
    return source.verify(
      {
        from: from === null ? null : revision(from),
        approved: approved.map((hash) => revision(hash)),
        to: revision(to),
      },
      signal,
    );
  }

  const reasonOf = (found: Verification): string => (found.kind === "unverified" ? found.reason : found.kind);

  test("commits that people signed with listed keys are verified, whichever program they used", async () => {
    await commit(dana);
    await commit(robin);

    const found = await verify(await commit(robinGpg));

    expect(found).toEqual({
      kind: "verified",
      message: "3 commits are signed by dana@example.com, robin@example.com",
    });
    expect((await readdir(bench.mirrorDir)).filter((name) => name.startsWith("keys-"))).toEqual([]);
  });

  test("one unsigned commit in the middle is found, also under signed commits on top", async () => {
    await commit(dana);
    const middle = await commit();
    await commit(dana);

    const found = await verify(await commit(robin));

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
        make: () => commit(stranger),
        reason: "UnknownSigner",
      },
      {
        because: "a GPG key that is not listed signed it",
        make: () => commit(strangerGpg),
        reason: "UnknownSigner",
      },
      {
        because: "its GPG key is listed nowhere, as there is no keyring",
        make: () => commit(robinGpg),
        with: { gpgKeyrings: [] },
        reason: "UnknownSigner",
      },
      {
        because: "its SSH key is listed nowhere, as there is no file of signers",
        make: () => commit(robin),
        with: { allowedSignersFile: null },
        reason: "UnknownSigner",
      },
      {
        because: "a listed key of another person signed it",
        make: () => commit(dana),
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
      const found = await verify(await make(), { with: other });

      expect(reasonOf(found)).toBe(reason);
    });
  });

  /** A commit that was changed after it was signed, written as the owner of a forge can write it. */
  async function altered(how: "message" | "gpg" | "twice" | "nul" | "huge" | "x509"): Promise<string> {
    const signed = await commit(how === "gpg" ? robinGpg : robin);
    const text = await git(repository.bare, ["cat-file", "commit", signed]);
    const signature = /gpgsig [^]*?-----END [A-Z ]+-----\n/.exec(text)?.[0] ?? "";
    const changed = {
      message: text.replace(/change$/m, "changed"),
      gpg: text.replace(/change$/m, "changed"),
      twice: text.replace(signature, signature + signature),
      nul: `${text}\0hidden`,
      huge: `${text}${"x".repeat(300_000)}`,
      x509: text.replaceAll("SSH SIGNATURE", "SIGNED MESSAGE"),
    }[how];
    const args = ["hash-object", "-t", "commit", "-w", "--stdin", "--literally"];
    const hash = (await git(repository.bare, args, { input: changed })).trim();
    await repository.git("update-ref", "refs/heads/main", hash);
    return hash;
  }

  test("a committer with a strange name is shown on one line, and counts by the address", async () => {
    const env = { GIT_COMMITTER_NAME: 'R <x> "; rm', GIT_COMMITTER_EMAIL: "ROBIN@example.com" };

    const found = await verify(await commit(robin, env), { with: { committerMustMatch: true } });

    expect(reasonOf(found)).toBe("verified");
  });

  describe("keys that ended", () => {
    test("a revoked SSH key verifies nothing, although it is listed", async () => {
      const revocationFile = await keys.write("revoked", `${await keys.publicKey("robin")}\n`);

      expect(reasonOf(await verify(await commit(robin), { with: { revocationFile } }))).toBe(
        "InvalidSignature",
      );
    });

    test("an SSH key counts until the date of its line", async () => {
      const line = `robin@example.com valid-before="20200101" ${await keys.publicKey("robin")}\n`;
      const allowedSignersFile = await keys.write("expired-signer", line);

      expect(reasonOf(await verify(await commit(robin), { with: { allowedSignersFile } }))).toBe(
        "UnknownSigner",
      );
    });

    test("an expired GPG key verifies nothing", async () => {
      const past = await SigningKeys.open(join(keys.folder, "past"), "faked-system-time 20200601T000000!");
      try {
        const hash = await commit(await past.gpg("expired@example.com", "1y"));
        const gpgKeyrings = [await past.exported("expired.asc", "expired@example.com")];

        expect(reasonOf(await verify(hash, { with: { gpgKeyrings } }))).toBe("ExpiredKey");
      } finally {
        await past.end();
      }
    });

    test("a revoked GPG key verifies nothing", async () => {
      const signing = await keys.gpg("revoked@example.com");
      const hash = await commit(signing);
      const [key = ""] = await keys.fingerprints("revoked@example.com");
      await keys.revoke(key);
      const gpgKeyrings = [await keys.exported("revoked.asc", key)];

      expect(reasonOf(await verify(hash, { with: { gpgKeyrings } }))).toBe("RevokedKey");
    });

    test("a subkey counts for its listed primary key", async () => {
      await keys.gpg("subkey@example.com");
      const [primary = ""] = await keys.fingerprints("subkey@example.com");
      const subkey = await keys.subkey(primary);
      const gpgKeyrings = [await keys.exported("subkey.asc", primary)];

      const found = await verify(await commit(keys.gpgSigning(`${subkey}!`)), { with: { gpgKeyrings } });

      expect(found).toMatchObject({ kind: "verified", message: "1 commit is signed by subkey@example.com" });
    });

    test("a key of the forge counts for every committer, and is named as the forge", async () => {
      const forge = await keys.gpg("noreply@forge.example.com");
      const forgeKeyrings = [await keys.exported("forge.asc", "noreply@forge.example.com")];

      const found = await verify(await commit(forge), { with: { forgeKeyrings, committerMustMatch: true } });

      expect(found).toMatchObject({ message: "1 commit is signed by the forge (noreply@forge.example.com)" });
    });
  });

  describe("which commits need a signature", () => {
    /** A merge by Robin of a branch with one unsigned commit. */
    async function merge(): Promise<string> {
      await commit(dana);
      const main = (await repository.git("rev-parse", "main")).trim();
      await repository.git("update-ref", "refs/heads/topic", main);
      const topic = await repository.commit(
        { ...FILE, "teams/orders/b.yaml": "b: 1\n" },
        { branch: "topic" },
      );
      const tree = (await repository.git("rev-parse", `${topic}^{tree}`)).trim();
      const args = ["commit-tree", "-S", tree, "-p", main, "-p", topic, "-m", "merge"];
      const merged = (await git(repository.bare, args, { env: robin })).trim();
      await repository.git("update-ref", "refs/heads/main", merged);
      return merged;
    }

    test.each([
      { policy: "every", expected: "Unsigned", because: "the merged branch has an unsigned commit" },
      { policy: "firstParent", expected: "verified", because: "the merge answers for what it merges" },
      { policy: "tip", expected: "verified", because: "the newest commit answers for all" },
    ] as const)("with policy $policy: $because", async ({ policy, expected }) => {
      expect(reasonOf(await verify(await merge(), { with: { policy } }))).toBe(expected);
    });

    test("an unsigned newest commit is found with policy tip", async () => {
      await commit(robin);

      expect(reasonOf(await verify(await commit(), { with: { policy: "tip" } }))).toBe("Unsigned");
    });

    test("at the first run the newest commit, or all after the trusted one", async () => {
      const trusted = await commit();
      await commit(robin);
      const tip = await commit(dana);
      const unrelated = await repository.commit(FILE, {
        parent: "none",
        branch: "other",
        message: "unrelated",
      });

      const answers = [
        await verify(tip, { from: null }),
        await verify(tip, { from: null, with: { trustedCommit: trusted } }),
        await verify(tip, { from: null, with: { trustedCommit: first } }),
        await verify(tip, { from: null, with: { trustedCommit: unrelated } }),
        await verify(tip, { from: null, with: { trustedCommit: "1".repeat(40) } }),
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
      const approved = await commit();
      const tip = await commit(robin);

      expect(reasonOf(await verify(tip, { approved: [approved] }))).toBe("verified");
      expect(reasonOf(await verify(await commit(), { approved: [approved] }))).toBe("Unsigned");
    });

    test("after a force-push, all that the accepted revision does not contain", async () => {
      await repository.commit(FILE, { parent: "none", message: "rewritten" });

      expect(reasonOf(await verify(await commit(robin)))).toBe("Unsigned");
    });

    test("a replaced or grafted commit on the server changes nothing", async () => {
      const unsigned = await commit();
      const tip = await commit(robin);
      await repository.git("update-ref", `refs/replace/${unsigned}`, tip);

      expect(reasonOf(await verify(tip))).toBe("Unsigned");
    });

    test("more commits than one call verifies are a reason to hold", async () => {
      await addCommits(repository.bare, 10_001);

      const found = await verify((await repository.git("rev-parse", "main")).trim());

      expect(reasonOf(found)).toBe("TooManyCommits");
    });

    test("many bad commits are counted, not listed", async () => {
      await addCommits(repository.bare, 150);

      const found = await verify((await repository.git("rev-parse", "main")).trim());

      expect(found).toMatchObject({ message: expect.stringMatching(/; and at least \d+ more \(of 150 new/) });
    });
  });

  describe("a signed tag", () => {
    const ref = { kind: "tag", name: "v1" } as const;

    async function tagged(
      commitHash: string,
      options: Partial<SignatureSettings> = {},
    ): Promise<Verification> {
      const source = bench.source({
        url: repository.bare,
        allowedFilePath: repository.bare,
        ref,
        signatures: { ...settings, policy: "tag", ...options },
      });
      await source.latest(signal);
      return source.verify({ from: null, approved: [], to: revision(commitHash, "v1") }, signal);
    }

    const tag = (name: string, env: Signing): Promise<string> =>
      git(repository.bare, ["tag", "-f", "-s", "-m", "release", name, "main"], { env });

    test.each([
      { because: "SSH", key: () => robin },
      { because: "GPG", key: () => robinGpg },
    ])("answers for unsigned commits ($because)", async ({ key }) => {
      const hash = await commit();
      await tag("v1", key());

      expect(await tagged(hash, { committerMustMatch: true })).toEqual({
        kind: "verified",
        message: "tag v1 is signed by robin@example.com",
      });
    });

    test.each<{ because: string; make: () => Promise<unknown>; reason: string }>([
      { because: "it is lightweight", make: () => repository.git("tag", "v1", "main"), reason: "Unsigned" },
      {
        because: "it has no signature",
        make: () => repository.git("tag", "-a", "-m", "x", "v1", "main"),
        reason: "Unsigned",
      },
      { because: "a stranger signed it with SSH", make: () => tag("v1", stranger), reason: "UnknownSigner" },
      {
        because: "a stranger signed it with GPG",
        make: () => tag("v1", strangerGpg),
        reason: "UnknownSigner",
      },
      {
        because: "an old signed tag was pushed under its name",
        make: async () => {
          await tag("v0", robin);
          await repository.git("update-ref", "refs/tags/v1", "refs/tags/v0");
        },
        reason: "InvalidSignature",
      },
      {
        because: "its content was changed",
        make: async () => {
          await tag("v1", robin);
          const text = (await repository.git("cat-file", "tag", "v1")).replace("release", "released");
          const hash = await git(repository.bare, ["hash-object", "-t", "tag", "-w", "--stdin"], {
            input: text,
          });
          await repository.git("update-ref", "refs/tags/v1", hash.trim());
        },
        reason: "InvalidSignature",
      },
    ])("does not count if $because", async ({ make, reason }) => {
      const hash = await commit();
      await make();

      expect(reasonOf(await tagged(hash))).toBe(reason);
    });

    test("that replaced an unsigned one on the same commit is fetched", async () => {
      const hash = await commit();
      await repository.git("tag", "v1", "main");
      const before = await tagged(hash);
      await tag("v1", robin);

      expect([before, await tagged(hash)].map(reasonOf)).toEqual(["Unsigned", "verified"]);
    });
  });

  describe("key files that cannot be used are named", () => {
    test.each<{ because: string; other: () => Promise<Partial<SignatureSettings>>; message: string }>([
      {
        because: "the file of signers does not exist",
        other: async () => ({ allowedSignersFile: keys.path("none") }),
        message: "none: ENOENT",
      },
      {
        because: "a line has no key",
        other: async () => ({ allowedSignersFile: await keys.write("bad", "dana@example.com\n") }),
        message: "bad: line 1: expected ADDRESS KEYTYPE KEY",
      },
      {
        because: "the list of revoked keys does not exist, which git would ignore",
        other: async () => ({ revocationFile: keys.path("no-revoked") }),
        message: "no-revoked: ENOENT",
      },
      {
        because: "a keyring is no keyring",
        other: async () => ({ gpgKeyrings: [await keys.write("text.asc", "hello\n")] }),
        message: "text.asc: it has no GPG public key",
      },
      {
        because: "a keyring has a private key",
        other: async () => ({
          gpgKeyrings: [await keys.write("private.asc", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n")],
        }),
        message: "private.asc: it has a private key",
      },
    ])("if $because", async ({ other, message }) => {
      const hash = await commit(robin);

      await expect(verify(hash, { with: await other() })).rejects.toMatchObject({
        code: "keys-unusable",
        message: expect.stringContaining(message),
      });
    });
  });

  test("a long range continues where the last call ended, and other keys begin again", async () => {
    for (let count = 0; count < 5; count += 1) await commit(robin);
    await bench.source({ url: repository.bare, allowedFilePath: repository.bare }).latest(signal);
    const name = (await readdir(bench.mirrorDir)).find((entry) => entry.endsWith(".sha1")) ?? "";
    const folder = join(bench.mirrorDir, name);
    const tip = objectId((await repository.git("rev-parse", "main")).trim());
    const range = {
      repository: {
        source: "main",
        folder,
        env: localEnvironment(folder),
        deadline: deadline(signal, 20_000),
      },
      tip,
      known: [objectId(first)],
      isFirst: false,
      tag: null,
    };
    const allowedSignersFile = await keys.write(
      "growing",
      `robin@example.com ${await keys.publicKey("robin")}\n`,
    );
    const verifier = new SignatureVerifier({ ...NO_KEYS, allowedSignersFile }, bench.mirrorDir, {
      ms: 0,
      slice: 2,
    });
    const answers: string[] = [];
    for (let call = 0; call < 3; call += 1) answers.push((await verifier.verify(range)).kind);
    await keys.write("growing", `dana@example.com ${await keys.publicKey("dana")}\n`);

    expect(answers).toEqual(["unverified", "unverified", "verified"]);
    expect(reasonOf(await verifier.verify(range))).toBe("UnknownSigner");
  });

  describe("doctor and the start of the process", () => {
    const examined = (other: Partial<SignatureSettings>): ReturnType<typeof examineKeys> =>
      examineKeys(
        { settings: { ...settings, ...other }, folder: bench.mirrorDir, nowMs: Date.parse("2026-11-28") },
        signal,
      );

    test("name the owners of the keys", async () => {
      expect(await examined({})).toEqual([
        { outcome: "passed", detail: "3 keys: dana@example.com, robin@example.com, robin@example.com" },
      ]);
    });

    test("warn of keys that verify nothing any more", async () => {
      const past = await SigningKeys.open(join(keys.folder, "older"), "faked-system-time 20200601T000000!");
      try {
        await past.gpg("old@example.com", "1y");
        const old = await past.exported("old.asc", "old@example.com");
        const line = `gone@example.com valid-before="20260101" ${await keys.publicKey("dana")}\n`;
        const allowedSignersFile = await keys.write("dated", line);

        expect(await examined({ gpgKeyrings: [old], allowedSignersFile: null })).toEqual([
          { outcome: "failed", detail: "no key is usable: every new commit is held" },
          { outcome: "warning", detail: `${old}: the key of old@example.com has expired` },
        ]);
        expect(await examined({ gpgKeyrings: [], allowedSignersFile })).toEqual([
          { outcome: "passed", detail: "1 key: gone@example.com" },
          {
            outcome: "warning",
            detail: expect.stringContaining(
              "line 1 of the allowed signers: the date of gone@example.com is over",
            ),
          },
        ]);
      } finally {
        await past.end();
      }
    });

    test("name each file that cannot be used", async () => {
      const other = {
        allowedSignersFile: keys.path("none"),
        gpgKeyrings: [await keys.write("empty.asc", "")],
      };

      expect(await examined(other)).toMatchObject([
        { outcome: "failed", detail: expect.stringContaining("none: ENOENT") },
        { outcome: "failed", detail: expect.stringContaining("empty.asc: it is empty") },
      ]);
      expect(await examined({ gpgKeyrings: [await keys.write("text.asc", "x")] })).toMatchObject([
        { outcome: "failed", detail: expect.stringContaining("it has no GPG public key") },
      ]);
    });
  });

  test("a repository with SHA-256 is verified too", async () => {
    const other = await Bench.open();
    try {
      const sha256 = await other.repository("sha256");
      const base = await sha256.commit(FILE);
      const tip = await sha256.commit(FILE, { signing: robinGpg });
      const source = other.source({ url: sha256.bare, allowedFilePath: sha256.bare, signatures: settings });
      await source.latest(signal);

      const found = await source.verify({ from: revision(base), approved: [], to: revision(tip) }, signal);

      expect(reasonOf(found)).toBe("verified");
    } finally {
      await other.end();
    }
  });
});
