/** What is given as recorded flows, or as pods, and is none; the message says where, and what is expected. */
export class RecordedFlowsError extends Error {}
