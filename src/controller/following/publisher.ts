import type { Digest } from "../../model/values/digest.ts";
import { byTextOf } from "../../text/order.ts";
import { faultText } from "../fault.ts";
import type { InForce } from "../ports/assigned/in-force.ts";
import { knownSources } from "../revision/sources/known-sources.ts";
import type { ControllerContext } from "../settings.ts";
import { inSlices } from "../slices.ts";
import type { EnforcedState } from "../state/controller-state.ts";
import { compilationDigest } from "./compilation-digest.ts";

const AFTER_A_FAILURE_MS = 5_000;

/** Shows the other replicas what this one has in force, next to everything else: no pass waits for it. */
export class InForcePublisher {
  readonly #context: ControllerContext;
  #published: { readonly compilation: EnforcedState["compilation"]; readonly digest: Digest } | null = null;
  #dueMs = 0;
  #publishing: Promise<void> | null = null;

  constructor(context: ControllerContext) {
    this.#context = context;
  }

  /** Of what is in force now; null: it is not shown yet. */
  get digest(): Digest | null {
    const { enforced } = this.#context.state;
    return enforced !== null && enforced.compilation === this.#published?.compilation
      ? this.#published.digest
      : null;
  }

  /** Starts to show what is new, unless that is under way. */
  update(signal: AbortSignal): void {
    const { state, ports } = this.#context;
    const { enforced } = state;
    if (ports.inForce === null || enforced === null || enforced.compilation === this.#published?.compilation)
      return;
    if (this.#publishing !== null || ports.clock.nowMs() < this.#dueMs) return;
    this.#publishing = this.#publish(enforced, signal)
      .catch((cause: unknown) => {
        this.#dueMs = ports.clock.nowMs() + AFTER_A_FAILURE_MS;
        if (!signal.aborted)
          ports.telemetry.warn("the other replicas do not know what is in force", {
            reason: faultText(cause),
            hint: "nothing is lost: it is tried again",
          });
      })
      .finally(() => {
        this.#publishing = null;
      });
  }

  /** Waits for what is under way. */
  async idle(): Promise<void> {
    await this.#publishing;
  }

  async #publish(enforced: EnforcedState, signal: AbortSignal): Promise<void> {
    const { settings, ports } = this.#context;
    const digest = await inSlices(compilationDigest(enforced, settings), ports.eventLoop, signal);
    await ports.inForce?.publish(inForceOf(enforced, digest, this.#context));
    this.#published = { compilation: enforced.compilation, digest };
  }
}

function inForceOf(
  { inputs, compilation }: EnforcedState,
  digest: InForce["digest"],
  context: ControllerContext,
): InForce {
  const { catalogueDigest, version } = context.settings;
  const revisions = knownSources(context)
    .flatMap(({ source, namespace }) => {
      const input = inputs.get(namespace);
      return input === undefined ? [] : [[source.name, input.revision] as const];
    })
    .toSorted(byTextOf(([name]) => name));
  const references = compilation.references.filter(({ reading }) => reading !== null);
  return { revisions: Object.fromEntries(revisions), digest, catalogueDigest, version, references };
}
