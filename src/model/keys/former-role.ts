import type { Digest } from "../values/digest.ts";

/** What a role is, by the digests of its parts: enough to see that it changed and where, without its documents. */
export interface RoleFingerprint {
  readonly trust: Digest;
  readonly tags: Digest;
  readonly boundary: string | null;
  /** By place, such as `inline policy app` or the ARN of an attached policy; with that of the boundary. */
  readonly documents: Readonly<Record<string, Digest>>;
}

/** The role that a function had before it was switched to the declared one. */
export interface FormerRole {
  readonly arn: string;
  /** A role that was created again under the same name has another one. */
  readonly roleId: string;
  /** As it was last read completely while the function ran on it. */
  readonly fingerprint: RoleFingerprint;
  readonly readMs: number;
  /** When the function was first seen on the declared role; null: not yet. */
  readonly switchedMs: number | null;
}
