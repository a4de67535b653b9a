/** The stacks of one region by name, as plain JSON. Times are ISO 8601. */
export type StacksByName = Record<string, Stack>;

export interface Stack {
  readonly name: string;
  /** Its ARN, which AWS calls the stack id. */
  readonly id: string;
  /** In the order in which they were created. */
  readonly resources: readonly StackResource[];
  /** By key; missing: it has none. */
  readonly outputs?: Readonly<Record<string, string>>;
}

export interface StackResource {
  readonly logicalId: string;
  /** The name of a role or a function; the ARN of a customer-managed policy. */
  readonly physicalId: string;
  readonly type: string;
  /** `DELETE_SKIPPED`: the stack gave it up and retained it. Missing: `CREATE_COMPLETE`. */
  readonly status?: "DELETE_COMPLETE" | "DELETE_SKIPPED";
  /** The attribute `Metadata` of the template; CDK writes `aws:cdk:path` there. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}
