/** One organization as plain JSON. */
export interface OrganizationState {
  readonly id: string;
  readonly rootId: string;
  readonly managementAccountId: string;
  readonly delegatedAdministrators: string[];
  /** By id. */
  readonly units: Record<string, Unit>;
  /** By account id. */
  readonly members: Record<string, MemberState>;
}

interface Unit {
  readonly id: string;
  readonly name: string;
  /** A unit, or the root. */
  readonly parentId: string;
}

export interface MemberState {
  readonly id: string;
  name: string;
  parentId: string;
  state: "PENDING_ACTIVATION" | "ACTIVE" | "SUSPENDED" | "PENDING_CLOSURE" | "CLOSED";
  tags: Record<string, string>;
}
