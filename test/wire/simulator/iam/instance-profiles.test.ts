import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  DeleteInstanceProfileCommand,
  GetInstanceProfileCommand,
  ListInstanceProfilesCommand,
  ListInstanceProfileTagsCommand,
  RemoveRoleFromInstanceProfileCommand,
  TagInstanceProfileCommand,
  UntagInstanceProfileCommand,
} from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { addRole } from "../../../../src/simulator/world.ts";
import { ACCOUNT, startSimulated, type Simulated } from "../../../support/installation/simulated.ts";

const WEB = { InstanceProfileName: "web" };

let simulated: Simulated;
let send: Simulated["iam"]["send"];

beforeEach(async () => {
  simulated = await startSimulated((world) => void addRole(world, { accountId: ACCOUNT, name: "r" }));
  send = simulated.iam.send.bind(simulated.iam);
  await send(new CreateInstanceProfileCommand({ ...WEB, Path: "/app/", Tags: [{ Key: "a", Value: "1" }] }));
});
afterEach(() => simulated.stop());

describe("an instance profile", () => {
  test("is shown with its role and tags", async () => {
    await send(new AddRoleToInstanceProfileCommand({ ...WEB, RoleName: "r" }));

    const { InstanceProfile } = await send(new GetInstanceProfileCommand(WEB));

    expect(InstanceProfile).toMatchObject({
      ...WEB,
      Path: "/app/",
      Arn: `arn:aws:iam::${ACCOUNT}:instance-profile/app/web`,
      InstanceProfileId: expect.stringMatching(/^AIPA[A-Z2-7]{17}$/),
      Roles: [{ RoleName: "r" }],
      Tags: [{ Key: "a", Value: "1" }],
    });
  });

  test("is listed below its path, without tags", async () => {
    await send(new CreateInstanceProfileCommand({ InstanceProfileName: "other" }));

    const { InstanceProfiles } = await send(new ListInstanceProfilesCommand({ PathPrefix: "/app/" }));

    expect(InstanceProfiles?.map(({ InstanceProfileName, Tags }) => [InstanceProfileName, Tags])).toEqual([
      ["web", undefined],
    ]);
  });

  test("takes and loses tags", async () => {
    await send(
      new TagInstanceProfileCommand({
        ...WEB,
        Tags: [
          { Key: "A", Value: "2" },
          { Key: "b", Value: "" },
        ],
      }),
    );
    await send(new UntagInstanceProfileCommand({ ...WEB, TagKeys: ["B"] }));

    const { Tags } = await send(new ListInstanceProfileTagsCommand(WEB));

    expect(Tags).toEqual([{ Key: "A", Value: "2" }]);
  });

  test("is deleted only without a role in it", async () => {
    await send(new AddRoleToInstanceProfileCommand({ ...WEB, RoleName: "r" }));
    await expect(send(new DeleteInstanceProfileCommand(WEB))).rejects.toMatchObject({
      Error: {
        Code: "DeleteConflict",
        Message: "Cannot delete entity, must remove roles from instance profile first.",
      },
    });

    await send(new RemoveRoleFromInstanceProfileCommand({ ...WEB, RoleName: "r" }));
    await send(new DeleteInstanceProfileCommand(WEB));

    await expect(send(new GetInstanceProfileCommand(WEB))).rejects.toMatchObject({
      Error: { Code: "NoSuchEntity", Message: "Instance Profile web cannot be found." },
    });
  });
});
