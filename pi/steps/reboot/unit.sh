# FILE: closes SSH, creates the file to say so, and reboots. Runs in a unit of its own.

ssh_units=
for unit in ssh.socket ssh.service sshd.socket sshd.service; do
  if systemctl --quiet is-active "$unit"; then ssh_units="$ssh_units $unit"; fi
done
# shellcheck disable=SC2086 # Names of units.
systemctl stop $ssh_units
: >"$1"
# Enough for the answer to reach the client and for the step's state to reach the disk.
sleep 5
systemctl reboot
# If the host has not gone down by then, it does not reboot: SSH is opened again, and the next step reports it.
sleep 120
rm -f "$1"
# shellcheck disable=SC2086
systemctl start $ssh_units
