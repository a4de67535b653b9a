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
  /** `message`: a complete sentence without a full stop. */
  | { readonly kind: "verified"; readonly message: string }
  | {
      readonly kind: "unverified";
      readonly reason: UnverifiedReason;
      readonly message: string;
      readonly fix: string;
    };

/** The condition SourceVerified. */
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
