/**
 * The process of the site's mirror: `site-mirror-main.ts ADDRESS PORT FOLDER FILE` serves the folder, and the file
 * under its name.
 */
import { createServer } from "node:http";
import { basename, dirname } from "node:path";
import { below, send, sendFile } from "../aws/front/http.ts";

const [address, port, folder, file] = process.argv.slice(2);
if (folder === undefined || file === undefined)
  throw new Error("usage: node site-mirror-main.ts ADDRESS PORT FOLDER FILE");

createServer(async (request, response) => {
  const path = new URL(request.url ?? "/", "http://localhost").pathname;
  const found = below(path === `/${basename(file)}` ? dirname(file) : folder, path);
  if (found === undefined || !(await sendFile(response, found)))
    send(response, 404, { "content-type": "text/plain" }, "not here\n");
}).listen(Number(port), address);
