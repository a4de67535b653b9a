#!/usr/bin/env node
import { launchOwn } from "./launch.mjs";

await launchOwn("src/main", process.argv.slice(2));
