# The PoE HAT's fan, configured for the firmware at the next boot.
# FAN_OVERLAY: rpi-poe or rpi-poe-plus. FAN_PARAMETERS: lines of config.txt, one per speed.

step_detect() {
  find_config_txt
  [ -n "$config_txt" ] ||
    fail "fan" "no config.txt in /boot/firmware or /boot" "must be a Raspberry Pi" \
      "remove the fan from this host's configuration"
  # The bare `dtoverlay=` ends the overlay: the lines of others below apply to the board again.
  add_block "$config_txt" <<END
[all]
dtoverlay=$FAN_OVERLAY
$FAN_PARAMETERS
dtoverlay=
END
}

step_verify() {
  local sensor millidegrees
  sensor=$ROOT/sys/class/thermal/thermal_zone0/temp
  if [ -e "$sensor" ]; then
    read -r millidegrees <"$sensor"
    fact temperatureCelsius "$((millidegrees / 1000)).$((millidegrees % 1000 / 100))"
  fi
}

# Sets config_txt to the file that the firmware reads and the image leaves to the user; empty when there is none.
find_config_txt() {
  local folder
  config_txt=
  for folder in /boot/firmware /boot; do
    if [ -e "$ROOT$folder/config.txt" ]; then
      config_txt=$folder/config.txt
      # Older images of Ubuntu keep the user's settings in a separate file.
      if [ -e "$ROOT$folder/usercfg.txt" ] && grep -q '^include usercfg.txt' "$ROOT$config_txt"; then
        config_txt=$folder/usercfg.txt
      fi
      return
    fi
  done
}
