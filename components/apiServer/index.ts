/** How an API server is asked, through kubectl: by the watch of an update, by the lab and by its tests. */
export { type Cause, ClusterError, isNotFound, isPassing, isWebhookAway } from "./errors";
export { type Answer, Http, type Question } from "./http";
export { type Access, accessFlags, startProxy } from "./proxy";
