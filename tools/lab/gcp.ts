import { ClusterError } from "../../test/lab/cluster";
import { gcp } from "../offline/gcp";
import type { Asked, Properties, Provider } from "../offline/provider";
import { stringOf } from "../offline/wire";
import type { LabRun } from "./kubernetes";
import type { Store } from "./store";

const bucketType = "gcp:storage/bucket:Bucket";

/**
 * Stand-in for the GCP provider in a lab: buckets are in its GCS emulator. Service accounts and grants are as offline,
 * since there is no IAM.
 */
export class LabGcp implements Provider {
  readonly npmPackage = gcp.npmPackage;
  readonly check = gcp.check;
  readonly replaceOn = gcp.replaceOn;

  constructor(
    private readonly lab: LabRun,
    private readonly store: Store,
  ) {}

  async create(asked: Asked) {
    if (asked.type === bucketType && !asked.preview) await this.createBucket(asked.inputs);
    return gcp.create(asked);
  }

  update(asked: Asked): Promise<Properties> {
    return gcp.update(asked);
  }

  async read(asked: Asked) {
    if (asked.type === bucketType && !(await this.store.hasBucket(asked.id))) return undefined;
    return gcp.read(asked);
  }

  async delete(asked: Asked): Promise<void> {
    if (asked.type === bucketType) await this.deleteBucket(asked.id, asked);
  }

  private async createBucket({ name, project, location }: Properties): Promise<void> {
    const bucket = stringOf(name);
    const key = bucketKey(bucket);
    if (await this.store.hasBucket(bucket)) {
      if (this.lab.journal.has(key) || (await this.store.list(bucket, "", 1)).length === 0) {
        this.lab.journal.note(key);
        return;
      }
      throw new Error(
        `googleapi: Error 409: the bucket ${bucket} already exists, conflict. It has objects, and this stack did not make ` +
          "it. To do: choose another name under backups.bucket, or set backups.existingBucket",
      );
    }
    this.lab.journal.note(key);
    await this.store.createBucket(bucket, stringOf(project), stringOf(location));
  }

  private async deleteBucket(bucket: string, { inputs, before = {} }: Asked): Promise<void> {
    const force = (inputs.forceDestroy ?? before.forceDestroy) === true;
    const [first] = await this.store.list(bucket, "", 1);
    if (first !== undefined && !force)
      throw new Error(
        `Error trying to delete bucket ${bucket} containing objects without \`force_destroy\` set to true: googleapi: ` +
          "Error 409: The bucket you tried to delete is not empty., conflict. To do: delete its objects; or, in dev, set " +
          "backups.forceDestroy and update before the destroy",
      );
    for (const name of await this.store.list(bucket)) await this.store.deleteObject(bucket, name);
    try {
      await this.store.deleteBucket(bucket);
    } catch (error) {
      if (!(error instanceof ClusterError && error.status === 404)) throw error;
    }
    this.lab.journal.forget(bucketKey(bucket));
  }
}

function bucketKey(bucket: string): string {
  return `bucket ${bucket}`;
}
