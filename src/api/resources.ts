import type {
  AdoptionUndoObject,
  AdoptionUndoPlanObject,
  ApprovalObject,
  ReconciliationObject,
  RejectionObject,
  RollbackObject,
  SuspensionObject,
} from "./commands.ts";
import type {
  BindingObject,
  CoverageObject,
  DriftObject,
  FunctionObject,
  LiveFunctionObject,
  PlanObject,
  WaveObject,
} from "./bindings.ts";
import type { EventObject } from "./events.ts";
import type {
  AccountSetObject,
  AwsAccountObject,
  ChangeWindowObject,
  FunctionPermissionObject,
  ManagedPolicyObject,
  WaiverObject,
} from "./manifests.ts";
import type { DenialsObject, PermissionsObject } from "./permissions.ts";
import type {
  AccessReportObject,
  ExposedObject,
  GrantProposalObject,
  MergePreviewObject,
  ReachObject,
  TimelineObject,
  WhoCanObject,
  WhyObject,
} from "./questions.ts";
import type { ReplicaObject } from "./replicas.ts";
import type { TeamObject } from "./teams.ts";
import type { AlertRouteObject, HoldObject, OrphanObject, OverviewObject, SourceObject } from "./overview.ts";

/** The objects of each resource of the API. */
export interface ResourceObjects {
  readonly accessreports: AccessReportObject;
  readonly accountsets: AccountSetObject;
  readonly adoptionundoplans: AdoptionUndoPlanObject;
  readonly adoptionundos: AdoptionUndoObject;
  readonly alertroutes: AlertRouteObject;
  readonly approvals: ApprovalObject;
  readonly awsaccounts: AwsAccountObject;
  readonly bindings: BindingObject;
  readonly changewindows: ChangeWindowObject;
  readonly coverages: CoverageObject;
  readonly denials: DenialsObject;
  readonly drifts: DriftObject;
  readonly events: EventObject;
  readonly exposed: ExposedObject;
  readonly functionpermissions: FunctionPermissionObject;
  readonly functions: FunctionObject;
  readonly grantproposals: GrantProposalObject;
  readonly holds: HoldObject;
  readonly livefunctions: LiveFunctionObject;
  readonly managedpolicies: ManagedPolicyObject;
  readonly mergepreviews: MergePreviewObject;
  readonly orphans: OrphanObject;
  readonly overview: OverviewObject;
  readonly permissions: PermissionsObject;
  readonly plans: PlanObject;
  readonly reaches: ReachObject;
  readonly reconciliations: ReconciliationObject;
  readonly rejections: RejectionObject;
  readonly replicas: ReplicaObject;
  readonly rollbacks: RollbackObject;
  readonly sources: SourceObject;
  readonly suspensions: SuspensionObject;
  readonly teams: TeamObject;
  readonly timeline: TimelineObject;
  readonly waivers: WaiverObject;
  readonly waves: WaveObject;
  readonly whocans: WhoCanObject;
  readonly whys: WhyObject;
}

export type ResourceName = keyof ResourceObjects;

interface ResourceDescription<Kind extends string> {
  readonly kind: Kind;
  readonly namespaced: boolean;
  readonly verbs: readonly ("get" | "list" | "watch" | "create" | "patch")[];
  /** What people may write in place of the name. */
  readonly shortNames?: readonly string[];
  /** Names for several resources together, such as `all`. */
  readonly categories?: readonly string[];
}

const READ = ["get", "list"] as const;
const WATCHED = [...READ, "watch"] as const;
/** Annotations are commands: nothing else can be changed. */
const ANNOTATED = [...WATCHED, "patch"] as const;
/** `kubectl get grantkeeper` lists what people look at every day. */
const MAIN = ["grantkeeper"] as const;

/**
 * Every resource: `/RESOURCE`, `/namespaces/NAMESPACE/RESOURCE` and `…/NAME` below BASE_PATH. `overview`,
 * `exposed` and `timeline` are one object each, at `/overview`, `/exposed` and `/timeline`.
 */
export const RESOURCES: { readonly [R in ResourceName]: ResourceDescription<ResourceObjects[R]["kind"]> } = {
  accessreports: { kind: "AccessReport", namespaced: false, verbs: ["create"] },
  accountsets: { kind: "AccountSet", namespaced: false, verbs: READ },
  adoptionundoplans: { kind: "AdoptionUndoPlan", namespaced: false, verbs: ["create"] },
  adoptionundos: { kind: "AdoptionUndo", namespaced: false, verbs: ["create"] },
  alertroutes: { kind: "AlertRoute", namespaced: false, verbs: READ },
  approvals: { kind: "Approval", namespaced: false, verbs: ["create"] },
  awsaccounts: {
    kind: "AwsAccount",
    namespaced: false,
    verbs: WATCHED,
    shortNames: ["acct"],
    categories: MAIN,
  },
  bindings: { kind: "Binding", namespaced: true, verbs: ANNOTATED, shortNames: ["bd"], categories: MAIN },
  changewindows: { kind: "ChangeWindow", namespaced: false, verbs: READ, shortNames: ["cw"] },
  coverages: { kind: "Coverage", namespaced: false, verbs: READ },
  denials: { kind: "Denials", namespaced: true, verbs: READ },
  drifts: { kind: "Drift", namespaced: true, verbs: WATCHED, shortNames: ["dr"], categories: MAIN },
  events: { kind: "Event", namespaced: true, verbs: READ },
  exposed: { kind: "Exposed", namespaced: false, verbs: ["get"] },
  functionpermissions: {
    kind: "FunctionPermission",
    namespaced: true,
    verbs: ANNOTATED,
    shortNames: ["fp"],
    categories: [...MAIN, "all"],
  },
  functions: { kind: "Function", namespaced: true, verbs: READ },
  grantproposals: { kind: "GrantProposal", namespaced: false, verbs: ["create"] },
  holds: { kind: "Hold", namespaced: false, verbs: WATCHED, categories: MAIN },
  livefunctions: { kind: "LiveFunction", namespaced: false, verbs: READ },
  managedpolicies: {
    kind: "ManagedPolicy",
    namespaced: true,
    verbs: ANNOTATED,
    shortNames: ["mp"],
    categories: MAIN,
  },
  mergepreviews: { kind: "MergePreview", namespaced: false, verbs: ["create"] },
  orphans: { kind: "Orphan", namespaced: false, verbs: READ },
  overview: { kind: "Overview", namespaced: false, verbs: ["get"] },
  permissions: { kind: "Permissions", namespaced: true, verbs: READ },
  plans: { kind: "Plan", namespaced: true, verbs: READ },
  reaches: { kind: "Reach", namespaced: true, verbs: ["get"] },
  reconciliations: { kind: "Reconciliation", namespaced: false, verbs: ["create", "get"] },
  rejections: { kind: "Rejection", namespaced: false, verbs: ["create"] },
  replicas: { kind: "Replica", namespaced: false, verbs: READ, shortNames: ["repl"] },
  rollbacks: { kind: "Rollback", namespaced: false, verbs: ["create"] },
  sources: { kind: "Source", namespaced: false, verbs: READ },
  suspensions: { kind: "Suspension", namespaced: false, verbs: ["create", "get", "list"] },
  teams: { kind: "Team", namespaced: false, verbs: READ },
  timeline: { kind: "Timeline", namespaced: false, verbs: ["get"] },
  waivers: { kind: "Waiver", namespaced: false, verbs: READ },
  waves: { kind: "Wave", namespaced: true, verbs: READ },
  whocans: { kind: "WhoCan", namespaced: false, verbs: ["create"] },
  whys: { kind: "Why", namespaced: false, verbs: ["create"] },
};
