/** One organization as plain JSON. */
export interface OrganizationState {
  readonly id: string;
  readonly rootId: string;
  readonly managementAccountId: string;
  readonly delegatedAdministrators: string[];
  /** By id. */
  readonly units: Record<string, OrganizationalUnit>;
  /** By account id. */
  readonly members: Record<string, MemberState>;
  /** Missing: service control policies are not enabled. */
  serviceControl?: ControlState;
  /** Missing: resource control policies are not enabled. */
  resourceControl?: ControlState;
}

/** The policies of one type. */
interface ControlState {
  /** By id; without AWS's own. */
  readonly policies: Record<string, ControlPolicyState>;
  /** Ids of policies by root, unit or account; one that is missing has AWS's own policy, which allows everything. */
  readonly attached: Record<string, readonly string[]>;
}

export interface ControlPolicyState {
  readonly id: string;
  readonly name: string;
  readonly content: string;
}

interface OrganizationalUnit {
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
