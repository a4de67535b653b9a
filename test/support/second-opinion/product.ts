import type { DocumentContext } from "../../../src/iam/document.ts";
import { evaluate } from "../../../src/iam/evaluate/evaluate.ts";
import type { Decision } from "../../../src/model/answers/decision.ts";
import type { AttachedPolicy } from "../../../src/iam/evaluate/policy.ts";
import { accessRequest } from "../../../src/iam/evaluate/request.ts";
import type { Dialect } from "../../../src/model/aws/policy-document.ts";
import { compiledPolicy } from "../policies/compiled-policies.ts";
import { HOME } from "./vocabulary.ts";
import type { Documents, Question } from "./world.ts";

/** The answer of src/iam to the same question; the only file here that imports src. */
export function productDecision(question: Question, documents: Documents): Decision {
  const { identity, boundary, session, resource } = documents;
  return evaluate(accessRequest(question), {
    identity: identity.map((text) => attached(text, "identity")),
    boundary: boundary === null ? null : attached(boundary, "boundary"),
    session: session.map((text) => attached(text, "identity")),
    resource:
      resource.kind === "none"
        ? resource
        : { kind: "policy", policy: attached(resource.text, resource.kind) },
  });
}

function attached(text: string, dialect: Dialect): AttachedPolicy {
  return compiledPolicy(dialect, text, contextOf(dialect));
}

/** One object for each dialect, so that compiled policies are found again. */
const CONTEXTS = new Map<Dialect, DocumentContext>();

export function contextOf(dialect: Dialect): DocumentContext {
  const context = CONTEXTS.get(dialect) ?? { dialect, partition: "aws", accountId: HOME };
  CONTEXTS.set(dialect, context);
  return context;
}
