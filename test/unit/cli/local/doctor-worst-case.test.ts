import { NO_ESTATES } from "../../../support/fakes/no-estates.ts";
import { NO_ORGANIZATIONS } from "../../../support/fakes/no-organizations.ts";
import { NO_REFERENCES } from "../../../support/fakes/no-references.ts";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Installation } from "../../../../src/cli/toolbox/toolbox.ts";
import { cli } from "../../../support/screens/cli.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import type { LiveState } from "../../../../src/controller/ports/live-state.ts";
import { err, ok } from "../../../../src/model/values/result.ts";
import type { LiveRole } from "../../../../src/model/live.ts";
import { functionText, PLATFORM_FILES } from "../../../support/manifests.ts";
import { binding } from "../../../support/pass/bindings.ts";
import { accountWith, livePolicyOf, liveRoleOf } from "../../../support/pass/live-state.ts";
import { deniedAccount } from "../../../support/fakes/fake-aws.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-local-"));
});

afterEach(() => rm(root, { recursive: true }));

describe("doctor --worst-case", () => {
  const ROLE = "arn:aws:iam::222222222222:role/grantkeeper-system/observer";
  const FILES = {
    ...PLATFORM_FILES,
    "teams/orders/f.yaml": functionText("orders-api"),
  };
  const folder = async (files: Readonly<Record<string, string>> = FILES): Promise<string> => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    return root;
  };
  const reading = (read: LiveState["read"]): Partial<Installation> => ({
    aws: async () => ({
      live: { sweep: () => Promise.reject(new Error("no sweep")), read },
      estates: NO_ESTATES,
      organizations: NO_ORGANIZATIONS,
      references: NO_REFERENCES,
      examine: () => Promise.reject(new Error("no checks")),
      serviceControl: async () => new Map(),
      close: () => undefined,
    }),
  });
  const document = (Action: string): string =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Sid: "S", Effect: "Allow", Action, Resource: "*" }],
    });
  const observer = (change: Partial<LiveRole> = {}): LiveRole =>
    liveRoleOf(binding(), {
      name: "observer",
      arn: ROLE as Arn,
      attachments: [],
      boundary: null,
      inline: [],
      ...change,
    });
  const installed = async (read: LiveState["read"]) =>
    cli(["doctor", "--worst-case", "--account", "prod", "--dir", await folder(), "--config", "x"], {
      installation: reading(read),
    });

  test("shows offline what each identity could do with the declared policies", async () => {
    const { code, out, err: errors } = await cli(["doctor", "--worst-case", "--dir", await folder()]);

    expect(code).toBe(0);
    expect(errors).toContain('of an instance "offline"');
    expect(out).toContain("account prod (222222222222), declared policies\n");
    expect(out).toContain("    cannot    pass a role to a service\n        Fence denies iam:PassRole\n");
    expect(out).not.toContain("unknown   ");
    expect(out).toContain(
      "  one session of the writer, whose session policy names one object\n    can only  ",
    );
    expect(out).not.toContain("one session of the observer");
  });

  test("continues a long capability in its own column on a narrow terminal", async () => {
    const argv = ["doctor", "--worst-case", "--dir", await folder()];
    const { out } = await cli(argv, { terminal: { columns: 60 } });

    expect(out).toMatch(
      /^ {4}(can|can only|cannot) +create a role without a boundary, or change\n {14}the permissions of one$/m,
    );
  });

  test("prints the same with -o json, as published", async () => {
    const { out } = await cli(["doctor", "--worst-case", "--dir", await folder(), "-o", "json"]);

    expect(JSON.parse(out)).toMatchObject({
      accounts: [{ account: "prod", policies: "declared", identities: [{ identity: "observer" }, {}] }],
    });
  });

  test("needs no function: the policies follow from the documents of the platform", async () => {
    const { code, out } = await cli(["doctor", "--worst-case", "--dir", await folder(PLATFORM_FILES)]);

    expect(code).toBe(0);
    expect(out).toContain("AddInvokePermission allows lambda:AddPermission");
  });

  test("notes that invalid documents are left out", async () => {
    const dir = await folder({ ...FILES, "teams/orders/g.yaml": "kind: Nothing\n" });

    expect((await cli(["doctor", "--worst-case", "--dir", dir])).err).toContain(
      "invalid documents are left out",
    );
  });

  test.each([
    { argv: ["doctor", "--worst-case", "--account", "none"], because: 'no manifest declares account "none"' },
  ])("refuses a question that it cannot answer: $because", async ({ argv, because }) => {
    const { code, err: errors } = await cli([...argv, "--dir", await folder()]);

    expect(code).not.toBe(0);
    expect(errors).toContain(because);
  });

  test("evaluates the installed policies with the boundary, and closes AWS", async () => {
    const boundary = "arn:aws:iam::222222222222:policy/limit" as Arn;
    const role = observer({ inline: [{ name: "all", text: document("*") }], boundary });
    const live = accountWith({ role, policies: [livePolicyOf(boundary, [document("iam:Pass*")])] });

    const { out } = await installed(async () => ok(live));

    expect(out).toContain("account prod (222222222222), installed policies\n");
    expect(out).toContain(`observer  ${ROLE}`);
    expect(out).toContain("    can       pass a role to a service\n        S allows iam:PassRole on *\n");
    expect(out).toContain("    cannot    delete roles, policies, functions or data\n");
  });

  test("is unknown, with exit code 3, for a policy or role that was not read", async () => {
    const attached = "arn:aws:iam::222222222222:policy/unread" as Arn;
    const unreadPolicy = await installed(async () =>
      ok(accountWith({ role: observer({ attachments: [attached] }) })),
    );
    const unreadRole = await installed(async () => ok(accountWith({})));
    const failed = await installed(async () => err(deniedAccount("sts:AssumeRole")));

    expect([unreadPolicy, unreadRole, failed].map(({ code }) => code)).toEqual([3, 3, 3]);
    expect(unreadPolicy.out).toContain(`not read: ${attached}`);
    expect(unreadRole.out).toContain("    unknown   pass a role to a service\n");
    expect(failed.out).toContain("AccessDenied");
  });
});
