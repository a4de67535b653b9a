import type { ProvedSigner } from "./snapshot.ts";

/** Which commits need a signature. */
type SignaturePolicy =
  /** Each commit that is new, also those of merged branches. */
  | "every"
  /** Each new commit of the branch itself: a merge answers for what it merges. */
  | "firstParent"
  /** Only the newest commit: it answers for its history. */
  | "tip"
  /** The annotated tag: it answers for its commit and the history. */
  | "tag";

interface X509Settings {
  /** Certificates in PEM: the authorities of people, up to their roots. */
  readonly caFile: string;
  /** Revocation lists in PEM, one of each authority; null: no certificate counts as revoked. */
  readonly revocationFile: string | null;
}

/** Who may sign with gitsign: both parts are compared exactly. */
export interface GitsignIdentity {
  /** The mail address or URI in the certificate. */
  readonly identity: string;
  /** The identity provider that confirmed it to Fulcio. */
  readonly issuer: string;
}

interface GitsignSettings {
  /** trusted_root.json of Sigstore: the authorities of Fulcio, the keys of Rekor and of certificate logs. */
  readonly trustedRootFile: string;
  readonly identities: readonly GitsignIdentity[];
}

/** The operator's keys and what they must have signed. Files are read again for each verification. */
export interface SignatureSettings {
  readonly policy: SignaturePolicy;
  /** The commit and its history count as verified; null: the first run needs only a verified newest commit. */
  readonly trustedCommit: string | null;
  /** SSH keys with their owners, in the format of ssh-keygen's allowed signers. */
  readonly allowedSignersFile: string | null;
  /** SSH keys that are never accepted: public keys, or a KRL. */
  readonly revocationFile: string | null;
  /** Exported GPG public keys of people. */
  readonly gpgKeyrings: readonly string[];
  /** Those of the forge, which signs merges: they prove the forge, not a person. */
  readonly forgeKeyrings: readonly string[];
  /** The authorities of the certificates with which people sign; null: no X.509 signature counts. */
  readonly x509: X509Settings | null;
  /** Whose gitsign (Sigstore) signatures count; null: no one's. */
  readonly gitsign: GitsignSettings | null;
  /** Whether a person's signature counts only for commits with an address of the same person. */
  readonly committerMustMatch: boolean;
}

/** Why a revision counts as not verified. */
export type UnverifiedReason =
  | "Unsigned"
  | "UnknownSigner"
  | "InvalidSignature"
  | "ExpiredKey"
  | "RevokedKey"
  | "OtherPerson"
  | "UnsupportedFormat"
  | "MalformedObject"
  | "NotContained"
  | "TooManyCommits"
  | "NotFinished";

/** What the signatures of the commits between two revisions prove. */
export type Verification =
  /** The operator's file asks for no signatures. */
  | { readonly kind: "not-required" }
  /** `message`: a complete sentence without a full stop. `signers`: of each commit that was verified, the oldest first. */
  | { readonly kind: "verified"; readonly message: string; readonly signers: readonly ProvedSigner[] }
  | {
      readonly kind: "unverified";
      readonly reason: UnverifiedReason;
      readonly message: string;
      readonly fix: string;
    };

export interface SourceVerified {
  readonly status: "True" | "False" | "Unknown";
  /** `ApprovedByOperator`, `BeforeSignatures`: the revision is in force without proof. */
  readonly reason: "SignaturesVerified" | "ApprovedByOperator" | "BeforeSignatures" | UnverifiedReason;
  readonly message: string;
  readonly fix: string | null;
}

/** One sentence about a secret or key of the operator that Git or its forge uses. */
export interface KeyFinding {
  readonly outcome: "passed" | "warning" | "failed";
  readonly detail: string;
}
