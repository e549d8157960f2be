/** Kinds whose pods run to their end, and where the pod's spec is. */
export const jobPods: Readonly<Record<string, readonly string[]>> = {
  "Job.batch": ["spec", "template", "spec"],
  "CronJob.batch": ["spec", "jobTemplate", "spec", "template", "spec"],
};

/** All kinds that have pods, and where the pod's spec is. */
export const pods: Readonly<Record<string, readonly string[]>> = {
  ...jobPods,
  "Deployment.apps": ["spec", "template", "spec"],
  "StatefulSet.apps": ["spec", "template", "spec"],
  "DaemonSet.apps": ["spec", "template", "spec"],
  Pod: ["spec"],
};
