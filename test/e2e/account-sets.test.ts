import { afterEach, describe, expect, test } from "@jest/globals";
import { addAccount, addMember, addOrganization, addRole } from "../../src/simulator/world.ts";
import { estate, functions, PROD, READ_ORDERS } from "../support/installation/estate.ts";
import { trustOf } from "../support/installation/simulated.ts";
import { Installation } from "../support/installation/installation.ts";
import { accountText } from "../support/manifests.ts";

const MANAGEMENT = "100000000001";
const SANDBOX = "200000000001";
const CLOSED = "200000000002";
const SET = `apiVersion: grantkeeper.dev/v1alpha1
kind: AccountSet
metadata: {name: sandboxes}
spec:
  organization:
    reader: {role: "arn:aws:iam::${MANAGEMENT}:role/gk/reader", externalId: gk-reader}
    except: ["${MANAGEMENT}"]
  template:
    regions: [eu-west-1]
    observer: {role: "arn:aws:iam::\${account.id}:role/gk/observer", externalId: gk-observer}
`;

let installation: Installation;
afterEach(() => installation.stop());

function trust(principal: string, externalId: string): string {
  return trustOf({ AWS: principal }, { StringEquals: { "sts:ExternalId": externalId } });
}

describe("an account set over an organization", () => {
  test("observes its accounts next to an enforced one, names the one that cannot be read, and writes to neither", async () => {
    installation = await Installation.start({
      files: {
        ...estate(functions(["a"], READ_ORDERS), accountText("prod", PROD)),
        "platform/set.yaml": SET,
      },
      seed: ({ world, base }) => {
        const principal = world.accessKeys[base.id]?.principalArn ?? "";
        const organization = addOrganization(world, "o-a1b2c3d4e5", MANAGEMENT);
        for (const id of [SANDBOX, CLOSED])
          addMember(organization, { id, name: `Sandbox ${id.at(-1)}`, parentId: organization.rootId });
        for (const accountId of [MANAGEMENT, SANDBOX, CLOSED]) addAccount(world, { id: accountId });
        const path = "/gk/";
        addRole(world, { accountId: MANAGEMENT, name: "reader", path, trust: trust(principal, "gk-reader") });
        addRole(world, {
          accountId: SANDBOX,
          name: "observer",
          path,
          trust: trust(principal, "gk-observer"),
        });
      },
    });
    await installation.until(
      "the accounts",
      async () => (await installation.overview()).accounts.length === 3,
    );
    await installation.settled();
    await installation.approveAll();
    await installation.settled();
    addRole(installation.world, {
      accountId: SANDBOX,
      name: "x",
      attached: ["arn:aws:iam::aws:policy/AdministratorAccess"],
    });
    await installation.settled();

    const { accounts } = await installation.overview();
    expect(
      accounts.map(({ name, mode, record }) => [
        name,
        mode,
        record?.failing?.code ?? null,
        record?.functionsSeen,
      ]),
    ).toEqual([
      [`sandbox-1-${SANDBOX}`, "observe", null, 0],
      [`sandbox-2-${CLOSED}`, "observe", "AccessDenied", null],
      ["prod", "enforce", null, 1],
    ]);
    const written = new Set(installation.writes().map(({ accountId }) => accountId));
    expect([...written]).toEqual([PROD]);
  });
});
