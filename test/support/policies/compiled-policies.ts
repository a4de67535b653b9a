import type { DocumentContext } from "../../../src/iam/document.ts";
import { attachedPolicy, type AttachedPolicy } from "../../../src/iam/evaluate/policy.ts";

const MAX = 200;
const compiled = new Map<string, AttachedPolicy>();

/** A law asks thousands of questions about one document, which is compiled once, as the product does for a batch. */
export function compiledPolicy(from: string, text: string, context: DocumentContext): AttachedPolicy {
  const name = JSON.stringify([from, text, context]);
  const known = compiled.get(name);
  if (known !== undefined) return known;
  if (compiled.size >= MAX) compiled.clear();
  const policy = attachedPolicy({ from, text }, context);
  compiled.set(name, policy);
  return policy;
}
