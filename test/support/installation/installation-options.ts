import type { Files } from "../../../demo/manifests.ts";
import type { Simulator } from "../../../src/simulator/simulator.ts";
import type { TestRepository } from "../git/git-repository.ts";
import type { Signing } from "../signatures/signing-keys.ts";
import type { Estate } from "./estate.ts";
import type { ControllerOptions } from "./running-controller.ts";

export interface InstallationOptions extends ControllerOptions {
  readonly files: Files;
  /** The functions of these manifests exist in AWS. Default: those of `files`. */
  readonly worldOf?: Files;
  /** How pushed commits are signed; missing: they are not. */
  readonly signing?: Signing;
  /** Adds to the world before the start. */
  readonly seed?: (estate: Estate) => void;
  /** Where the controller finds AWS. Default: the simulator of this installation. */
  readonly aws?: (simulated: SimulatedAws) => Promise<AwsInTest>;
  /** How long anything may take. Default: less than a test may. */
  readonly withinMs?: number;
}

interface SimulatedAws {
  readonly simulator: Simulator;
  readonly estate: Estate;
}

/** What the controller calls; `close` ends it. */
export interface AwsInTest {
  readonly endpoint: string;
  readonly accessKey: { readonly id: string; readonly secret: string };
  readonly close: () => Promise<void>;
}

/** What an installation consists of before its controller starts. */
export interface InstallationParts extends SimulatedAws {
  readonly repository: TestRepository;
  readonly root: string;
  readonly aws: AwsInTest;
}
