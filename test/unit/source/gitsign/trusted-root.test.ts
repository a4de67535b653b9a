import { expect, test } from "@jest/globals";
import { authoritiesAt, readTrustedRoot } from "../../../../src/source/gitsign/trusted-root.ts";
import { authorityOf, SIGNED_MS, TestSigstore } from "../../../support/signatures/sigstore/gitsign.ts";

const sigstore = new TestSigstore();
const key = { rawBytes: "AAAA", keyDetails: "PKIX_ECDSA_P256_SHA_256" };

test.each([
  { because: "it is a text", text: "hello", problem: "it is not JSON" },
  { because: "it is another file", text: "{}", problem: "it is not a trusted_root.json of Sigstore" },
  { because: "it is null", text: "null", problem: "it has a key or certificate that cannot be read" },
  {
    because: "it has no log",
    text: sigstore.trustedRoot({ tlogs: [] }),
    problem: "it has no transparency log (tlogs)",
  },
  {
    because: "it has no authority",
    text: sigstore.trustedRoot({ certificateAuthorities: [] }),
    problem: "it has no certificate authority (certificateAuthorities)",
  },
  {
    because: "its authority has no certificate",
    text: sigstore.trustedRoot({ certificateAuthorities: [{ certChain: { certificates: [] } }] }),
    problem: "it has no certificate authority (certificateAuthorities)",
  },
  {
    because: "its authority has no chain",
    text: sigstore.trustedRoot({ certificateAuthorities: [{ uri: "https://fulcio.example.com" }] }),
    problem: "it has a key or certificate that cannot be read",
  },
  {
    because: "a key is damaged",
    text: sigstore.trustedRoot({ tlogs: [{ publicKey: key, logId: { keyId: "AAAA" } }] }),
    problem: "it has a key or certificate that cannot be read",
  },
  {
    because: "a certificate is none",
    text: sigstore.trustedRoot({
      certificateAuthorities: [{ certChain: { certificates: [{ rawBytes: "MAMCAQE=" }] } }],
    }),
    problem: "it has a key or certificate that cannot be read",
  },
])("a file of trusted keys is refused if $because", ({ text, problem }) => {
  expect(readTrustedRoot(Buffer.from(text))).toEqual({ kind: "err", error: problem });
});

test("an authority counts only in its time", () => {
  const read = readTrustedRoot(
    Buffer.from(
      sigstore.trustedRoot({
        certificateAuthorities: [
          authorityOf(sigstore.fulcio, sigstore.root, {
            start: "2025-01-01T00:00:00Z",
            end: "2026-02-01T00:00:00Z",
          }),
        ],
      }),
    ),
  );
  const countAt = (atMs: number): number =>
    read.kind === "ok" ? authoritiesAt(read.value, atMs).split("BEGIN CERTIFICATE").length - 1 : -1;

  expect([SIGNED_MS, Date.UTC(2024, 0, 1), Date.UTC(2027, 0, 1)].map(countAt)).toEqual([2, 0, 0]);
});
