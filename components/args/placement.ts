/** Which nodes instances run on. */
export interface PlacementArgs {
  /** Labels that a node must have, such as those of a database node pool. @default none */
  nodeSelector?: { [key: string]: string };
  /** Taints that instances tolerate, such as those of a database node pool. @default none */
  tolerations?: TolerationArgs[];
  /** Whether two instances may share a node. @default `preferred` in dev, `required` in prod */
  antiAffinity?: AntiAffinity;
  /** Over what instances are spread. @default `kubernetes.io/hostname` */
  topologyKey?: string;
}

/** A taint that instances tolerate. */
export interface TolerationArgs {
  /** Key of the taint. */
  key: string;
  /** Its value. @default any */
  value?: string;
  /** Its effect. @default any */
  effect?: TaintEffect;
}

/** Whether two instances may share a node. */
export const AntiAffinity = { Required: "required", Preferred: "preferred", Off: "off" } as const;
export type AntiAffinity = (typeof AntiAffinity)[keyof typeof AntiAffinity];

/** What a taint does to pods that don't tolerate it. */
export const TaintEffect = {
  NoSchedule: "NoSchedule",
  PreferNoSchedule: "PreferNoSchedule",
  NoExecute: "NoExecute",
} as const;
export type TaintEffect = (typeof TaintEffect)[keyof typeof TaintEffect];
