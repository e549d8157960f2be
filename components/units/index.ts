/**
 * Checks and arithmetic for the values that a person writes: sizes, times, schedules, names. Pure, without
 * dependencies, and without knowledge of Pulumi.
 */
export * from "./cron";
export * from "./gcpNames";
export * from "./image";
export * from "./instant";
export * from "./keyVariable";
export * from "./names";
export * from "./parsed";
export * from "./postgresMemory";
export * from "./quantity";
export * from "./retention";
export * from "./s3Names";
