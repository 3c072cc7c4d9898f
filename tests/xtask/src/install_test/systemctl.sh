#!/bin/sh
# Stands for systemd in a root that has no init: runs a unit's command as its user, with the
# environment that its drop-ins state, and keeps what it prints for journalctl.
set -e

start() {
	file=/usr/lib/systemd/system/$1.service
	command=$(sed -n 's/^ExecStart=//p' "$file")
	user=$(sed -n 's/^User=//p' "$file")
	environment=$(sed -n 's/^Environment=//p' /etc/systemd/system/"$1".service.d/*.conf 2>/dev/null || true)
	# Words are split on purpose.
	setpriv --reuid "$user" --regid "$user" --init-groups env -i $environment $command \
		>>/var/log/"$1".journal 2>&1 </dev/null &
	echo $! >/var/lib/"$1".pid
	for _ in $(seq 100); do
		grep -q listening /var/log/"$1".journal && break
		sleep 0.1
	done
}

stop() {
	pid=$(cat /var/lib/"$1".pid 2>/dev/null) || return 0
	kill "$pid" 2>/dev/null || true
	# What has ended may stay in the table of processes for a while.
	while [ -d /proc/"$pid" ] && ! grep -q ') Z ' /proc/"$pid"/stat; do sleep 0.1; done
	rm -f /var/lib/"$1".pid /var/log/"$1".journal
}

action=$1
for unit; do :; done
case "$action $2" in
daemon-reload*) ;;
"disable --now") stop "$unit" ;;
enable* | disable*) ;;
start*) start "$unit" ;;
stop*) stop "$unit" ;;
restart*) stop "$unit" && start "$unit" ;;
*) echo "systemctl $*: not known here" >&2 && exit 1 ;;
esac
