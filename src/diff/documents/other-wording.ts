import type { Comparer } from "../../iam/compare/comparer.ts";
import type { DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import type { LiveRole } from "../../model/live.ts";
import type { Dialect } from "../../model/policy-document.ts";
import { documentContext, INLINE_NAME } from "../drift/context.ts";
import { compiledText } from "./permissions.ts";

/** The inline policy that means what git says under other words: in sync, never written, and people may wonder. */
export function roleInOtherWords(
  binding: DesiredBinding,
  role: LiveRole,
  comparer: Comparer,
): readonly string[] {
  const live = role.inline.find(({ name }) => name === INLINE_NAME)?.text ?? null;
  const desired = compiledText(binding.role.inline);
  return inOtherWords(`inline policy ${INLINE_NAME}`, live, desired, {
    at: binding,
    dialect: "identity",
    comparer,
  });
}

export function policyInOtherWords(
  policy: DesiredPolicy,
  live: string,
  comparer: Comparer,
): readonly string[] {
  const dialect = policy.use === "boundary" ? "boundary" : "identity";
  return inOtherWords("the document", live, compiledText(policy.document), { at: policy, dialect, comparer });
}

interface Reading {
  readonly at: Parameters<typeof documentContext>[0];
  readonly dialect: Dialect;
  readonly comparer: Comparer;
}

function inOtherWords(
  what: string,
  live: string | null,
  desired: string | null,
  { at, dialect, comparer }: Reading,
): readonly string[] {
  if (live === null || desired === null || live === desired) return [];
  if (comparer.compareDocuments(live, desired, documentContext(at, dialect)) !== "meaning") return [];
  return [`${what} is written otherwise than git says it and means the same: left as it is`];
}
