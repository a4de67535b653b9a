import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { AlertEvent } from "../../../../../src/model/alert-event.ts";
import type { Namespace } from "../../../../../src/model/aws/ids.ts";
import type { LiveAccount, LiveRole } from "../../../../../src/model/live.ts";
import { settled } from "../../../../support/fakes/fake-clock.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../../support/fakes/fake-controller.ts";
import { withRole } from "../../../../support/pass/apply.ts";
import { ACCOUNT_ID } from "../../../../support/pass/bindings.ts";
import { awsHas, FILES, NEXT, PLATFORM } from "../shown-commits.ts";

type Note = Extract<AlertEvent, { readonly kind: "pull-request-note" }>;

let fake: FakeController;

beforeEach(() => {
  fake = new FakeController();
});

afterEach(async () => {
  await stopped();
});

async function stopped(): Promise<void> {
  const ended = fake.stop();
  await fake.clock.pass(11_000);
  await ended;
}

function notes(): readonly Note[] {
  return fake.recorder.alerts.filter((alert) => alert.kind === "pull-request-note");
}

function lastNote(): Note {
  const note = notes().at(-1);
  if (note === undefined) throw new Error("there is no note");
  return note;
}

/** The first lines of the notes: `accepted, not applied yet`. */
function titles(): readonly string[] {
  return notes().map(({ text }) => text.split("\n", 1)[0]?.replace("### Grantkeeper: ", "") ?? "");
}

/** As GitHub shows it, for reading in tests. */
function plain(text: string): string {
  return text
    .replaceAll(/<\/?code>/g, "`")
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

async function pushed(files: Readonly<Record<string, string>>): Promise<string> {
  fake.recorder.alerts.splice(0);
  const revision = fake.source.push(files);
  fake.control.fetchSoon("test", [null]);
  await settled();
  return revision;
}

function policyText(action: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: action, Resource: "arn:aws:sqs:eu-west-1:111122223333:x" }],
  });
}

/** Another inline policy of the role of function `a`. */
function withInline(live: LiveAccount, policy: LiveRole["inline"][number]): LiveAccount {
  const role = [...live.roles.values()].flatMap((one) => (one.kind === "present" ? [one.value] : []))[0];
  if (role === undefined) throw new Error("there is no role");
  return withRole(live, { ...role, inline: [policy, ...role.inline] });
}

/** Applied completely, and fetched again: comments are switched on then. */
async function converged(files = FILES): Promise<void> {
  awsHas(fake, files);
  fake.source.push(files);
  await fake.start({ notedSources: PLATFORM });
  await fake.converge();
  fake.control.fetchSoon("test", [null]);
  await settled();
  fake.recorder.alerts.splice(0);
}

describe("merged pull requests are shown", () => {
  test("nothing without the setting", async () => {
    await fake.startConverged(FILES);

    await pushed(NEXT);

    expect(notes()).toEqual([]);
  });

  test("nothing of the first accepted revision, nor of those before a fetch found the setting", async () => {
    fake.source.push(FILES);
    await fake.start({ notedSources: PLATFORM });
    expect(notes()).toEqual([]);
    await stopped();
    fake = new FakeController();
    await fake.startConverged(FILES);
    await stopped();
    fake.source.push(NEXT);

    await fake.start({ notedSources: PLATFORM });
    await fake.clock.pass(SWEEP_MS);

    expect(notes()).toEqual([]);
  });

  test("first that it is accepted, and that it is applied only after AWS was read back", async () => {
    await converged();

    await pushed(NEXT);
    const written = fake.cloud.account(ACCOUNT_ID).writes.length;
    await fake.clock.pass(SWEEP_MS);

    expect(written).toBeGreaterThan(0);
    expect([titles()[0], titles().at(-1)]).toEqual(["accepted, not applied yet", "applied"]);
    expect(plain(lastNote().text)).toMatch(
      /`orders\/a@prod\/eu-west-1`: as declared, read back from AWS, entry \d+/,
    );
    expect(
      notes()
        .map(({ isNew }) => isNew)
        .indexOf(true, 1),
    ).toBe(-1);
  });

  test("nothing if no function, policy or document is another one", async () => {
    await converged();

    await pushed({ ...FILES, "README.md": "more" });
    await fake.clock.pass(SWEEP_MS);

    expect(notes()).toEqual([]);
  });

  test("a new error with its place, and not that the rest is applied", async () => {
    await converged();

    await pushed({ ...NEXT, "teams/orders/z.yaml": "kind: Nothing\n" });
    await fake.clock.pass(SWEEP_MS);

    expect(titles().at(-1)).toBe("not applied completely");
    expect(plain(lastNote().text)).toContain("`teams/orders/z.yaml:1: ");
  });

  test("what awaits an approval, and how it is approved", async () => {
    await converged();
    fake.source.relation = "rewritten";

    const held = await pushed(NEXT);

    expect(titles()).toEqual(["not accepted, awaiting approval"]);
    expect(plain(lastNote().text)).toContain(`grantkeeper approve ${held.replace(/sha1:(.{7}).*/, "$1")}`);

    await fake.control.reject({ subject: held, reason: "not now" }, "dana");

    expect(titles().at(-1)).toBe("not accepted, rejected");
  });

  test("nothing else after a restart: what was applied is not shown as being applied again", async () => {
    await converged();
    await pushed(NEXT);
    await fake.clock.pass(SWEEP_MS);
    expect(titles().at(-1)).toBe("applied");

    await stopped();
    fake.recorder.alerts.splice(0);
    await fake.start({ notedSources: PLATFORM });
    await fake.clock.pass(2 * SWEEP_MS);

    expect(titles().filter((title) => title !== "applied")).toEqual([]);
  });

  test("that a newer revision changed it before it was seen applied, and nothing after that", async () => {
    await converged();
    const first = await pushed({ ...FILES, ...manifests({ a: WRITE_ORDERS, b: READ_ORDERS }) });

    fake.source.push(manifests({ a: READ_ORDERS, b: WRITE_ORDERS }));
    fake.control.fetchSoon("test", [null]);
    await settled();
    await fake.clock.pass(SWEEP_MS);

    const ofFirst = notes().filter(({ commit }) => first.endsWith(commit));
    expect(ofFirst.at(-1)?.isLast).toBe(true);
    expect(ofFirst.filter(({ isLast }) => isLast)).toHaveLength(1);
  });

  test("a removed function as applied only when AWS has nothing of it", async () => {
    await converged(manifests({ a: READ_ORDERS, b: READ_ORDERS }));

    await pushed(FILES);
    await fake.clock.pass(2 * SWEEP_MS);

    const left = [...fake.store.records.values()].filter(({ key }) => key.includes("orders/b"));
    expect(left).toHaveLength(1);
    expect(titles()).not.toContain("applied");
    expect(plain(lastNote().text)).toMatch(/`orders\/b@prod\/eu-west-1`: (no longer declared|awaiting)/);
  });

  test("a change in AWS after it was applied, and then that it is as declared again", async () => {
    await converged();
    await pushed(NEXT);
    await fake.clock.pass(SWEEP_MS);
    expect(titles().at(-1)).toBe("applied");
    const account = fake.cloud.account(ACCOUNT_ID);
    account.writes.splice(0);
    const byHand = { name: "by-hand", text: policyText("sqs:SendMessage") };
    account.live = withInline(account.live, byHand);

    await fake.clock.pass(6 * SWEEP_MS);

    expect(account.writes.length).toBeGreaterThan(0);
    expect(titles()).toContain("applied, and no longer as declared");
    expect(titles().at(-1)).toBe("applied");
  });

  test("that it is rolled back, also where it was applied", async () => {
    await converged();
    const before = fake.store.sourceRecords.get("main")?.acceptedRevision ?? "";
    await pushed(NEXT);
    await fake.clock.pass(SWEEP_MS);
    fake.recorder.alerts.splice(0);

    fake.source.relation = "older";
    const until = new Date(fake.clock.nowMs() + 3_600_000).toISOString();
    const answer = await fake.control.rollback(
      { namespace: null, revision: before, reason: "it <b>broke</b>", until },
      "dana",
    );
    await settled();

    expect(answer.kind).toBe("ok");
    expect(new Set(titles())).toEqual(new Set(["rolled back"]));
    expect(notes().every(({ onlyUpdates }) => onlyUpdates === true)).toBe(true);
    expect(lastNote().text).not.toContain("<b>");
  });

  test("during a rollback that nothing of them is accepted before it ends, once, with its new end", async () => {
    await converged();
    const before = fake.store.sourceRecords.get("main")?.acceptedRevision ?? "";
    await pushed(NEXT);
    fake.source.relation = "older";
    const order = { namespace: null, revision: before, reason: "INC-2" };
    const until = new Date(fake.clock.nowMs() + 3_600_000).toISOString();
    await fake.control.rollback({ ...order, until }, "dana");
    await settled();
    fake.source.relation = "forward";

    const waiting = await pushed({ ...FILES, ...manifests({ b: READ_ORDERS }) });
    fake.control.fetchSoon("test", [null]);
    await settled();
    const during = notes().map(({ commit, isNew, text }) => ({ commit, isNew, text: plain(text) }));
    const later = new Date(fake.clock.nowMs() + 7_200_000).toISOString();
    await fake.control.rollback({ ...order, until: later }, "dana");
    const changed = titles().at(-1);
    await fake.clock.pass(7_200_000);
    await settled();

    const [commit, end] = [waiting.split(":").at(-1) ?? "", `a rollback is in force until ${until}`];
    expect(during).toEqual([
      { commit, isNew: true, text: expect.stringMatching(`^### Grantkeeper: not accepted, ${end}\n`) },
    ]);
    expect(changed).toBe(`not accepted, a rollback is in force until ${later}`);
    expect(notes().at(-1)?.commit).toBe(commit);
    expect(titles().at(-1)).not.toContain("rollback");
  });

  test("what belongs to a namespace with a source of its own only as a number", async () => {
    const spec = manifests({ refunds: READ_ORDERS })["teams/orders/refunds.yaml"] ?? "";
    awsHas(fake, { ...FILES, "teams/payments/refunds.yaml": spec });
    const payments = fake.addSource("payments");
    payments.push({ "refunds.yaml": spec });
    fake.source.push(FILES);
    await fake.start({ notedSources: new Set<Namespace | null>([null, "payments" as Namespace]) });
    await fake.converge();
    fake.control.fetchSoon("test", [null, "payments" as Namespace]);
    await settled();

    const accounts = (FILES["platform/accounts.yaml"] ?? "").replace("enforce", "observe");
    await pushed({ ...FILES, "platform/accounts.yaml": accounts });
    await fake.clock.pass(2 * SWEEP_MS);

    const platform = notes().filter(({ source }) => source !== "payments");
    expect(plain(platform.at(-1)?.text ?? "")).toContain(
      "1 function or policy of other repositories is counted",
    );
    expect(platform.some(({ text }) => plain(text).includes("payments/"))).toBe(false);
    expect(titles().at(-1)).toBe("AWS matches it");
  });
});
