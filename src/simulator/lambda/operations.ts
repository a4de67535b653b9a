import type { Operation } from "../contract.ts";
import { createAlias, deleteAlias, getAlias, listAliases, updateAlias } from "./aliases.ts";
import * as constraints from "./constraints.ts";
import {
  createFunction,
  deleteFunction,
  getFunction,
  getFunctionConfiguration,
  updateFunctionCode,
  updateFunctionConfiguration,
} from "./functions/functions.ts";
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
import { publishVersion } from "./functions/versions.ts";

/** By the API's name. */
export const lambdaOperations: Readonly<Record<string, Operation<LambdaState>>> = {
  AddPermission: validated("AddPermission", constraints.OF_ADD_PERMISSION, addPermission),
  CreateAlias: validated("CreateAlias", constraints.OF_ALIAS, createAlias),
  CreateFunction: validated("CreateFunction", constraints.OF_CREATE_FUNCTION, createFunction),
  CreateFunctionUrlConfig: validated("CreateFunctionUrlConfig", constraints.OF_URL, createFunctionUrlConfig),
  DeleteAlias: validated("DeleteAlias", constraints.OF_ALIAS, deleteAlias),
  DeleteFunction: validated("DeleteFunction", constraints.OF_FUNCTION, deleteFunction),
  GetAlias: validated("GetAlias", constraints.OF_ALIAS, getAlias),
  GetFunction: validated("GetFunction", constraints.OF_FUNCTION, getFunction),
  GetFunctionConfiguration: validated(
    "GetFunctionConfiguration",
    constraints.OF_FUNCTION,
    getFunctionConfiguration,
  ),
  GetPolicy: validated("GetPolicy", constraints.OF_FUNCTION, getPolicy),
  ListAliases: validated("ListAliases", constraints.OF_ALIAS, listAliases),
  ListEventSourceMappings: validated(
    "ListEventSourceMappings",
    constraints.OF_FUNCTION,
    listEventSourceMappings,
  ),
  ListFunctionEventInvokeConfigs: validated(
    "ListFunctionEventInvokeConfigs",
    constraints.OF_FUNCTION,
    listFunctionEventInvokeConfigs,
  ),
  ListFunctionUrlConfigs: validated(
    "ListFunctionUrlConfigs",
    constraints.OF_FUNCTION,
    listFunctionUrlConfigs,
  ),
  ListFunctions: validated("ListFunctions", constraints.OF_LIST_FUNCTIONS, listFunctions),
  ListTags: validated("ListTags", constraints.OF_TAGS, listTags),
  ListVersionsByFunction: validated(
    "ListVersionsByFunction",
    constraints.OF_FUNCTION,
    listVersionsByFunction,
  ),
  PublishVersion: validated("PublishVersion", constraints.OF_FUNCTION, publishVersion),
  RemovePermission: validated("RemovePermission", constraints.OF_REMOVE_PERMISSION, removePermission),
  TagResource: validated("TagResource", constraints.OF_TAGS, tagResource),
  UntagResource: validated("UntagResource", constraints.OF_TAGS, untagResource),
  UpdateAlias: validated("UpdateAlias", constraints.OF_ALIAS, updateAlias),
  UpdateFunctionCode: validated("UpdateFunctionCode", constraints.OF_FUNCTION, updateFunctionCode),
  UpdateFunctionConfiguration: validated(
    "UpdateFunctionConfiguration",
    constraints.OF_UPDATE_FUNCTION,
    updateFunctionConfiguration,
  ),
};
