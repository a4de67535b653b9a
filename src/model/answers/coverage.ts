import type { AccountId, Region } from "../aws/ids.ts";
import type { Key } from "../keys/key.ts";
import { dayOf } from "../values/duration.ts";

/** Tools that deploy a function as a resource of a CloudFormation stack. */
export type StackTool = "cloudformation" | "sam" | "cdk" | "serverless";

/** Who deploys a function: the tool whose template names its role. */
export type FunctionDeployer =
  | {
      readonly kind: StackTool;
      readonly stack: string;
      /** Of the function in the template; null: CloudFormation's tag is missing. */
      readonly logicalId: string | null;
    }
  | {
      readonly kind: "terraform";
      /** In the state that was given; null: only a tag shows the tool. */
      readonly address: string | null;
    }
  | { readonly kind: "console" }
  | { readonly kind: "unknown"; readonly reason: string };

/**
 * How far Grantkeeper manages a live function, the furthest first.
 *
 * - `managed`: it runs on the declared role, and Grantkeeper keeps that role as declared
 * - `switched`: it runs on the declared role, which is only compared, or to which nothing was applied yet
 * - `observed`: Git declares it, and it runs on another role
 * - `proposed`: its manifest has an error, and nothing was applied before
 * - `excluded`: an Exclusion names it, or it is one of Lambda@Edge
 * - `unknown`: Git declares it, and it was not read
 * - `uncovered`: no manifest and no Exclusion names it
 */
export const COVERAGE_STATES = [
  "managed",
  "switched",
  "observed",
  "proposed",
  "excluded",
  "unknown",
  "uncovered",
] as const;
export type CoverageState = (typeof COVERAGE_STATES)[number];

/**
 * A risk in what was read. `public`: anyone may call it or change it. `admin`: a policy of its role allows every
 * action on every resource. `wildcard`: one allows all actions of a service.
 */
export type CoverageRisk = "public" | "admin" | "wildcard";

export interface FunctionCoverage {
  readonly region: Region;
  readonly name: string;
  readonly arn: string;
  readonly state: CoverageState;
  /** Why it has this state; null if the state needs no reason. */
  readonly reason: string | null;
  /** Of the manifest that names it; null if none does. */
  readonly key: Key | null;
  readonly namespace: string | null;
  readonly deployer: FunctionDeployer;
  /** Null: the function was not read. */
  readonly role: FunctionRole | null;
  /** In the order of the type. */
  readonly risks: readonly CoverageRisk[];
  /** Parts that were not read: nothing is known of their risks. Each once, sorted. */
  readonly unread: readonly string[];
}

interface FunctionRole {
  readonly arn: string;
  /** Functions of the account that run on it, this one included. */
  readonly users: number;
  /** False: a region of the account was not read, and may have more of them. */
  readonly isComplete: boolean;
}

export interface AccountCoverage {
  readonly accountId: AccountId;
  readonly account: string;
  /** The start of the read. */
  readonly readAtMs: number;
  /** By region and name. */
  readonly functions: readonly FunctionCoverage[];
  /** Regions that were not read, one sentence each: they may have functions that are not listed. */
  readonly unread: readonly string[];
}

export type CoverageCounts = Readonly<Record<CoverageState, number>>;

export function coverageCounts(functions: readonly Pick<FunctionCoverage, "state">[]): CoverageCounts {
  const counts = Object.fromEntries(COVERAGE_STATES.map((state) => [state, 0])) as Record<
    CoverageState,
    number
  >;
  for (const { state } of functions) counts[state] += 1;
  return counts;
}

/** The counts of an account at the end of one day, as far as it was read on that day. */
export interface CoverageDay {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly counts: CoverageCounts;
}

/** A point in a record. Earlier builds recorded the state `managed` as `enforced`. */
export interface RecordedCoverageDay {
  readonly day: string;
  readonly counts: CoverageCounts | (Omit<CoverageCounts, "managed"> & { readonly enforced: number });
}

export function coverageDay({ day, counts }: RecordedCoverageDay): CoverageDay {
  if ("managed" in counts) return { day, counts };
  const { enforced: managed, ...others } = counts;
  return { day, counts: { managed, ...others } };
}

/** A quarter: what a plan of a migration is compared with. */
const MOST_DAYS = 92;

/** With the coverage as the point of its day. One that was not read completely is no point. */
export function withCoverageDay(
  days: readonly RecordedCoverageDay[],
  { readAtMs, functions, unread }: AccountCoverage,
): readonly RecordedCoverageDay[] {
  const day = dayOf(readAtMs);
  const last = days.at(-1);
  if (unread.length > 0 || (last !== undefined && last.day > day)) return days;
  const before = last?.day === day ? days.slice(0, -1) : days;
  return [...before, { day, counts: coverageCounts(functions) }].slice(-MOST_DAYS);
}
