import type { X509Certificate } from "node:crypto";
import type { Signer } from "@sigstore/verify";
import type { GitsignIdentity } from "../../model/verification.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import { cleanLine } from "../rules/clean-text.ts";
import { LIST_IDENTITY, refusal, type GitsignRefusal } from "./refusal.ts";

/** The extensions with the issuer, the newer one first (docs/oid-info.md of Fulcio). */
const ISSUER_EXTENSIONS = ["1.3.6.1.4.1.57264.1.8", "1.3.6.1.4.1.57264.1.1"];

/**
 * The identity in the certificate, if the operator listed it with this issuer. It is compared here and exactly: the policy of
 * the library takes an identity for a regular expression.
 */
export function listedIdentity(
  { identity: found }: Signer,
  certificate: X509Certificate,
  identities: readonly GitsignIdentity[],
): Result<GitsignIdentity, GitsignRefusal> {
  const identity = found?.subjectAlternativeName ?? "";
  const issuer = found?.extensions?.issuer ?? "";
  const names = [`email:${identity}`, `URI:${identity}`];
  if (identity === "" || !names.includes(certificate.subjectAltName ?? "") || !isIssuerOf(issuer, found))
    return err(
      refusal("UnknownSigner", "is signed with a certificate that does not name one mail address or URI"),
    );
  const issuers = identities.filter((one) => one.identity === identity).map((one) => one.issuer);
  if (issuers.includes(issuer)) return ok({ identity, issuer });
  const shown = `${cleanLine(identity, 120)} (issuer ${cleanLine(issuer, 120)})`;
  const why =
    issuers.length > 0
      ? "whom signatures.gitsign.identities lists with another issuer"
      : "whom signatures.gitsign.identities does not list";
  return err(refusal("UnknownSigner", `is signed by ${shown}, ${why}`, LIST_IDENTITY));
}

/** The library reads seven bits of each byte: other bytes could become the listed issuer. */
function isIssuerOf(issuer: string, identity: Signer["identity"]): boolean {
  const extensions = ISSUER_EXTENSIONS.map((id) =>
    identity?.oids?.find(({ oid }) => oid?.id.join(".") === id),
  );
  const value = extensions.find((extension) => extension !== undefined)?.value;
  return issuer !== "" && value?.subarray(-issuer.length).toString("latin1") === issuer;
}
