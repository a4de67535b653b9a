/**
 * The distance of two policy documents: `equal` in structure; differing in `metadata` only (Sid, Id);
 * the same `meaning` under the stronger normal form; `no-effect`: different permissions are written, and they decide each
 * request in the same way; else a `security` difference.
 */
export type Tier = "equal" | "metadata" | "meaning" | "no-effect" | "security";
