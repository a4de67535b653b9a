import type { RulePage } from "./rule-page.ts";

const OWNED = `apiVersion: grantkeeper.dev/v1alpha1
kind: GuardrailProfile
metadata: { name: owned }
spec: { requiredAnnotations: [owner] }`;

function withMetadata(metadata: string): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: FunctionPermission
metadata: ${metadata}
spec:
  targets: [{ accounts: [prod], regions: [eu-west-1] }]`;
}

/** OWN-001: rules that hold only where a GuardrailProfile asks for them. */
export const PROFILE_PAGES: readonly RulePage[] = [
  {
    id: "OWN-001",
    title: "A required annotation is missing",
    text: `A GuardrailProfile names annotations that every document of a team must have, such as an owner or a ticket. An empty
value counts as missing. Without such a profile the rule refuses nothing. The platform's own documents need no annotation.`,
    fix: "Add the annotation to `metadata.annotations`.",
    example: {
      form: "document",
      given: OWNED,
      severity: null,
      bad: withMetadata("{ name: orders-api }"),
      good: withMetadata("{ name: orders-api, annotations: { owner: dana } }"),
    },
    sources: ["https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/"],
  },
];
