import type { FanConfig } from "../../config/schema.ts";
import type { Step } from "../step.ts";

/**
 * The PoE HAT's fan: its overlay and the temperatures at which its four speeds begin, for the firmware at the next boot
 * (raspberrypi/firmware, boot/overlays/README, `rpi-poe`, `rpi-poe-plus`).
 *
 * Fact: `temperatureCelsius`, of the processor, where the kernel tells it.
 */
export function fan({ overlay, celsius }: FanConfig): Step {
  const parameters = celsius.map((degrees, i) => {
    const name = `poe_fan_temp${i}`;
    return `dtparam=${name}=${Math.round(degrees * 1000)},${name}_hyst=2000`;
  });
  // The bare `dtoverlay=` ends the overlay: what others write below speaks of the board again.
  const lines = ["[all]", `dtoverlay=${overlay}`, ...parameters, "dtoverlay="];
  return {
    name: "fan",
    detect: `
file=
for path in /boot/firmware /boot; do
  [ -e "$ROOT$path/config.txt" ] || continue
  file=$path/config.txt
  # Ubuntu's older images keep the user's settings apart.
  if [ -e "$ROOT$path/usercfg.txt" ] && grep -q '^include usercfg.txt' "$ROOT$file"; then file=$path/usercfg.txt; fi
  break
done
[ -n "$file" ] ||
  fail "fan" "no config.txt in /boot/firmware or /boot" "must be a Raspberry Pi" "take the fan out of this host's configuration"
add_block "$file" <<'END'
${lines.join("\n")}
END
`,
    verify: `
sensor=$ROOT/sys/class/thermal/thermal_zone0/temp
[ ! -e "$sensor" ] || {
  read -r millidegrees <"$sensor"
  fact temperatureCelsius "$((millidegrees / 1000)).$((millidegrees % 1000 / 100))"
}
`,
    needsReboot: true,
  };
}
