import { expect, test } from "@jest/globals";
import { refusalIn } from "../../../../src/source/signatures/openssl-refusals.ts";

/** The last lines of `openssl cms -verify` of OpenSSL 3.5. */
const VERIFY_ERROR = "CMS routines:cms_signerinfo_verify_cert:certificate verify error:Verify error: ";

test.each([
  { error: "certificate has expired", reason: "ExpiredKey" },
  { error: "certificate is not yet valid", reason: "ExpiredKey" },
  { error: "certificate revoked", reason: "RevokedKey" },
  { error: "unsuitable certificate purpose", reason: "UnknownSigner" },
  { error: "unable to get local issuer certificate", reason: "UnknownSigner" },
  { error: "unhandled critical extension", reason: "UnknownSigner" },
  { error: "an error of a later version", reason: "InvalidSignature" },
])('OpenSSL\'s "$error" is $reason', ({ error, reason }) => {
  expect(refusalIn(`${VERIFY_ERROR}${error}\n`)).toMatchObject({ kind: "bad", reason });
});

test("an OpenSSL that is too old for gitsign is a problem of the operator, not of the commit", () => {
  expect(() => refusalIn("cms: Invalid purpose codesign\n")).toThrow(
    expect.objectContaining({ code: "keys-unusable", fix: expect.stringContaining("OpenSSL 3.2") }),
  );
});
