/** The Sids of a live resource policy, in its order. Invalid JSON has none: we cannot have written it. */
export function statementSids(policyText: string): readonly string[] {
  try {
    const policy = JSON.parse(policyText) as { readonly Statement?: unknown };
    const statements: unknown[] = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
    return statements.flatMap((statement) => {
      const sid =
        typeof statement === "object" && statement !== null && "Sid" in statement ? statement.Sid : undefined;
      return typeof sid === "string" ? [sid] : [];
    });
  } catch {
    return [];
  }
}
