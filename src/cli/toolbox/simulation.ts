import type { OwnSetup } from "../../model/aws/own-roles.ts";
import type { Desired } from "../../model/desired.ts";

export interface SimulatorRequest {
  readonly host: string;
  /** 0: chosen by the system. */
  readonly port: number;
  /** The world has the functions, boundaries and Grantkeeper's own roles of these manifests; null: it is empty. */
  readonly desired: Desired | null;
  /** Of Grantkeeper's own roles in it; its base role is the simulator's. null: nothing is declared. */
  readonly setup: OwnSetup | null;
  /** The AWS organization of the base role, which Grantkeeper's own roles then require; null: none. */
  readonly organization: string | null;
  /** The file of the world: read at the start if it exists, written at the end; null: the world is not saved. */
  readonly worldFile: string | null;
  /** Functions of other tools, in the first account of the manifests or in one of their own; null: none. */
  readonly estate: EstateSize | null;
  /** The files of a recorded account; empty: none. */
  readonly recordings: readonly string[];
  /** The time before each call acts. */
  readonly latencyMs: number;
  /** It throttles at the limits that AWS publishes; otherwise never. */
  readonly hasPublishedLimits: boolean;
}

export interface EstateSize {
  readonly functions: number;
  readonly seed: number;
  /** The file for the state of Terraform; null: it is not written. */
  readonly terraformState: string | null;
}

/** The account that is to be adopted. */
export interface SimulatedEstate {
  readonly accountId: string;
  readonly regions: readonly string[];
  readonly roles: number;
  /** Sorted by name. */
  readonly functions: readonly SimulatedFunction[];
  /** What a recording contains, and which calls it cannot answer: one line each. */
  readonly notes: readonly string[];
  /** The AwsAccount that reads it, as YAML; null: the manifests declare the account. */
  readonly manifest: string | null;
}

interface SimulatedFunction {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** The tool that created it; null: it was recorded. */
  readonly deployer: string | null;
  /** What makes its adoption difficult; empty: nothing, or it was recorded. */
  readonly situations: readonly string[];
  readonly stackName: string | null;
  readonly terraformAddress: string | null;
}

export interface RunningSimulator {
  readonly endpoint: string;
  /** The base identity's access key. */
  readonly accessKey: { readonly id: string; readonly secret: string };
  /** Null: no estate and no recording was asked for, or the world was saved before. */
  readonly estate: SimulatedEstate | null;
  readonly close: () => Promise<void>;
}
