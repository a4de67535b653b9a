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

/** AI-001 and OWN-001: rules that hold only where a GuardrailProfile asks for them. */
export const PROFILE_PAGES: readonly RulePage[] = [
  {
    id: "AI-001",
    title: "An assistant made the change",
    text: `A GuardrailProfile with \`agent: true\` applies to functions and policies with a change that is not applied yet and that
an assistant made: a commit has a known assistant as its author or committer, or names one in its message, such as
\`Co-authored-by\`. A change whose author is unknown counts as well: after a force-push, in a folder without commits, or if no
commit was read that made it. Commits can claim any author, so the rule finds assistants that name themselves. The rule is
a warning; new access needs an approval. \`AI-001: block\` in a profile refuses every such change. Once a change is applied, the
profile no longer applies to it.`,
    fix: "have a person review the change and approve its new access",
    example: {
      form: "commit",
      given: `apiVersion: grantkeeper.dev/v1alpha1
kind: GuardrailProfile
metadata: { name: assistants }
spec: { base: agents }`,
      severity: null,
      bad: `orders-api may send to the queue

Co-authored-by: Claude <noreply@anthropic.com>`,
      good: `orders-api may send to the queue

Co-authored-by: Dana Ruiz <dana@example.com>`,
    },
    sources: [
      "https://docs.github.com/en/pull-requests/committing-changes-to-your-project/creating-and-editing-commits/creating-a-commit-with-multiple-authors",
      "https://docs.kernel.org/process/coding-assistants.html",
    ],
  },
  {
    id: "OWN-001",
    title: "A required annotation is missing",
    text: `A GuardrailProfile names annotations that every document of a team must have, such as an owner or a ticket. An empty
value counts as missing. Without such a profile the rule refuses nothing. The platform's own documents need no annotation.`,
    fix: "add the annotation to `metadata.annotations`",
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
