/** Types of Google Cloud's resources as rules call them, by Pulumi's token. */
export const cloudTypes: Readonly<Record<string, string>> = {
  "gcp:storage/bucket:Bucket": "gcp:Bucket",
  "gcp:storage/bucketIAMMember:BucketIAMMember": "gcp:BucketIAMMember",
  "gcp:storage/bucketIAMBinding:BucketIAMBinding": "gcp:BucketIAMBinding",
  "gcp:storage/bucketIAMPolicy:BucketIAMPolicy": "gcp:BucketIAMPolicy",
  "gcp:storage/hmacKey:HmacKey": "gcp:HmacKey",
  "gcp:serviceaccount/account:Account": "gcp:ServiceAccount",
  "gcp:serviceaccount/key:Key": "gcp:ServiceAccountKey",
  "gcp:serviceaccount/iAMMember:IAMMember": "gcp:ServiceAccountIAMMember",
  "gcp:serviceaccount/iAMBinding:IAMBinding": "gcp:ServiceAccountIAMBinding",
  "gcp:serviceaccount/iAMPolicy:IAMPolicy": "gcp:ServiceAccountIAMPolicy",
  "gcp:projects/iAMMember:IAMMember": "gcp:ProjectIAMMember",
  "gcp:projects/iAMBinding:IAMBinding": "gcp:ProjectIAMBinding",
  "gcp:projects/iAMPolicy:IAMPolicy": "gcp:ProjectIAMPolicy",
};
