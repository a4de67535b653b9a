import type { X509Certificate } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SignatureProof } from "../../model/snapshot.ts";
import type { Repository } from "../git/repository.ts";
import { cleanSourceLine } from "../rules/clean-text.ts";
import { checkX509, hasBrokenDigest, isGitsign } from "./check-x509.ts";
import type { CmsSignature } from "./cms-signature.ts";
import { bad, type SignatureFinding } from "./finding.ts";
import type { GitsignTrust, KeyFiles } from "./key-files.ts";
import type { Keyring } from "./keyring.ts";
import type { SignedObject } from "./signed-object.ts";

interface X509Checking {
  readonly repository: Repository;
  readonly files: KeyFiles;
  readonly keyring: Keyring;
  readonly committerMustMatch: boolean;
  readonly nowMs: number;
}

/** What the X.509 or gitsign signature of a commit or tag proves. @param signature null: it cannot be read */
export async function x509Finding(
  object: SignedObject,
  signature: CmsSignature | null,
  checking: X509Checking,
): Promise<SignatureFinding> {
  const { files, committerMustMatch } = checking;
  if (signature === null) return bad("InvalidSignature", "has a signature that cannot be read");
  const found = isGitsign(signature)
    ? await gitsignSigner(signature, checking, files.gitsign)
    : await certifiedSigner(signature, checking);
  if (found.kind === "bad") return found;
  const { signer, proof, mails, untilMs } = found;
  if (committerMustMatch && !mails.includes(object.mail))
    return bad("OtherPerson", `is signed by ${signer}, but committed by another address`);
  return { kind: "good", signer, proof, untilMs };
}

type Signer =
  | {
      readonly kind: "good";
      readonly signer: string;
      readonly proof: SignatureProof;
      /** In lower case. */
      readonly mails: readonly string[];
      readonly untilMs: number | null;
    }
  | Extract<SignatureFinding, { readonly kind: "bad" }>;

async function certifiedSigner(
  signature: CmsSignature,
  { repository, files, keyring: { folder }, nowMs }: X509Checking,
): Promise<Signer> {
  if (files.authorities === null)
    return bad("UnsupportedFormat", "has an X.509 signature, and no signatures.x509 is configured");
  if (hasBrokenDigest(signature))
    return bad("InvalidSignature", "has an X.509 signature over an MD5 or SHA-1 digest");
  const hasRevocationList = files.revocationLists !== null;
  const settings = {
    folder,
    authorities: "authorities.pem",
    purpose: "smimesign",
    hasRevocationList,
  } as const;
  const found = await checkX509({ ...signature, ...settings, atMs: nowMs }, repository);
  if (found.kind === "bad") return found;
  const { subjectAltName = "", validToDate } = found.certificate;
  const mails = mailsIn(subjectAltName);
  const [signer] = mails;
  const proof = proofOf("x509", found.certificate, found.certificate.issuer);
  return signer !== undefined
    ? { kind: "good", signer, proof, mails, untilMs: validToDate.getTime() }
    : bad("UnknownSigner", "is signed with a certificate that names no mail address");
}

/** `email:dana@example.com, DNS:…`: Node quotes a name that could be read as several. */
function mailsIn(subjectAltName: string): readonly string[] {
  const names = subjectAltName.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? [];
  return names.flatMap((name) => {
    const mail = /^\s*email:([^\s"@]+@[^\s"@]+)$/.exec(name)?.[1];
    return mail === undefined ? [] : [mail.toLowerCase()];
  });
}

/**
 * The log, the chain and the identity are verified by the library of Sigstore; then OpenSSL verifies the signature and the
 * chain at the time of the log, because the library ignores usages, name constraints and unknown critical extensions.
 */
async function gitsignSigner(
  signature: CmsSignature,
  { repository, keyring: { folder } }: X509Checking,
  trust: GitsignTrust | null,
): Promise<Signer> {
  if (trust === null)
    return bad("UnsupportedFormat", "is signed with gitsign, and no signatures.gitsign is configured");
  const { checkGitsign } = await import("../gitsign/check-gitsign.ts");
  const proof = checkGitsign({ ...signature, ...trust });
  if (proof.kind === "err") return { kind: "bad", ...proof.error };
  const { identity, issuer, loggedAtMs, authorities } = proof.value;
  await writeFile(join(folder, "sigstore.pem"), authorities);
  const settings = {
    folder,
    authorities: "sigstore.pem",
    purpose: "codesign",
    hasRevocationList: false,
  } as const;
  const found = await checkX509({ ...signature, ...settings, atMs: loggedAtMs }, repository);
  if (found.kind === "bad") return found;
  const ofCertificate = proofOf("gitsign", found.certificate, issuer);
  return {
    kind: "good",
    signer: identity,
    proof: ofCertificate,
    mails: [identity.toLowerCase()],
    untilMs: null,
  };
}

const MAX_ISSUER = 200;

/** Node writes one line for each part of an issuer's name. */
function proofOf(
  method: SignatureProof["method"],
  { fingerprint256 }: X509Certificate,
  issuer: string,
): SignatureProof {
  const name = cleanSourceLine(issuer.split("\n").join(", "), MAX_ISSUER);
  return { method, key: `SHA256:${fingerprint256.replaceAll(":", "").toLowerCase()}`, issuer: name };
}
