import type { Finding } from "../../../../src/model/finding.ts";
import { judgeDesired } from "../../../../src/guard/judge-desired.ts";
import { contextOf, judged, world, type World } from "../judged.ts";

/** A Team of the namespace; `more` is YAML in braces-free flow style below `spec`. */
export function teamText(namespace: string, spec: string): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: ${namespace}}
spec: {${spec}}
`;
}

/** `orders` in every account, with its functions and resources by their names. */
export const ORDERS = "accounts: [prod], functions: ['orders-*'], resources: ['orders-*']";
export const PAYMENTS = "accounts: [prod], functions: ['payments-*'], resources: ['payments-*']";

/** The binding `orders/orders-api@prod/eu-west-1` under these Teams; `spec` is YAML below `spec`. */
export function fenced(
  spec: string,
  teams: Readonly<Record<string, string>> = { orders: ORDERS, payments: PAYMENTS },
  files: Readonly<Record<string, string>> = {},
): World {
  const documents = Object.entries(teams).map(([name, text]) => teamText(name, text));
  return world(spec, { "platform/teams.yaml": documents.join("---\n"), ...files });
}

/** Findings of the rules of Teams only. */
export function teamFindings(found: World): readonly Finding[] {
  return judged(found).filter(({ rule }) => rule.startsWith("TEN-"));
}

export function policyFindings(found: World, name: string): readonly Finding[] {
  const policy = [...found.desired.policies.values()].find((each) => each.name === name);
  if (policy === undefined) throw new Error(`no policy ${name}`);
  return judgeDesired(policy, contextOf(found)).filter(({ rule }) => rule.startsWith("TEN-"));
}

/** `TEN-004 spec.grants[0]` for each finding. */
export function rulesAt(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ rule, origin }) => `${rule} ${origin?.path ?? ""}`);
}
