import type { Approval } from "../../../src/model/approval.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { NamespaceWaves, WaveRecord } from "../../../src/model/records/wave-record.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import type { WaveFunctionFacts } from "../../../src/settle/waves/function-facts.ts";
import type { PassProblem, WaveFacts } from "../../../src/settle/waves/problems.ts";
import { wavesAfter, type WaveContext } from "../../../src/settle/waves/waves.ts";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const START_MS = Date.parse("2026-11-01T00:00:00Z");
const ACCOUNT = "111122223333" as AccountId;

export const wavesKey = (name: string): Key => `function/${ACCOUNT}/eu-west-1/orders/${name}` as Key;

/** A function that is ready for its switch, unless `change` has another state. */
export function waveFunction(name: string, change: Partial<WaveFunctionFacts> = {}): WaveFunctionFacts {
  return {
    key: wavesKey(name),
    place: "elsewhere",
    isUnread: false,
    otherRole: `old-${name}`,
    switch: digestOf(name),
    hasLostProof: false,
    needs: null,
    oldAliases: [],
    ...change,
  };
}

export const SWITCHED: Partial<WaveFunctionFacts> = { place: "switched", otherRole: null, switch: null };

export interface WavePass {
  readonly functions: readonly WaveFunctionFacts[];
  readonly problems?: Readonly<Record<string, PassProblem>>;
  /** Of a function: the calls that AWS has denied since the wave was opened, with their times since the start. */
  readonly denials?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Since the start. */
  readonly atMs: number;
  readonly isSweep?: boolean;
}

/** The waves of a namespace over several passes, with an operator who approves what is shown. */
export class WaveRun {
  waves: NamespaceWaves = { open: null, ended: [] };
  readonly approvals: Approval[] = [];
  readonly rejected = new Set<string>();
  #nowMs = START_MS;

  pass({ functions, problems = {}, denials = {}, atMs, isSweep = true }: WavePass): NamespaceWaves {
    this.#nowMs = START_MS + atMs;
    const context: WaveContext = {
      accountId: ACCOUNT,
      namespace: "orders",
      nowMs: this.#nowMs,
      intervalMs: DAY_MS,
      longestGapMs: 6 * HOUR_MS,
      isSweep,
      approvals: this.approvals,
      rejected: this.rejected,
    };
    const facts = {
      functions: new Map(functions.map((one) => [one.key, one])),
      problems: new Map([
        ...functions.map(({ key }) => [key, null] as const),
        ...Object.entries(problems).map(([name, problem]) => [wavesKey(name), problem] as const),
      ]),
      denials: denialsOf(denials),
    };
    // As the store has it.
    this.waves = JSON.parse(JSON.stringify(wavesAfter(this.waves, facts, context))) as NamespaceWaves;
    return this.waves;
  }

  approve(forMs = HOUR_MS): void {
    const { subject } = this.open();
    const [at, expiresAt] = [this.#nowMs, this.#nowMs + forMs].map((ms) => new Date(ms).toISOString());
    if (at === undefined || expiresAt === undefined) throw new Error("a time is missing");
    this.approvals.push({ subject, actor: "dana", reason: "test", at, expiresAt, actions: {} });
  }

  open(): WaveRecord {
    if (this.waves.open === null) throw new Error("no wave is open");
    return this.waves.open;
  }
}

function denialsOf(denials: NonNullable<WavePass["denials"]>): WaveFacts["denials"] {
  return new Map(
    Object.entries(denials).map(([name, calls]) => [
      wavesKey(name),
      Object.entries(calls).map(([call, ms]) => ({ call, code: "AccessDenied", atMs: START_MS + ms })),
    ]),
  );
}
