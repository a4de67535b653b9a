import type { UnverifiedReason } from "../../model/verification.ts";

const OR_APPROVE = "or review the commits and approve the revision";
const SIGN_AGAIN = `sign them with a listed key and push again, ${OR_APPROVE}`;

/** What helps, unless a finding knows better. */
export const FIXES: Readonly<Record<UnverifiedReason, string>> = {
  Unsigned: SIGN_AGAIN,
  UnknownSigner: `add the key to the operator's key files if you know its owner, ${OR_APPROVE}`,
  InvalidSignature: SIGN_AGAIN,
  ExpiredKey: `replace the key file if the owner extended the key, ${OR_APPROVE}`,
  RevokedKey: SIGN_AGAIN,
  OtherPerson: `ask the signer whether the commit is theirs; ${SIGN_AGAIN}`,
  UnsupportedFormat: `sign with a kind of key that signatures lists, ${OR_APPROVE}`,
  MalformedObject: `find out who made it; ${SIGN_AGAIN}`,
  NotContained: "correct signatures.trustedCommit or the ref in the configuration",
  TooManyCommits: `name a newer signatures.trustedCommit that was reviewed, ${OR_APPROVE}`,
  NotFinished: "Grantkeeper continues at the next fetch",
};
