#!/usr/bin/env node
import { launchOwn } from "./launch.mjs";

await launchOwn("demo/demo", process.argv.slice(2));
