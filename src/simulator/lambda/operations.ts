import type { Operation } from "../contract.ts";
import { createAlias, deleteAlias, getAlias, listAliases, updateAlias } from "./aliases.ts";
import * as constraints from "./constraints.ts";
import {
  createFunction,
  deleteFunction,
  getFunction,
  getFunctionConfiguration,
  updateFunctionConfiguration,
} from "./functions.ts";
import { listFunctions, listVersionsByFunction } from "./listing.ts";
import { addPermission, getPolicy, removePermission } from "./permissions.ts";
import type { LambdaState } from "./state.ts";
import { listTags, tagResource, untagResource } from "./tags.ts";
import {
  createFunctionUrlConfig,
  listEventSourceMappings,
  listFunctionEventInvokeConfigs,
  listFunctionUrlConfigs,
} from "./triggers.ts";
import { validated } from "./validation.ts";
import { publishVersion } from "./versions.ts";

/** By the API's name. */
export const lambdaOperations: Readonly<Record<string, Operation<LambdaState>>> = {
  AddPermission: validated(constraints.OF_ADD_PERMISSION, addPermission),
  CreateAlias: validated(constraints.OF_ALIAS, createAlias),
  CreateFunction: validated(constraints.OF_CREATE_FUNCTION, createFunction),
  CreateFunctionUrlConfig: validated(constraints.OF_URL, createFunctionUrlConfig),
  DeleteAlias: validated(constraints.OF_ALIAS, deleteAlias),
  DeleteFunction: validated(constraints.OF_FUNCTION, deleteFunction),
  GetAlias: validated(constraints.OF_ALIAS, getAlias),
  GetFunction: validated(constraints.OF_FUNCTION, getFunction),
  GetFunctionConfiguration: validated(constraints.OF_FUNCTION, getFunctionConfiguration),
  GetPolicy: validated(constraints.OF_FUNCTION, getPolicy),
  ListAliases: validated(constraints.OF_ALIAS, listAliases),
  ListEventSourceMappings: validated(constraints.OF_FUNCTION, listEventSourceMappings),
  ListFunctionEventInvokeConfigs: validated(constraints.OF_FUNCTION, listFunctionEventInvokeConfigs),
  ListFunctionUrlConfigs: validated(constraints.OF_FUNCTION, listFunctionUrlConfigs),
  ListFunctions: validated(constraints.OF_LIST_FUNCTIONS, listFunctions),
  ListTags: validated(constraints.OF_TAGS, listTags),
  ListVersionsByFunction: validated(constraints.OF_FUNCTION, listVersionsByFunction),
  PublishVersion: validated(constraints.OF_FUNCTION, publishVersion),
  RemovePermission: validated(constraints.OF_REMOVE_PERMISSION, removePermission),
  TagResource: validated(constraints.OF_TAGS, tagResource),
  UntagResource: validated(constraints.OF_TAGS, untagResource),
  UpdateAlias: validated(constraints.OF_ALIAS, updateAlias),
  UpdateFunctionConfiguration: validated(constraints.OF_UPDATE_FUNCTION, updateFunctionConfiguration),
};
