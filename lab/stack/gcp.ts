import { gcp } from "../../offline/gcp";
import type { Asked, Properties, Provider } from "../../offline/provider";
import { stringOf } from "../../offline/wire";
import { ClusterError } from "../cluster";
import type { Store } from "./store";

const bucketType = "gcp:storage/bucket:Bucket";

/**
 * Stand-in for the GCP provider in a lab: buckets are in its GCS emulator. Service accounts and grants are as offline,
 * since there is no IAM.
 */
export class LabGcp implements Provider {
  readonly npmPackage = gcp.npmPackage;
  readonly check = gcp.check;
  readonly diff = gcp.diff;

  /** @param address where the emulator's API is for a person on this machine */
  constructor(
    private readonly store: Store,
    private readonly address: string,
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

  /** As Google does: a bucket that is there is a conflict, also for the one that made it. Nothing is remembered. */
  private async createBucket({ name, project, location }: Properties): Promise<void> {
    const bucket = stringOf(name);
    if (await this.store.hasBucket(bucket))
      throw new Error(
        `googleapi: Error 409: the bucket ${bucket} already exists, conflict. To do: if this stack made it and was killed, ` +
          `curl -X DELETE ${this.address}/storage/v1/b/${bucket} and run again (with Google: pulumi import gcp:storage/bucket:Bucket ` +
          "<name of the resource> <bucket>); if it has objects that you need, choose another name under backups.bucket, or set " +
          "backups.existingBucket",
      );
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
  }
}
