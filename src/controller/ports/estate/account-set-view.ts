import type { AccountId } from "../../../model/aws/ids.ts";

/** An AccountSet that observes an organization. */
export interface AccountSetView {
  readonly name: string;
  /** Null: not read by this process. */
  readonly readAtMs: number | null;
  /** Set while the organization cannot be read. */
  readonly failing: { readonly sinceMs: number; readonly reason: string; readonly fix: string | null } | null;
  /** The accounts that left it in the last seven days and that nothing else declares, the first to leave first. */
  readonly left: readonly { readonly id: AccountId; readonly name: string; readonly atMs: number }[];
}
