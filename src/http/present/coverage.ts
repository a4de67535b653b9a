import type { CoverageObject, LiveFunctionObject } from "../../api/bindings.ts";
import {
  coverageCounts,
  coverageDay,
  type AccountCoverage,
  type CoverageCounts,
  type FunctionCoverage,
} from "../../model/answers/coverage.ts";
import { byTextOf } from "../../text/order.ts";
import { sees, seesEverything } from "../access/access.ts";
import type { Reader } from "../request/reader.ts";
import { envelope, isoTime } from "./metadata.ts";

/** By account, region and name. */
export function liveFunctions(reader: Reader): readonly LiveFunctionObject[] {
  return reader.world.coverage.flatMap((account) =>
    visibleFunctions(reader, account).map((one) => liveFunction(account, one)),
  );
}

function liveFunction(
  { account, accountId, readAtMs }: AccountCoverage,
  { name: functionName, arn: functionArn, ...one }: FunctionCoverage,
): LiveFunctionObject {
  return {
    ...envelope("LiveFunction", { name: `${functionName}.${accountId}.${one.region}` }),
    status: { account, accountId, functionName, functionArn, readAt: isoTime(readAtMs), ...one },
  };
}

/** The role may belong to another owner, and the functions that share it to other namespaces. */
const HIDDEN = "its role and risks (shown to tokens of all namespaces)";

/** A function that no manifest names belongs to no namespace: only a token that sees everything sees it. */
function visibleFunctions({ access }: Reader, { functions }: AccountCoverage): readonly FunctionCoverage[] {
  if (seesEverything(access)) return functions;
  return functions
    .filter(({ namespace }) => namespace !== null && sees(access, namespace))
    .map((one) => ({ ...one, role: null, risks: [], unread: [HIDDEN] }));
}

export function coverages(reader: Reader): readonly CoverageObject[] {
  return reader.world.coverage.flatMap((account) => coverageOf(reader, account) ?? []);
}

/** Null: the token sees none of its functions. */
function coverageOf(reader: Reader, coverage: AccountCoverage): CoverageObject | null {
  const { account, accountId, readAtMs, unread } = coverage;
  const functions = visibleFunctions(reader, coverage);
  const seesAll = seesEverything(reader.access);
  if (functions.length === 0 && !seesAll) return null;
  const groups = Map.groupBy(functions, ({ namespace }) => namespace);
  const namespaces = [...groups]
    .toSorted(byTextOf(([namespace]) => namespace ?? ""))
    .map(([namespace, some]) => ({ namespace, functions: some.length, counts: coverageCounts(some) }));
  return {
    ...envelope("Coverage", { name: account }),
    status: {
      account,
      accountId,
      readAt: isoTime(readAtMs),
      functions: functions.length,
      counts: coverageCounts(functions),
      namespaces,
      trend: seesAll
        ? (reader.world.accounts.get(accountId)?.record?.coverageDays ?? []).map(coverageDay)
        : [],
      unread: seesAll ? unread : [],
    },
  };
}

/** The coverage of all accounts; null: none was read yet, or the token does not see them completely. */
export function totalCoverage({ access, world }: Reader): CoverageCounts | null {
  if (!seesEverything(access) || world.coverage.length === 0) return null;
  return coverageCounts(world.coverage.flatMap(({ functions }) => functions));
}
