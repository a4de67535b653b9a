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

  test.each([
    { because: "it is not in the complete listing", roles: [] },
    { because: "a role of the same name has another path", roles: [otherPath()] },
  ])("is absent: $because", ({ roles }) => {
    expect(roleOfFunction(estate({ iam: known(estateIam(roles)) }), orders)).toEqual({ kind: "absent" });
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
