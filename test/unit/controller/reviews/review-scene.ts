import type { AuditEntry } from "../../../../src/audit/entry.ts";
import type { ForgeReviewer, UnreadReviews } from "../../../../src/controller/ports/reviews/reviews.ts";
import type { ControllerSettings } from "../../../../src/controller/settings.ts";
import type { Namespace } from "../../../../src/model/aws/ids.ts";
import type {
  ForgeReview,
  ReviewedContent,
  ReviewedRequest,
} from "../../../../src/model/records/pull-requests/reviewed.ts";
import { ok, type Result } from "../../../../src/model/values/result.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import type { FakeAws } from "../../../support/fakes/fake-aws.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { profileText } from "../../../support/profiles.ts";
import { ACCOUNT, HOUR_MS } from "../control/operator.ts";

export const HEAD = "b".repeat(40);
export const MINUTE_MS = 60_000;
export const PROFILE = {
  "platform/profile.yaml": profileText("reviewed", "{approval: {for: new-access, group: security}}"),
};
export const FIRST = { ...manifests({ a: READ_ORDERS, b: READ_ORDERS }), ...PROFILE };
export const NEXT = { ...manifests({ a: WRITE_ORDERS, b: READ_ORDERS }), ...PROFILE };

export const LEE: ForgeReviewer = {
  accountId: 7,
  actor: "lee",
  mails: ["lee@example.com"],
  namespaces: "all",
  endsMs: Infinity,
};

export const REVIEW: ForgeReview = {
  id: 100,
  accountId: 7,
  isBot: false,
  verdict: "approved",
  commit: HEAD,
  at: "2026-10-01T11:00:00.000Z",
};

export const REQUEST: ReviewedRequest = {
  number: 12,
  head: HEAD,
  authorId: 5,
  reviews: [REVIEW],
  commits: [{ id: HEAD, accounts: [5, 5] }],
  retargetedAt: null,
};

export const CONTENT: ReviewedContent = {
  isSame: true,
  isOnTop: true,
  commits: [HEAD],
  authors: { people: ["dana@example.com"], assistants: [], unknown: null },
};

/** A source whose profile wants the approval of a group, and a forge on which Lee of this group has approved. */
export class ReviewScene {
  readonly fake = new FakeController();
  /** What the forge answers. */
  answer: Result<readonly ReviewedRequest[], UnreadReviews> = ok([REQUEST]);
  /** Runs before the forge answers. */
  before: () => Promise<void> = () => Promise.resolve();
  /** The commits about which it was asked. */
  readonly asked: string[] = [];

  get aws(): FakeAws {
    return this.fake.cloud.account(ACCOUNT);
  }

  /** Converged with read access. */
  async start(
    listed: readonly ForgeReviewer[] = [LEE],
    change: Partial<ControllerSettings> = {},
  ): Promise<void> {
    const { fake } = this;
    const mergedInto = async (commit: string) => {
      this.asked.push(commit);
      await this.before();
      return this.answer;
    };
    fake.reviewedSources = [{ namespace: null, forge: "github", reader: { mergedInto }, listed }];
    fake.source.content = ok(CONTENT);
    fake.source.push(FIRST);
    await fake.start(settingsWith(change));
    await fake.converge();
    const subject = (await this.subjects())[0] ?? "none";
    await fake.control.approve({ subject, reason: "ok", forMs: HOUR_MS }, "lee");
    await fake.clock.pass(2 * SWEEP_MS);
    this.aws.writes.splice(0);
    this.asked.splice(0);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.fake.start(settingsWith());
    await settled();
  }

  async stop(): Promise<void> {
    const ended = this.fake.stop();
    await this.fake.clock.pass(11_000);
    await ended;
  }

  async merge(files: Readonly<Record<string, string>> = NEXT): Promise<void> {
    await this.fake.push(files);
    await this.fake.clock.pass(5_000);
  }

  async subjects(): Promise<readonly string[]> {
    return (await this.fake.control.overview()).holds.map(({ subject }) => subject);
  }

  async reasons(): Promise<readonly string[]> {
    return (await this.fake.control.overview()).holds.map(({ reason }) => reason);
  }

  /** The approvals by reviews, as the record has them. */
  async recorded(): Promise<readonly AuditEntry[]> {
    const found: AuditEntry[] = [];
    for await (const entry of this.fake.audit.entries({ kind: "approved" }))
      if (entry.kind === "approved" && entry.review !== undefined) found.push(entry);
    return found;
  }
}

function settingsWith(change: Partial<ControllerSettings> = {}): Partial<ControllerSettings> {
  return {
    approvers: { security: ["lee"] },
    mails: { lee: ["lee@example.com"] },
    notedSources: new Set<Namespace | null>([null]),
    ...change,
  };
}
