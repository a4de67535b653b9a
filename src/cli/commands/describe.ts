import type { BindingObject, DriftObject } from "../../api/bindings.ts";
import type { DenialsObject } from "../../api/permissions.ts";
import type { AuditEvent } from "../../api/events.ts";
import type { ApiClient } from "../client/client.ts";
import { describeEntry, entryNumber } from "../history/audit-entry.ts";
import { CliError } from "../toolbox/cli-error.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { connect } from "../client/connect.ts";
import { knownBindings } from "../client/known-bindings.ts";
import {
  addControllerOptions,
  addNamespace,
  addWatch,
  type ControllerOptions,
  type WatchOptions,
} from "../toolbox/options.ts";
import type { ScreenLine } from "../../text/screen-line.ts";
import { answerText, type Answer } from "../screen/print.ts";
import { recentEvents } from "../client/recent-events.ts";
import { describeLines, ownersOf, type DescribeFacts } from "../describe/describe.ts";
import { authorNames } from "../../wording/history/history-texts.ts";
import { shortHash } from "../../wording/words.ts";
import { unverifiedFrom } from "../../model/records/record-verification.ts";
import { FUNCTION_GROUPS } from "../../model/entries/entry-groups.ts";
import { keyParts } from "../../model/keys/key.ts";
import { sourceIn } from "../../wording/rollback.ts";
import { printAndWatch } from "../screen/watch.ts";
import type { OverviewObject } from "../../api/overview.ts";
import { describeApproval } from "../describe/approval.ts";

interface DescribeOptions extends ControllerOptions, WatchOptions {
  readonly namespace?: string;
}

const HOLD = /^(holds?|approvals?)$/;
const ENTRY = /^entry$/;
const OWNERS_AT_MOST = 20;
const EVENTS = 200;
const KINDS = FUNCTION_GROUPS.join(",");

export const describe: CliCommand<DescribeOptions> = {
  name: "describe",
  summary: "show what a function may do: declared in Git, effective in AWS, pending",
  description:
    "Shows a function (or ManagedPolicy): what Git declares, what is in effect in AWS, what is pending and why, and the latest changes. `describe approval DIGEST` shows a pending approval, or who answered one that is no longer pending, `describe entry NUMBER` an entry of the audit record.",
  examples: [
    ["grantkeeper describe orders/orders-api", "in all accounts and regions"],
    ["grantkeeper describe orders/orders-api@prod/eu-west-1", "in one account and region"],
    ["grantkeeper describe approval 7f3a91c2", "what a pending approval changes"],
    ["grantkeeper describe entry 18446", "a write, a revert or a decision in the audit record"],
  ],
  define: (command) => {
    command
      .argument("<target>", "NAMESPACE/NAME@ACCOUNT/REGION, or a shorter form; or approval, entry")
      .argument("[name]", "the digest of a pending approval, or the number of an entry");
    addWatch(addNamespace(addControllerOptions(command)));
  },
  run: async ({ args: [target = "", name], options, toolbox }) => {
    if (name !== undefined && !HOLD.test(target) && !ENTRY.test(target)) throw tooMany(target, name);
    const client = await connect(options, toolbox);
    const text = async (): Promise<string> => {
      const nowMs = toolbox.clock.nowMs();
      const answer = await answerOf(target, name, { namespace: options.namespace ?? null, client, nowMs });
      return answerText(answer, options.output, toolbox);
    };
    await printAndWatch(text, options.watch === true, toolbox);
    return 0;
  },
};

/** The kinds of what a target names: they are not written before it. */
const KIND = /^(functions?|bindings?|functionpermissions?|fp|polic(y|ies)|managedpolic(y|ies))$/i;

function tooMany(target: string, name: string): CliError {
  const hint = KIND.test(target)
    ? `write the target without its kind: grantkeeper describe ${name}`
    : `write grantkeeper describe approval ${name}, or grantkeeper describe entry ${name}`;
  return new CliError(`"${name}" is one argument too many`, hint);
}

interface DescribeRequest {
  readonly namespace: string | null;
  readonly client: ApiClient;
  readonly nowMs: number;
}

function answerOf(target: string, name: string | undefined, request: DescribeRequest): Promise<Answer> {
  const { client, nowMs } = request;
  if (name === undefined) return describeTarget(target, request);
  return HOLD.test(target)
    ? describeApproval(name, client, nowMs)
    : describeEntry(entryNumber(name), client, nowMs);
}

async function describeTarget(
  target: string,
  { namespace, client, nowMs }: DescribeRequest,
): Promise<Answer> {
  const [known, overview] = await Promise.all([knownBindings(target, client, namespace), client.overview()]);
  const owners = ownersOf(known.map(({ object }) => object));
  if (owners.length > OWNERS_AT_MOST) {
    throw new CliError(`${target} means ${owners.length} functions`, "grantkeeper get bindings lists them");
  }
  const facts = await Promise.all(owners.map((bindings) => factsOf(bindings, { client, overview, nowMs })));
  const value = facts.map(({ bindings, states, drifts, denials, events }) => ({
    bindings,
    permissions: states,
    drifts,
    denials,
    events: distinctEvents([...events.values()].flat()),
  }));
  const lines = (): readonly ScreenLine[] =>
    facts.flatMap((one, at) => (at === 0 ? describeLines(one) : ["", "", ...describeLines(one)]));
  return { value: value.length === 1 ? value[0] : value, lines };
}

/** Programs also get the differences, which the screen shows as pending changes. */
interface DescribedOwner extends DescribeFacts {
  readonly drifts: readonly DriftObject[];
}

interface DescribeContext extends Pick<DescribeRequest, "client" | "nowMs"> {
  readonly overview: OverviewObject;
}

async function factsOf(
  bindings: readonly BindingObject[],
  { client, overview, nowMs }: DescribeContext,
): Promise<DescribedOwner> {
  const keys = new Set(bindings.map(({ spec }) => spec.key));
  const namespace = bindings[0] === undefined ? undefined : keyParts(bindings[0].spec.key).namespace;
  const [permissions, drifts, denials, accepted, ...own] = await Promise.all([
    Promise.all(bindings.map(({ metadata }) => client.get("permissions", metadata.name, metadata.namespace))),
    client.list("drifts", { namespace }),
    denialsIn(namespace, client),
    recentEvents(client, { kind: "revision-accepted", limit: EVENTS }),
    ...[...keys].map((key) => recentEvents(client, { key, kind: KINDS, limit: EVENTS })),
  ]);
  return {
    bindings,
    states: permissions.map(({ status }) => status),
    drifts: drifts.filter(({ status }) => keys.has(status.key)),
    denials: denials.filter(({ status }) => keys.has(status.key)),
    events: new Map([...keys].map((key, at) => [key, own[at] ?? []])),
    authors: new Map(accepted.flatMap(authorOf)),
    rolledBack: sourceIn(overview.status, namespace).rolledBack ?? null,
    unverifiedFrom: overview.status.record === undefined ? null : unverifiedFrom(overview.status.record),
    nowMs,
  };
}

/** A controller of an earlier version has none. */
async function denialsIn(
  namespace: string | undefined,
  client: ApiClient,
): Promise<readonly DenialsObject[]> {
  try {
    return await client.list("denials", { namespace });
  } catch (error) {
    if (error instanceof CliError && error.problems[0]?.code === "NotFound") return [];
    throw error;
  }
}

/** A decision about several keys is in the history of each; newest first. */
function distinctEvents(events: readonly AuditEvent[]): readonly AuditEvent[] {
  const bySeq = new Map(events.map((event) => [event.seq, event]));
  return [...bySeq.values()].toSorted((a, b) => b.seq - a.seq);
}

/** A folder has no commits, and so no authors. */
function authorOf(event: AuditEvent): readonly (readonly [revision: string, author: string])[] {
  const { revision } = event;
  const [author] = authorNames(event);
  return author === undefined || typeof revision !== "string" ? [] : [[shortHash(revision), author]];
}
