import { type Used, useLab } from "../use";
import * as checks from "./agreementChecks";
import { Deployed } from "./agreementDeployed";
import { type Subject, subjects } from "./agreementStacks";

/** What is promised, and how it is looked at. */
const promises: readonly (readonly [title: string, check: (deployed: Deployed) => Promise<void>])[] = [
  [
    "every pod runs as the service account that the operator made, and nothing as another",
    checks.runsAsItsOwn,
  ],
  ["Google is told of that account and of no other", checks.cloudHalfNames],
  ["the comparison that npm start prints says of it what its token says", checks.printedComparison],
  ["the hosts are Services that lead to the primary, to replicas and to any instance", checks.hosts],
  [
    "the Secrets have what they are to have, and their URIs log in with a verified certificate",
    checks.secrets,
  ],
  ["no other password is made", checks.noOtherSecrets],
  ["labels are on all that the operator makes", checks.labels],
  ["Databases are applied: extensions, schemas and owners are there", checks.databases],
  [
    "the first base backup and all WAL lie where the grants reach, and nothing lies elsewhere",
    checks.archive,
  ],
  ["the operator will make the next base backup when the schedule says", checks.schedule],
  ["image, retention and generation are those of what runs", checks.rest],
];

describe("What the operator makes of a stack agrees with the cloud half, and is what the outputs promise:", () => {
  let used: Used;
  const deployed = new Map<Subject, Deployed>();

  before(async function () {
    used = await useLab(this, "node");
    // One after the other: rendering goes by the program that runs.
    for (const subject of subjects)
      deployed.set(subject, await Deployed.of(subject, used.cluster, used.stores));
    await Promise.all([...deployed.values()].map((each) => each.down()));
    await Promise.all([...deployed.values()].map((each) => each.up()));
  });
  after(async () => {
    if (used === undefined) return;
    await Promise.all([...deployed.values()].map((each) => each.down()));
    used.cluster.close();
  });

  for (const subject of subjects) {
    describe(subject.it, () => {
      for (const [title, check] of promises) it(title, () => check(deployed.get(subject) as Deployed));
    });
  }
});
