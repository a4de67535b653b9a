import type { Operation } from "../contract.ts";
import { rolePolicyOperations } from "./role-policies.ts";
import { roleOperations } from "./roles.ts";
import type { IamScope } from "./state.ts";

export const iamOperations: Readonly<Record<string, Operation<IamScope>>> = {
  ...roleOperations,
  ...rolePolicyOperations,
};
