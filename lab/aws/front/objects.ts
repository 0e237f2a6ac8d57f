/** S3 as a browser or curl sees it: objects in buckets, by host and path. Read only. */
import type { ServerResponse } from "node:http";
import { send } from "./http.ts";

/** Objects by host and path: `amazon-ecs-agent.s3.amazonaws.com/ecs-anywhere-install-latest.sh`. */
export type Objects = ReadonlyMap<string, Buffer>;

const noSuchKey = (key: string) => `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>${key.replace(/[<>&]/g, "")}</Key></Error>
`;

export function serveObject(objects: Objects, host: string, path: string, response: ServerResponse): void {
  const found = objects.get(host + path);
  if (found) send(response, 200, { "content-type": "binary/octet-stream", server: "AmazonS3" }, found);
  else
    send(response, 404, { "content-type": "application/xml", server: "AmazonS3" }, noSuchKey(path.slice(1)));
}
