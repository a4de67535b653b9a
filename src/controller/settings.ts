import type { CompileContext } from "../manifest/compile/compile.ts";
import type { ManifestLimits } from "../manifest/parse/parsed.ts";
import type { Digest } from "../model/values/digest.ts";
import type { AccountId, InstanceName, Namespace } from "../model/aws/ids.ts";
import type { SourceLocation } from "../model/answers/source-location.ts";
import type { Limits } from "../model/rules/limits.ts";
import type { Mode } from "../model/rules/mode.ts";
import type { PassPorts } from "./reconcile.ts";
import type { DueWriter } from "./ports/assigned/due-rows.ts";
import type { EventFactWriter } from "./ports/assigned/event-facts.ts";
import type { Assigner } from "./ports/assigned/assigner.ts";
import type { AccountHolders } from "./ports/assigned/account-holders.ts";
import type { PassMemoryReader, PassMemoryWriter } from "./ports/assigned/pass-memories.ts";
import type { InForcePublication } from "./ports/assigned/in-force.ts";
import type { AlertSender } from "./ports/alert-sender.ts";
import type { EstateReader } from "./ports/estate/estate-reader.ts";
import type { EventHistory } from "./ports/estate/event-history.ts";
import type { Organizations } from "./ports/estate/organizations.ts";
import type { References } from "./ports/estate/references.ts";
import type { ClockOffset } from "../model/changes/clock-offset.ts";
import type { RequestLimits } from "../model/passes/request-limits.ts";
import type { Random } from "./ports/random.ts";
import type { NamespaceSource, Source } from "./ports/source.ts";
import type { ParsedFileStore, Store } from "./ports/store.ts";
import type { ReviewedSource } from "./ports/reviews/reviews.ts";
import type { Telemetry } from "./ports/telemetry.ts";
import type { ControllerCaches } from "./state/controller-caches.ts";
import type { ControllerState } from "./state/controller-state.ts";

/** The ports of the controller. */
export interface ControllerPorts extends PassPorts {
  /** The platform source. */
  readonly source: Source;
  /** Sorted by namespace. */
  readonly namespaceSources: readonly NamespaceSource[];
  readonly organizations: Organizations;
  readonly references: References;
  readonly estates: Pick<EstateReader, "functionTags" | "roleAccess">;
  /** null: CloudTrail is not asked who made a difference. */
  readonly eventHistory: EventHistory | null;
  readonly requestLimits: RequestLimits;
  /** Of AWS's clock, by its answers of the last 15 minutes; null: there are none. */
  readonly clockOffset: () => ClockOffset | null;
  readonly store: Store;
  /** Whether the record has accepted what this process enforces. Missing: this process accepts it. */
  readonly isInForce?: (accountId: AccountId) => Promise<boolean>;
  /** null: the record has one process. */
  readonly inForce: InForcePublication | null;
  /** null: parsed files are not kept. */
  readonly parsedFiles: ParsedFileStore | null;
  /** null: this process answers about its accounts itself. */
  readonly memories: PassMemoryWriter | null;
  /** What passes of other replicas found; null: this process makes all passes. */
  readonly assignedMemories: PassMemoryReader | null;
  /** null: this process assigns no accounts to others. */
  readonly assigner: Assigner | null;
  /** null: this process makes all passes. */
  readonly dueWriter: DueWriter | null;
  /** null: as `dueWriter`. */
  readonly eventFacts: EventFactWriter | null;
  /** null: as `assignedMemories`. */
  readonly holders: AccountHolders | null;
  readonly telemetry: Telemetry;
  readonly random: Random;
  readonly alerts: AlertSender;
  /** The sources whose changes may be approved by reviews. */
  readonly reviewedSources: readonly ReviewedSource[];
}

/** What the steps of the controller work with. */
export interface ControllerContext {
  readonly state: ControllerState;
  readonly caches: ControllerCaches;
  readonly settings: ControllerSettings;
  readonly ports: ControllerPorts;
}

/** The part of the configuration that the controller uses. */
export interface ControllerSettings {
  readonly version: string;
  /** Of configuration and catalogue, for the record. */
  readonly configDigest: Digest;
  readonly catalogueDigest: string;
  readonly instance: InstanceName;
  readonly mode: Mode;
  readonly limits: Limits;
  readonly manifestLimits: ManifestLimits;
  readonly compile: Omit<
    CompileContext,
    "revision" | "nowMs" | "holders" | "incumbents" | "earlierTenancy" | "readings" | "functions"
  >;
  /** By namespace of the source; null: the platform source. */
  readonly sourceLocations: ReadonlyMap<Namespace | null, SourceLocation>;
  /** The sources whose forge shows the states of their commits, by namespace; null: the platform source. */
  readonly shownCommits: ReadonlySet<Namespace | null>;
  /** The sources whose merged pull requests are shown what became of them, by namespace; null: the platform source. */
  readonly notedSources: ReadonlySet<Namespace | null>;
  /** Between two fetches of the platform source. */
  readonly intervalMs: number;
  readonly sweepMs: number;
  /** A change that waits for so long is an alert; 0: never. */
  readonly longWaitMs: number;
  /** While change events prove that nothing was changed, a resource policy is read again within this time; 0: by each sweep. */
  readonly policiesWithinMs: number;
  /** By name of a group: the names of the tokens that belong to it. */
  readonly approvers: Readonly<Record<string, readonly string[]>>;
  /** By name of a token: when it expires. */
  readonly tokenExpiryMs: Readonly<Record<string, number>>;
  /** By name of a token: the addresses under which its owner commits, in lower case. */
  readonly mails: Readonly<Record<string, readonly string[]>>;
}
