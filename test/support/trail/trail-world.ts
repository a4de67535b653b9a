import { functionArn } from "../../../src/model/aws/arn.ts";
import type { AuditFact } from "../../../src/audit/entry.ts";
import type { AttributedDrift } from "../../../src/model/changes/attribution.ts";
import type { AccountId, Partition } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { Settlement } from "../../../src/settle/settlement.ts";
import { driftOfFingerprint } from "../../../src/model/drift.ts";
import { changeMessage } from "../aws/change-message.ts";
import { FakeController, manifests, READ_ORDERS, SWEEP_MS } from "../fakes/fake-controller.ts";
import { binding, NOW_MS, REGION } from "../pass/bindings.ts";
import { liveFunctionOf } from "../pass/live-state.ts";
import { withFunction } from "../pass/apply.ts";
import { FUNCTION_NAME, ROLE_NAME, TRAIL_FIELDS, type FieldValue } from "./fields.ts";

const ACCOUNT = "111122223333" as AccountId;
const ACCOUNTS = new Set<string>([ACCOUNT]);
const KEY = `function/${ACCOUNT}/${REGION}/orders/${FUNCTION_NAME}` as Key;
const QUEUE_URL = `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/changes`;

/** A call of a principal, and what becomes of its event. */
export interface TrailStep {
  readonly gapMs: number;
  readonly field: number;
  readonly value: number;
  readonly isLost: boolean;
  readonly delayMs: number;
  readonly isRepeated: boolean;
}

interface Setter {
  /** null: a write of Grantkeeper. */
  readonly id: string | null;
  readonly atMs: number;
  readonly isLost: boolean;
  /** When its event arrives first. */
  readonly arrivesMs: number;
}

/** A controller with a function that principals change, and with what really happened. */
export class TrailWorld {
  readonly fake = new FakeController();
  readonly aws = this.fake.cloud.account(ACCOUNT);
  /** What the controller claimed wrongly, or did not find. */
  readonly problems: string[] = [];
  named = 0;
  found = 0;
  /** Authors that were found after their difference had ended. */
  late = 0;
  /** Who had set each field when differences were found. */
  readonly #settersThen: { readonly atMs: number; readonly setters: ReadonlyMap<number, Setter> }[] = [];
  readonly #declared: FieldValue[] = [];
  readonly #setters = new Map<number, Setter>();
  readonly #calls = new Map<string, { readonly field: number; readonly value: FieldValue }>();
  #messages: { readonly atMs: number; readonly body: string }[] = [];
  #count = 0;
  readonly #sweepMs: number;
  #sweep = { beganMs: -Infinity, endedMs: -Infinity };
  /** By field: when it differed last from what Git declares. */
  readonly #differedMs = new Map<number, number>();

  /** @param sweepMs how long a sweep reads, which shows the account as it was at its start */
  constructor(sweepMs = 0) {
    this.#sweepMs = sweepMs;
  }

  async start(): Promise<void> {
    const { recorder } = this.fake;
    const record = recorder.record.bind(recorder);
    recorder.record = async (settlement) => {
      this.#judge(settlement);
      await record(settlement);
    };
    const place = { partition: "aws" as Partition, accountId: ACCOUNT, region: REGION };
    const desired = binding(
      { name: ROLE_NAME },
      { functionName: FUNCTION_NAME, functionArn: functionArn(place, FUNCTION_NAME, null), key: KEY },
    );
    this.aws.live = withFunction(this.aws.live, REGION, liveFunctionOf(desired));
    this.fake.clock.set(NOW_MS);
    await this.fake.startConverged(
      manifests({ [FUNCTION_NAME]: `  undeclaredCallers: remove\n${READ_ORDERS}` }),
    );
    for (const field of TRAIL_FIELDS) this.#declared.push(field.get(this.aws.live));
    this.fake.changes.addQueue(QUEUE_URL, ACCOUNTS);
    this.fake.changes.queueAnswered(QUEUE_URL, null);
    this.aws.beforeWrite = ({ call, input }, { intent }) => this.#wrote(call, input, intent);
    this.#sweepSlowly();
    await this.pass(SWEEP_MS * 1.2);
    // The first creation is no change of a principal.
    this.problems.splice(0);
  }

  #sweepSlowly(): void {
    if (this.#sweepMs === 0) return;
    const { clock } = this.fake;
    const sweep = this.aws.sweep.bind(this.aws);
    this.aws.sweep = async (request) => {
      const beganMs = clock.nowMs();
      const live = await sweep(request);
      await clock.sleep(this.#sweepMs, new AbortController().signal);
      this.#sweep = { beganMs, endedMs: clock.nowMs() };
      return live;
    };
  }

  #noteDifferences(): void {
    for (const [at, { get }] of TRAIL_FIELDS.entries())
      if (get(this.aws.live) !== this.#declared[at]) this.#differedMs.set(at, this.fake.clock.nowMs());
  }

  /** Found by a long sweep: as the field was at its start, unless an event of it arrived. */
  #isOfSweep(at: number): boolean {
    if (this.fake.clock.nowMs() !== this.#sweep.endedMs || this.#setters.get(at)?.isLost !== true)
      return false;
    return (this.#differedMs.get(at) ?? -Infinity) >= this.#sweep.beganMs;
  }

  async stop(): Promise<void> {
    const stopped = this.fake.stop();
    await this.fake.clock.pass(this.#sweepMs);
    await stopped;
  }

  /** Time passes, and messages arrive in it. */
  async pass(durationMs: number): Promise<void> {
    const endMs = this.fake.clock.nowMs() + durationMs;
    for (;;) {
      const [next] = this.#messages.filter(({ atMs }) => atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#messages = this.#messages.filter((one) => one !== next);
      await this.fake.clock.pass(Math.max(0, next.atMs - this.fake.clock.nowMs()), 4_000);
      await this.fake.changes.receive([next.body], ACCOUNTS);
    }
    await this.fake.clock.pass(Math.max(0, endMs - this.fake.clock.nowMs()), 4_000);
  }

  async step(step: TrailStep): Promise<void> {
    await this.pass(step.gapMs);
    const { field, isLost, delayMs, isRepeated } = step;
    const { values, set, call, get, isOfLambda } = fieldOf(field);
    const value = values[step.value % values.length] ?? null;
    // AWS refuses to remove what is not there, and to add a statement twice.
    const before = get(this.aws.live);
    if (before === value && (value === null || isOfLambda === true)) return;
    this.#noteDifferences();
    this.aws.live = set(this.aws.live, value);
    const [eventName, requestParameters] = call(value);
    const atMs = this.fake.clock.nowMs();
    const id = `e${(this.#count += 1)}`;
    this.#setters.set(field, { id, atMs, isLost, arrivesMs: atMs + delayMs });
    this.#calls.set(id, { field, value });
    if (isLost) return;
    const body = bodyOf({ eventID: id, eventName, requestParameters, requestID: `of-${id}` }, atMs);
    this.#messages.push({ atMs: atMs + delayMs, body });
    if (isRepeated) this.#messages.push({ atMs: atMs + delayMs + 7_000, body });
  }

  /** After a complete sweep, with no call for longer than AWS may show an old value. */
  async sweepAndCompare(): Promise<void> {
    await this.pass(61_000 + 2 * this.#sweepMs + SWEEP_MS * 1.2);
    const known = Object.keys(this.fake.store.records.get(KEY)?.driftSinceMs ?? {}).map(
      (fingerprint) => driftOfFingerprint(fingerprint).change.kind,
    );
    for (const [at, { kinds, get }] of TRAIL_FIELDS.entries()) {
      const differs = get(this.aws.live) !== this.#declared[at];
      const isKnown = kinds.some((kind) => known.includes(kind));
      if (differs !== isKnown)
        this.problems.push(`${kinds.join()} ${isKnown ? "is no drift" : "was missed"}`);
    }
  }

  #judge({ facts, alerts }: Settlement): void {
    for (const fact of facts) {
      if (fact.kind === "drift-found") this.#judgeFound(fact);
      if (fact.kind === "drift-author-found") this.#judgeLate(fact);
    }
    for (const alert of alerts) if (alert.kind === "drift-opened") this.#judgeNames(alert.authors);
  }

  #judgeFound({ fields, authors = [] }: Extract<AuditFact, { readonly kind: "drift-found" }>): void {
    this.found += 1;
    this.#settersThen.push({ atMs: this.fake.clock.nowMs(), setters: new Map(this.#setters) });
    this.#judgeNames(authors);
    const ids = new Set(authors.flatMap(({ attribution }) => idsOf(attribution)));
    const nowMs = this.fake.clock.nowMs();
    for (const kind of fields) {
      const differing = [...TRAIL_FIELDS.entries()].filter(
        ([at, field]) =>
          field.kinds.includes(kind as never) &&
          (field.get(this.aws.live) !== this.#declared[at] || this.#isOfSweep(at)),
      );
      if (differing.length === 0) this.problems.push(`${kind} was recorded, and is no drift`);
      for (const [at] of differing) {
        const setter = this.#setters.get(at);
        if (setter === undefined || setter.id === null) continue;
        if (setter.isLost || setter.arrivesMs >= nowMs) continue;
        if (!ids.has(setter.id)) this.problems.push(`${setter.id} of ${kind} arrived and is not shown`);
      }
    }
  }

  #judgeLate({ found, since, authors }: Extract<AuditFact, { readonly kind: "drift-author-found" }>): void {
    if (this.fake.audit.log.find(({ seq }) => seq === found)?.kind !== "drift-found")
      this.problems.push(`entry ${found} is named as that of differences`);
    const then = this.#settersThen.find(({ atMs }) => atMs >= Date.parse(since))?.setters;
    for (const { difference, attribution } of authors) {
      this.late += 1;
      if (attribution.kind !== "named") continue;
      const { eventId } = attribution.change;
      const setter = then?.get(this.#calls.get(eventId)?.field ?? -1);
      const isUnseen = setter?.isLost === true || (setter?.arrivesMs ?? 0) >= this.fake.clock.nowMs();
      if (setter === undefined || setter.id === null || (setter.id !== eventId && !isUnseen))
        this.problems.push(`${eventId} is named later for: ${difference}`);
    }
  }

  #judgeNames(authors: readonly AttributedDrift[]): void {
    for (const { difference, attribution } of authors) {
      if (attribution.kind !== "named") continue;
      this.named += 1;
      if (!this.#isRight(attribution.change.eventId))
        this.problems.push(`${attribution.change.eventId} is named for: ${difference}`);
    }
  }

  /** The call set what AWS shows, and no call whose event has arrived did so after it. */
  #isRight(eventId: string): boolean {
    const call = this.#calls.get(eventId);
    if (call === undefined) return false;
    if (fieldOf(call.field).get(this.aws.live) !== call.value) return this.#isOfSweep(call.field);
    const setter = this.#setters.get(call.field);
    if (setter === undefined || setter.id === null) return false;
    if (setter.id === eventId) return true;
    return setter.isLost || setter.arrivesMs >= this.fake.clock.nowMs();
  }

  #wrote(call: string, input: object, intent: number): void {
    const atMs = this.fake.clock.nowMs();
    this.#noteDifferences();
    const before = TRAIL_FIELDS.map(({ get }) => get(this.aws.live));
    queueMicrotask(() => {
      for (const [at, { get }] of TRAIL_FIELDS.entries())
        if (get(this.aws.live) !== before[at])
          this.#setters.set(at, { id: null, atMs, isLost: false, arrivesMs: atMs });
    });
    const [service = "", name = ""] = call.split(":");
    const record = {
      eventID: `own-${intent}`,
      eventName: service === "lambda" ? `${name}20150331v2` : name,
      requestParameters: camelCase(input),
      requestID: `request-${intent}`,
      userAgent: `aws-sdk-js/3.0 gk-intent/${intent}`,
      userIdentity: { type: "AssumedRole", arn: "arn:aws:sts::111122223333:assumed-role/writer/grantkeeper" },
    };
    this.#messages.push({ atMs: atMs + 900, body: bodyOf(record, atMs) });
  }
}

function fieldOf(at: number) {
  const field = TRAIL_FIELDS[at];
  if (field === undefined) throw new Error(`no field ${at}`);
  return field;
}

function bodyOf(record: Readonly<Record<string, unknown>>, atMs: number): string {
  const isOfLambda = JSON.stringify(record["requestParameters"]).includes('"functionName"');
  const place = isOfLambda
    ? { eventSource: "lambda.amazonaws.com", awsRegion: REGION }
    : { eventSource: "iam.amazonaws.com", awsRegion: "us-east-1" };
  const eventTime = `${new Date(atMs).toISOString().slice(0, 19)}Z`;
  return changeMessage({
    envelope: { source: isOfLambda ? "aws.lambda" : "aws.iam", region: place.awsRegion },
    record: { ...record, ...place, eventTime },
  });
}

function camelCase(input: object): object {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name.charAt(0).toLowerCase() + name.slice(1),
      value as unknown,
    ]),
  );
}

function idsOf(attribution: AttributedDrift["attribution"]): readonly string[] {
  if (attribution.kind === "named") return [attribution.change.eventId];
  return attribution.kind === "candidates" ? attribution.changes.map(({ eventId }) => eventId) : [];
}
