import { bad, type BadFinding } from "./finding.ts";
import { keysUnusable } from "./keyring.ts";

type RefusalPattern = readonly [pattern: RegExp, finding: BadFinding];

/** The texts of OpenSSL's verification. The first row that matches counts. */
const REFUSALS: readonly RefusalPattern[] = [
  [/certificate has expired/i, bad("ExpiredKey", "is signed with a certificate that has expired")],
  [/certificate is not yet valid/i, bad("ExpiredKey", "is signed with a certificate that is not valid yet")],
  [/certificate revoked/i, bad("RevokedKey", "is signed with a certificate that was revoked")],
  [
    /unsuitable certificate purpose|unsupported certificate purpose/i,
    bad("UnknownSigner", "is signed with a certificate that is for another purpose"),
  ],
  [
    /unable to get (local )?issuer|self[- ]signed certificate|unable to verify the first|invalid CA/i,
    bad("UnknownSigner", "is signed with a certificate of another authority"),
  ],
  [
    /unhandled critical extension/i,
    bad("UnknownSigner", "is signed with a certificate that has a critical extension of unknown meaning"),
  ],
];

/**
 * What OpenSSL reports of a signature that it refused.
 * @throws SourceError `keys-unusable` if this OpenSSL is too old to verify any signature of gitsign
 */
export function refusalIn(errors: string): BadFinding {
  if (/Invalid purpose/.test(errors))
    throw keysUnusable(
      "this OpenSSL does not know certificates for signing code",
      "install OpenSSL 3.2 or newer, or remove signatures.gitsign",
    );
  const row = REFUSALS.find(([pattern]) => pattern.test(errors));
  return row?.[1] ?? bad("InvalidSignature", "has a signature that does not match its content");
}
