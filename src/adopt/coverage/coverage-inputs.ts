import type { AccountId, Partition, Region } from "../../model/aws/ids.ts";
import type { DesiredBinding, DesiredExclusion } from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";
import type { LiveAccount } from "../../model/live.ts";
import type { Mode } from "../../model/rules/mode.ts";
import type { EstatePart, FunctionTags } from "../estate/estate.ts";
import type { DocumentRiskCache } from "./document-risks.ts";

interface DeclaredBinding {
  readonly binding: DesiredBinding;
  readonly mode: Mode;
  /** False: all of it awaits an approval, or was refused, since it is in Git. */
  readonly isApplied: boolean;
  /** An undo has begun to restore its role to what it was before it was taken over, and is not done. */
  readonly isUndoing?: true;
}

/** A function that a manifest names. */
export type DeclaredFunction =
  | ({ readonly kind: "bound" } & DeclaredBinding)
  /** The Team of its namespace does not allow it: it counts only for a function that runs on the declared role. */
  | ({ readonly kind: "foreign"; readonly reason: string } & DeclaredBinding)
  /** Its manifest releases it, so no manifest manages it. */
  | ({ readonly kind: "released"; readonly reason: string } & DeclaredBinding)
  /** Its manifest was removed from Git, and what Grantkeeper wrote for it may still be in AWS. */
  | ({ readonly kind: "removed"; readonly reason: string } & DeclaredBinding)
  /** Its manifest has an error, and nothing was applied before. */
  | { readonly kind: "broken"; readonly key: Key; readonly reason: string };

export interface CoverageInputs {
  readonly account: { readonly id: AccountId; readonly name: string; readonly partition: Partition };
  /** As the last pass read it. */
  readonly live: LiveAccount;
  readonly tags: ReadonlyMap<Region, EstatePart<FunctionTags>>;
  /** By `REGION/NAME` of the function. */
  readonly declared: ReadonlyMap<string, DeclaredFunction>;
  readonly exclusions: readonly DesiredExclusion[];
  readonly documents: DocumentRiskCache;
  readonly nowMs: number;
}

export function coveragePlaceName(region: Region, name: string): string {
  return `${region}/${name}`;
}
