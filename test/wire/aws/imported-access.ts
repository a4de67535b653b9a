/** Whether the imported functions keep what they may do, at each write of Grantkeeper. */
import { compiledDocumentText } from "../../../src/iam/read/print.ts";
import type { Action } from "../../../src/model/plan.ts";
import type { Desired } from "../../../src/model/desired.ts";
import type { LiveAccount } from "../../../src/model/live.ts";
import { KeptAccess, textOfPolicy, type WatchedFunction } from "../../support/adopt/kept-access.ts";
import type { FakeAws } from "../../support/fakes/fake-aws.ts";

export interface EstateAccess {
  readonly losses: readonly string[];
  readonly asked: number;
  readonly access: KeptAccess;
  /** Looks at what the last write did, and at everything once more. */
  end(): void;
}

interface WatchOptions {
  /** What others do in AWS just before a write; they name the functions that it concerns. */
  readonly others: (action: Action) => ReadonlySet<string> | null;
  readonly kept: ConstructorParameters<typeof KeptAccess>[2];
}

/** Watches the writes to an account: each is judged when the next one comes. */
export function estateAccess(
  aws: FakeAws,
  desired: Desired,
  { others, kept }: WatchOptions = { others: () => null, kept: undefined },
): EstateAccess {
  const access = new KeptAccess(watchedIn(desired, aws.live), aws.live, kept);
  let last: Action | null = null;
  const { beforeWrite } = aws;
  const judge = (): void => {
    if (last === null) return;
    access.check(aws.live, `${last.call} of ${last.key}`, new Set([last.key]));
    last = null;
  };
  aws.beforeWrite = (action, context) => {
    beforeWrite(action, context);
    judge();
    const changed = others(action);
    if (changed !== null) access.changedByOthers(aws.live, changed);
    last = action;
  };
  return {
    access,
    losses: access.losses,
    asked: access.asked,
    end: () => {
      judge();
      access.check(aws.live, "at the end");
    },
  };
}

export function watchedIn({ bindings, policies }: Desired, live: LiveAccount): readonly WatchedFunction[] {
  const own = new Map(
    [...policies.values()].map(({ arn, document }) => [arn, compiledDocumentText(document)]),
  );
  return [...bindings.values()].map((binding) => ({
    binding,
    declared: [
      compiledDocumentText(binding.role.inline),
      ...binding.role.attachments.map(({ arn }) => own.get(arn) ?? textOfPolicy(arn, live)),
    ],
  }));
}
