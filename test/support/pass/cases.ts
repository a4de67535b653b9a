import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cli } from "../screens/cli.ts";

export interface PlannedCase {
  /** What `grantkeeper plan --live` prints. */
  readonly text: string;
  /** JSON: the verdict on each key that changes, and the withheld changes. */
  readonly verdict: string;
}

/** The plan of a case's manifests on its saved live state. */
export async function planCase(folder: string): Promise<PlannedCase> {
  // Outside of this repository, whose commit the plan would name.
  const copy = mkdtempSync(join(tmpdir(), "grantkeeper-case-"));
  try {
    cpSync(folder, copy, { recursive: true });
    return await planFolder(copy);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

async function planFolder(folder: string): Promise<PlannedCase> {
  const argv = ["plan", join(folder, "manifests"), "--live-file", join(folder, "live.json")];
  const text = await cli(argv);
  const json = await cli([...argv, "-o", "json"]);
  if (text.out === "" || json.out === "") throw new Error(text.err + json.err);
  const { changes } = JSON.parse(json.out) as PlanValue;
  const verdict = { exitCode: text.code, keys: Object.fromEntries(changes.map(verdictOf)) };
  return { text: text.out, verdict: `${JSON.stringify(verdict, null, 2)}\n` };
}

/** The part of the plan's JSON that a verdict is made of. */
interface PlanValue {
  readonly changes: readonly {
    readonly key: string;
    readonly verdict: { readonly kind: string; readonly code?: string; readonly reason?: string };
    readonly findings: readonly Readonly<Record<"rule" | "severity" | "why", string>>[];
    readonly plan: {
      readonly purpose: string;
      readonly actions: readonly {
        readonly call: string;
        readonly step: number;
        readonly cause: string;
        readonly due: { readonly kind: string };
      }[];
      readonly withheld: readonly Readonly<Record<"kind" | "reason", string>>[];
      readonly approvable: readonly { readonly reason: string }[];
    };
  }[];
}

function verdictOf({
  key,
  verdict,
  findings,
  plan,
}: PlanValue["changes"][number]): readonly [string, object] {
  const { kind, code, reason } = verdict;
  return [
    key,
    {
      verdict: { kind, ...(code !== undefined && { code }), ...(reason !== undefined && { reason }) },
      findings: findings.map(({ rule, severity, why }) => ({ rule, severity, why })),
      purpose: plan.purpose,
      actions: plan.actions.map(({ step, call, cause, due }) => `${step} ${call} ${cause} ${due.kind}`),
      withheld: plan.withheld.map(({ kind: why, reason: text }) => `${why}: ${text}`),
      toApprove: plan.approvable.map((part) => part.reason),
    },
  ];
}
