import type { UsedRole } from "../../../src/model/keys/used-role.ts";
import type { AdoptionRecord, NeedReading } from "../../../src/model/keys/adoption.ts";
import { adoptionAfter, type Adoption } from "../../../src/settle/adoption/adoption.ts";
import type { AdoptionFacts, SeenFunction } from "../../../src/settle/adoption/adoption-facts.ts";

export const DECLARED = "arn:aws:iam::111122223333:role/grantkeeper/orders-api-eu-west-1";
export const OLD = "arn:aws:iam::111122223333:role/orders-shared";
export const DAY_MS = 86_400_000;
export const START_MS = Date.parse("2026-10-01T12:00:00.000Z");

export const SILENT = { isApplied: true, isSilent: true, ownRole: { isOurs: true, problem: null } } as const;
export const ON_V1 = {
  kind: "read",
  elsewhere: [{ version: "1", aliases: ["live"], roleArn: OLD }],
} as const;

export function equalTo(arn: string): UsedRole {
  return { kind: "equal", arn, roleId: `id of ${arn}` };
}

type SeenValues = Omit<SeenFunction, "needs"> & { readonly needs: NeedReading };

/** A sweep of a function that still runs on its old role; the declared role does not exist yet. */
export function seen({
  needs = { kind: "read", unmet: [] },
  ...change
}: Partial<SeenValues> = {}): SeenFunction {
  return {
    kind: "seen",
    functionName: "orders-api",
    declaredArn: DECLARED,
    roleArn: OLD,
    aliases: { kind: "read", elsewhere: [] },
    compare: equalTo,
    needs: () => needs,
    ownRole: { isOurs: false, problem: "the declared role does not exist yet" },
    mode: "enforce",
    isApplied: false,
    isSilent: false,
    isSweep: true,
    isTakingOver: false,
    pending: { switch: { kind: "deployer" }, role: { kind: "next-pass" } },
    ...change,
  };
}

/** The adoption after these reads, in hours after the start. */
export function after(...reads: readonly (readonly [hours: number, facts: AdoptionFacts])[]): Adoption {
  let adoption: Adoption | undefined;
  let record: AdoptionRecord | undefined;
  for (const [hours, facts] of reads) {
    adoption = adoptionAfter(record, facts, START_MS + hours * 3_600_000);
    ({ record } = adoption);
  }
  if (adoption === undefined) throw new Error("there were no reads");
  return adoption;
}
