/** The parts of a bundle, each read by itself. */
export type Part = "role" | "policy" | "function" | "statement";

/**
 * What another tool asks AWS in a pass in which nothing changed, over one bundle. Read from its source in the middle of
 * 2026, not measured on the wire.
 */
export interface Peer {
  readonly name: string;
  /** Requests at the same time: of each kind of part (`each`), or of all together. */
  readonly workers: { readonly count: number; readonly of: "each" | "all" };
  readonly calls: Readonly<Record<Part, readonly string[]>>;
}

const twice = (calls: readonly string[]): readonly string[] => [...calls, ...calls];

export const PEERS: readonly Peer[] = [
  {
    name: "ACK controllers",
    workers: { count: 1, of: "each" },
    calls: {
      role: twice([
        "iam:GetRole",
        "iam:ListAttachedRolePolicies",
        "iam:ListRolePolicies",
        "iam:GetRolePolicy",
        "iam:ListRoleTags",
      ]),
      policy: twice(["iam:GetPolicy", "iam:GetPolicyVersion"]),
      function: twice([
        "lambda:GetFunction",
        "lambda:GetFunctionConcurrency",
        "lambda:GetFunctionEventInvokeConfig",
        "lambda:GetFunctionCodeSigningConfig",
      ]),
      statement: [
        "lambda:GetAlias",
        "lambda:GetFunctionEventInvokeConfig",
        "lambda:GetProvisionedConcurrencyConfig",
        "lambda:GetPolicy",
      ],
    },
  },
  {
    name: "Crossplane (classic provider)",
    workers: { count: 10, of: "each" },
    calls: {
      role: ["iam:GetRole", "iam:GetRolePolicy", ...twice(["iam:ListAttachedRolePolicies"])],
      policy: ["iam:GetPolicy", "iam:GetPolicyVersion"],
      function: ["lambda:GetFunction"],
      statement: ["lambda:GetPolicy"],
    },
  },
  {
    name: "Terraform, and Crossplane on it",
    workers: { count: 10, of: "all" },
    calls: {
      role: [
        "iam:GetRole",
        "iam:ListRolePolicies",
        ...twice(["iam:GetRolePolicy", "iam:ListAttachedRolePolicies"]),
        "iam:ListAttachedRolePolicies",
      ],
      policy: ["iam:GetPolicy", "iam:GetPolicyVersion"],
      function: [
        "lambda:GetFunction",
        "lambda:ListVersionsByFunction",
        "lambda:GetFunctionCodeSigningConfig",
      ],
      statement: ["lambda:GetPolicy"],
    },
  },
];
