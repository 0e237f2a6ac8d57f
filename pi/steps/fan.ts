import type { FanConfig } from "../../config/schema.ts";
import { script } from "../script.ts";
import type { Step } from "../step.ts";

/**
 * The PoE HAT's fan: its overlay and the temperatures at which its four speeds begin, for the firmware at the next boot
 * (raspberrypi/firmware, boot/overlays/README, `rpi-poe`, `rpi-poe-plus`).
 *
 * Fact: `temperatureCelsius`, of the processor, where the kernel reports it.
 */
export function fan({ overlay, celsius }: FanConfig): Step {
  return {
    name: "fan",
    script: script("fan.sh"),
    variables: { FAN_OVERLAY: overlay, FAN_PARAMETERS: celsius.map(parameter) },
    needsReboot: true,
  };
}

/** The line of config.txt for one of the fan's speeds. */
function parameter(celsius: number, speed: number): string {
  const name = `poe_fan_temp${speed}`;
  return `dtparam=${name}=${Math.round(celsius * 1000)},${name}_hyst=2000`;
}
