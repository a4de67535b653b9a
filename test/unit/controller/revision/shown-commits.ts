import { compiledText } from "../../../../src/diff/documents/compiled-texts.ts";
import type { Namespace } from "../../../../src/model/aws/ids.ts";
import type { Revision } from "../../../../src/model/values/revision.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import {
  type FakeController,
  manifests,
  READ_ORDERS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { compileTexts } from "../../../support/manifests.ts";
import { withFunction, withPolicy } from "../../../support/pass/apply.ts";
import { ACCOUNT_ID, REGION } from "../../../support/pass/bindings.ts";
import { liveFunctionOf, livePolicyOf } from "../../../support/pass/live-state.ts";

export const FILES = manifests({ a: READ_ORDERS });

export const NEXT = manifests({ a: WRITE_ORDERS });

/** Only the platform's commits are shown on a forge. */
export const PLATFORM: ReadonlySet<Namespace | null> = new Set([null]);

/** `4f0e2d1 pending`: what the forge would be sent, also what it shows already. */
export function statuses(fake: FakeController): readonly string[] {
  return fake.recorder.alerts.flatMap((alert) =>
    alert.kind === "commit-status" ? [`${alert.commit.slice(0, 7)} ${alert.state}`] : [],
  );
}

export function texts(fake: FakeController): readonly string[] {
  return fake.recorder.alerts.flatMap((alert) => (alert.kind === "commit-status" ? [alert.text] : []));
}

export function shortOf(revision: Revision): string {
  return revision.slice(revision.indexOf(":") + 1).slice(0, 7);
}

export async function started(fake: FakeController): Promise<string> {
  const revision = fake.source.push(FILES);
  await fake.start({ shownCommits: PLATFORM });
  return shortOf(revision);
}

export async function pushed(fake: FakeController, files = NEXT): Promise<string> {
  fake.recorder.alerts.splice(0);
  const revision = fake.source.push(files);
  fake.control.fetchSoon("test", [null]);
  await settled();
  return shortOf(revision);
}

/** Policies and functions as they are declared, so that nothing of a commit is awaited. */
export function awsHas(fake: FakeController, files: Readonly<Record<string, string>>): void {
  const account = fake.cloud.account(ACCOUNT_ID);
  const { bindings, policies } = compileTexts(files).desired;
  for (const { arn, document, description } of policies.values())
    account.live = withPolicy(
      account.live,
      livePolicyOf(arn, [compiledText(document) ?? ""], { description }),
    );
  for (const binding of bindings.values())
    account.live = withFunction(account.live, REGION, liveFunctionOf(binding));
}
