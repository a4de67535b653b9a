/**
 * The distance of two policy documents: `equal` in structure; differing in `metadata` only (Sid, Id);
 * the same `meaning` under the stronger normal form; else a `security` difference.
 */
export type Tier = "equal" | "metadata" | "meaning" | "security";
