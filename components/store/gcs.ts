import type { GcsSourceArgs } from "../args/s3";
import type { Check } from "../check";
import type { Store, StoreAccess } from "../plan/store";
import { bucketName } from "../units";
import { googleStorage } from "../units/storePlace";
import type { Kind, StoreBasis, WrittenStore } from "./kind";
import { noBucket, option, secretOption } from "./rclone";
import { checkStoreSecret } from "./secret";

/** Google Cloud Storage: as the pod's own identity through the metadata server, with no key anywhere; or with a key file. */
class GcsStore implements WrittenStore {
  readonly kind = "gcs";
  readonly place = googleStorage;
  readonly granted: boolean;
  readonly staged = true;
  readonly bucketName = bucketName;
  readonly meaningless = {};

  constructor(private readonly args: GcsSourceArgs | undefined) {
    this.granted = args?.credentials === undefined;
  }

  access(): StoreAccess {
    const credentials = this.args?.credentials;
    const key = credentials && { name: credentials.secret, key: credentials.key ?? "key.json" };
    return {
      configuration: {
        googleCredentials: key === undefined ? { gkeEnvironment: true } : { applicationCredentials: key },
      },
      env: {},
      remote: [
        option("TYPE", "google cloud storage"),
        key === undefined ? option("ENV_AUTH", "true") : secretOption("SERVICE_ACCOUNT_CREDENTIALS", key),
        // With uniform access there are no ACLs of objects, and asking for one is refused.
        option("BUCKET_POLICY_ONLY", "true"),
        noBucket,
      ],
      annotations: {},
      secret: undefined,
    };
  }

  check(): void {}

  checkSource(around: Check, { archive }: StoreBasis): void {
    const why =
      "the cluster archives to Google Cloud Storage itself: it reads its source there with its own identity";
    this.checkAsked(around, archive, why);
  }

  checkDumps(around: Check, _: StoreBasis, known?: Store): void {
    const why = "dumps go to Google Cloud Storage: the import reads there with an identity of its own";
    this.checkAsked(around, known, why);
  }

  private checkAsked(around: Check, known: Store | undefined, why: string): void {
    around.require(
      this.args === undefined || known?.kind !== this.kind,
      "gcs",
      this.args,
      `remove it where ${why}`,
    );
    if (this.args?.credentials !== undefined)
      checkStoreSecret(around.at("gcs.credentials"), this.args.credentials);
  }
}

export const gcs: Kind<"gcs"> = { scheme: googleStorage.scheme, of: (args) => new GcsStore(args) };
