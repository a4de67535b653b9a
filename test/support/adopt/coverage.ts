import { accountCoverage } from "../../../src/adopt/coverage/account-coverage.ts";
import type { CoverageInputs, DeclaredFunction } from "../../../src/adopt/coverage/coverage-inputs.ts";
import { DocumentRiskCache } from "../../../src/adopt/coverage/document-risks.ts";
import { known } from "../../../src/adopt/estate/estate.ts";
import type { AccountCoverage, FunctionCoverage } from "../../../src/model/answers/coverage.ts";
import type { Partition, Region } from "../../../src/model/aws/ids.ts";
import type { LiveAccount, LiveFunction } from "../../../src/model/live.ts";
import { complete } from "../../../src/model/values/steps.ts";
import { ACCOUNT_ID, binding, NOW_MS, REGION } from "../pass/bindings.ts";
import { emptyAccount, liveFunctionOf } from "../pass/live-state.ts";
import { estateRole } from "./estate.ts";

/** No manifest names it, and its resource policy was not read. */
export function lone(change: Partial<LiveFunction> = {}): LiveFunction {
  return liveFunctionOf(binding(), { roleArn: estateRole("old").arn, policies: new Map(), ...change });
}

export function liveWith(
  functions: readonly LiveFunction[],
  change: { readonly unread?: ReadonlyMap<string, string> } = {},
  ...others: readonly (readonly [Region, readonly LiveFunction[]])[]
): LiveAccount {
  const regions = [[REGION, functions] as const, ...others].map(([region, found]) => {
    const byName = new Map(found.map((one) => [one.name, one]));
    const read = {
      kind: "read",
      functions: byName,
      complete: true,
      absentFunctions: new Set<string>(),
      ...change,
    } as const;
    return [region, read] as const;
  });
  return emptyAccount({ regions: new Map(regions) });
}

export function coverage({
  one = null,
  ...change
}: Partial<CoverageInputs> & { readonly one?: DeclaredFunction | null }): AccountCoverage {
  return complete(
    accountCoverage({
      account: { id: ACCOUNT_ID, name: "prod", partition: "aws" as Partition },
      live: emptyAccount(),
      tags: new Map([[REGION, known(new Map())]]),
      declared: new Map(one === null ? [] : [[`${REGION}/orders-api`, one]]),
      exclusions: [],
      documents: new DocumentRiskCache(),
      nowMs: NOW_MS,
      ...change,
    }),
  );
}

export function onlyOne({ functions }: AccountCoverage): FunctionCoverage {
  const [found, ...others] = functions;
  if (found === undefined || others.length > 0) throw new Error(`${functions.length} functions`);
  return found;
}
