import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { ACCOUNT, judged, type liveAccount, stating, verdicts, type World } from "./judged.ts";

export const ROLE = `arn:aws:iam::${ACCOUNT}:role/grantkeeper/orders-api-eu-west-1`;

/** `platform/boundary.yaml` with another document. */
export function boundary(statement: object): Record<string, string> {
  return {
    "platform/boundary.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: platform-default}
spec: {use: boundary, document: {Version: "2012-10-17", Statement: ${JSON.stringify([statement].flat())}}}
`,
  };
}

/** A boundary that blocks no escalation path. */
export const WIDE = boundary({ Effect: "Allow", Action: "*", Resource: "*" });

/** ESC-* and PASS-001 alone. */
export function paths(found: World, live: ReturnType<typeof liveAccount> | null = null): readonly string[] {
  return verdicts(judged(found, { live })).filter((text) => /^(ESC|PASS)-/.test(text));
}

/** With one statement, in a boundary that blocks nothing. */
export function allowing(
  Action: Statement["Action"] & {},
  Resource: Statement["Resource"] & {},
  more: Partial<Statement> = {},
): World {
  return stating({ Effect: "Allow", Action, Resource, ...more }, WIDE);
}

export const PASSED = { Condition: { StringEquals: { "iam:PassedToService": "states.amazonaws.com" } } };
