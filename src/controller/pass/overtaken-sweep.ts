import type { Pass, Subject } from "../../judge/subject.ts";
import { targetedRequest } from "../../judge/reads.ts";
import { subjectsInScope } from "../../judge/subjects.ts";
import type { AwsError } from "../../model/aws/errors/aws-error.ts";
import type { Key } from "../../model/keys/key.ts";
import type { LiveAccount } from "../../model/live.ts";
import { ok, type Result } from "../../model/values/result.ts";
import type { PassResult } from "../../settle/outcome/outcome.ts";
import type { Signals } from "./apply.ts";
import { observe, readKeys, type Reads } from "./observe.ts";
import { overlaySweep } from "./overlay.ts";
import type { EventLoop } from "../ports/event-loop.ts";
import type { Workqueue } from "../state/workqueue.ts";

/** The inputs of a pass, and what ends its writes: newer inputs. */
export interface PreparedPass extends Pick<Signals, "stopping" | "control"> {
  readonly pass: Pass;
}

/** The subjects of a pass as they were read. */
export interface ReadSubjects {
  readonly subjects: readonly Subject[];
  readonly live: LiveAccount;
}

type ReadPass =
  | { readonly kind: "read"; readonly prepared: PreparedPass; readonly read: ReadSubjects }
  | Extract<PassResult, { readonly kind: "failed" }>;

interface SweepPorts {
  readonly queue: Workqueue;
  readonly reads: Reads;
  readonly eventLoop: EventLoop;
  readonly nowMs: () => number;
  /** The inputs as they are now; null: no revision in force declares the account. */
  readonly prepareAgain: () => Promise<PreparedPass | null>;
}

/** A pass over keys needs the result of an earlier sweep, so that nothing overtakes the first one. */
export function mayBeOvertaken({ scope, base }: Pass): boolean {
  return base !== null && (scope.kind === "all" || scope.isSecondRead === true);
}

/**
 * Reads the account for a sweep, which takes minutes in a large account. Passes over keys may overtake the read. The sweep
 * then continues with the records that they left, and reads again what they read: its own reading may be older than their
 * writes. If a revision was accepted meanwhile, the sweep continues with that one.
 * @returns null: the account is no longer declared, or a second read of a key was overtaken and is made later
 */
export async function readForPass(first: PreparedPass, ports: SweepPorts): Promise<ReadPass | null> {
  const { pass } = first;
  const subjects = subjectsInScope(pass, pass.scope, ports.nowMs());
  if (pass.scope.kind === "keys") return readSecondTime(first, subjects, ports);
  const { swept, overtaking } = await readOvertaken(pass, subjects, ports);
  // Pushes during the read would make each sweep one of a revision that is no longer in force, and end its writes.
  if (overtaking.size === 0 && !first.stopping.aborted) return readPassOf(first, { subjects, swept });
  const again = await ports.prepareAgain();
  if (again === null) return null;
  // The reads of this pass began then, and an answer to a request counts from then.
  const { id, number, startedAtMs } = pass;
  const prepared = { ...again, pass: { ...again.pass, id, number, startedAtMs } };
  if (swept.kind === "err") return readPassOf(prepared, { subjects, swept });
  return readAgain({ before: pass, subjects, swept: swept.value, overtaking }, prepared, ports);
}

/** A pass that overtook may have written what was read before it, such as a policy of several functions. */
async function readSecondTime(
  first: PreparedPass,
  subjects: readonly Subject[],
  ports: SweepPorts,
): Promise<ReadPass | null> {
  const reads = { ...ports.reads, urgency: "background" } as const;
  const { swept, overtaking } = await readOvertaken(first.pass, subjects, { ...ports, reads });
  if (overtaking.size === 0) return readPassOf(first, { subjects, swept });
  for (const { key } of subjects) if (!overtaking.has(key)) ports.queue.addSecondRead(key);
  return null;
}

async function readOvertaken(
  pass: Pass,
  subjects: readonly Subject[],
  { queue, reads }: SweepPorts,
): Promise<{ readonly swept: SweepResult; readonly overtaking: ReadonlySet<Key> }> {
  queue.beginReading(pass.account.id, pass.scope.kind === "all" ? "sweep" : "second-read");
  // The queue has to know that the reading ended, also if it threw.
  const [swept] = await Promise.allSettled([observe(pass, subjects, reads)]);
  const overtaking = await queue.endReading(pass.account.id);
  if (swept.status === "rejected") throw swept.reason;
  return { swept: swept.value, overtaking };
}

type SweepResult = Result<LiveAccount, AwsError>;

function readPassOf(
  prepared: PreparedPass,
  { subjects, swept }: { readonly subjects: readonly Subject[]; readonly swept: SweepResult },
): ReadPass {
  if (swept.kind === "err") return { kind: "failed", pass: prepared.pass, error: swept.error };
  return { kind: "read", prepared, read: { subjects, live: swept.value } };
}

interface OvertakenSweep {
  readonly before: Pass;
  readonly subjects: readonly Subject[];
  readonly swept: LiveAccount;
  readonly overtaking: ReadonlySet<Key>;
}

async function readAgain(
  sweep: OvertakenSweep,
  prepared: PreparedPass,
  ports: SweepPorts,
): Promise<ReadPass> {
  const { pass } = prepared;
  const nowMs = ports.nowMs();
  const subjects = subjectsInScope(pass, pass.scope, nowMs);
  const overtook = { kind: "keys", keys: [...sweep.overtaking] } as const;
  const again = [
    // A pass that overtook may have removed an object that only the record before it names.
    ...subjectsInScope(sweep.before, overtook, nowMs),
    ...subjectsInScope(pass, overtook, nowMs),
    ...(await otherwiseRead(sweep, { pass, subjects }, ports)),
  ];
  const fresh = await readKeys({ ...pass, base: sweep.swept }, again, ports.reads);
  if (fresh.kind === "err") return readPassOf(prepared, { subjects, swept: fresh });
  const live = overlaySweep(sweep.swept, fresh.value);
  const swept = ok(isSameAccount(sweep.before, pass) ? live : partOf(live));
  return readPassOf(prepared, { subjects, swept });
}

/** The subjects whose objects the sweep was not asked for: a revision was accepted while it read. */
async function otherwiseRead(
  { before, subjects }: OvertakenSweep,
  now: { readonly pass: Pass; readonly subjects: readonly Subject[] },
  { eventLoop }: SweepPorts,
): Promise<readonly Subject[]> {
  if (before.desired === now.pass.desired) return [];
  const byKey = new Map(subjects.map((subject) => [subject.key, subject]));
  const found: Subject[] = [];
  for (const [at, subject] of now.subjects.entries()) {
    if (at % COMPARED_AT_A_TIME === 0) await eventLoop.turn();
    const known = byKey.get(subject.key);
    if (known === undefined || requestText(known, before) !== requestText(subject, before))
      found.push(subject);
  }
  return found;
}

const COMPARED_AT_A_TIME = 100;

function requestText(subject: Subject, { account, id }: Pass): string {
  const { account: _, ...objects } = targetedRequest([subject], { account, id });
  return JSON.stringify(objects);
}

function isSameAccount(before: Pass, now: Pass): boolean {
  return JSON.stringify(before.account) === JSON.stringify(now.account);
}

/** The account was declared otherwise, such as with another region: the sweep was not of all of it, and another one is due. */
function partOf(live: LiveAccount): LiveAccount {
  return { ...live, complete: false };
}
