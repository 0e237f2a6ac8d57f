/**
 * The bucket in which ECR keeps the layers of private images. A registry redirects there for each blob, so a pull needs
 * S3 too (Amazon ECR user guide, "interface VPC endpoints": "Create the Amazon S3 gateway endpoint").
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Account } from "../account.ts";
import { send, sendFile } from "./http.ts";
import { blobPath, layoutOf } from "./layouts.ts";

export const layerBucket = (region: string): string =>
  `prod-${region}-starport-layer-bucket.s3.${region}.amazonaws.com`;

const signature = "X-Amz-Signature";
const expiresSeconds = 3600;

/** Returns the address of a blob for the next hour. Signed in form only, as the simulation verifies no signature. */
export function layerUrl(aws: Account, host: string, repository: string, digest: string): string {
  const query = new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Date": aws
      .now()
      .toISOString()
      .replace(/[-:]|\.\d+/g, ""),
    "X-Amz-Expires": String(expiresSeconds),
    "X-Amz-SignedHeaders": "host",
    [signature]: aws.ids.hex(64),
  });
  return `https://${layerBucket(aws.region)}/${host}/${repository}/${digest}?${query}`;
}

const denied = `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>
`;

/** Sends a layer to a client with a signed address. */
export async function serveLayer(
  registry: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "https://localhost");
  const [, host = "", repository = "", digest = ""] =
    /^\/([^/]+)\/(.+)\/([^/]+)$/.exec(decodeURIComponent(pathname)) ?? [];
  const layout = await layoutOf(registry, host, repository);
  const file = layout && searchParams.has(signature) ? blobPath(layout.path, digest) : undefined;
  if (file !== undefined && (await sendFile(response, file, { server: "AmazonS3" }))) return;
  send(response, 403, { "content-type": "application/xml", server: "AmazonS3" }, denied);
}
