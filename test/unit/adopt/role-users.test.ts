import { describe, expect, test } from "@jest/globals";
import { known } from "../../../src/adopt/estate/estate.ts";
import { roleOfFunction, roleUsers } from "../../../src/adopt/estate/role-users.ts";
import { estate, estateFunction, estateIam, estateRole } from "../../support/adopt/estate.ts";

describe("the role of a function", () => {
  const orders = estateFunction("orders");

  test("is found in the listing of roles, without regard to case", () => {
    const role = estateRole("orders-role");

    const found = roleOfFunction(estate({ functions: [orders], iam: known(estateIam([role])) }), orders);

    expect(found).toEqual({ kind: "present", value: role });
  });

  test("is absent if the complete listing does not contain it", () => {
    expect(roleOfFunction(estate(), orders)).toEqual({ kind: "absent" });
  });

  test.each([
    {
      because: "a role of the same name has another path",
      found: orders,
      roles: [otherPath()],
      reason: "role orders-role has another ARN",
    },
    {
      because: "a role of another account is in no listing of this one",
      found: { ...orders, roleArn: "arn:aws:iam::777788889999:role/theirs" },
      roles: [],
      reason: "role theirs was not read",
    },
  ])("is unknown: $because", ({ found, roles, reason }) => {
    const at = estate({ iam: known(estateIam(roles)) });

    expect(roleOfFunction(at, found)).toEqual({ kind: "unknown", reason });
  });

  test("is unknown, with the call, if IAM was not read", () => {
    const call = "iam:GetAccountAuthorizationDetails";
    const iam = { kind: "unknown", call, why: "denied", reason: "AccessDenied" } as const;

    expect(roleOfFunction(estate({ iam }), orders)).toEqual({ kind: "unknown", reason: `${call} is denied` });
  });
});

test("a role is used by every function that runs on it, and by those whose published versions do", () => {
  const shared = estateRole("shared").arn;
  const published = known([{ version: "1", roleArn: shared }]);

  const users = roleUsers(
    estate({
      functions: [
        estateFunction("b", { roleArn: shared }),
        estateFunction("a", { roleArn: shared }),
        estateFunction("c", { versions: published }),
      ],
    }),
  );

  expect(users.get(shared)).toEqual(["a", "b", "c"]);
  expect(users.get(estateRole("c-role").arn)).toEqual(["c"]);
});

function otherPath() {
  const role = estateRole("orders-role");
  return { ...role, arn: estateRole("service-role/orders-role").arn };
}
