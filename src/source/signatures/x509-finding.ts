import type { Repository } from "../git/repository.ts";
import { checkX509, hasBrokenDigest, isGitsign } from "./check-x509.ts";
import type { CmsSignature } from "./cms-signature.ts";
import { bad, type SignatureFinding } from "./finding.ts";
import type { KeyFiles } from "./key-files.ts";
import type { Keyring } from "./keyring.ts";
import type { SignedObject } from "./signed-object.ts";

interface X509Checking {
  readonly repository: Repository;
  readonly files: KeyFiles;
  readonly keyring: Keyring;
  readonly committerMustMatch: boolean;
  readonly nowMs: number;
}

/** What the X.509 signature of a commit or tag proves. @param signature null: it cannot be read */
export async function x509Finding(
  object: SignedObject,
  signature: CmsSignature | null,
  { repository, files, keyring, committerMustMatch, nowMs }: X509Checking,
): Promise<SignatureFinding> {
  if (signature === null) return bad("InvalidSignature", "has a signature that cannot be read");
  if (isGitsign(signature))
    return bad(
      "UnsupportedFormat",
      "is signed with gitsign (Sigstore), whose certificate is valid for minutes: the transparency log, which proves when it was used, is not read",
    );
  if (hasBrokenDigest(signature))
    return bad("InvalidSignature", "has an X.509 signature over an MD5 or SHA-1 digest");
  const { folder } = keyring;
  const hasRevocationList = files.revocationLists !== null;
  const found = await checkX509({ ...signature, folder, hasRevocationList, nowMs }, repository);
  if (found.kind === "bad") return found;
  const [signer = ""] = found.mails;
  if (committerMustMatch && !found.mails.includes(object.mail))
    return bad("OtherPerson", `is signed by ${signer}, but committed by another address`);
  return { kind: "good", signer, untilMs: found.untilMs };
}
