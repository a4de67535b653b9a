import { expect, test } from "@jest/globals";
import { hasBrokenDigest } from "../../../../src/source/signatures/check-x509.ts";

/** Identifiers in DER, as `openssl asn1parse -genstr OID:…` writes them. */
test.each([
  { algorithm: "md5", oid: "06082a864886f70d0205", isBroken: true },
  { algorithm: "sha1", oid: "06052b0e03021a", isBroken: true },
  { algorithm: "sha256", oid: "0609608648016503040201", isBroken: false },
  { algorithm: "sha1WithRSAEncryption, as of an old root", oid: "06092a864886f70d010105", isBroken: false },
])("a signature with the digest $algorithm: broken is $isBroken", ({ oid, isBroken }) => {
  const der = Buffer.from(`300d${oid}0500`, "hex");

  expect(hasBrokenDigest({ der, payload: Buffer.from("") })).toBe(isBroken);
});
