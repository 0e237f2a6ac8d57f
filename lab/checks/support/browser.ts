/** Opens the page as a person would: headless Chromium on the laptop, through the load balancer. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { project } from "../../world/paths.ts";

// Run on the laptop by the check "page": argv is the page's address and the file for the screenshot.
const [url = "", screenshot = join(project, ".lab", "page.png")] = process.argv.slice(2);

mkdirSync(join(screenshot, ".."), { recursive: true });
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  // Without these a browser looks for its maker's hosts at every start.
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
try {
  const page = await browser.newPage({ viewport: { width: 900, height: 560 } });
  const counts: number[] = [];
  for (let visit = 0; visit < 3; visit++) {
    await page.goto(url, { timeout: 15_000 });
    counts.push(Number(await page.locator("#hits").textContent()));
  }
  await page.screenshot({ path: screenshot });
  console.log(JSON.stringify({ counts, title: await page.title() }));
} finally {
  await browser.close();
}
