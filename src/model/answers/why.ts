import type { Denial, FoundStatement, NearMiss } from "./decision.ts";
import type { RowRisk } from "../delta.ts";
import type { Finding } from "../finding.ts";
import type { Key } from "../keys/key.ts";
import type { ValueEdit } from "../values/json.ts";
import type { ReportedDenial } from "../denials/reported-denial.ts";

/** May the role do it? `unknown` if the answer depends on a part that was not read or not given. */
export type AccessAnswer =
  | { readonly kind: "allowed"; readonly by: readonly FoundStatement[] }
  | Denial
  | {
      readonly kind: "unknown";
      readonly reason: string;
      /** What is missing to allow it; null if the role's own policies allow it. */
      readonly nearest: NearMiss | null;
      /** True if one more grant would settle it. */
      readonly grantHelps: boolean;
    };

/** The answer by the state in AWS; `role` and `readAt` (ISO 8601) are null if nothing was read. */
export type LiveAccess = AccessAnswer & {
  readonly role: string | null;
  readonly readAt: string | null;
  /** Since when (ISO 8601) newer reads fail, and why; null: the answer is by the newest read. */
  readonly failing: { readonly since: string; readonly reason: string } | null;
};

/** Lines for the function's manifest that were compiled and evaluated: with them its own policies allow the request. */
export interface ProposedLines {
  readonly kind: "change-grant" | "add-grant" | "set-tracing" | "renew" | "add-statement";
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  /** Printed before the lines: `write in this grant`. */
  readonly what: string;
  readonly lines: readonly string[];
  /** The same for programs; null: a person has to decide what to write. */
  readonly edit: ValueEdit | null;
  /** The grant of the catalogue, if it is one. */
  readonly grant: string | null;
  readonly verb: string | null;
  /** Limits of the answer: the boundary, and parts that were not read. */
  readonly answer: AccessAnswer;
  /** Blocking findings of the rules that need no live state; `before`: those that exist without the lines too. */
  readonly guard: {
    readonly verdict: "passes" | "refused";
    readonly findings: readonly Finding[];
    readonly before: readonly Finding[];
  };
  /** What the lines newly allow the function; the worst risk first. */
  readonly access: { readonly permissions: number; readonly risks: readonly RowRisk[] };
  /** Other bindings of the manifest, which the lines change too. */
  readonly also: readonly string[];
  readonly notes: readonly string[];
}

/** May a function do something, which statement decides, and which lines would allow it. */
export interface WhyAnswer {
  /** The overall answer: AWS's state if it was read, else Git's; denied if AWS refused it by other policies. */
  readonly answer: AccessAnswer["kind"];
  readonly target: string;
  readonly key: Key;
  readonly function: string;
  readonly role: string;
  /** ARN of the declared permissions boundary. */
  readonly boundary: string | null;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, readonly string[]>>;
  /** ISO 8601. */
  readonly askedAt: string;
  readonly reported: ReportedDenial | null;
  readonly git: AccessAnswer;
  /** null if AWS was not read. */
  readonly live: LiveAccess | null;
  readonly fix: ProposedLines | null;
  readonly notes: readonly string[];
}
