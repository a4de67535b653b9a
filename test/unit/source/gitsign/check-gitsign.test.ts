import { describe, expect, test } from "@jest/globals";
import { TestFulcio, YEAR_MS } from "../../../support/signatures/sigstore/authority.ts";
import { checkOf, PAYLOAD, textOf } from "../../../support/signatures/sigstore/checks.ts";
import { der } from "../../../support/signatures/sigstore/der.ts";
import {
  authorityOf,
  DANA,
  logOf,
  SIGNED_MS,
  TestSigstore,
  type GitsignOptions,
} from "../../../support/signatures/sigstore/gitsign.ts";
import { sha256 } from "../../../support/signatures/sigstore/keys.ts";
import { TestLog } from "../../../support/signatures/sigstore/log.ts";

const sigstore = new TestSigstore();
const ROOT = sigstore.trustedRoot();
const UNTIL_2025 = { start: "2020-01-01T00:00:00Z", end: "2025-12-31T00:00:00Z" };

describe("a gitsign signature with its log entry", () => {
  test("proves identity, issuer and the time of the log", () => {
    expect(checkOf(sigstore.sign(PAYLOAD).der, ROOT)).toMatchObject({
      kind: "ok",
      value: { ...DANA, loggedAtMs: SIGNED_MS, authorities: expect.stringContaining("BEGIN CERTIFICATE") },
    });
  });

  test("counts for a workflow, which has a URI as its identity", () => {
    const workflow = {
      identity: "https://github.com/acme/permissions/.github/workflows/bump.yml@refs/heads/main",
      issuer: "https://token.actions.githubusercontent.com",
    };

    expect(textOf(checkOf(sigstore.sign(PAYLOAD, workflow).der, ROOT, [DANA, workflow]))).toBe("verified");
  });

  test("counts without a certificate log if the operator's Sigstore has none", () => {
    const root = sigstore.trustedRoot({ ctlogs: [] });

    expect(textOf(checkOf(sigstore.sign(PAYLOAD, { log: null }).der, root))).toBe("verified");
  });

  test("counts while the file also has the authority and the log that follow", () => {
    const next = new TestSigstore();
    const root = sigstore.trustedRoot({
      tlogs: [logOf(next.rekor), logOf(sigstore.rekor, { ...UNTIL_2025, end: "2026-06-01T00:00:00Z" })],
      certificateAuthorities: [
        authorityOf(sigstore.fulcio, sigstore.root),
        authorityOf(next.fulcio, next.root, { start: "2026-05-01T00:00:00Z" }),
      ],
    });

    expect(textOf(checkOf(sigstore.sign(PAYLOAD).der, root))).toBe("verified");
  });

  test("counts years later: only the time of the log matters", () => {
    const old = { fromMs: SIGNED_MS - 4 * YEAR_MS, loggedAtMs: SIGNED_MS - 4 * YEAR_MS + 1_000 };

    expect(textOf(checkOf(sigstore.sign(PAYLOAD, old).der, ROOT))).toBe("verified");
  });
});

interface Forgery {
  readonly because: string;
  readonly with?: GitsignOptions;
  readonly root?: string;
  readonly reason: RegExp;
}

const stranger = new TestSigstore();

describe("the signer of a gitsign signature does not count", () => {
  test.each<Forgery>([
    {
      because: "another person signed it",
      with: { identity: "eve@example.com" },
      reason: /^UnknownSigner: is signed by eve@example.com \(issuer .*does not list$/,
    },
    {
      because: "the address only contains the listed one",
      with: { identity: "dana@example.com.evil.example" },
      reason: /^UnknownSigner: .*does not list$/,
    },
    {
      because: "another identity provider confirmed the address",
      with: { issuer: "https://accounts.evil.example" },
      reason: /^UnknownSigner: .*lists with another issuer$/,
    },
    {
      because: "its certificate names a second person",
      with: { names: [der(0x81, Buffer.from(DANA.identity)), der(0x81, Buffer.from("eve@example.com"))] },
      reason: /^UnknownSigner: .*does not name one mail address/,
    },
    {
      because: "its certificate names no person",
      with: { names: [der(0x82, Buffer.from("example.com"))] },
      reason: /^UnknownSigner: .*does not name one mail address/,
    },
    {
      because: "the address is the listed one only in its seven lower bits",
      with: { names: [der(0x81, Buffer.from("\xe4ana@example.com", "latin1"))] },
      reason: /^UnknownSigner: .*does not name one mail address/,
    },
    {
      because: "the issuer is the listed one only in its seven lower bits",
      with: { issuer: "https://accounts.example.com".replace("c", "\u00e3") },
      reason: /^UnknownSigner: .*does not name one mail address/,
    },
    {
      because: "the log received it after the certificate had expired",
      with: { loggedAtMs: SIGNED_MS + 600_000 },
      reason: /^ExpiredKey: .*\(2026-01-02T03:14:05.000Z\)/,
    },
    {
      because: "the log received it before the certificate was valid",
      with: { loggedAtMs: SIGNED_MS - 61_000 },
      reason: /^ExpiredKey/,
    },
    {
      because: "its certificate is that of a server",
      with: { usage: "1.3.6.1.5.5.7.3.1" },
      reason: /^UnknownSigner: .*not for signing code/,
    },
    {
      because: "its certificate is for nothing in particular",
      with: { usage: null },
      reason: /^UnknownSigner: .*not for signing code/,
    },
    {
      because: "it is over another commit",
      with: { digest: sha256(Buffer.from("another commit")) },
      reason: /^InvalidSignature: .*does not match its content/,
    },
    {
      because: "another authority made its certificate",
      with: { fulcio: stranger.fulcio },
      reason: /^UnknownSigner: .*another authority/,
    },
    {
      because: "the owner of a certificate made its certificate",
      with: { fulcio: TestFulcio.create("eve", sigstore.fulcio, false) },
      reason: /^UnknownSigner: .*another authority/,
    },
    {
      because: "its authority did not count any more",
      root: sigstore.trustedRoot({
        certificateAuthorities: [authorityOf(sigstore.fulcio, sigstore.root, UNTIL_2025)],
      }),
      reason: /^UnknownSigner: .*when no certificate authority/,
    },
    {
      because: "the operator removed its root",
      root: sigstore.trustedRoot({ certificateAuthorities: [authorityOf(stranger.fulcio, stranger.root)] }),
      reason: /^UnknownSigner: .*another authority/,
    },
    {
      because: "no certificate log has its certificate",
      with: { log: null },
      reason: /^UnknownSigner: .*no certificate log/,
    },
    {
      because: "a certificate log of someone else has its certificate",
      with: { log: stranger.certificateLog },
      reason: /^UnknownSigner: .*no certificate log/,
    },
    {
      because: "the operator's file has no certificate log, and its certificate names one",
      root: sigstore.trustedRoot({ ctlogs: [] }),
      reason: /^UnknownSigner: .*no certificate log/,
    },
    {
      because: "the key of the certificate log did not count any more",
      root: sigstore.trustedRoot({ ctlogs: [logOf(sigstore.certificateLog, UNTIL_2025)] }),
      reason: /^UnknownSigner: .*no certificate log/,
    },
    {
      because: "it is older than the authority",
      with: { fromMs: Date.UTC(2019, 0, 1), loggedAtMs: Date.UTC(2019, 0, 1) + 1_000 },
      root: sigstore.trustedRoot({
        tlogs: [logOf(sigstore.rekor, { start: "2010-01-01T00:00:00Z" })],
        ctlogs: [logOf(sigstore.certificateLog, { start: "2010-01-01T00:00:00Z" })],
        certificateAuthorities: [
          authorityOf(sigstore.fulcio, sigstore.root, { start: "2010-01-01T00:00:00Z" }),
        ],
      }),
      reason: /^UnknownSigner: .*another authority/,
    },
  ])("if $because", ({ with: options, root = ROOT, reason }) => {
    const found = checkOf(sigstore.sign(PAYLOAD, options).der, root);

    expect(textOf(found)).toMatch(reason);
    expect(found).toMatchObject({ error: { fix: expect.stringContaining("approve the revision") } });
  });

  test("if a listed identity is a pattern that matches: it is compared exactly", () => {
    const patterns = [".*", "dana@example.com|eve@example.com", "^dana@"].map((identity) => ({
      ...DANA,
      identity,
    }));

    expect(textOf(checkOf(sigstore.sign(PAYLOAD).der, ROOT, patterns))).toMatch(/does not list$/);
  });

  test("and its refusal names the setting that helps", () => {
    const fixOf = (options: GitsignOptions): unknown => {
      const found = checkOf(sigstore.sign(PAYLOAD, options).der, ROOT);
      return found.kind === "err" ? found.error.fix : found.kind;
    };

    expect(fixOf({ entry: () => null })).toContain("gitsign.rekorMode offline");
    expect(fixOf({ entry: (own) => ({ ...own, version: "0.0.2" }) })).toContain("gitsign.rekorVersion to 1");
    expect(fixOf({ identity: "eve@example.com" })).toContain("signatures.gitsign.identities");
    expect(fixOf({ rekor: new TestLog("log.example.com") })).toContain("signatures.gitsign.trustedRootFile");
  });
});
