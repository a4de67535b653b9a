import { describe, expect, test } from "@jest/globals";
import { sign } from "node:crypto";
import { newKey } from "../../../support/signatures/sigstore/keys.ts";
import { checkOf, PAYLOAD, textOf } from "../../../support/signatures/sigstore/checks.ts";
import { logOf, TestSigstore, type GitsignOptions } from "../../../support/signatures/sigstore/gitsign.ts";
import type { TestEntry } from "../../../support/signatures/sigstore/log.ts";

const sigstore = new TestSigstore();
const ROOT = sigstore.trustedRoot();
const UNTIL_2025 = { start: "2020-01-01T00:00:00Z", end: "2025-12-31T00:00:00Z" };

/** The entry with one part changed. */
const entry =
  (change: (own: TestEntry) => Partial<TestEntry>) =>
  (own: TestEntry): TestEntry => ({ ...own, ...change(own) });
const other = sigstore.sign(`${PAYLOAD}other\n`).entry;
const stranger = new TestSigstore();
const flipped = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from([(bytes[0] ?? 0) ^ 1]), bytes.subarray(1)]);
const signedBy = (text: string): Buffer => sign("sha256", Buffer.from(text), newKey().privateKey);

interface Forgery {
  readonly because: string;
  readonly with?: GitsignOptions;
  readonly root?: string;
  readonly reason: RegExp;
}

describe("the log entry of a gitsign signature does not count", () => {
  test.each<Forgery>([
    {
      because: "it has no log entry, as with rekorMode online",
      with: { entry: () => null },
      reason: /^UnsupportedFormat: .*without its log entry/,
    },
    {
      because: "its log entry is that of another commit",
      with: { entry: () => other },
      reason: /^InvalidSignature: .*did not sign for this signature/,
    },
    {
      because: "another key signed the log entry",
      with: { entry: entry(() => ({ signedEntryTimestamp: signedBy("anything") })) },
      reason: /^InvalidSignature: .*did not sign for this signature/,
    },
    {
      because: "the time of the log entry was changed",
      with: { entry: entry(({ integratedTime }) => ({ integratedTime: integratedTime - 1 })) },
      reason: /^InvalidSignature: .*did not sign for this signature/,
    },
    {
      because: "the log is not the operator's",
      with: { rekor: stranger.rekor },
      reason: /^UnknownSigner: .*log that is not in trustedRootFile/,
    },
    {
      because: "another log claims to be the operator's",
      with: { rekor: stranger.rekor, entry: entry(() => ({ logId: sigstore.rekor.id })) },
      reason: /^InvalidSignature: .*did not sign for this signature/,
    },
    {
      because: "the key of the log did not count any more",
      root: sigstore.trustedRoot({ tlogs: [logOf(sigstore.rekor, UNTIL_2025)] }),
      reason: /^UnknownSigner: .*the key of the log did not count/,
    },
    {
      because: "the log signed no time, as Rekor version 2 does",
      with: { entry: entry(() => ({ signedEntryTimestamp: Buffer.alloc(0) })) },
      reason: /^UnsupportedFormat: .*Rekor version 2/,
    },
    {
      because: "the log entry is of another kind",
      with: { entry: entry(() => ({ kind: "dsse" })) },
      reason: /^UnsupportedFormat: .*not a hashedrekord 0.0.1/,
    },
    {
      because: "the log entry has another version",
      with: { entry: entry(() => ({ version: "0.0.2" })) },
      reason: /^UnsupportedFormat: .*not a hashedrekord 0.0.1/,
    },
    {
      because: "the log entry has no proof",
      with: { entry: entry(() => ({ checkpoint: "" })) },
      reason: /^InvalidSignature: .*without a proof/,
    },
    {
      because: "the proof lacks a hash",
      with: { entry: entry(({ hashes }) => ({ hashes: hashes.slice(1) })) },
      reason: /^InvalidSignature: .*does not show it in the log/,
    },
    {
      because: "a hash of the proof was changed",
      with: { entry: entry(({ hashes }) => ({ hashes: hashes.map(flipped) })) },
      reason: /^InvalidSignature: .*does not show it in the log/,
    },
    {
      because: "a hash of the proof is too short",
      with: { entry: entry(({ hashes }) => ({ hashes: hashes.map((hash) => hash.subarray(1)) })) },
      reason: /^InvalidSignature: .*malformed proof/,
    },
    {
      because: "the checkpoint is that of another tree",
      with: { entry: entry(() => ({ checkpoint: stranger.sign(PAYLOAD).entry.checkpoint })) },
      reason: /^InvalidSignature: .*does not show it in the log/,
    },
    {
      because: "the size in the checkpoint is no number",
      with: { entry: entry(({ checkpoint }) => ({ checkpoint: checkpoint.replace(/\n\d+\n/, "\nmany\n") })) },
      reason: /^InvalidSignature: .*cannot be verified/,
    },
  ])("if $because", ({ with: options, root = ROOT, reason }) => {
    const found = checkOf(sigstore.sign(PAYLOAD, options).der, root);

    expect(textOf(found)).toMatch(reason);
    expect(found).toMatchObject({ error: { fix: expect.stringContaining("approve the revision") } });
  });
});
