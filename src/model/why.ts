import type { Denied, FoundStatement, NearMiss } from "./decision.ts";
import type { Finding } from "./finding.ts";
import type { Key } from "./key.ts";
import type { ReportedDenial } from "./reported-denial.ts";

/** May the role do it? `unknown` where something that was not read, or that nobody said of the request, decides. */
export type AccessAnswer =
  | { readonly kind: "allowed"; readonly by: readonly FoundStatement[] }
  | Denied
  | {
      readonly kind: "unknown";
      readonly reason: string;
      /** What is missing to allow it; null when the role's own policies allow it. */
      readonly nearest: NearMiss | null;
      /** True when one more grant would make it sure. */
      readonly grantHelps: boolean;
    };

/** The answer by what was read in AWS; `role` and `readAt` (ISO 8601) are null where that was nothing. */
export type LiveAccess = AccessAnswer & {
  readonly role: string | null;
  readonly readAt: string | null;
  /** Since when (ISO 8601) newer reads fail, and why; null: the answer is by the newest read. */
  readonly failing: { readonly since: string; readonly reason: string } | null;
};

/** Lines of the function's manifest that were compiled and evaluated: with them its own policies allow it. */
export interface ProposedLines {
  readonly kind: "change-grant" | "add-grant" | "set-tracing" | "renew" | "add-statement";
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly what: string;
  readonly lines: readonly string[];
  readonly grant: string | null;
  readonly verb: string | null;
  /** What is so with the boundary and with what was not read. */
  readonly answer: AccessAnswer;
  /** Blocking findings of the rules that need no live state; `before`: those that are there without the lines too. */
  readonly guard: {
    readonly verdict: "passes" | "refused";
    readonly findings: readonly Finding[];
    readonly before: readonly Finding[];
  };
  /** Other bindings of the manifest, which the lines change too. */
  readonly also: readonly string[];
  readonly notes: readonly string[];
}

/** May a function do something, which statement decides, and which lines would allow it. */
export interface WhyAnswer {
  /** What counts: AWS where it was looked at, else Git; what AWS refused by other policies is denied. */
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
  /** null where AWS was not looked at. */
  readonly live: LiveAccess | null;
  readonly fix: ProposedLines | null;
  readonly notes: readonly string[];
}
