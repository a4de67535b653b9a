import type { DocumentContext } from "../../../src/iam/document.ts";
import { attachedPolicy, type AttachedPolicy } from "../../../src/iam/evaluate/policy.ts";

const MAX = 200;

interface Compiled {
  readonly from: string;
  readonly context: DocumentContext;
  readonly policy: AttachedPolicy;
}

/** By text. Contexts are compared by identity: laws draw them from a few constants. */
const compiled = new Map<string, readonly Compiled[]>();

/** A law asks thousands of questions about one document, which is compiled once, as the product does for a batch. */
export function compiledPolicy(from: string, text: string, context: DocumentContext): AttachedPolicy {
  const ofText = compiled.get(text) ?? [];
  const known = ofText.find((one) => one.from === from && one.context === context);
  if (known !== undefined) return known.policy;
  if (compiled.size >= MAX) compiled.clear();
  const policy = attachedPolicy({ from, text }, context);
  compiled.set(text, [...ofText, { from, context, policy }].slice(-MAX));
  return policy;
}
