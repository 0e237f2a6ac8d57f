import { prepare } from "../kernel-vpn/prepare.ts";
import { checkKernelPath } from "../kernel-vpn/run.ts";

/** Tests the gateway's kernel data path in a guest with a kernel that has ESP, XFRM interfaces and VTI. */
export async function kernelVpn(): Promise<number> {
  const started = Date.now();
  await prepare();
  const failed = await checkKernelPath();
  console.log(`
What the guest said: npm run lab -- logs kernel-vpn-gateway | kernel-vpn-console
${((Date.now() - started) / 1000).toFixed(0)} s in all`);
  return failed === 0 ? 0 : 1;
}
