import type { UnverifiedReason } from "../../model/verification.ts";

/** Why a gitsign signature does not count. `text` continues "commit 1a2b3c4d". */
export interface GitsignRefusal {
  readonly reason: UnverifiedReason;
  readonly text: string;
  readonly fix: string;
}

const OR_APPROVE = "or review the commits and approve the revision";

/** The signer must sign again, perhaps with another setting. */
const SIGN_AGAIN = `sign them again with gitsign.rekorMode offline and push, ${OR_APPROVE}`;
export const WITH_FIRST_REKOR = `set gitsign.rekorVersion to 1, sign them again and push, ${OR_APPROVE}`;
/** The operator's file or list is not complete, or the signer is a stranger. */
export const UPDATE_ROOT = `write the current trusted_root.json of your Sigstore into signatures.gitsign.trustedRootFile, ${OR_APPROVE}`;
export const LIST_IDENTITY = `add the identity with its issuer to signatures.gitsign.identities if its owner may commit, ${OR_APPROVE}`;

export function refusal(reason: UnverifiedReason, text: string, fix = SIGN_AGAIN): GitsignRefusal {
  return { reason, text, fix };
}
