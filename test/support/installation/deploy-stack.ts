/** `aws cloudformation deploy` for the templates of `bootstrap roles`, into a simulated account: its administrator's key, endpoint, file. */
import { readFileSync } from "node:fs";
import { IAMClient } from "@aws-sdk/client-iam";
import type { CloudFormationTemplate } from "../../../src/workbench/bootstrap/cloudformation.ts";
import { ofTemplate } from "../policies/bootstrap-content.ts";
import { create } from "./bootstrapped.ts";

const [accessKeyId = "", secretAccessKey = "", endpoint = "", file = ""] = process.argv.slice(2);
const credentials = { accessKeyId, secretAccessKey };
const iam = new IAMClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
await create(ofTemplate(JSON.parse(readFileSync(file, "utf8")) as CloudFormationTemplate), iam);
iam.destroy();
