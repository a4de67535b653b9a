import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  estate,
  functions,
  PROD,
  READ_ORDERS,
  roleNameOf,
  WRITE_ORDERS,
} from "../support/installation/estate.ts";
import { git } from "../support/git/git-repository.ts";
import { Installation } from "../support/installation/installation.ts";
import { withSigners } from "../support/signatures/signers.ts";
import { NO_KEYS, SigningKeys, type Signing } from "../support/signatures/signing-keys.ts";
import { DANA, TestSigstore, type GitsignOptions } from "../support/signatures/sigstore/gitsign.ts";
import { gitsigned } from "../support/signatures/sigstore/signed-objects.ts";
import type { SignatureSettings } from "../../src/model/verification.ts";

const FIRST = estate(functions(["a"], READ_ORDERS));
const SECOND = { ...FIRST, ...functions(["a"], WRITE_ORDERS) };

withSigners("a source that needs signed commits", () => {
  let keys: SigningKeys;
  let robin: Signing;
  let signatures: SignatureSettings;
  let installation: Installation;

  beforeAll(async () => {
    keys = await SigningKeys.open(await mkdtemp(join(tmpdir(), "signers-")));
    robin = await keys.ssh("robin");
    const line = `robin@example.com ${await keys.publicKey("robin")}\n`;
    signatures = { ...NO_KEYS, allowedSignersFile: await keys.write("allowed", line) };
  });
  afterAll(async () => {
    await keys.end();
    await rm(keys.folder, { recursive: true });
  });

  beforeEach(async () => {
    installation = await Installation.start({ files: FIRST, signing: robin, signatures });
    await installation.converge();
  });
  afterEach(() => installation.stop());

  const accepted = async (): Promise<string> =>
    (await installation.overview()).source.accepted?.split(":")[1] ?? "";
  const mayWrite = (): boolean =>
    installation.world.accounts[PROD]?.iam.roles[roleNameOf("a")]?.inline["grantkeeper"]?.includes(
      "dynamodb:PutItem",
    ) === true;
  const commit = (files: typeof FIRST, signing?: Signing): Promise<string> =>
    installation.pushSigned(files, signing);
  const isHeld = async (): Promise<boolean> => (await source()).held !== null;
  const source = async () => (await installation.overview()).source;

  test("enforces commits that a listed key signed, and records who signed", async () => {
    const second = await commit(SECOND, robin);
    await installation.settled();

    expect([await accepted(), mayWrite()]).toEqual([second, true]);
    expect(await source()).toMatchObject({
      held: null,
      verified: {
        status: "True",
        reason: "SignaturesVerified",
        message: "1 commit is signed by robin@example.com",
      },
    });
    expect(
      (await installation.entries()).filter(({ kind }) => kind === "revision-accepted").at(-1),
    ).toMatchObject({
      signatures: "1 commit is signed by robin@example.com",
      signers: [
        {
          signed: await accepted(),
          signer: "robin@example.com",
          method: "ssh",
          key: expect.stringMatching(/^SHA256:/),
          issuer: null,
        },
      ],
    });
  });

  test("goes back to an older signed commit, also over a restart, until its end, when a signed push is applied and an unsigned one is not", async () => {
    const older = (await source()).accepted ?? "";
    await commit(SECOND, robin);
    await installation.settled();
    const order = { namespace: null, reason: "INC-4410" };
    const rollBack = async () => {
      const until = new Date(Date.now() + 3_600_000).toISOString();
      const answer = await installation.control.rollback({ ...order, until, revision: older }, "test");
      expect(answer.kind).toBe("ok");
      await installation.until("the older revision is applied", () => !mayWrite());
    };
    const waits = async (newest: string): Promise<string> => {
      await installation.look();
      await installation.until(
        "the push waits",
        async () => (await source()).pin?.waiting?.includes(newest) === true,
      );
      return newest;
    };
    // As of the newest push, which is not in force.
    const during = (status: string) => [
      { accepted: older, pin: { revision: older, reason: "INC-4410" }, verified: { status } },
      false,
    ];

    await rollBack();
    await installation.restart();
    const signed = await waits(await commit({ ...SECOND, "README.md": "more\n" }, robin));
    expect([await source(), mayWrite()]).toMatchObject(during("True"));
    await installation.control.endRollback(order, "test");
    await installation.settled();
    expect([await accepted(), mayWrite(), await isHeld()]).toEqual([signed, true, false]);

    await rollBack();
    await waits(await commit({ ...SECOND, "README.md": "not signed\n" }));
    expect([await source(), mayWrite()]).toMatchObject(during("False"));
    await installation.control.endRollback(order, "test");
    await installation.settled();
    expect([await accepted(), mayWrite(), await isHeld()]).toEqual([older.split(":")[1], false, true]);
  });

  test("holds a push with one unsigned commit in the middle, also after more commits and a restart", async () => {
    const verified = await accepted();
    await commit(FIRST, robin);
    const middle = await commit(SECOND);
    await commit(SECOND, robin);
    await installation.settled();
    const states = [await source()];
    await commit({ ...SECOND, "README.md": "more\n" }, robin);
    await installation.settled();
    states.push(await source());
    await installation.restart();
    await installation.settled();
    states.push(await source());

    for (const state of states)
      expect(state).toMatchObject({
        accepted: expect.stringContaining(verified),
        held: {
          reason: expect.stringContaining(
            `commit ${middle.slice(0, 8)} (committer robin@example.com) is not`,
          ),
        },
        verified: { status: "False", reason: "Unsigned", fix: expect.stringContaining("sign them") },
      });
    expect(mayWrite()).toBe(false);
    expect(installation.alerts.filter((text) => text.includes("is not signed"))).toHaveLength(2);
  });

  test("accepts an unsigned revision that an operator approved, and what is signed on top", async () => {
    await commit(SECOND);
    await installation.settled();
    await installation.approveAll();
    const top = await commit({ ...SECOND, "README.md": "more\n" }, robin);
    await installation.settled();

    expect([await accepted(), mayWrite(), await installation.holds()]).toEqual([top, true, []]);
  });

  test("shows after an approval that the revision has no proof", async () => {
    await commit(SECOND);
    await installation.settled();
    await installation.approveAll();
    await installation.settled();
    await installation.restart();
    await installation.settled();

    expect(await source()).toMatchObject({
      held: null,
      verified: {
        status: "False",
        reason: "ApprovedByOperator",
        message: expect.stringContaining("is not signed"),
      },
    });
  });

  test("never accepts anything at the first run before an operator approves it, if it is not signed", async () => {
    await installation.stop();
    installation = await Installation.start({ files: SECOND, signatures });
    await installation.until("the first revision is held", isHeld);
    const before = await source();
    const holds = await installation.holds();
    await installation.restart();
    await installation.until("the first revision is held", isHeld);
    const waiting = [await accepted(), mayWrite(), installation.writes()];
    await installation.approveAll();
    await installation.converge();

    expect(before).toMatchObject({ accepted: null, verified: { reason: "Unsigned" } });
    expect(holds.map(({ code }) => code)).toEqual(["revision"]);
    expect(waiting).toEqual(["", false, []]);
    expect([(await source()).verified?.reason, mayWrite()]).toEqual(["ApprovedByOperator", true]);
  });

  test("keeps what is enforced while the keys cannot be used, and names the file", async () => {
    const verified = await accepted();
    await installation.restart({ signatures: { ...signatures, allowedSignersFile: keys.path("gone") } });
    await commit(SECOND, robin);
    await installation.until("the failure is seen", async () => (await source()).failure !== null);
    await installation.look();

    expect(await source()).toMatchObject({
      accepted: expect.stringContaining(verified),
      failure: {
        message: expect.stringContaining("gone: ENOENT"),
        fix: expect.stringContaining("docs/operating.md"),
      },
    });
  });

  test("keeps the revision that gitsign proves, while a commit in the middle has no log entry", async () => {
    const sigstore = new TestSigstore();
    const trustedRootFile = await keys.write("trusted_root.json", sigstore.trustedRoot());
    await installation.restart({
      signatures: { ...NO_KEYS, gitsign: { trustedRootFile, identities: [DANA] } },
    });
    const push = async (files: typeof FIRST, options: GitsignOptions = {}): Promise<string> => {
      const { repository } = installation;
      await repository.git("update-ref", "refs/heads/draft", "refs/heads/main");
      const draft = await repository.commit(files, { branch: "draft" });
      const input = gitsigned(await repository.git("cat-file", "commit", draft), sigstore, options);
      const args = ["hash-object", "-t", "commit", "-w", "--stdin"];
      const hash = (await git(repository.bare, args, { input })).trim();
      await installation.forcePush(hash);
      return hash;
    };

    const proved = await push(SECOND);
    await installation.settled();
    const before = [await accepted(), mayWrite(), (await source()).verified?.message];
    await push(FIRST, { entry: () => null });
    await push(FIRST);
    await installation.settled();

    expect(before).toEqual([proved, true, "1 commit is signed by dana@example.com"]);
    expect([await accepted(), mayWrite()]).toEqual([proved, true]);
    expect(await source()).toMatchObject({
      held: { reason: expect.stringContaining("without its log entry") },
      verified: { status: "False", fix: expect.stringContaining("gitsign.rekorMode offline") },
    });
  });

  test("verifies what follows, if signatures are asked for later", async () => {
    await installation.stop();
    installation = await Installation.start({ files: FIRST });
    await installation.converge();
    await installation.restart({ signatures });
    await installation.settled();
    const before = (await source()).verified;
    await commit(SECOND);
    await installation.settled();

    expect(before).toMatchObject({ status: "Unknown", reason: "BeforeSignatures" });
    expect([(await source()).verified?.reason, mayWrite()]).toEqual(["Unsigned", false]);
  });
});
